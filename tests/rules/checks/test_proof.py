"""What is proved is true: random conditions, compared with the engine's reading on random leads."""

from __future__ import annotations

import random
from datetime import date
from itertools import product

import pytest

from leadgrade.engine.kleene import Reading, orders_of
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    Not,
    OneOf,
    Op,
    Presence,
)
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book
from leadgrade.rules.proving.domains import Domains, TooHardError, holds
from leadgrade.rules.proving.intervals import interval_of
from leadgrade.rules.proving.proof import ANY, FALSE, NOT_TRUE, TRUE, UNKNOWN, Goal, Search

TEXT = """\
book: random
facts:
  n: {type: number, range: [0, 10]}
  m: {type: money}
  d: {type: date}
  c: {type: choice, values: [low, mid, high], ordered: true}
  f: {type: flag}
  t: {type: text}
  z: {type: number, if_unknown: value 3}
derived:
  q: n / m
  s: n * 2 + 1
criteria:
  k:
    range: [0, 10]
    rules:
      - id: a
        when: n > 5
        points: 4
      - id: b
        when: n < 3
        points: 7
      - id: e
        when: f
        points: 2
grades:
  A: {from: 6}
  B: {}
"""
VALUES = {
    "n": [0.0, 1.5, 3.0, 5.0, 7.0, 10.0],
    "m": [-1.0, 0.0, 2.0, 5.0, 100.0],
    "d": [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(2026, 3, 1)],
    "c": ["low", "mid", "high"],
    "f": [True, False],
    "t": ["ab", "abc", "b", "x"],
}
BITS = {True: TRUE, False: FALSE, None: UNKNOWN}


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(TEXT)


def random_test(draw: random.Random) -> Condition:
    name = draw.choice(sorted(VALUES))
    value = draw.choice(VALUES[name])
    if draw.random() < 0.15:
        return Presence(name, draw.random() < 0.5, "is known")
    if name == "t" and draw.random() < 0.6:
        return Contains(name, draw.choice(["a", "b", "bc", "ab"]), "", draw.random() < 0.3)
    if name in ("f", "t"):
        return Compare(name, draw.choice([Op.EQ, Op.NE]), value, "")
    if draw.random() < 0.2:
        return OneOf(name, tuple(draw.sample(VALUES[name], 2)), "", draw.random() < 0.5)
    if draw.random() < 0.2 and name != "c":
        low, high = sorted(draw.sample(VALUES[name], 2))
        return Between(name, low, high, "", draw.random() < 0.3)
    return Compare(name, draw.choice(list(Op)), value, "")


def random_condition(draw: random.Random, depth: int = 3) -> Condition:
    kind = draw.random()
    if depth == 0 or kind < 0.3:
        return random_test(draw)
    if kind < 0.4:
        return Not(random_condition(draw, depth - 1))
    parts = tuple(random_condition(draw, depth - 1) for _ in range(draw.randint(2, 3)))
    return All(parts) if kind < 0.7 else AnyOf(parts)


def leads(draw: random.Random, count: int) -> list[dict[str, object]]:
    """Return leads whose values lie on and between the thresholds; some facts are unknown."""
    found = []
    for _ in range(count):
        lead = {name: draw.choice([*values, None]) for name, values in VALUES.items()}
        if lead["n"] is not None and draw.random() < 0.5:
            lead["n"] = draw.uniform(0, 10)
        found.append({name: value for name, value in lead.items() if value is not None})
    return found


@pytest.mark.parametrize("seed", range(60))
def test_what_cannot_be_is_met_by_no_lead_and_what_can_be_is_shown(seed: int, book: Book) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same conditions each time
    context = Context(book, Oracle(book))
    reading = Reading(orders_of(book))
    sample = leads(draw, 150)
    for _ in range(5):
        condition = random_condition(draw)
        truth = reading.condition(condition)
        seen = {BITS[truth(lead)] for lead in sample}
        for wanted in (TRUE, FALSE, UNKNOWN, NOT_TRUE):
            possible = context.possible(Goal(condition, wanted))
            assert possible or not any(bit & wanted for bit in seen), (condition, wanted)
            found = next(Search(context.domains, book, [Goal(condition, wanted)]).solutions(), None)
            assert (found is not None) == possible
            if found is not None:
                known = {name: value for name, value in found.items() if value is not None}
                assert BITS[truth(known)] & wanted, (condition, wanted, known)


def test_every_value_of_a_text_falls_into_a_cell(book: Book) -> None:
    tests = [Contains("t", each, "") for each in ("a", "ab", "c")]
    tests.append(Compare("t", Op.EQ, "ab", ""))
    cells = Domains(book).cells("t", tests)
    found = {tuple(holds(test, cell, None) for test in tests) for cell in cells if cell is not None}
    texts = ("".join(letters) for size in range(5) for letters in product("abcx", repeat=size))
    assert {tuple(holds(test, each, None) for test in tests) for each in texts} <= found


def test_dates_are_counted_day_by_day(book: Book) -> None:
    first, next_day = date(2026, 1, 1), date(2026, 1, 2)
    between = All((Compare("d", Op.GT, first, ""), Compare("d", Op.LT, next_day, "")))
    assert not Context(book, Oracle(book)).possible(Goal(between))


def test_whole_numbers_are_not_assumed(book: Book) -> None:
    between = All((Compare("n", Op.GT, 2.0, ""), Compare("n", Op.LT, 3.0, "")))
    context = Context(book, Oracle(book))
    assert context.example(Goal(between)) == {"n": 2.5}


def test_a_derived_fact_stays_within_the_bounds_of_its_formula(book: Book) -> None:
    context = Context(book, Oracle(book))
    assert not context.possible(Goal(Compare("s", Op.LT, 1.0, "")))
    assert not context.possible(Goal(Compare("s", Op.GT, 21.0, "")))
    assert context.example(Goal(Compare("s", Op.EQ, 21.0, ""))) == {"n": 10}
    shown = context.example(Goal(Compare("q", Op.GT, 4.0, "")))
    assert shown is not None
    assert float(shown["n"]) / float(shown["m"]) > 4


def test_an_assumed_value_is_never_unknown(book: Book) -> None:
    context = Context(book, Oracle(book))
    assert not context.possible(Goal(Presence("z", known=False, test="is missing")))


def test_points_that_no_rules_add_up_to_are_not_reached(book: Book) -> None:
    context = Context(book, Oracle(book))
    assert list(context.reach.criteria["k"].values) == [0, 200, 400, 600, 700, 900]
    assert not context.possible(Goal(Compare("k", Op.GE, 1000.0, "")))
    for points in context.reach.criteria["k"].values:
        shown = context.example(Goal(Compare("k", Op.EQ, float(points), "")))
        assert shown is not None


def test_a_search_that_is_given_up_proves_nothing(book: Book) -> None:
    needles = [Contains("t", str(each), "") for each in range(10)]
    with pytest.raises(TooHardError):
        Domains(book).cells("t", needles)
    never = All((*needles, Contains("t", "0", "", negated=True)))
    assert Context(book, Oracle(book)).possible(Goal(never))
    assert Context(book, Oracle(book)).example(Goal(never)) is None
    assert Context(book, Oracle(book)).possible(Goal(never, ANY))


def test_the_bounds_of_a_formula_hold_for_what_it_gives(book: Book) -> None:
    draw = random.Random(1)  # noqa: S311 - the same leads each time
    for name in ("q", "s"):
        formula = book.derived[name].formula
        assert formula is not None
        bounds = {"n": (0.0, 10.0), "m": (2.0, 9.0)}
        low, high = interval_of(formula, bounds.__getitem__)
        oracle = Oracle(book)
        for _ in range(300):
            facts = {"n": draw.uniform(0, 10), "m": draw.uniform(2, 9)}
            assert low <= float(str(oracle.derive(facts)[name])) <= high
