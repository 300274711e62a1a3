"""Values as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.rules.values import (
    LARGEST,
    ValueReadError,
    parse_date,
    parse_days,
    parse_number,
    parse_percent,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5.0),
        ("-3", -3.0),
        ("－３", -3.0),
        ("−3", -3.0),
        ("+3", 3.0),
        (".5", 0.5),
        ("500万", 5e6),
        ("５００万", 5e6),
        ("1.2亿", 1.2e8),
        ("1万亿", 1e12),
        ("2.5M", 2.5e6),
        ("3 k", 3e3),
        ("1bn", 1e9),
        ("1e3", 1e3),
        ("-0", 0.0),
        ("1e-999", 0.0),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert parse_number(text) == value
    assert str(parse_number(text)) == str(value)  # no negative zero


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-a-number"),
        ("lots", "not-a-number"),
        ("1,000", "not-a-number"),
        ("1_000", "not-a-number"),
        ("nan", "not-a-number"),
        ("inf", "not-a-number"),
        ("1e999999999", "not-a-number"),
        ("20%", "percent-sign"),
        ("5 apples", "unknown-unit"),
        ("1e400", "too-large"),
        ("9" * 500, "too-large"),
    ],
)
def test_what_is_no_number(text: str, code: str) -> None:
    with pytest.raises(ValueReadError) as error:
        parse_number(text)
    assert error.value.code == code


def test_percents_need_their_sign() -> None:
    assert parse_percent("35%") == parse_percent("３５％") == parse_percent("35 %") == 0.35
    with pytest.raises(ValueReadError, match="percent-without-sign"):
        parse_percent("35")


def test_days() -> None:
    assert [parse_days(text) for text in ("90", "90 days", "90天", "2 weeks", "2周")] == [
        90.0,
        90.0,
        90.0,
        14.0,
        14.0,
    ]
    with pytest.raises(ValueReadError, match="unknown-unit"):
        parse_days("3 months")


def test_dates() -> None:
    assert parse_date(" 2026-01-31 ") == date(2026, 1, 31)
    with pytest.raises(ValueReadError, match="not-a-date"):
        parse_date("2026-02-30")


@given(st.floats(-LARGEST, LARGEST))
def test_a_number_that_is_written_is_read_back(value: float) -> None:
    assert parse_number(repr(value)) == value


@given(st.integers(-10_000, 10_000), st.integers(0, 4))
def test_a_percent_is_the_double_nearest_to_its_share(digits: int, places: int) -> None:
    text = str(Decimal(digits).scaleb(-places))
    assert parse_percent(f"{text}%") == parse_number(f"{text}e-2")


@given(st.dates())
def test_a_date_that_is_written_is_read_back(value: date) -> None:
    assert parse_date(value.isoformat()) == value


@given(st.text())
def test_any_text_is_a_value_or_is_refused(text: str) -> None:
    for parse in (parse_number, parse_percent, parse_days, parse_date):
        try:
            parse(text)
        except ValueReadError as problem:
            assert problem.code  # noqa: PT017 - some texts are values
