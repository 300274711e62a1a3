"""How classes were reached, and what open parts wait for: by every way that there is."""

from __future__ import annotations

from datetime import date

import pytest

from leadgrade.engine.explain import Explaining, Explanation
from leadgrade.engine.ranks import with_ranks
from leadgrade.engine.reached import Reached, Way
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

AS_OF = date(2026, 1, 22)
BOOK = """
book: ways
facts:
  size: {type: choice, values: [small, large]}
  mood: {type: choice, values: [good, bad]}
  spend: {type: number}
  debt: {type: number}
  refused: {type: flag}
derived: {ratio: spend / debt}
criteria:
  c:
    range: [0, 20]
    rules:
      - {id: big, fact: spend, bands: [{from: 10, points: 5}, {from: 5, points: 3}]}
      - {id: sound, when: [ratio >= 2, not refused], points: 4}
knock_outs: [{id: gone, when: [refused, spend > 1], grade: B}]
limits: [{id: low, when: mood = bad, at_most: B}]
grades: {A: {from: 9}, B: {}}
classes:
  cell:
    rows: size
    columns: mood
    table: {small: {good: s1, bad: s2}, large: {good: l1, bad: l2}}
    applies_when: not refused
  first:
    first_match:
      - {when: spend > 100, class: top}
      - {when: [ratio > 3, mood = good], class: sound}
    otherwise: rest
  level:
    fact: score
    bands: [{from: 8, class: strong}, {from: 1, class: weak}]
    otherwise: none
  both:
    rows: cell
    columns: grade
    table: {s1: {A: a, B: b}, s2: {A: a, B: b}, l1: {A: a, B: b}, l2: {A: a, B: b}}
  tier: {rank: spend, top: {50%: upper}, rest: lower}
next_steps: []
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(BOOK)


def explained(book: Book, **facts: object) -> Explanation:
    (lead,) = with_ranks(book, [Lead("x", facts)], AS_OF)  # type: ignore[arg-type]
    return Explaining(book, AS_OF).explain(lead)


def told(reached: Reached) -> list[tuple[str, object, str, bool | None]]:
    return [(each.subject, each.value, each.test, each.holds) for each in reached.because]


@pytest.mark.parametrize(
    ("facts", "name", "way", "because"),
    [
        ({"refused": True}, "cell", Way.GUARD, [("refused", True, "not (= true)", False)]),
        ({"size": "small"}, "cell", Way.GUARD, [("refused", None, "not (= true)", None)]),
        (
            {"refused": False, "size": "small", "mood": "bad"},
            "cell",
            Way.CELL,
            [("size", "small", "= small", True), ("mood", "bad", "= bad", True)],
        ),
        (
            {"refused": False, "size": "large"},
            "cell",
            Way.OPEN,
            [("mood", None, "in [good, bad]", None)],
        ),
        (
            {"refused": False, "size": "small", "mood": "good"},
            "both",
            Way.CELL,
            [("cell", "s1", "= s1", True), ("grade", "B", "= B", True)],
        ),
        (
            {"refused": True, "mood": "good"},
            "both",
            Way.OPEN,
            [("cell", "not applicable", "in [s1, s2, l1, l2]", False)],
        ),
        ({"spend": 101.0}, "first", Way.CASE, [("spend", 101.0, "> 100", True)]),
        (
            {"spend": 8.0, "debt": 2.0, "mood": "good"},
            "first",
            Way.CASE,
            [("ratio", 4.0, "> 3", True), ("mood", "good", "= good", True)],
        ),
        ({"spend": 8.0, "debt": 2.0}, "first", Way.OPEN, [("mood", None, "= good", None)]),
        (
            {},
            "first",
            Way.OPEN,
            [
                ("spend", None, "> 100", None),
                ("ratio", None, "> 3", None),
                ("mood", None, "= good", None),
            ],
        ),
        ({"spend": 8.0, "mood": "bad"}, "first", Way.OTHERWISE, []),
        (
            {"spend": 20.0},
            "level",
            Way.CASE,
            [("score", 500, ">= 1", True), ("score", 500, "< 8", True)],
        ),
        ({}, "level", Way.OTHERWISE, []),
        ({"spend": 20.0}, "tier", Way.RANK, [("spend", 20.0, "", True)]),
        ({}, "tier", Way.OPEN, [("spend", None, "is known", False)]),
    ],
)
def test_each_class_says_how_it_was_reached(book, facts, name, way, because) -> None:
    found = explained(book, **facts)
    assert found.reached[name].way is way
    assert told(found.reached[name]) == because


def test_a_ranking_names_the_place(book) -> None:
    leads = [Lead(name, {"spend": float(at)}) for at, name in enumerate("abc", start=1)]
    explaining = Explaining(book, AS_OF)
    found = [
        explaining.explain(each).reached["tier"].rank for each in with_ranks(book, leads, AS_OF)
    ]
    assert [(each.position, each.of) for each in found if each] == [(3, 3), (2, 3), (1, 3)]


def test_what_is_open_says_what_it_waits_for(book) -> None:
    assert explained(book, spend=5.0, refused=False, mood="good").waiting == {"sound": ("ratio",)}
    assert explained(book).waiting == {
        "big": ("spend",),
        "sound": ("ratio", "refused"),
        "gone": ("refused", "spend"),
        "low": ("mood",),
    }
    nothing = explained(book, spend=5.0, debt=1.0, refused=False, mood="good")
    assert nothing.waiting == {}


def test_waiting_is_open_to_the_letter(book) -> None:
    for facts in ({}, {"refused": True}, {"mood": "bad"}, {"spend": 9.0}):
        found = explained(book, **facts)
        assert tuple(found.waiting) == found.decision.open
        assert list(found.reached) == list(found.decision.classes)
