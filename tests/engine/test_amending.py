"""Facts that count otherwise than they stand in the list, and what an explanation says of them."""

from __future__ import annotations

from datetime import date

import pytest

from leadgrade.engine.amending import Amended, Amendment
from leadgrade.engine.explain import Explaining
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book

DAY = date(2026, 1, 1)
BOOK = """\
book: amended
facts:
  sales: {type: money, if_unknown: value 100}
  wait: {type: days}
  parts: {type: number}
  late: {type: percent, max_age: 90 days, dated_by: seen}
  rating: {type: number, max_age: 90 days, dated_by: seen, if_unknown: value 3}
  seen: {type: date}
derived:
  ratio: sales / wait
  sum: 2 * (sales / (parts - 2)) + 1
  some: sum_known(sales / wait, parts)
  least: min(sales / wait, parts)
  chosen:
    cases:
      - {when: parts > 5, value: sales / wait}
    otherwise: sales / parts
criteria: {k: {range: [0, 9], rules: [{id: r, when: ratio > 2, points: 5}]}}
grades: {A: {from: 5}, B: {}}
"""


def amended(**facts: object) -> list[Amended]:
    lead = Lead("x", {"sales": 5.0, "rating": 1.0, **facts})  # type: ignore[dict-item]
    known = {name: value for name, value in lead.facts.items() if value is not None}
    return [*Explaining(read_book(BOOK), DAY).explain(Lead("x", known)).amended]


def test_what_stands_as_it_is_read_is_not_told() -> None:
    assert amended(wait=3.0, parts=4.0, late=0.1, seen=date(2025, 12, 1)) == []
    assert amended() == []


def test_an_assumed_value_is_told() -> None:
    assert amended(sales=None) == [Amended("sales", Amendment.ASSUMED, 100.0)]


def test_what_is_too_old_is_told_and_what_is_assumed_instead() -> None:
    old = date(2025, 1, 1)
    assert amended(late=0.1, seen=old) == [
        Amended("late", Amendment.STALE, 0.1, old),
        Amended("rating", Amendment.STALE, 1.0, old),
        Amended("rating", Amendment.ASSUMED, 3.0),
    ]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"wait": 0.0}, {"ratio": "wait", "some": "wait", "least": "wait"}),
        ({"parts": 2.0}, {"sum": None}),
        ({"wait": 0.0, "parts": 7.0}, {"ratio": "wait", "least": "wait", "chosen": "wait"}),
        ({"wait": 1.0, "parts": 0.0}, {"chosen": "parts"}),
        ({"wait": 0.0, "parts": 1.0}, {"ratio": "wait", "least": "wait"}),
    ],
)
def test_a_division_by_zero_is_told_where_it_leaves_no_value(
    facts: dict[str, float], found: dict[str, str | None]
) -> None:
    told = [each for each in amended(**facts) if each.how is Amendment.UNDEFINED]
    assert {each.fact: each.divisor for each in told} == found
