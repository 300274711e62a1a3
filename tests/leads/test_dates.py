from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads.values.dates import read_date
from leadgrade.rules.values import ValueReadError

JANUARY = date(2026, 1, 5)
APRIL = date(2021, 4, 15)


def said(text: str, order: str | None = None) -> object:
    try:
        return read_date(text, order)
    except ValueReadError as error:
        return error.code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-05", JANUARY),
        ("2026-1-5", JANUARY),
        ("2026/1/5", JANUARY),
        ("2026.01.05", JANUARY),
        ("２０２６-０１-０５", JANUARY),
        ("2026年1月5日", JANUARY),
        ("2026年01月05号", JANUARY),
        ("2026 年 1 月 5 日", JANUARY),
        ("2026年1月5日 星期一", JANUARY),
        ("2026年1月5日星期一 下午3:30", JANUARY),
        ("2026-01-05（周一）", JANUARY),
        ("星期一", "not-a-date"),
        ("20260105", JANUARY),
        ("2026-01-05T10:30:00Z", JANUARY),
        ("2026-01-05 10:30", JANUARY),
        ("2026年1月5日 下午3:30", JANUARY),
        ("2026年1月5日 15时30分", JANUARY),
        ("2026/1/5 0:00:00", JANUARY),
        ("15 Apr, 2021", APRIL),
        ("15 April 2021", APRIL),
        ("15-Apr-2021", APRIL),
        ("15APR2021", APRIL),
        ("15th April 2021", APRIL),
        ("Apr 15 2021", APRIL),
        ("April 15, 2021", APRIL),
        ("April 15th, 2021 10:30 PM", APRIL),
        ("15. Apr. 2021", APRIL),
        ("15/04/2021", APRIL),
        ("04/15/2021", APRIL),
        ("15.4.2021", APRIL),
        ("04/04/2021", date(2021, 4, 4)),
        ("03/04/2026", "ambiguous-date"),
        ("3.4.2026", "ambiguous-date"),
        ("15-Apr-21", "two-digit-year"),
        ("01/02/21", "two-digit-year"),
        ("2026-02-30", "not-a-date"),
        ("30 Feb 2026", "not-a-date"),
        ("13/13/2026", "not-a-date"),
        ("2026-01", "not-a-date"),
        ("2026-01/05", "not-a-date"),
        ("2026-W01-1", "not-a-date"),
        ("45678", "serial-date"),
        ("0000-01-01", "not-a-date"),
        ("yesterday", "not-a-date"),
        ("", "not-a-date"),
    ],
)
def test_dates(text: str, value: object) -> None:
    assert said(text) == value


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("15/04/2021", "mdy", "not-a-date"),
        ("2026-01-05", "mdy", JANUARY),
    ],
)
def test_the_order_may_be_said(text: str, order: str, value: object) -> None:
    assert said(text, order) == value


@given(st.dates(min_value=date(1000, 1, 1)))
def test_writings_of_one_day_agree(day: date) -> None:
    writings = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year:04}{day.month:02}{day.day:02}",
        f"{day.isoformat()} 08:00:00",
    )
    assert {read_date(text) for text in writings} == {day}


@given(st.text("0123456789/-.: 年月日tapr", max_size=20))
def test_any_text_is_a_date_or_says_why(text: str) -> None:
    assert isinstance(said(text), date | str)
