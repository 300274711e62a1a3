from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.terms import BarePercent, DateOrder
from leadgrade.leads.values.cells import (
    REMEMBERED,
    REMEMBERED_NUMBERS,
    Column,
    Unreadable,
    clean_id,
    clean_text,
)
from leadgrade.leads.values.policy import Policy

if TYPE_CHECKING:
    from leadgrade.rules.model import Book

PLAIN = Policy()


def said(book: Book, name: str, text: str, options: Policy = PLAIN) -> object:
    value = Column(book.facts[name], book, options)[text]
    return value.code if isinstance(value, Unreadable) else value


@pytest.mark.parametrize(
    "text",
    ["", "  ", "N/A", "n/a", "#N/A", "-", "--", "—", "未知", "无数据", "null", "Select", "ＮＡ"],
)
@pytest.mark.parametrize("name", ["annual_revenue", "last_order", "intent", "refused", "remark"])
def test_unknown_texts(book: Book, name: str, text: str) -> None:
    assert said(book, name, text) is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("annual_revenue", " ¥1,200万 ", 12000000),
        ("annual_revenue", "none", None),
        ("annual_revenue", "#REF!", "spreadsheet-error"),
        ("employees", "50", 50),
        ("employees", "-1", "out-of-range"),
        ("employees", "2百万", "out-of-range"),
        ("overdue_share", "35%", 0.35),
        ("overdue_share", "35", "percent-without-sign"),
        ("payment_days", "90 days", 90),
        ("last_order", "2026年1月5日", date(2026, 1, 5)),
        ("last_order", "03/04/2026", "ambiguous-date"),
        ("refused", "是", True),
        ("refused", "YES", True),
        ("refused", "1", True),
        ("refused", "√", True),
        ("refused", "无", False),
        ("refused", "否", False),
        ("refused", "False", False),
        ("refused", "×", False),
        ("refused", "none", None),
        ("refused", "x", "not-a-flag"),
        ("refused", "2", "not-a-flag"),
        ("intent", "ready", "ready"),
        ("intent", "READY to sign", "ready"),
        ("intent", "比价中", "comparing"),
        ("intent", "none", "none"),
        ("intent", "无意向", "none"),
        ("intent", "无", "not-a-choice"),
        ("intent", "maybe", "not-a-choice"),
        ("remark", " Ａ good one ", "Ａ good one"),
        ("remark", "two\r\nlines\x07", "two\nlines"),
        ("remark", "e\u0301", "é"),
        ("remark", "none", None),
    ],
)
def test_values(book: Book, name: str, text: str, value: object) -> None:
    found = said(book, name, text)
    assert found == value
    assert type(found) is type(value) or isinstance(found, float)


def test_the_person_may_say_how_percents_and_dates_read(book: Book) -> None:
    options = Policy(bare_percent=BarePercent.PERCENT, date_order=DateOrder.DAY_FIRST)
    assert said(book, "overdue_share", "35", options) == 0.35
    assert said(book, "last_order", "03/04/2026", options) == date(2026, 4, 3)


def test_a_book_adds_unknown_texts(book: Book) -> None:
    mine = replace(book, unknown_values=frozenset({"ＴＢＤ", "9999", "无"}))
    assert said(mine, "annual_revenue", " tbd ") is None
    assert said(mine, "annual_revenue", "9999") is None
    assert said(mine, "intent", "无") is None
    assert said(mine, "intent", "none") == "none"


def test_a_column_remembers_a_bounded_number_of_texts(book: Book) -> None:
    column = Column(book.facts["employees"], book, PLAIN)
    for number in range(REMEMBERED + 100):
        assert column[f"{number} 人"] == number
    assert column["1" + "0" * 200] is not None
    assert len(column) == REMEMBERED


def test_a_column_remembers_few_plain_numbers(book: Book) -> None:
    column = Column(book.facts["employees"], book, PLAIN)
    for number in range(REMEMBERED_NUMBERS + 100):
        assert column[str(number)] == number
    assert len(column) == REMEMBERED_NUMBERS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" L-1 ", "L-1"),
        ("a \n b", "a b"),
        ("\ufeff客户\u200b1", "客户1"),
        ("N/A", ""),
        ("未知", ""),
        (" \t", ""),
    ],
)
def test_ids(text: str, value: str) -> None:
    assert clean_id(text) == value


def test_texts_keep_tabs_and_newlines_only() -> None:
    assert clean_text("a\tb\rc\x00\x1b\x85d") == "a\tb\ncd"
