"""Numbers, amounts and days as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from leadgrade.reports.values import show_distance, show_fact, signed
from leadgrade.rules.loader import read_book

BOOK = read_book(
    """
book: x
facts:
  money: {type: money}
  share: {type: percent}
  wait: {type: days}
  index: {type: number}
  day: {type: date}
  flag: {type: flag}
criteria: {c: {range: [0, 1], rules: [{id: r, when: flag, points: 1}]}}
grades: {A: {}}
"""
)


@pytest.mark.parametrize(
    ("fact", "value", "english", "chinese"),
    [
        ("money", 160_000_000, "160,000,000", "1.6亿"),
        ("money", -25_000, "-25,000", "-2.5万"),
        ("money", 12_345.678, "12,345.678", "12,345.678"),
        ("money", 0, "0", "0"),
        ("share", 0.285, "28.5%", "28.5%"),
        ("share", 0.07, "7%", "7%"),
        ("share", 0.19999999999999996, "20%", "20%"),
        ("wait", 1, "1 day", "1天"),
        ("wait", 0, "0 days", "0天"),
        ("wait", 2.5, "2.5 days", "2.5天"),
        ("index", 1234567.25, "1,234,567.25", "1,234,567.25"),
        ("index", 0.1 + 0.2, "0.3", "0.3"),
        # Where four decimals would show nothing, there are as many as are needed.
        ("index", 0.00003, "0.00003", "0.00003"),
        ("index", -0.000001234, "-0.0000012", "-0.0000012"),
        ("index", -5e-324, "0", "0"),
        ("index", 1e15, "1,000,000,000,000,000", None),
        ("flag", True, "yes", "是"),
        ("day", date(2026, 1, 5), "2026-01-05", "2026-01-05"),
        ("day", None, "unknown", "未知"),
    ],
)
def test_values(fact: str, value: object, english: str, chinese: str | None) -> None:
    assert show_fact(BOOK.facts[fact], value, "en") == english
    assert show_fact(BOOK.facts[fact], value, "zh") == (chinese or english)


def test_distances_and_signs() -> None:
    assert show_distance(BOOK, "day", 1, date(2026, 1, 5), "en") == "1 day"
    assert show_distance(BOOK, "money", 5_000_000, 1, "zh") == "500万"
    assert [signed(each) for each in (1200, -350, 0)] == ["+12", "-3.5", "0"]
