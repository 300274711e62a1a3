"""What the rule engine sees of a lead: columns of small whole numbers.

No text and no number of a user reaches the engine, for it compares texts and mixed types wrongly
and reads decimals by locale. Each column has one of a few numbers, known when the book is
compiled: a number, a date or points their place among the values that the book compares them
with, an ordered choice its position, another choice or a text the number of a constant of the
book (0: any other), a flag 0 or 1. Membership, ``contains`` and ``is missing`` are tested here and
become columns of 0 and 1.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadgrade.engine.kleene import Orders, orders_of
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Condition,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
    Value,
    tests_of,
)
from leadgrade.rules.model import NUMERIC, Book, FactType

LARGEST_WHOLE = 2**53
"""Above it whole numbers are refused: not each has a double of its own."""

LOWEST, HIGHEST = -sys.float_info.max, sys.float_info.max

NumberOf = Callable[[Any], int]
"""Gives the number that the engine sees of a known value."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A number about a lead, below ``size``. ``number`` gives it from the value of ``subject``.

    The column of an unknown subject is left out, so that no comparison on it holds; only
    ``of_presence`` (0 or 1) is always there. ``level`` is above 0 where the subject is an
    intermediate fact, which is known when that level has been decided.
    """

    subject: str
    size: int
    number: NumberOf
    of_presence: bool = False
    of_text: bool = False
    """Whether the subject is a text; many leads may have the same."""
    edges: Sequence[float] = ()
    """Of a number: where its places begin, but the first."""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """``column op number``."""

    column: Column
    op: Op
    number: int


def number_of_flag(value: object) -> int:
    """Return a flag as 0 or 1.

    Raises:
        TypeError: it is no flag.
    """
    if value is True:
        return 1
    if value is False:
        return 0
    raise TypeError(f"{value!r} is not a flag")


class Places:
    """The numbers or days that a book compares a subject with, and the places between them.

    Places are odd on one of them, even between two (0: below all).
    """

    def __init__(self, values: Iterable[Value]) -> None:
        self.edges = sorted(edge for value in values for edge in _edges(value))
        """Where each place begins, but the first."""

    def of_number(self, value: object) -> int:
        """Return the place of a number.

        Raises:
            TypeError: it is no number.
            ValueError: it is not finite, or a whole number beyond 2**53.
        """
        if type(value) is float:
            if not LOWEST <= value <= HIGHEST:
                raise ValueError(f"{value} is not a finite number")
        elif type(value) is not int:
            raise TypeError(f"{value!r} is not a number")
        elif abs(value) > LARGEST_WHOLE:
            raise ValueError(f"{value} is beyond 2**53")
        return bisect_right(self.edges, value)

    def of_date(self, value: object) -> int:
        """Return the place of a date.

        Raises:
            TypeError: it is no date.
        """
        if not isinstance(value, date):
            raise TypeError(f"{value!r} is not a date")
        return bisect_right(self.edges, value.toordinal())


def _edges(value: Value) -> tuple[float, float]:
    """Return where the place of a value begins, and where the next one does."""
    if isinstance(value, date):
        return value.toordinal(), value.toordinal() + 1
    number = float(value)
    return number, math.nextafter(number, math.inf)


class Columns:
    """The columns that the conditions of one book read; each is made once."""

    def __init__(self, book: Book, conditions: Iterable[Condition]) -> None:
        self._types = {fact.id: fact.type for fact in book.all_facts.values()}
        self._types |= dict.fromkeys((*book.criteria, "score"), FactType.NUMBER)
        self._types |= dict.fromkeys(("qualified", "knocked_out"), FactType.FLAG)
        self._types |= dict.fromkeys((*book.classes, "grade"), FactType.TEXT)
        self._orders: Orders = orders_of(book)
        self._made: dict[tuple[Any, ...], Column] = {}
        compared: dict[str, set[Value]] = {}
        """The values that each subject is compared with."""
        for test in (test for condition in conditions for test in tests_of(condition)):
            values = compared.setdefault(test.subject, set())
            if isinstance(test, Compare):
                values.add(test.value)
            elif isinstance(test, Between):
                values |= {test.low, test.high}
        self._places = {
            subject: Places(values)
            for subject, values in compared.items()
            if self._types.get(subject) in (*NUMERIC, FactType.DATE)
        }
        self._codes = {
            subject: {value: code for code, value in enumerate(sorted(values, key=str), start=1)}
            for subject, values in compared.items()
        }

    def alternatives(self, test: Test) -> list[tuple[Leaf, ...]]:
        """Return the comparisons that make a test true: any one of the alternatives."""
        match test:
            case Compare(subject, op, value):
                return [(self._leaf(subject, op, value),)]
            case Between(subject, low, high, _, negated):
                below, above = (Op.LT, Op.GT) if negated else (Op.GE, Op.LE)
                ends = (self._leaf(subject, below, low), self._leaf(subject, above, high))
                return [(end,) for end in ends] if negated else [ends]
            case OneOf(subject, values, _, negated):
                return [(self._member(subject, values, negated=negated),)]
            case Contains(subject, needle, _, negated):
                return [(self._part(subject, needle, negated=negated),)]
            case Presence(subject, known):
                column = self._column(("known", subject), 2, lambda _: 1, of_presence=True)
                return [(Leaf(column, Op.EQ, int(known)),)]

    def intermediate(self, name: str, level: int) -> Leaf:
        """Return the leaf that holds when the intermediate fact of that name was derived."""
        return Leaf(Column(name, 2, number_of_flag, level=level), Op.EQ, 1)

    def _leaf(self, subject: str, op: Op, value: Value) -> Leaf:
        order = self._orders.get(subject)
        if order is not None:
            column = self._column(("order", subject), len(order), order.__getitem__)
            return Leaf(column, op, order[str(value)])
        places = self._places.get(subject)
        if places is not None and self._types[subject] is FactType.DATE:
            column = self._column(("day", subject), len(places.edges) + 1, places.of_date)
            return Leaf(column, op, places.of_date(value))
        if places is not None:
            column = self._column(
                ("number", subject), len(places.edges) + 1, places.of_number, edges=places.edges
            )
            return Leaf(column, op, places.of_number(value))
        if self._types.get(subject) is FactType.FLAG:
            column = self._column(("flag", subject), 2, number_of_flag)
            return Leaf(column, op, number_of_flag(value))
        codes = self._codes[subject]
        column = self._column(("code", subject), len(codes) + 1, lambda known: codes.get(known, 0))
        return Leaf(column, op, codes[value])

    def _member(self, subject: str, values: tuple[Value, ...], *, negated: bool) -> Leaf:
        members = frozenset(values)
        column = self._column(("in", subject, members), 2, lambda known: int(known in members))
        return Leaf(column, Op.EQ, int(not negated))

    def _part(self, subject: str, needle: str, *, negated: bool) -> Leaf:
        column = self._column(("contains", subject, needle), 2, lambda known: int(needle in known))
        return Leaf(column, Op.EQ, int(not negated))

    def _column(
        self,
        key: tuple[Any, ...],
        size: int,
        number: NumberOf,
        *,
        of_presence: bool = False,
        edges: Sequence[float] = (),
    ) -> Column:
        """Return the column of a key: its kind, its subject, and what else it hangs on."""
        if key not in self._made:
            of_text = self._types.get(key[1]) in (FactType.TEXT, FactType.CHOICE)
            self._made[key] = Column(key[1], size, number, of_presence, of_text, edges)
        return self._made[key]
