"""Derived facts: formulas over what is known. Their meaning is pinned in ``rules/formulas.py``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce

from leadgrade.engine.kleene import Reading, Truth, orders_of
from leadgrade.rules import formulas
from leadgrade.rules.conditions import Condition, Value
from leadgrade.rules.formulas import OF_DATES, Arithmetic, Call, Choose, Formula, Function, Number
from leadgrade.rules.model import Book

Known = Mapping[str, Value]
Compiled = Callable[[Known], float | None]


class Deriver:
    """Derives the facts of one book as of one day.

    First what is too old is dropped, then what the book assumes is filled in, then the formulas
    are calculated.
    """

    def __init__(self, book: Book, as_of: date) -> None:
        self._as_of = as_of
        self._aging = [
            (fact.id, fact.dated_by, fact.max_age_days)
            for fact in book.facts.values()
            if fact.dated_by is not None and fact.max_age_days is not None
        ]
        self._assumed = {
            fact.id: fact.if_unknown for fact in book.facts.values() if fact.if_unknown is not None
        }
        truth = Reading(orders_of(book)).condition
        self._formulas = [
            (fact.id, compile_formula(fact.formula, as_of, truth))
            for fact in book.derived.values()
            if fact.formula is not None
        ]

    def derive(self, facts: Known) -> dict[str, Value]:
        """Return the read facts and those derived from them; unknown ones are left out."""
        values = {**self._assumed, **facts}
        for stale in self.stale(facts):
            del values[stale]
            if stale in self._assumed:
                values[stale] = self._assumed[stale]
        for name, formula in self._formulas:
            number = formula(values)
            if number is not None:
                values[name] = number
        return values

    def stale(self, facts: Known) -> list[str]:
        """Return the facts that are known to be older than the book allows."""
        return [
            fact
            for fact, dated_by, most in self._aging
            if fact in facts
            and isinstance(day := facts.get(dated_by), date)
            and (self._as_of - day).days > most
        ]


def compile_formula(
    formula: Formula, as_of: date, truth_of: Callable[[Condition], Truth]
) -> Compiled:
    """Return a function that gives the value of a formula, None where it is unknown."""

    def compiled(part: Formula) -> Compiled:
        return compile_formula(part, as_of, truth_of)

    match formula:
        case Number(value):
            return lambda _: value
        case formulas.Reading(fact):
            return lambda values: values.get(fact)  # type: ignore[return-value]
        case Arithmetic(left, sign, right):
            return _arithmetic(compiled(left), _SIGNS[sign], compiled(right))
        case Call(function, arguments) if function in OF_DATES:
            dates = [each.fact for each in arguments if isinstance(each, formulas.Reading)]
            return _between_dates(function, dates, as_of)
        case Call(function, arguments):
            return _call(function, [compiled(each) for each in arguments])
        case Choose(cases, otherwise):
            tested = [(truth_of(condition), compiled(value)) for condition, value in cases]
            return _choose(tested, compiled(otherwise) if otherwise is not None else _unknown)


def _arithmetic(
    left: Compiled, apply: Callable[[float, float], float], right: Compiled
) -> Compiled:
    def value(values: Known) -> float | None:
        one = left(values)
        other = None if one is None else right(values)
        if one is None or other is None:
            return None
        return _finite(apply(one, other))

    return value


def _divide(one: float, other: float) -> float:
    return one / other if other else math.nan


_SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
}
_OF_KNOWN = frozenset({Function.SUM_KNOWN, Function.FIRST_KNOWN})
"""Functions that do with what is known; the others want all of their arguments."""

_CALLS: dict[Function, Callable[[list[float]], float]] = {
    Function.MIN: min,
    Function.MAX: max,
    Function.ABS: lambda numbers: abs(numbers[0]),
    Function.SUM_KNOWN: lambda numbers: reduce(operator.add, numbers),
    Function.FIRST_KNOWN: lambda numbers: numbers[0],
}


def _call(function: Function, arguments: list[Compiled]) -> Compiled:
    apply = _CALLS[function]

    def value(values: Known) -> float | None:
        numbers = [argument(values) for argument in arguments]
        known = [number for number in numbers if number is not None]
        enough = known if function in _OF_KNOWN else len(known) == len(numbers)
        return _finite(apply(known)) if enough else None

    return value


def _choose(cases: list[tuple[Truth, Compiled]], otherwise: Compiled) -> Compiled:
    def value(values: Known) -> float | None:
        for truth, formula in cases:
            found = truth(values)
            if found is None:
                return None
            if found:
                return formula(values)
        return otherwise(values)

    return value


def _unknown(_: Known) -> None:
    return None


def _finite(number: float) -> float | None:
    return number + 0.0 if math.isfinite(number) else None  # + 0.0: no negative zero


def _between_dates(function: Function, facts: list[str], as_of: date) -> Compiled:
    """Return the days or months from the first date to the second, or to the as-of date."""
    measure = _months if function is Function.MONTHS_BETWEEN else _days

    def value(values: Known) -> float | None:
        dates = [values.get(fact) for fact in facts]
        first, last = dates if len(dates) == 2 else (dates[0], as_of)
        if not isinstance(first, date) or not isinstance(last, date):
            return None
        return float(measure(first, last))

    return value


def _days(first: date, last: date) -> int:
    return (last - first).days


def _months(first: date, last: date) -> int:
    """Return whole calendar months; from the later to the earlier they are negative."""
    if last < first:
        return -_months(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)
