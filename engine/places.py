"""Numbers and dates as whole-numbered places on a line, so that a bisection ends at neighbours."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date

from leadgrade.rules.conditions import Value
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.values import LARGEST

_MAGNITUDE = (1 << 63) - 1


def place_of(value: Value) -> int:
    """Return where a number or a date stands: doubles count one by one, dates day by day."""
    if isinstance(value, date):
        return value.toordinal()
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return int(bits) if bits >= 0 else -(int(bits) & _MAGNITUDE)


def double_at(place: int) -> float:
    """Return the double at a place. There is one zero."""
    (size,) = struct.unpack("<d", struct.pack("<q", abs(place)))
    return float(size) if place >= 0 else -float(size)


def value_at(fact: Fact, place: int) -> Value:
    """Return the value of a number or date fact at a place."""
    return date.fromordinal(place) if fact.type is FactType.DATE else double_at(place)


def ends_of(fact: Fact) -> tuple[int, int]:
    """Return the first and last place that a fact may have: its range, else what lists can say."""
    if fact.type is FactType.DATE:
        return date.min.toordinal(), date.max.toordinal()
    low = -float(LARGEST) if fact.low is None else fact.low
    high = float(LARGEST) if fact.high is None else fact.high
    return place_of(low), place_of(high)


def first_place(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the first place from ``low`` to ``high`` for which ``holds``, else ``high + 1``.

    From the first such place on it must hold throughout.
    """
    if holds(low):
        return low
    if not holds(high):
        return high + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
