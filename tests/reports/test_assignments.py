"""Facts that a person says at the command line, and what is said to mistakes."""

from __future__ import annotations

from datetime import date

import pytest

from leadgrade.reports.answers.assignments import AssignmentError, assigned
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

BOOK = """
book: said
facts:
  spend: {type: money, label: {en: Spend, zh: 支出}}
  share: {type: percent, range: [0%, 100%]}
  age: {type: days, range: [1 day, 90 days]}
  met: {type: date}
  size: {type: choice, values: [small, large]}
  sure: {type: flag}
criteria: {c: {range: [0, 9], rules: [{id: r, when: sure, points: 5}]}}
grades: {A: {from: 5}, B: {}}
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(BOOK)


@pytest.mark.parametrize(
    ("said", "fact", "value"),
    [
        ("spend=1.2亿", "spend", 1.2e8),
        ("支出 = ¥1,200", "spend", 1200.0),
        ("share=35%", "share", 0.35),
        ("age=9 days", "age", 9.0),
        ("met=2026年1月5日", "met", date(2026, 1, 5)),
        ("size=large", "size", "large"),
        ("sure=否", "sure", False),
        ("sure=", "sure", None),
        ("spend=N/A", "spend", None),
    ],
)
def test_a_value_reads_as_in_a_book_or_a_list(book, said, fact, value) -> None:
    lead = assigned(book, Lead("x", {"sure": True, "spend": 5.0}), [said])
    assert lead.facts.get(fact) == value
    assert (fact in lead.facts) is (value is not None)


@pytest.mark.parametrize(
    ("said", "code", "more"),
    [
        (["spend"], "not-an-assignment", {"text": "spend"}),
        (["=5"], "not-an-assignment", {"text": "=5"}),
        (["spnd=5"], "unknown-fact", {"name": "spnd", "nearest": "spend"}),
        (["spend=5", "支出=6"], "said-twice", {"fact": "spend"}),
        (["share=250%"], "out-of-range", {"ends": "0% … 100%"}),
        (["age=91 days"], "out-of-range", {"ends": "1 day … 90 days"}),
        (["size=huge"], "not-a-choice", {"choices": "small, large"}),
        (["sure=perhaps"], "value-unreadable", {"example": "yes, no"}),
    ],
)
def test_a_mistake_says_what_would_be_right(book, said, code, more) -> None:
    with pytest.raises(AssignmentError) as caught:
        assigned(book, Lead("x", {}), said)
    assert caught.value.code == code
    assert caught.value.details.items() >= more.items()
