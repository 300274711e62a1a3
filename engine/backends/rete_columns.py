"""What the rule engine sees of a lead: columns of plain numbers.

No text of a user reaches the engine, for it compares texts and mixed types wrongly. A choice or a
text becomes a number per constant that the book names (0: any other), an ordered choice its
position, a date its ordinal, a flag 0 or 1. Membership, ``contains`` and ``is missing`` are tested
here and become columns of 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadgrade.engine.kleene import Orders, orders_of
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
    Value,
)
from leadgrade.rules.model import NUMERIC, Book, FactType

LARGEST = 2**53
"""Above it whole numbers are refused: not each has a double of its own."""

Write = Callable[[Any], str]
"""Writes a known value as the number that the engine sees."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A number about a lead. ``write`` gives it from the value of ``subject``.

    The column of an unknown subject is left out, so that no comparison on it holds; only
    ``of_presence`` (0 or 1) is always there. ``level`` is above 0 where the subject is an
    intermediate fact, which is known when that level has been decided.
    """

    subject: str
    write: Write
    of_presence: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """``column op number``, the number as the engine reads it."""

    column: Column
    op: Op
    number: str


def number_text(value: object) -> str:
    """Return a number as the engine reads it right: 17 digits, and a dot before any exponent.

    Raises:
        TypeError: it is no number.
        ValueError: it is not finite, or a whole number beyond 2**53.
    """
    if type(value) is float:
        text = f"{value:.17g}"
        if not math.isfinite(value):
            raise ValueError(f"{text} is not a finite number")
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a number")
    if abs(value) > LARGEST:
        raise ValueError(f"{value} is beyond 2**53")
    return str(value)


def flag_text(value: object) -> str:
    """Return a flag as 0 or 1.

    Raises:
        TypeError: it is no flag.
    """
    if value is True:
        return "1"
    if value is False:
        return "0"
    raise TypeError(f"{value!r} is not a flag")


def _date_text(value: object) -> str:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a date")
    return str(value.toordinal())


class Columns:
    """The columns that one book's conditions read; each is made once."""

    def __init__(self, book: Book) -> None:
        self._types = {fact.id: fact.type for fact in book.all_facts.values()}
        self._orders: Orders = orders_of(book)
        self._points = frozenset((*book.criteria, "score"))
        self._made: dict[tuple[Any, ...], Column] = {}
        self._codes: dict[str, dict[Value, int]] = {}

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
                column = self._column(("known", subject), subject, flag_text, of_presence=True)
                return [(Leaf(column, Op.EQ, flag_text(known)),)]

    def intermediate(self, name: str, level: int) -> Leaf:
        """Return the leaf that holds when the intermediate fact of that name was derived."""
        return Leaf(Column(name, flag_text, level=level), Op.EQ, "1")

    def _leaf(self, subject: str, op: Op, value: Value) -> Leaf:
        order = self._orders.get(subject)
        if order is not None:
            column = self._column(("place", subject), subject, lambda known: str(order[known]))
            return Leaf(column, op, str(order[str(value)]))
        kind = self._types.get(subject)
        if kind in NUMERIC or subject in self._points:
            return Leaf(self._column(("number", subject), subject, number_text), op, _text(value))
        if kind is FactType.DATE:
            return Leaf(self._column(("date", subject), subject, _date_text), op, _date_text(value))
        if kind is FactType.FLAG or subject in ("qualified", "knocked_out"):
            return Leaf(self._column(("flag", subject), subject, flag_text), op, flag_text(value))
        codes = self._codes.setdefault(subject, {})
        column = self._column(("code", subject), subject, lambda known: str(codes.get(known, 0)))
        return Leaf(column, op, str(codes.setdefault(value, len(codes) + 1)))

    def _member(self, subject: str, values: tuple[Value, ...], *, negated: bool) -> Leaf:
        members = frozenset(values)
        column = self._column(
            ("in", subject, members), subject, lambda known: "1" if known in members else "0"
        )
        return Leaf(column, Op.EQ, "0" if negated else "1")

    def _part(self, subject: str, needle: str, *, negated: bool) -> Leaf:
        column = self._column(
            ("contains", subject, needle), subject, lambda known: "1" if needle in known else "0"
        )
        return Leaf(column, Op.EQ, "0" if negated else "1")

    def _column(
        self, key: tuple[Any, ...], subject: str, write: Write, *, of_presence: bool = False
    ) -> Column:
        if key not in self._made:
            self._made[key] = Column(subject, write, of_presence)
        return self._made[key]


def _text(value: Value) -> str:
    """Return the number of a book: always with a dot, so that it is compared as a double."""
    text = number_text(float(value))  # type: ignore[arg-type]
    return text if "." in text else f"{text}.0"
