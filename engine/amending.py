"""What a decision made of facts that were missing, too old, or not to be calculated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from leadgrade.engine.deriving import Compiled, Deriver, Known, compile_formula
from leadgrade.engine.kleene import Reading, orders_of
from leadgrade.rules import formulas
from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula
from leadgrade.rules.model import Book


class Amendment(StrEnum):
    """Why a fact counts otherwise than it stands in the list."""

    ASSUMED = "assumed"  # it is unknown, and the book has a value for that
    STALE = "stale"  # it is older than the book allows
    UNDEFINED = "undefined"  # its formula divides by zero


@dataclass(frozen=True, slots=True)
class Amended:
    """One such fact. ``value`` is what is assumed, or what is too old and of the day ``dated``."""

    fact: str
    how: Amendment
    value: Value | None = None
    dated: date | None = None
    divisor: str | None = None
    """The fact that is zero, where the formula divides by a single fact."""


class Amending:
    """Finds the facts of leads that count otherwise, by one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._as_of = as_of
        self._deriver = Deriver(book, as_of)
        self._orders = orders_of(book)
        self._truth = Reading(self._orders).condition
        self._compiled: dict[int, Compiled] = {}

    def amended(self, facts: Known, values: Known) -> Iterator[Amended]:
        """Yield them: ``facts`` as they were read, ``values`` as they count."""
        stale = set(self._deriver.stale(facts))
        for fact in self._book.facts.values():
            day = facts.get(fact.dated_by) if fact.dated_by is not None else None
            if fact.id in stale and isinstance(day, date):
                yield Amended(fact.id, Amendment.STALE, facts[fact.id], day)
            if fact.if_unknown is not None and (fact.id in stale or fact.id not in facts):
                yield Amended(fact.id, Amendment.ASSUMED, fact.if_unknown)
        for fact in self._book.derived.values():
            zero = None
            if fact.formula is not None and fact.id not in values:
                zero = self._zero(fact.formula, values)
            if zero is not None:
                alone = zero.fact if isinstance(zero, formulas.Reading) else None
                yield Amended(fact.id, Amendment.UNDEFINED, divisor=alone)

    def _zero(self, formula: Formula, values: Known) -> Formula | None:
        """Return the divisor that is zero and leaves a formula without a value."""
        match formula:
            case Arithmetic(left, sign, right):
                inside = self._zero(left, values) or self._zero(right, values)
                if inside is not None or sign != "/" or self._value(left, values) is None:
                    return inside
                return right if self._value(right, values) == 0 else None
            case Call(_, arguments):
                found = (self._zero(each, values) for each in arguments)
                return next((each for each in found if each is not None), None)
            case Choose(cases, otherwise):
                for when, value in cases:
                    truth = self._truth(when)(values)
                    if truth is not False:
                        return self._zero(value, values) if truth else None
                return None if otherwise is None else self._zero(otherwise, values)
        return None

    def _value(self, formula: Formula, values: Known) -> float | None:
        key = id(formula)  # of a part of the book, which lives as long as this
        if key not in self._compiled:
            self._compiled[key] = compile_formula(formula, self._as_of, self._orders)
        return self._compiled[key](values)
