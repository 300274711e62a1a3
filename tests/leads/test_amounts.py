from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads.values.amounts import read_days, read_money, read_number, read_percent
from leadgrade.rules.values import ValueReadError

MONEY = {
    "1200": 1200,
    "1,200": 1200,
    "1,234": 1234,
    "1.234": 1.234,
    "1,234,567.5": 1234567.5,
    "1 200 000": 1200000,
    "1\u00a0200": 1200,
    "1'200'000": 1200000,
    "1.200.000": 1200000,
    "1.200,50": 1200.5,
    "1.200.000,50": 1200000.5,
    ".5": 0.5,
    "5.": 5,
    "-3": -3,
    "+3": 3,
    "\u2212" + "3": -3,
    "(1,200)": -1200,
    "(¥1,200)": -1200,
    "（1,200）": -1200,
    "-¥5": -5,
    "¥-5": -5,
    "¥1,200万": 12000000,
    "￥1,200": 1200,
    "１２００": 1200,
    "1200元": 1200,
    "120万元": 1200000,
    "300w": 3000000,
    "300W元": 3000000,
    "¥1.5w": 15000,
    "1.6 亿元人民币": 160000000,
    "120 万 元": 1200000,
    "人民币 120万": 1200000,
    "3.5亿": 350000000,
    "3.5億": 350000000,
    "2万亿": 2e12,
    "2.5M": 2500000,
    "2.5 million": 2500000,
    "$2.5M": ValueReadError("other-currency"),
    "3bn": 3e9,
    "5k": 5000,
    "RMB 5000": 5000,
    "5000 CNY": 5000,
    "cny5000": 5000,
    "1e6": 1e6,
    "1.5E+08": 1.5e8,
    "-0": 0,
    "$22,700.00": ValueReadError("other-currency"),
    "€5": ValueReadError("other-currency"),
    "5 USD": ValueReadError("other-currency"),
    "500美元": ValueReadError("other-currency"),
    "12,5": ValueReadError("ambiguous-number"),
    "1200,50": ValueReadError("ambiguous-number"),
    "1,2345": ValueReadError("ambiguous-number"),
    "1 200,50": ValueReadError("ambiguous-number"),
    "1,23,456": ValueReadError("not-a-number"),
    "1,200.5.5": ValueReadError("not-a-number"),
    "-(5)": ValueReadError("unknown-unit"),
    "(-5)": ValueReadError("not-a-number"),
    "--5": ValueReadError("not-a-number"),
    "abc": ValueReadError("not-a-number"),
    "abc 5": ValueReadError("not-a-number"),
    "about 5": ValueReadError("not-a-number"),
    "5-10": ValueReadError("unknown-unit"),
    "1_000": ValueReadError("unknown-unit"),
    "infinity": ValueReadError("not-a-number"),
    "5 bananas": ValueReadError("unknown-unit"),
    "20%": ValueReadError("percent-sign"),
    "1e300": ValueReadError("too-large"),
    "9" * 400: ValueReadError("too-large"),
    "٣": ValueReadError("not-a-number"),
    "": ValueReadError("not-a-number"),
}


def said(read: object, text: str, *args: object, **more: object) -> object:
    try:
        return read(text, *args, **more)  # type: ignore[operator]
    except ValueReadError as error:
        return error.code


def wanted(value: object) -> object:
    return value.code if isinstance(value, ValueReadError) else value


@pytest.mark.parametrize(("text", "value"), MONEY.items())
def test_money_in_yuan(text: str, value: object) -> None:
    assert said(read_money, text, "CNY") == wanted(value)


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("$22,700.00", "USD", 22700),
        ("US$ 5k", "USD", 5000),
        ("$5", "HKD", 5),
        ("US$5", "HKD", "other-currency"),
        ("¥500", "JPY", 500),
        ("¥500", "USD", "other-currency"),
        ("500美元", "usd", 500),
        ("€1.200,50", "EUR", 1200.5),
        ("5 million euros", "EUR", 5000000),
        ("SEK 5", "SEK", 5),
        ("XAF 5", "XAF", 5),
    ],
)
def test_the_sign_must_be_of_the_books_currency(text: str, currency: str, value: object) -> None:
    assert said(read_money, text, currency) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", 1234),
        ("12,5", 12.5),
        ("1.200,50", 1200.5),
        ("1200", 1200),
        ("1,200.50", "not-a-number"),
    ],
)
def test_decimal_comma_throughout(text: str, value: object) -> None:
    assert said(read_number, text, decimal_comma=True) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", 1200),
        ("500万", 5000000),
        ("2.5k", 2500),
        ("¥5", "not-a-number"),
        ("5元", "unknown-unit"),
        ("300w", "unknown-unit"),  # watts, perhaps
        ("5%", "percent-sign"),
    ],
)
def test_numbers_have_no_currency(text: str, value: object) -> None:
    assert said(read_number, text) == value


@pytest.mark.parametrize(
    ("text", "bare", "value"),
    [
        ("35%", None, 0.35),
        ("35 %", None, 0.35),
        ("３５％", None, 0.35),
        ("0.35", None, 0.35),
        ("-5%", None, -0.05),
        ("-0.2", None, -0.2),
        ("120%", None, 1.2),
        ("1", None, 1),
        ("0", None, 0),
        ("35", None, "percent-without-sign"),
        ("35", "percent", 0.35),
        ("0.35", "percent", 0.0035),
        ("35%", "percent", 0.35),
        ("35", "share", 35),
        ("35‰", None, "unknown-unit"),
        ("¥3", None, "not-a-number"),
        ("half", None, "not-a-number"),
        ("七成", None, 0.7),
        ("七成", "share", 0.7),
        ("两成半", None, 0.25),
        ("三成五", None, 0.35),
        ("十成", None, 1),
        ("7.5 成", None, 0.75),
        ("7成", None, 0.7),
        ("成", None, "not-a-number"),
    ],
)
def test_percents_are_shares(text: str, bare: str | None, value: object) -> None:
    assert said(read_percent, text, bare=bare) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90", 90),
        ("90 days", 90),
        ("月结30天", 30),
        ("账期 60 天", 60),
        ("月结", "not-a-number"),
        ("约30天", "not-a-number"),
        ("90天", 90),
        ("１２日", 12),
        ("2 weeks", 14),
        ("1,200 days", 1200),
        ("3 months", "unknown-unit"),
        ("net 30", "not-a-number"),
        ("soon", "not-a-number"),
    ],
)
def test_days(text: str, value: object) -> None:
    assert said(read_days, text) == value


@given(st.decimals(-(10**12), 10**12, places=2))
def test_grouped_and_plain_writings_are_the_same_number(amount: object) -> None:
    plain = read_money(f"{amount}", "CNY")
    assert plain == read_money(f"{amount:,}", "CNY") == float(str(amount))


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_says_why(text: str) -> None:
    for value in (
        said(read_money, text, "CNY"),
        said(read_number, text, decimal_comma=True),
        said(read_percent, text),
        said(read_days, text),
    ):
        assert isinstance(value, float | str)
