"""The columnar backend by itself; that it decides like the others is in `test_agreement.py`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.columnar import LOADED_AT_ONCE, Columnar
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.ranks import with_ranks
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

AS_OF = date(2026, 1, 1)
BOOK = read_book(
    """
book: columnar
facts:
  size: {type: number}
  intent: {type: choice, values: [none, ready], ordered: true}
  seen: {type: date}
  name: {type: text}
  refused: {type: flag}
derived: {age: days_since(seen)}
criteria:
  c: {range: [0, 10], rules: [{id: big, when: size > 5, points: 3}]}
  d:
    range: [0, 10]
    rules:
      - {id: hot, when: "intent >= ready and age <= 30", points: 3}
      - {id: named, when: name contains "x", points: 1}
knock_outs: [{id: no, when: refused, grade: B}]
grades: {A: {from: 3}, B: {}}
classes:
  tier: {rank: size, top: {50%: gold}, rest: lead}
  share: {rank: size, share_of_total: {80%: core}, rest: long tail}
next_steps: [{id: call, when: grade = A, do: Call}]
"""
)


@pytest.fixture
def columnar() -> Iterator[Columnar]:
    with Columnar(BOOK, AS_OF) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("size", math.nan),
        ("size", -math.inf),
        ("intent", "Ready"),
        ("intent", ""),
    ],
)
def test_a_value_that_the_type_does_not_allow_is_named(
    columnar: Columnar, fact: str, value: Any
) -> None:
    with pytest.raises(ValueError, match=f"L2: {fact} cannot be"):
        columnar.decide_all([Lead("L1", {}), Lead("L2", {fact: value})])


def test_dates_that_python_does_not_have(columnar: Columnar) -> None:
    columnar.load([Lead("L1", {})])
    columnar.connection.execute("UPDATE leads SET seen = DATE '0044-03-15 (BC)'")
    with pytest.raises(ValueError, match="L1: seen cannot be"):
        columnar._check("leads")


def test_a_text_that_is_no_unicode_is_a_fault_and_the_next_lead_is_decided(
    columnar: Columnar,
) -> None:
    with pytest.raises(EngineFault, match="surrogate"):
        columnar.decide(Lead("L1", {"name": "\ud800"}))
    assert columnar.decide(Lead("L2", {"size": 7.0})).grade == "A"


def test_nothing_to_decide(columnar: Columnar) -> None:
    assert columnar.decide_all([]) == []
    columnar.load([])
    assert list(columnar.places()) == []


def test_more_leads_than_are_loaded_at_once(columnar: Columnar) -> None:
    leads = [Lead(f"L{n}", {"size": float(n % 9)}) for n in range(LOADED_AT_ONCE + 1)]
    explainer = Explainer(BOOK, AS_OF)
    assert columnar.decide_all(leads) == [explainer.decide(lead) for lead in leads]


def test_ties_break_by_lead_id_in_the_order_of_unicode(columnar: Columnar) -> None:
    """Of UTF-8, that is, not of UTF-16 or of a language."""
    ids = ["b", "B", "ä", "z", "中", "\uffff", "😀", "", "a\x00", "a"]
    leads = with_ranks(BOOK, [Lead(name, {"size": 1.0}) for name in ids], AS_OF)
    columnar.load(leads)
    found = [place["tier"].position for place in columnar.places()]
    assert found == [lead.ranks["tier"].position for lead in leads]


@pytest.mark.parametrize(
    "size",
    [0.005, 0.015, 0.025, -0.005, 1.005, 2.675, 2.0**53, 2.0**53 - 1, 2.0**62, 1e15 + 0.3, 5e-324],
)
def test_values_are_added_up_in_hundredths_as_python_rounds_them(
    columnar: Columnar, size: float
) -> None:
    leads = with_ranks(BOOK, [Lead(name, {"size": size}) for name in "abc"], AS_OF)
    columnar.load(leads)
    assert [place["share"] for place in columnar.places()] == [
        each.ranks["share"] for each in leads
    ]


def test_sums_that_there_is_no_room_for_are_refused(columnar: Columnar) -> None:
    columnar.load([Lead("L1", {"size": 2.0**63})])
    with pytest.raises(EngineFault, match="out of range"):
        list(columnar.places())
    with pytest.raises(EngineFault):
        columnar.decide(Lead("L1", {}, {"share": Rank(1, 1, 2**127, 2**127)}))


def test_facts_whose_names_differ_only_in_case() -> None:
    book = read_book(
        "{book: b, facts: {Size: {type: number}, size: {type: number}, SIZE: {type: flag},"
        " n: {type: number}, lead: {type: text}, rule_r: {type: number}, ß: {type: number},"
        " ss: {type: number}},"
        "criteria: {c: {range: [0, 9], rules: ["
        "{id: r, when: 'Size > 1 and size > 2 and n > 3', points: 5},"
        "{id: s, when: 'lead = \"x\" and rule_r > 1 and ß > 1 and ss > 2', points: 1}]}},"
        " grades: {A: {from: 5}, B: {}}}"
    )
    facts = {"Size": 2.0, "size": 3.0, "SIZE": False, "n": 4.0, "lead": "x", "rule_r": 2.0}
    assert decided(book, facts | {"ß": 2.0, "ss": 3.0}).score == 600
    assert decided(book, facts | {"ß": 3.0, "ss": 2.0}).score == 500


def test_a_wide_rule_and_a_criterion_of_many_rules() -> None:
    """Their trees are not deep: neither SQLGlot nor DuckDB runs out of stack."""
    tests = ", ".join(f"size > {n}" for n in range(1_000))
    rules = ", ".join(f"{{id: r{n}, when: size > {n}, points: 1}}" for n in range(300))
    book = read_book(
        "{book: b, facts: {size: {type: number}}, criteria: {c: {range: [0, 9000], rules: ["
        f"{{id: wide, when: [{tests}], points: 1}}, {rules}"
        "]}}, grades: {A: {from: 5}, B: {}}}"
    )
    assert decided(book, {"size": 200.5}).score == 201_00
    assert decided(book, {"size": 1000.5}).score == 301_00


def decided(book: Book, facts: dict[str, Any]) -> Any:
    """Return the decision about facts, once it is that of the explainer."""
    with Columnar(book, AS_OF) as columnar:
        found = columnar.decide(Lead("L", facts))
    assert found == Explainer(book, AS_OF).decide(Lead("L", facts))
    return found


MOST = read_book("""
book: most
facts: {size: {type: number}, other: {type: number}}
criteria:
  c:
    range: [-10000000, 10000000]
    rules:
      - {id: a, when: size > 1, points: 10000000}
      - {id: b, when: size > 2, points: 10000000}
      - {id: c, when: size > 3, points: 10000000}
      - {id: d, when: other > 1, points: -10000000}
      - {id: e, when: other > 2, points: -10000000}
      - {id: f, when: other > 3, points: -10000000}
grades: {A: {from: 3}, B: {}}
""")


@pytest.mark.parametrize(
    "facts", [{"size": 9.0}, {"other": 9.0}, {"size": 9.0, "other": 9.0}, {}], ids=str
)
def test_the_most_points_that_rules_can_give_add_up(facts: dict[str, Any]) -> None:
    """Three of them are more than 32 bits hold, and so are those that are open."""
    lead = Lead("L", facts)
    with Columnar(MOST, AS_OF) as columnar:
        assert columnar.decide(lead) == Explainer(MOST, AS_OF).decide(lead)
