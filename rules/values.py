"""Values as people write them in a rule book: ``20%``, ``500万``, ``2.5M``, ``90 days``, dates.

Numbers are read as exact decimals and rounded once, to the nearest double: ``35%`` in a rule and
``0.35`` in a list are the same number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

LARGEST = 2**53
"""Above it not every whole number has a double of its own, so such values are refused."""

MAGNITUDES: dict[str, int] = {
    "千": 3,
    "万": 4,
    "萬": 4,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "億": 8,
    "万亿": 12,
    "k": 3,
    "m": 6,
    "mn": 6,
    "mio": 6,
    "bn": 9,
    "b": 9,
}
"""Powers of ten behind a number, by their lower-case writing."""

DAY_UNITS: dict[str, int] = {
    "day": 1,
    "days": 1,
    "d": 1,
    "天": 1,
    "日": 1,
    "week": 7,
    "weeks": 7,
    "周": 7,
    "星期": 7,
}

_NUMBER = re.compile(
    r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)\s*([^\W\d_]*|%)", re.IGNORECASE
)


class ValueReadError(ValueError):
    """A text that is not a value of the wanted kind. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fold(text: str) -> str:
    """Fold width and surrounding white space: full-width forms become their ASCII twins."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def split_unit(text: str) -> tuple[Decimal, str]:
    """Split ``2.5M`` into its decimal and its unit in lower case.

    Raises:
        ValueReadError: ``not-a-number``.
    """
    found = _NUMBER.fullmatch(fold(text))
    if found is None:
        raise ValueReadError("not-a-number")
    return Decimal(found[1]), found[2].lower()


def parse_number(text: str) -> float:
    """Read a plain number with or without a magnitude: ``500万``, ``2.5M``, ``-3``.

    Raises:
        ValueReadError: ``not-a-number``, ``percent-sign``, ``unknown-unit`` or ``too-large``.
    """
    amount, unit = split_unit(text)
    if unit == "%":
        raise ValueReadError("percent-sign")
    if unit and unit not in MAGNITUDES:
        raise ValueReadError("unknown-unit")
    return to_double(amount.scaleb(MAGNITUDES.get(unit, 0)))


def parse_percent(text: str) -> float:
    """Read ``20%`` as the share 0.2. A bare number is refused: 20 and 0.2 are both thinkable.

    Raises:
        ValueReadError: ``not-a-number``, ``percent-without-sign`` or ``too-large``.
    """
    amount, unit = split_unit(text)
    if unit != "%":
        raise ValueReadError("percent-without-sign")
    return to_double(amount.scaleb(-2))


def parse_days(text: str) -> float:
    """Read ``90 days``, ``2 weeks``, ``90天`` or a bare number of days.

    Raises:
        ValueReadError: ``not-a-number``, ``unknown-unit`` or ``too-large``.
    """
    amount, unit = split_unit(text)
    if unit and unit not in DAY_UNITS:
        raise ValueReadError("unknown-unit")
    return to_double(amount * DAY_UNITS.get(unit, 1))


def parse_date(text: str) -> date:
    """Read an ISO date, ``2026-01-31``.

    Raises:
        ValueReadError: ``not-a-date``.
    """
    try:
        return date.fromisoformat(fold(text))
    except ValueError:
        raise ValueReadError("not-a-date") from None


def to_double(amount: Decimal) -> float:
    """Return the nearest double.

    Raises:
        ValueReadError: ``too-large``, beyond 2**53.
    """
    if abs(amount) > LARGEST:
        raise ValueReadError("too-large")
    return float(amount) + 0.0  # no negative zero: it would print and hash differently
