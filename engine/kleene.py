"""Conditions in three-valued logic: a condition becomes a function from values to True/False/None.

``Values`` are what is known of a lead: facts by id, and of the strata that are decided ``score``
and the criteria (hundredths), ``fired`` (a set of rule ids), ``grade``, ``qualified``, classes.
What is not in it is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    Not,
    OneOf,
    Op,
    Presence,
    Test,
)
from leadgrade.rules.model import Book, FactType

Values = Mapping[str, Any]
Truth = Callable[[Values], bool | None]
Orders = Mapping[str, Mapping[str, int]]

COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def orders_of(book: Book) -> Orders:
    """Return the positions of the values of everything that is ordered but no number."""
    orders = {
        fact.id: {choice.id: place for place, choice in enumerate(fact.choices)}
        for fact in book.facts.values()
        if fact.type is FactType.CHOICE and fact.ordered
    }
    orders["grade"] = {grade: place for place, grade in enumerate(reversed(book.grade_ids))}
    return orders


def truth_of(condition: Condition, test: Callable[[Test], Truth]) -> Truth:
    """Return the function of a condition, given the functions of its tests."""
    match condition:
        case All(parts):
            return _all([truth_of(part, test) for part in parts])
        case AnyOf(parts):
            return _any([truth_of(part, test) for part in parts])
        case Not(part):
            return _not(truth_of(part, test))
        case _:
            return test(condition)


def _all(parts: list[Truth]) -> Truth:
    def holds(values: Values) -> bool | None:
        truth: bool | None = True
        for part in parts:
            found = part(values)
            if found is False:
                return False
            if found is None:
                truth = None
        return truth

    return holds


def _any(parts: list[Truth]) -> Truth:
    def holds(values: Values) -> bool | None:
        truth: bool | None = False
        for part in parts:
            found = part(values)
            if found is True:
                return True
            if found is None:
                truth = None
        return truth

    return holds


def _not(part: Truth) -> Truth:
    def holds(values: Values) -> bool | None:
        found = part(values)
        return None if found is None else not found

    return holds


class Reading:
    """Reads tests as functions of the values, by the orders of one book."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def condition(self, condition: Condition) -> Truth:
        """Return the function of a whole condition."""
        return truth_of(condition, self.test)

    def test(self, test: Test) -> Truth:
        """Return the function of one test."""
        subject = test.subject
        if isinstance(test, Presence):
            known = test.known
            return lambda values: (subject in values) is known
        verdict = self._verdict(test)

        def holds(values: Values) -> bool | None:
            value = values.get(subject)
            return None if value is None else verdict(value)

        return holds

    def _verdict(self, test: Compare | Between | OneOf | Contains) -> Callable[[Any], bool]:
        """Return what the test says of a known value."""
        order = self._orders.get(test.subject)
        match test:
            case Compare(_, op, wanted):
                compare = COMPARE[op]
                if order is None:
                    return lambda value: compare(value, wanted)
                place = order[str(wanted)]
                return lambda value: compare(order[value], place)
            case Between(_, low, high, _, negated):
                first, last = (low, high) if order is None else (order[str(low)], order[str(high)])
                key: Callable[[Any], Any] = order.__getitem__ if order else _itself
                return lambda value: (first <= key(value) <= last) is not negated
            case OneOf(_, choices, _, negated):
                members = frozenset(choices)
                return lambda value: (value in members) is not negated
            case Contains(_, needle, _, negated):
                return lambda value: (needle in value) is not negated


def _itself(value: Any) -> Any:
    return value
