"""Within which bounds a formula stays, given the bounds of the facts that it reads.

Bounds hold for doubles too: each operation rounds, and rounding keeps the order. They may be wider
than what is reached, since a fact that stands twice in a formula is taken as two.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from leadgrade.rules.formulas import Arithmetic, Call, Formula, Function, Number, Reading

Interval = tuple[float, float]
EVERYTHING: Interval = (-math.inf, math.inf)


def interval_of(formula: Formula, of_fact: Callable[[str], Interval]) -> Interval:
    """Return the lowest and the highest value that a formula may have."""
    match formula:
        case Number(value):
            return value, value
        case Reading(fact):
            return of_fact(fact)
        case Arithmetic(left, sign, right):
            return _SIGNS[sign](interval_of(left, of_fact), interval_of(right, of_fact))
        case Call(Function.MIN | Function.MAX as function, arguments):
            ends = [interval_of(each, of_fact) for each in arguments]
            pick = min if function is Function.MIN else max
            return pick(low for low, _ in ends), pick(high for _, high in ends)
        case Call(Function.ABS, arguments):
            low, high = interval_of(arguments[0], of_fact)
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return least, max(abs(low), abs(high))
    return EVERYTHING


def _add(one: Interval, other: Interval) -> Interval:
    return one[0] + other[0], one[1] + other[1]


def _subtract(one: Interval, other: Interval) -> Interval:
    return one[0] - other[1], one[1] - other[0]


def _multiply(one: Interval, other: Interval) -> Interval:
    ends = [_times(first, second) for first in one for second in other]
    return min(ends), max(ends)


def _times(one: float, other: float) -> float:
    return 0.0 if 0 in (one, other) else one * other  # 0 times infinity: no end of a bound


def _divide(one: Interval, other: Interval) -> Interval:
    """Return the bounds of a division; by zero it is unknown, so zero is no divisor."""
    low, high = other
    if low < 0 < high:
        return EVERYTHING
    if low >= 0:
        return _quotients(one, (math.inf if low == 0 else 1 / low, 0.0 if high == 0 else 1 / high))
    return _divide((-one[1], -one[0]), (-high, -low))


def _quotients(one: Interval, inverse: Interval) -> Interval:
    if inverse[0] == math.inf:  # a divisor as small as you like, and never zero
        return (-math.inf if one[0] < 0 else 0.0, math.inf if one[1] > 0 else 0.0)
    low, high = sorted(inverse)
    slack = 1e-9  # multiplying by an inverse rounds twice
    ends = [_times(end, by) for end in one for by in (low, high)]
    return _outward(min(ends), -slack), _outward(max(ends), slack)


def _outward(end: float, slack: float) -> float:
    return end + slack * abs(end) if math.isfinite(end) else end


_SIGNS: dict[str, Callable[[Interval, Interval], Interval]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
}
