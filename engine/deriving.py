"""Derived facts: formulas over what is known. Their meaning is pinned in ``rules/formulas.py``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import Arithmetic, Call, Formula, Function, Number, Reading
from leadgrade.rules.model import Book


def derive(book: Book, facts: Mapping[str, Value], as_of: date) -> dict[str, Value]:
    """Return the read facts and those derived from them; unknown ones are left out."""
    values = dict(facts)
    for fact in book.derived.values():
        assert fact.formula is not None  # noqa: S101 - a derived fact has a formula
        number = evaluate(fact.formula, values, as_of)
        if number is not None:
            values[fact.id] = number
    return values


def evaluate(formula: Formula, values: Mapping[str, Value], as_of: date) -> float | None:
    """Return the value of a formula, None where it is unknown."""
    match formula:
        case Number(value):
            return value
        case Reading(fact):
            number = values.get(fact)
            return number if isinstance(number, float) else None
        case Arithmetic(left, sign, right):
            one, other = evaluate(left, values, as_of), evaluate(right, values, as_of)
            return None if one is None or other is None else _finite(_apply(sign, one, other))
        case Call(function, arguments) if function in (Function.DAYS_BETWEEN, Function.DAYS_SINCE):
            return _days(function, arguments, values, as_of)
        case Call(function, arguments):
            numbers = [evaluate(each, values, as_of) for each in arguments]
            known = [number for number in numbers if number is not None]
            return _call(function, known) if len(known) == len(numbers) else None


def _apply(sign: str, one: float, other: float) -> float:
    match sign:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
    return one / other if other else math.nan


def _finite(number: float) -> float | None:
    return number + 0.0 if math.isfinite(number) else None  # + 0.0: no negative zero


def _call(function: Function, numbers: list[float]) -> float:
    match function:
        case Function.MIN:
            return min(numbers)
        case Function.MAX:
            return max(numbers)
    return abs(numbers[0])


def _days(
    function: Function, arguments: tuple[Formula, ...], values: Mapping[str, Value], as_of: date
) -> float | None:
    dates = [values.get(each.fact) for each in arguments if isinstance(each, Reading)]
    if function is Function.DAYS_SINCE:
        dates.append(as_of)
    first, last = dates
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    return float((last - first).days)
