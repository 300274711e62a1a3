"""Formulas solved backwards: facts for which a derived fact has a wanted value.

One side of each operation is settled with a default, and the other is solved for. What comes out
is a proposal: whoever asks decides the lead to make sure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import Arithmetic, Call, Formula, Function, Number, Reading, facts_of
from leadgrade.rules.model import Book, Fact, FactType
from leadgrade.rules.proving.domains import Domains

Facts = dict[str, Value]
DAY = date(2026, 1, 1)
"""The day on which leads that show a finding are decided."""


class CannotSolveError(Exception):
    """No facts were found that give a derived fact its value."""


class Solver:
    """Chooses facts so that formulas come to wanted values."""

    def __init__(
        self,
        book: Book,
        domains: Domains,
        facts: Facts,
        missing: set[str],
        default: float | None,
    ) -> None:
        self.facts = facts
        self._book = book
        self._domains = domains
        self._missing = missing
        self._default = default

    def give(self, formula: Formula, target: float) -> None:
        """Choose the facts of a formula that are still open.

        Raises:
            CannotSolveError: it cannot be done in this way.
        """
        match formula:
            case Reading(name) if name in self._book.derived:
                inner = self._book.derived[name].formula
                assert inner is not None  # noqa: S101 - derived facts have one
                self.give(inner, target)
            case Reading(name):
                self._choose(name, target)
            case Arithmetic(left, sign, right):
                self._arithmetic(left, sign, right, target)
            case Call(function, arguments):
                self._call(function, arguments, target)
            case Number(value) if value != target:
                raise CannotSolveError

    def _choose(self, name: str, target: float) -> None:
        fact = self._book.facts[name]
        if name in self._missing:
            raise CannotSolveError
        value = round(target, 9)
        low, high = self._domains.range_of(fact)
        if name not in self.facts and not low <= value <= high:
            raise CannotSolveError
        self.facts.setdefault(name, value)

    def _arithmetic(self, left: Formula, sign: str, right: Formula, target: float) -> None:
        """Settle one side, and solve for the other: the left one, where it is still open."""
        if self._is_open(left):
            other = self.settle(right, target)
            self.give(left, _LEFT[sign](target, other))
        else:
            one = self.settle(left, target)
            self.give(right, _RIGHT[sign](target, one))

    def settle(self, formula: Formula, target: float) -> float:
        """Give the open facts of a formula their default; return what it comes to then."""
        for name in self._roots(formula):
            fact = self._book.facts[name]
            if name not in self.facts and fact.type is not FactType.DATE:
                wanted = target if self._default is None else self._default
                low, high = self._domains.range_of(fact)
                self._choose(name, min(max(wanted, low), high))
        value = _value(formula, self.facts, self._book)
        if value is None:
            raise CannotSolveError
        return value

    def _call(self, function: Function, arguments: Sequence[Formula], target: float) -> None:
        match function.value:
            case "days_since":
                self._choose_day(arguments[0], DAY - timedelta(days=int(target)))
            case "days_between" | "months_between":
                days = int(target) * (31 if function.value == "months_between" else 1)
                first = self._choose_day(arguments[0], DAY - timedelta(days=days))
                self._choose_day(arguments[1], first + timedelta(days=days))
            case "sum_known" | "first_known" | "abs":
                self.give(arguments[0], target)
            case _:
                for argument in arguments:
                    self.give(argument, target)

    def _choose_day(self, formula: Formula, day: date) -> date:
        if not isinstance(formula, Reading) or formula.fact in self._missing:
            raise CannotSolveError
        chosen = self.facts.setdefault(formula.fact, day)
        if not isinstance(chosen, date):
            raise CannotSolveError
        return chosen

    def _is_open(self, formula: Formula) -> bool:
        return any(name not in self.facts for name in self._roots(formula))

    def _roots(self, formula: Formula) -> list[str]:
        """Return the read facts that a formula hangs on."""
        found: list[str] = []
        for name in facts_of(formula):
            inner: Fact | None = self._book.derived.get(name)
            if inner is not None and inner.formula is not None:
                found += self._roots(inner.formula)
            elif name in self._book.facts:
                found.append(name)
        return list(dict.fromkeys(found))


_LEFT: dict[str, Callable[[float, float], float]] = {
    "+": lambda target, right: target - right,
    "-": lambda target, right: target + right,
    "*": lambda target, right: target / right,
    "/": lambda target, right: target * right,
}
_RIGHT: dict[str, Callable[[float, float], float]] = {
    "+": lambda target, left: target - left,
    "-": lambda target, left: left - target,
    "*": lambda target, left: target / left,
    "/": lambda target, left: left / target,
}


def _value(formula: Formula, facts: Facts, book: Book) -> float | None:
    """Return what simple arithmetic on settled facts comes to; None for anything else."""
    match formula:
        case Number(value):
            return value
        case Reading(name) if name in book.derived:
            inner = book.derived[name].formula
            return None if inner is None else _value(inner, facts, book)
        case Reading(name):
            known = facts.get(name)
            return float(known) if isinstance(known, int | float) else None
        case Arithmetic(left, sign, right):
            one, other = _value(left, facts, book), _value(right, facts, book)
            if one is None or other is None or (sign == "/" and not other):
                return None
            return _APPLY[sign](one, other)
    return None


_APPLY: dict[str, Callable[[float, float], float]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / other,
}
