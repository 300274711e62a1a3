"""Ranges, units, serial days, several values, and what a whole column says of its cells."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.terms import BarePercent, DateOrder
from leadgrade.leads.values.cells import Column, Unreadable
from leadgrade.leads.values.detection import detect
from leadgrade.leads.values.policy import Policy, Ranges, Several

if TYPE_CHECKING:
    from leadgrade.rules.model import Book


def said(book: Book, name: str, text: str, policy: Policy) -> object:
    value = Column(book.facts[name], book, policy)[text]
    return value.code if isinstance(value, Unreadable) else value


@pytest.mark.parametrize(
    ("fact", "text", "want"),
    [
        ("annual_revenue", "约300万", 3e6),
        ("annual_revenue", "~ ¥5k", 5000),
        ("annual_revenue", "about 5000", 5000),
        ("employees", "50人左右", 50),
        ("overdue_share", "大约30%", 0.3),
        ("payment_days", "ca. 30 days", 30),
    ],
)
def test_what_is_only_approximate_is_read_where_ranges_are(
    book: Book, fact: str, text: str, want: float
) -> None:
    assert said(book, fact, text, Policy()) == "approximate"
    for each in Ranges:
        assert said(book, fact, text, Policy(ranges=each)) == want


@pytest.mark.parametrize(
    ("fact", "text", "lower", "middle", "upper"),
    [
        ("employees", "51-200", 51, 125.5, 200),
        ("employees", "51 ~ 200", 51, 125.5, 200),
        ("employees", "51～200人", 51, 125.5, 200),
        ("employees", "51至200", 51, 125.5, 200),
        ("employees", "51 to 200 employees", 51, 125.5, 200),
        ("employees", "1,001–5,000", 1001, 3000.5, 5000),
        ("employees", "50人以下", 0, 25, 50),
        ("employees", "<50", 0, 25, 50),
        ("employees", "不超过50人", 0, 25, 50),
        ("employees", "under 50", 0, 25, 50),
        ("employees", "100+", 100, "open-range", "open-range"),
        ("employees", "100+人", 100, "open-range", "open-range"),
        ("employees", "100人以上", 100, "open-range", "open-range"),
        ("employees", "≥ 100", 100, "open-range", "open-range"),
        ("employees", "10,001 or more", 10001, "open-range", "open-range"),
        ("annual_revenue", "1-5万", 10000, 30000, 50000),
        ("annual_revenue", "1000万-5000万", 1e7, 3e7, 5e7),
        ("annual_revenue", "¥1k - ¥5k", 1000, 3000, 5000),
        ("annual_revenue", "500万元以下", 0, 2.5e6, 5e6),
        ("payment_days", "30-60天", 30, 45, 60),
        ("payment_days", "1-2周", 7, 10.5, 14),
        ("overdue_share", "5%-10%", 0.05, 0.075, 0.1),
        ("overdue_share", "5-10%", 0.05, 0.075, 0.1),
    ],
)
def test_a_range_is_read_by_a_declared_policy_only(
    book: Book, fact: str, text: str, lower: object, middle: object, upper: object
) -> None:
    assert said(book, fact, text, Policy()) == "a-range"
    assert said(book, fact, text, Policy(ranges=Ranges.LOWER)) == pytest.approx(lower)
    if isinstance(middle, str):
        assert said(book, fact, text, Policy(ranges=Ranges.MIDDLE)) == middle
        assert said(book, fact, text, Policy(ranges=Ranges.UPPER)) == upper
    else:
        assert said(book, fact, text, Policy(ranges=Ranges.MIDDLE)) == pytest.approx(middle)
        assert said(book, fact, text, Policy(ranges=Ranges.UPPER)) == pytest.approx(upper)


@pytest.mark.parametrize(
    "text", ["2026-01-05", "200-51", "5-5", "-", "a-b", "1-2-3", "+", "以下", "12 - x"]
)
def test_what_only_looks_like_a_range(book: Book, text: str) -> None:
    assert said(book, "employees", text, Policy(ranges=Ranges.LOWER)) in (
        None, "not-a-number", "unknown-unit", "ambiguous-number",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "text", "want"),
    [
        ("万元", "120", 1200000.0),
        ("万元", "1.1", 11000.0),
        ("万元", "120万元", 1200000.0),
        ("万元", "¥120", 1200000.0),
        ("万元", "(3)", -30000.0),
        ("万元", "1200千", "unit-twice"),
        ("万元", "$5", "other-currency"),
        ("k", "1,250.5", 1250500.0),
        ("m", "2", 2000000.0),
        ("元", "2", 2.0),
        ("万元", "1-5", "a-range"),
    ],
)
def test_bare_numbers_in_a_declared_unit(book: Book, unit: str, text: str, want: object) -> None:
    assert said(book, "annual_revenue", text, Policy(unit=unit)) == want


def test_a_word_that_is_no_magnitude_may_be_the_unit(book: Book) -> None:
    policy = Policy(unit="年", ranges=Ranges.LOWER)
    assert said(book, "employees", "3年", policy) == 3.0
    assert said(book, "employees", "1-5年", policy) == 1.0
    assert said(book, "employees", "3年", Policy()) == "unknown-unit"


@pytest.mark.parametrize(
    ("text", "order", "want"),
    [
        ("46027", DateOrder.EXCEL, date(2026, 1, 5)),
        ("46027.75", DateOrder.EXCEL, date(2026, 1, 5)),
        ("44565", DateOrder.EXCEL_1904, date(2026, 1, 5)),
        ("2026-01-05", DateOrder.EXCEL, date(2026, 1, 5)),
        ("03/04/2026", DateOrder.EXCEL, "ambiguous-date"),
        ("2026", DateOrder.EXCEL, "not-a-date"),
        ("46027", None, "serial-date"),
        ("46027", DateOrder.DAY_FIRST, "serial-date"),
    ],
)
def test_serial_days_are_read_where_they_are_declared(
    book: Book, text: str, order: DateOrder | None, want: object
) -> None:
    assert said(book, "last_order", text, Policy(date_order=order)) == want


@pytest.mark.parametrize(
    ("text", "policy", "want"),
    [
        ("Comparing; Ready to sign", None, "several-values"),
        ("Comparing; Ready to sign", Several.FIRST, "comparing"),
        ("Comparing； Ready to sign", Several.LAST, "ready"),
        ("比价中、准备签约", Several.LAST, "ready"),
        ("Comparing; 比价中", None, "comparing"),
        ("Comparing; nonsense", Several.FIRST, "not-a-choice"),
        (";", Several.FIRST, "not-a-choice"),
    ],
)
def test_several_values_in_a_cell(book: Book, text: str, policy: Several | None, want: str) -> None:
    assert said(book, "intent", text, Policy(several=policy)) == want


@pytest.mark.parametrize(
    ("fact", "cells", "want"),
    [
        ("overdue_share", ["35", "20", "12.5", "0", "1"], Policy(BarePercent.COLUMN)),
        ("overdue_share", ["35", "20", "10", "0.5"], Policy()),
        ("overdue_share", ["35", "20"], Policy()),
        ("overdue_share", ["35%", "20%", "10%"], Policy()),
        ("overdue_share", ["0.35", "0.2", "1"], Policy()),
        ("last_order", ["03/04/2026", "25/04/2026"], Policy(None, DateOrder.DAY_FIRST)),
        ("last_order", ["03/04/2026", "04/25/2026"], Policy(None, DateOrder.MONTH_FIRST)),
        ("last_order", ["25/04/2026 10:30"], Policy(None, DateOrder.DAY_FIRST)),
        ("last_order", ["13/04/2026", "04/25/2026"], Policy()),
        ("last_order", ["03/04/2026"], Policy()),
    ],
)  # fmt: skip
def test_what_a_column_says(book: Book, fact: str, cells: list[str], want: Policy) -> None:
    assert detect(book.facts[fact], cells, decimal_comma=False) == want


def test_percents_of_a_column_may_have_decimal_commas(book: Book) -> None:
    fact, cells = book.facts["overdue_share"], ["12,5", "20,5", "35"]
    assert detect(fact, cells, decimal_comma=True) == Policy(BarePercent.COLUMN, None, True)


def test_a_detected_percent_column_stays_in_doubt_between_0_and_1(book: Book) -> None:
    policy = Policy(BarePercent.COLUMN)
    assert said(book, "overdue_share", "35", policy) == 0.35
    assert said(book, "overdue_share", "1", policy) == 0.01
    assert said(book, "overdue_share", "0", policy) == 0.0
    assert said(book, "overdue_share", "0.5", policy) == "percent-without-sign"
    assert said(book, "overdue_share", "0.5%", policy) == 0.005


def test_what_is_said_goes_before_what_is_seen() -> None:
    said_, seen = Policy(BarePercent.SHARE), Policy(BarePercent.COLUMN, DateOrder.DAY_FIRST)
    assert said_.over(seen) == Policy(BarePercent.SHARE, DateOrder.DAY_FIRST)
    assert seen.without(said_) == Policy(None, DateOrder.DAY_FIRST)
    assert list(said_.settled()) == [("bare_percent", "share")]
