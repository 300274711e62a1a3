"""What of a book is in force on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from leadgrade.rules.model import Book, KnockOut, Limit, Rule

T = TypeVar("T", Rule, KnockOut, Limit)


def in_force(book: Book, day: date) -> Book:
    """Return the book with only the rules, knock-outs and limits that are in force on a day."""
    parts: list[Rule | KnockOut | Limit] = [*book.rules.values(), *book.knock_outs, *book.limits]
    if all(each.valid is None for each in parts):
        return book
    return replace(
        book,
        criteria={
            name: replace(each, rules=_kept(each.rules, day))
            for name, each in book.criteria.items()
        },
        knock_outs=_kept(book.knock_outs, day),
        limits=_kept(book.limits, day),
    )


def _kept(parts: tuple[T, ...], day: date) -> tuple[T, ...]:
    return tuple(each for each in parts if each.valid is None or each.valid.covers(day))
