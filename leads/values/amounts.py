"""Amounts as people type them: ``¥1,200万``, ``$22,700.00``, ``(1,200)``, ``1.200.000,50``.

A comma between groups of three digits separates thousands, a point is the decimal point: 1,234 is
one thousand two hundred and thirty-four, 1.234 is a little more than one. The European writing
is read where a cell allows nothing else (1.200,50), or throughout when ``decimal_comma`` says so.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from leadgrade.rules.values import DAY_UNITS, MAGNITUDES, ValueReadError, fold, to_double

if TYPE_CHECKING:
    from collections.abc import Mapping

DOLLARS = frozenset({"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"})

CURRENCIES: dict[str, frozenset[str]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
    "元整": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    "元人民币": frozenset({"CNY"}),
    "rmb": frozenset({"CNY"}),
    "yuan": frozenset({"CNY"}),
    "cn¥": frozenset({"CNY"}),
    "円": frozenset({"JPY"}),
    "日元": frozenset({"JPY"}),
    "yen": frozenset({"JPY"}),
    "$": DOLLARS,
    "dollars": DOLLARS,
    "us$": frozenset({"USD"}),
    "美元": frozenset({"USD"}),
    "美金": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "港币": frozenset({"HKD"}),
    "港元": frozenset({"HKD"}),
    "nt$": frozenset({"TWD"}),
    "新台币": frozenset({"TWD"}),
    "s$": frozenset({"SGD"}),
    "a$": frozenset({"AUD"}),
    "c$": frozenset({"CAD"}),
    "€": frozenset({"EUR"}),
    "euro": frozenset({"EUR"}),
    "euros": frozenset({"EUR"}),
    "欧元": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "英镑": frozenset({"GBP"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "₽": frozenset({"RUB"}),
    **{
        code.lower(): frozenset({code})
        for code in [
            "CNY",
            "JPY",
            "USD",
            "HKD",
            "TWD",
            "SGD",
            "AUD",
            "CAD",
            "NZD",
            "EUR",
            "GBP",
            "KRW",
            "INR",
            "RUB",
            "CHF",
            "SEK",
            "NOK",
            "DKK",
            "PLN",
            "CZK",
            "BRL",
            "MXN",
            "ZAR",
            "THB",
            "VND",
            "IDR",
            "MYR",
            "PHP",
            "TRY",
            "AED",
            "SAR",
            "ILS",
        ]
    },
}
"""Signs and words for money, in lower case, and the currencies each may stand for."""

WORDS = {**MAGNITUDES, "thousand": 3, "million": 6, "billion": 9}
"""Powers of ten behind an amount, in lower case."""

MONEY_WORDS = {**WORDS, "w": 4}
"""Those behind an amount of money. Behind another number a ``w`` may be a watt, not 万."""

TERMS = frozenset(["月结", "账期", "帳期"])
"""What may stand before the days of payment terms: ``月结30天``."""

COUNTED = ("人", "名", "个", "家", "employees", "employee", "people", "persons", "staff")
"""Words for what was counted, behind a number."""

_AMOUNT = re.compile(
    r"([+-]?)\s*([^\d\s.,+-]*)\s*([+-]?)\s*([\d.][\d.,' ]*)(e[+-]?\d{1,3})?\s*(.*)", re.DOTALL
)
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,15})?", re.ASCII)
_PERCENT = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?%", re.ASCII)
_SHARE = re.compile(r"-?0(?:\.\d{1,15})?", re.ASCII)
_POINT = re.compile(r"(?:\d+|\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*)(?:\.\d*)?|\.\d+", re.ASCII)
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:([.' ])\d{3})(?:\1\d{3})*)(?:,\d*)?|,\d+", re.ASCII)
_ONLY_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_CHINESE_DIGITS = "〇一二三四五六七八九十"
_TENTHS = re.compile(
    r"([一二两三四五六七八九十]|\d(?:\.\d)?)\s*成([一二三四五六七八九半])?", re.ASCII
)
_UNGROUPED = str.maketrans("", "", ",' ")
_COMMA_TO_POINT = str.maketrans(",", ".", ".' ")
_EITHER = re.compile(r"\d+,\d+|\d{1,3}(?:[ ']\d{3})+,\d+", re.ASCII)


def read_money(text: str, currency: str, *, decimal_comma: bool = False) -> float:
    """Read an amount in the book's currency (its ISO code).

    Raises:
        ValueReadError: ``not-a-number``, ``ambiguous-number``, ``unknown-unit``,
            ``percent-sign``, ``other-currency`` or ``too-large``.
    """
    if not decimal_comma and (usual := usual_number(text)) is not None:
        return usual
    before, amount, after = _parts(text, decimal_comma=decimal_comma)
    power, behind = _magnitude(after, MONEY_WORDS)
    for sign in filter(None, (before, behind)):
        _check_currency(sign, currency.upper())
    return to_double(amount.scaleb(power))


def read_number(text: str, *, decimal_comma: bool = False) -> float:
    """Read a number without a currency.

    Raises:
        ValueReadError: ``not-a-number``, ``ambiguous-number``, ``unknown-unit``,
            ``percent-sign`` or ``too-large``.
    """
    if not decimal_comma and (usual := usual_number(text)) is not None:
        return usual
    before, amount, after = _parts(text, decimal_comma=decimal_comma)
    for word in COUNTED:
        if after != word and after.endswith(word):
            after = after.removesuffix(word)  # 1.2万人
    power, behind = _magnitude("" if after in COUNTED else after)
    if before or behind:
        raise ValueReadError("not-a-number" if before else "unknown-unit")
    return to_double(amount.scaleb(power))


def read_percent(text: str, *, bare: str | None = None, decimal_comma: bool = False) -> float:
    """Read ``35%``, ``0.35`` or ``三成五`` as the share 0.35.

    ``bare`` says how a number without a sign reads: ``share``, ``percent``, ``column`` (percent,
    as the other cells of the column are, but between 0 and 1 in doubt), or None, which takes
    numbers from -1 to 1 as shares and refuses the others.

    Raises:
        ValueReadError: ``not-a-number``, ``ambiguous-number``, ``unknown-unit``,
            ``percent-without-sign`` or ``too-large``.
    """
    if bare is None and not decimal_comma and _SHARE.fullmatch(text):
        return float(text) + 0.0
    if not decimal_comma and _PERCENT.fullmatch(text):
        return to_double(Decimal(text[:-1]).scaleb(-2))
    if found := _TENTHS.fullmatch(fold(text)):
        return to_double(_tenths(found[1]).scaleb(-1) + _tenths(found[2] or "0").scaleb(-2))
    before, amount, after = _parts(text, decimal_comma=decimal_comma)
    if before:
        raise ValueReadError("not-a-number")
    if not after and bare == "column" and 0 < abs(amount) < 1:
        raise ValueReadError("percent-without-sign")
    if after == "%" or (not after and bare in ("percent", "column")):
        return to_double(amount.scaleb(-2))
    if after:
        raise ValueReadError("unknown-unit")
    if bare is None and abs(amount) > 1:
        raise ValueReadError("percent-without-sign")
    return to_double(amount)


def read_days(text: str, *, decimal_comma: bool = False) -> float:
    """Read ``90``, ``90 days``, ``90天``, ``2 weeks`` or ``月结30天`` as days.

    Months have no fixed length.

    Raises:
        ValueReadError: ``not-a-number``, ``ambiguous-number``, ``unknown-unit`` or ``too-large``.
    """
    if not decimal_comma and (usual := usual_number(text)) is not None:
        return usual
    before, amount, after = _parts(text, decimal_comma=decimal_comma)
    if before and before not in TERMS:
        raise ValueReadError("not-a-number")
    if after and after not in DAY_UNITS:
        raise ValueReadError("unknown-unit")
    return to_double(amount * DAY_UNITS.get(after, 1))


def read_unit(unit: str, currency: str) -> int:
    """Return the power of ten that a unit stands for: ``万元`` 4, ``k`` 3, ``年`` or ``元`` 0.

    Raises:
        ValueReadError: ``unknown-unit``, where it holds a digit or nothing at all,
            ``other-currency``, or ``percent-sign``.
    """
    folded = fold(unit).lower().replace(" ", "")
    if not folded or any(map(str.isdigit, folded)):
        raise ValueReadError("unknown-unit")
    try:
        power, money = _magnitude(folded)
    except ValueReadError as error:
        if error.code == "percent-sign":
            raise
        return 0
    if money:
        _check_currency(money, currency.upper())
    return power


def has_magnitude(text: str) -> bool:
    """Whether an amount names a power of ten of its own: ``1200万``."""
    try:
        return _magnitude(_parts(text, decimal_comma=False)[2], MONEY_WORDS)[0] != 0
    except ValueReadError:
        return False


def usual_number(text: str) -> float | None:
    """Read the writings that most cells have, fast; None for any other."""
    if text.isdigit():  # faster than an expression
        return float(text) if len(text) < 16 and text.isascii() else None
    if _PLAIN.fullmatch(text):
        return float(text) + 0.0  # no negative zero
    if "," in text and _GROUPED.fullmatch(text):
        return float(text.replace(",", "")) + 0.0
    return None


def _tenths(digit: str) -> Decimal:
    if digit in _CHINESE_DIGITS:
        return Decimal(_CHINESE_DIGITS.index(digit))
    return Decimal({"两": "2", "半": "5"}.get(digit, digit))


def _parts(text: str, *, decimal_comma: bool) -> tuple[str, Decimal, str]:
    """Split an amount into what stands before it, its signed number, and what stands behind."""
    folded = fold(text).lower().replace("\u2212", "-")  # the typographic minus
    negative = folded.startswith("(") and folded.endswith(")")
    found = _AMOUNT.fullmatch(folded[1:-1].strip() if negative else folded)
    if found is None:
        raise ValueReadError("not-a-number")
    sign, before, inner, digits, exponent, after = found.groups()
    if (sign and inner) or (negative and (sign or inner)):
        raise ValueReadError("not-a-number")
    amount = Decimal(_digits(digits.strip(), decimal_comma=decimal_comma) + (exponent or ""))
    turned = negative or "-" in (sign, inner)
    return before, -amount if turned else amount, after.replace(" ", "")


def _digits(text: str, *, decimal_comma: bool) -> str:
    """Return digits without separators of thousands, with a decimal point."""
    if decimal_comma or _ONLY_COMMA.fullmatch(text):
        if _COMMA.fullmatch(text):
            return text.translate(_COMMA_TO_POINT)
    elif _POINT.fullmatch(text):
        return text.translate(_UNGROUPED)
    raise ValueReadError("ambiguous-number" if _EITHER.fullmatch(text) else "not-a-number")


def _magnitude(after: str, words: Mapping[str, int] = WORDS) -> tuple[int, str]:
    """Split what stands behind a number into a power of ten and a currency, both optional."""
    if after == "%":
        raise ValueReadError("percent-sign")
    for end in range(len(after), -1, -1):
        word, rest = after[:end], after[end:]
        if (not word or word in words) and (not rest or rest in CURRENCIES):
            return words.get(word, 0), rest
    raise ValueReadError("unknown-unit")


def _check_currency(sign: str, currency: str) -> None:
    if sign == currency.lower():
        return
    if sign not in CURRENCIES:
        raise ValueReadError("not-a-number")
    if currency not in CURRENCIES[sign]:
        raise ValueReadError("other-currency")
