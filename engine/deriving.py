"""Derived facts: formulas over what is known. Their meaning is pinned in ``rules/formulas.py``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date

from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import (
    OF_DATES,
    Arithmetic,
    Call,
    Formula,
    Function,
    Number,
    Reading,
)
from leadgrade.rules.model import Book

Known = Mapping[str, Value]
Compiled = Callable[[Known], float | None]


class Deriver:
    """Derives the facts of one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._formulas = [
            (fact.id, compile_formula(fact.formula, as_of))
            for fact in book.derived.values()
            if fact.formula is not None
        ]

    def derive(self, facts: Known) -> dict[str, Value]:
        """Return the read facts and those derived from them; unknown ones are left out."""
        values = dict(facts)
        for name, formula in self._formulas:
            number = formula(values)
            if number is not None:
                values[name] = number
        return values


def compile_formula(formula: Formula, as_of: date) -> Compiled:
    """Return a function that gives the value of a formula, None where it is unknown."""
    match formula:
        case Number(value):
            return lambda _: value
        case Reading(fact):
            return lambda values: values.get(fact)  # type: ignore[return-value]
        case Arithmetic(left, sign, right):
            return _arithmetic(
                compile_formula(left, as_of), _SIGNS[sign], compile_formula(right, as_of)
            )
        case Call(function, arguments) if function in OF_DATES:
            return _days([each.fact for each in arguments if isinstance(each, Reading)], as_of)
        case Call(function, arguments):
            return _call(function, [compile_formula(each, as_of) for each in arguments])


def _arithmetic(
    left: Compiled, apply: Callable[[float, float], float], right: Compiled
) -> Compiled:
    def value(values: Known) -> float | None:
        one = left(values)
        other = None if one is None else right(values)
        if one is None or other is None:
            return None
        number = apply(one, other)
        return number + 0.0 if math.isfinite(number) else None  # + 0.0: no negative zero

    return value


def _divide(one: float, other: float) -> float:
    return one / other if other else math.nan


_SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
}
_CALLS: dict[Function, Callable[[list[float]], float]] = {
    Function.MIN: min,
    Function.MAX: max,
    Function.ABS: lambda numbers: abs(numbers[0]),
}


def _call(function: Function, arguments: list[Compiled]) -> Compiled:
    apply = _CALLS[function]

    def value(values: Known) -> float | None:
        numbers = [argument(values) for argument in arguments]
        known = [number for number in numbers if number is not None]
        return apply(known) if len(known) == len(numbers) else None

    return value


def _days(facts: list[str], as_of: date) -> Compiled:
    """Return the days from the first date to the second, or to the as-of date."""

    def value(values: Known) -> float | None:
        dates = [values.get(fact) for fact in facts]
        first, last = dates if len(dates) == 2 else (dates[0], as_of)
        if not isinstance(first, date) or not isinstance(last, date):
            return None
        return float((last - first).days)

    return value
