"""What of a book is in force on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from leadgrade.rules.model import Book, KnockOut, Limit, Rule, Validity

DEFAULT_DAY = date(2026, 1, 1)
"""The as-of date of an example that names none: examples never depend on the day they run."""

T = TypeVar("T", Rule, KnockOut, Limit)


def dated_parts(book: Book) -> Iterator[Rule | KnockOut | Limit]:
    """Yield what of a book may be in force on some days only."""
    yield from book.rules.values()
    yield from book.knock_outs
    yield from book.limits


def in_force(book: Book, day: date) -> Book:
    """Return the book with only the rules, knock-outs and limits that are in force on a day."""
    if all(each.valid is None for each in dated_parts(book)):
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


def stretches(book: Book) -> tuple[Validity, ...]:
    """Return the stretches of days on each of which the same is in force, the earliest first."""
    spans = [each.valid for each in dated_parts(book) if each.valid is not None]
    one_day = timedelta(1)
    starts = {each.first for each in spans if each.first not in (None, date.min)}
    starts |= {each.last + one_day for each in spans if each.last not in (None, date.max)}
    days = sorted(day for day in starts if day is not None)
    ends = [day - one_day for day in days]
    return tuple(
        Validity(first, last) for first, last in zip([None, *days], [*ends, None], strict=True)
    )


def day_in(stretch: Validity) -> date:
    """Return a day of a stretch, that of examples where it can be."""
    if stretch.covers(DEFAULT_DAY):
        return DEFAULT_DAY
    return stretch.first or stretch.last or DEFAULT_DAY


def _kept(parts: tuple[T, ...], day: date) -> tuple[T, ...]:
    return tuple(each for each in parts if each.valid is None or each.valid.covers(day))
