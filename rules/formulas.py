"""Formulas of derived facts: arithmetic on numbers, and the days between dates.

Meaning, for every backend: IEEE double arithmetic from left to right as written. An unknown
operand, a division by zero, or a result that is not a finite number makes the result unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from leadgrade.rules.conditions import Condition, subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Function(StrEnum):
    """What a formula may call. Dates give days; everything else takes and gives numbers."""

    MIN = "min"
    MAX = "max"
    ABS = "abs"
    SUM_KNOWN = "sum_known"  # of those that are known; unknown only where none is
    FIRST_KNOWN = "first_known"  # the first that is known
    DAYS_BETWEEN = "days_between"  # from the first date to the second
    MONTHS_BETWEEN = "months_between"  # whole calendar months from the first date to the second
    DAYS_SINCE = "days_since"  # from the date to the run's as-of date


ARITY: dict[Function, tuple[int, int | None]] = {
    Function.MIN: (2, None),
    Function.MAX: (2, None),
    Function.ABS: (1, 1),
    Function.SUM_KNOWN: (2, None),
    Function.FIRST_KNOWN: (2, None),
    Function.DAYS_BETWEEN: (2, 2),
    Function.MONTHS_BETWEEN: (2, 2),
    Function.DAYS_SINCE: (1, 1),
}
OF_DATES = frozenset({Function.DAYS_BETWEEN, Function.MONTHS_BETWEEN, Function.DAYS_SINCE})


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a fact."""

    fact: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left sign right`` with one of ``+ - * /``."""

    left: Formula
    sign: str
    right: Formula


@dataclass(frozen=True, slots=True)
class Call:
    """A function of formulas."""

    function: Function
    arguments: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """The formula of the first case whose condition is true, else ``otherwise``.

    A condition that is unknown, before one is true, makes the result unknown.
    """

    cases: tuple[tuple[Condition, Formula], ...]
    otherwise: Formula | None


Formula = Number | Reading | Arithmetic | Call | Choose


def facts_of(formula: Formula) -> Iterator[str]:
    """Yield the ids of the facts that a formula reads, from left to right."""
    match formula:
        case Reading(fact):
            yield fact
        case Arithmetic(left, _, right):
            yield from facts_of(left)
            yield from facts_of(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from facts_of(argument)
        case Choose(cases, otherwise):
            for condition, value in cases:
                yield from sorted(subjects_of(condition))
                yield from facts_of(value)
            if otherwise is not None:
                yield from facts_of(otherwise)
