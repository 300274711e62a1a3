"""Derived facts: formulas over what is known. Their meaning is pinned in ``rules/formulas.py``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

from leadgrade.engine.generated import Source
from leadgrade.engine.kleene import Orders, orders_of
from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import (
    Arithmetic,
    Call,
    Choose,
    Formula,
    Function,
    Number,
    Reading,
)
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
        self._add_derived = _adding(book, as_of)

    def derive(self, facts: Known) -> dict[str, Value]:
        """Return the read facts and those derived from them; unknown ones are left out."""
        values = {**self._assumed, **facts}
        for stale in self.stale(facts):
            del values[stale]
            if stale in self._assumed:
                values[stale] = self._assumed[stale]
        self._add_derived(values)
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


def _adding(book: Book, as_of: date) -> Callable[[dict[str, Value]], None]:
    """Return a function that adds to what is known what the formulas of the book give."""
    source = Source(orders_of(book))
    formulas = _Formulas(source, as_of)
    for fact in book.derived.values():
        if fact.formula is not None:
            number = formulas.write(fact.formula)
            kept = f"{source.known(fact.id)} = values[{source.constant(fact.id)}] = {number}"
            source.line(f"if {number} is not None: {kept}")
    return source.function(result="None")


def compile_formula(formula: Formula, as_of: date, orders: Orders) -> Compiled:
    """Return a function that gives the value of a formula, None where it is unknown."""
    source = Source(orders)
    return source.function(result=_Formulas(source, as_of).write(formula))


class _Formulas:
    """Writes formulas into a source, step by step."""

    def __init__(self, source: Source, as_of: date) -> None:
        self._source = source
        self._as_of = as_of

    def write(self, formula: Formula) -> str:
        """Write the steps of a formula; return the name of its value, None where unknown."""
        name, keep = self._source.constant, self._source.set
        match formula:
            case Number(value):
                return name(value)
            case Reading(fact):
                return self._source.known(fact)
            case Arithmetic(left, sign, right):
                one, other = self.write(left), self.write(right)
                known = f"{one} is not None and {other} is not None"
                if sign == "/":
                    known += f" and {other} != 0"
                result = f"{name(_finite)}({one} {_SIGNS[sign]} {other})"
                return keep(f"{result} if {known} else None")
            case Call(function, arguments):
                each = [self.write(argument) for argument in arguments]
                if function is Function.DAYS_SINCE:
                    each.append(name(self._as_of))
                return keep(f"{name(_CALLS[function])}(({', '.join(each)},))")
            case Choose(cases, otherwise):
                chosen = "None" if otherwise is None else self.write(otherwise)
                for condition, part in reversed(cases):  # the first has the last word
                    true, false = self._source.true(condition), self._source.false(condition)
                    number = self.write(part)
                    chosen = keep(f"{number} if {true} else {chosen} if {false} else None")
                return chosen


def _finite(number: float) -> float | None:
    return number + 0.0 if math.isfinite(number) else None  # + 0.0: no negative zero


def _of_all(apply: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Any]], float | None]:
    """Return the function of numbers that is unknown when any of them is."""
    return lambda numbers: None if None in numbers else _finite(apply(numbers))


def _of_known(apply: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Any]], float | None]:
    """Return the function of the numbers that are known, unknown only where none is."""

    def value(numbers: Sequence[float | None]) -> float | None:
        known = [number for number in numbers if number is not None]
        return _finite(apply(known)) if known else None

    return value


def _of_dates(measure: Callable[[date, date], int]) -> Callable[[Sequence[Any]], float | None]:
    """Return the function of two dates that is unknown when one of them is."""

    def value(dates: Sequence[Value | None]) -> float | None:
        first, last = dates
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


_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/"}
_CALLS: dict[Function, Callable[[Sequence[Any]], float | None]] = {
    Function.MIN: _of_all(min),
    Function.MAX: _of_all(max),
    Function.ABS: _of_all(lambda numbers: abs(numbers[0])),
    Function.SUM_KNOWN: _of_known(lambda numbers: reduce(operator.add, numbers)),
    Function.FIRST_KNOWN: _of_known(operator.itemgetter(0)),
    Function.DAYS_BETWEEN: _of_dates(_days),
    Function.DAYS_SINCE: _of_dates(_days),
    Function.MONTHS_BETWEEN: _of_dates(_months),
}
"""What a formula may call, by what is known of the arguments."""
