"""The cells of a number column, by the type of the fact and the policy of the column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leadgrade.leads.values.amounts import (
    has_magnitude,
    read_days,
    read_money,
    read_number,
    read_percent,
    read_unit,
    usual_number,
)
from leadgrade.leads.values.ranges import number_of, range_in
from leadgrade.rules.model import NUMERIC, FactType
from leadgrade.rules.values import ValueReadError, fold, to_double

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadgrade.leads.values.policy import Policy
    from leadgrade.rules.model import Fact

    Reader = Callable[[str], float]


_PLAIN_TYPES = NUMERIC - {FactType.PERCENT}


def number_reader(fact: Fact, currency: str, policy: Policy) -> Reader:
    """Return the function that reads a number fact's cells.

    It raises ValueReadError with the codes of ``amounts`` and ``ranges``, ``out-of-range`` or
    ``unit-twice``. The unit of a policy must be one that ``read_unit`` knows.
    """
    read = _typed(fact, currency, policy)
    if policy.unit:
        read = _in_unit(read, policy.unit, currency)
    return _within(_ranged(read, policy), fact)


def plain_number(fact: Fact, policy: Policy) -> Callable[[str], float | None]:
    """Return what reads the usual writings of numbers, fast; None for any other text.

    It reads none where the policy of the column has a say.
    """
    doubt = policy.unit or policy.decimal_comma or fact.type not in _PLAIN_TYPES
    return (lambda _: None) if doubt else usual_number


def bounds_of(fact: Fact) -> tuple[float, float]:
    """Return the lowest and the highest number that a fact may be."""
    low = float("-inf") if fact.low is None else fact.low
    high = float("inf") if fact.high is None else fact.high
    return low, high


def _typed(fact: Fact, currency: str, policy: Policy) -> Reader:
    comma = bool(policy.decimal_comma)
    match fact.type:
        case FactType.MONEY:
            return lambda text: read_money(text, currency, decimal_comma=comma)
        case FactType.PERCENT:
            bare = policy.bare_percent
            return lambda text: read_percent(text, bare=bare, decimal_comma=comma)
        case FactType.DAYS:
            return lambda text: read_days(text, decimal_comma=comma)
        case _:
            return lambda text: read_number(text, decimal_comma=comma)


def _in_unit(read: Reader, unit: str, currency: str) -> Reader:
    """Let bare numbers be in a unit. A cell may name the same unit, but no other magnitude."""
    power = read_unit(unit, currency)
    behind = fold(unit).lower()

    def scaled(text: str) -> float:
        folded = fold(text)
        if folded.lower().endswith(behind):
            folded = folded[: -len(behind)]
        elif has_magnitude(folded):
            raise ValueReadError("unit-twice")
        return to_double(Decimal(repr(read(folded))).scaleb(power))

    return scaled


def _ranged(read: Reader, policy: Policy) -> Reader:
    """Read ranges by the policy; what is no range stays as unreadable as it is."""

    def ranged(text: str) -> float:
        try:
            return read(text)
        except ValueReadError as error:
            found = None if error.code == "too-large" else range_in(text, read)
            if found is None:
                raise
        return number_of(found, policy.ranges)

    return ranged


def _within(read: Reader, fact: Fact) -> Reader:
    if fact.low is None and fact.high is None:
        return read
    low, high = bounds_of(fact)

    def within(text: str) -> float:
        value = read(text)
        if not low <= value <= high:
            raise ValueReadError("out-of-range")
        return value

    return within
