"""Evidence: the tests that made a condition true or false, with the values they looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadgrade.engine.kleene import Reading, Truth, Values
from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Not,
    Op,
    Test,
    without_not,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One test on one lead. ``value`` is None and ``holds`` None where the fact is unknown."""

    subject: str
    value: Any
    test: str
    holds: bool | None
    short_by: float | None = None
    """How far a value is from passing: in the fact's unit, days for dates; None if no distance."""
    threshold: float | None = None


class Weighed:
    """A condition that is ready to be weighed on many leads."""

    def __init__(self, condition: Condition, reading: Reading) -> None:
        self._condition = without_not(condition)
        self._truths: dict[int, Truth] = {}
        self._prepare(self._condition, reading)

    def _prepare(self, condition: Condition, reading: Reading) -> None:
        # By identity: the parts live as long as the condition, and hashing them would be slow.
        self._truths[id(condition)] = reading.condition(condition)
        if isinstance(condition, All | AnyOf):
            for part in condition.parts:
                self._prepare(part, reading)

    def truth(self, values: Values) -> bool | None:
        """Return whether the condition holds for a lead."""
        return self._truths[id(self._condition)](values)

    def because(self, values: Values) -> tuple[Evidence, ...]:
        """Return the tests that settle the condition, from left to right.

        For a true condition those that hold, for a false or unknown one those that do not.
        """
        wanted = self.truth(values) is True
        return tuple(self._tests(self._condition, values, wanted=wanted))

    def _tests(self, condition: Condition, values: Values, *, wanted: bool) -> Iterator[Evidence]:
        holds = self._truths[id(condition)](values)
        if (holds is True) is not wanted:
            return
        if isinstance(condition, All | AnyOf):
            for part in condition.parts:
                yield from self._tests(part, values, wanted=wanted)
        elif not isinstance(condition, Not):
            yield _weigh(condition, values, holds)


def _weigh(test: Test, values: Values, holds: bool | None) -> Evidence:  # noqa: FBT001
    value = values.get(test.subject)
    threshold = None if holds is not False else _threshold(test, value)
    distance = None if threshold is None else abs(_number(value) - threshold)
    return Evidence(test.subject, value, test.test, holds, distance, threshold)


def _threshold(test: Test, value: Any) -> float | None:
    """Return the end that a failing value has to reach, where there is a distance to it."""
    if isinstance(value, str | bool | frozenset):
        return None
    match test:
        case Compare(_, Op.LT | Op.LE | Op.GT | Op.GE | Op.EQ, end):
            return _number(end)
        case Between(_, low, high, _, False):
            return _number(low if value < low else high)
    return None


def _number(value: Any) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)
