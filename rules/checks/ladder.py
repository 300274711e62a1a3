"""How a lead comes to a grade, as goals: what all checks about the grade ladder share."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.conditions import All, Compare, Condition, Op
from leadgrade.rules.model import Book, Grade
from leadgrade.rules.proving.proof import NOT_TRUE, TRUE, Goal


def fits(grade: Grade) -> Condition:
    """Return when a grade fits: the score and what it needs besides."""
    parts: list[Condition] = []
    if grade.floor is not None:
        parts.append(Compare("score", Op.GE, float(grade.floor), f">= {grade.floor / 100:g}"))
    if grade.needs is not None:
        parts.append(grade.needs)
    return All(tuple(parts))


def earned(book: Book, grade: str) -> list[Goal]:
    """Return the goals of a lead that earns a grade: it fits, and no better one does."""
    place = book.grade_ids.index(grade)
    better = [Goal(fits(each), NOT_TRUE) for each in book.grades[:place]]
    return [Goal(fits(book.grades[place]), TRUE), *better]


def caps(book: Book) -> Iterator[tuple[Condition, str]]:
    """Yield what holds a grade down: the condition and the best grade that it leaves."""
    yield from ((each.when, each.grade) for each in book.knock_outs)
    yield from ((each.when, each.grade) for each in book.limits if not each.is_floor)


def lifts(book: Book) -> Iterator[tuple[Condition, str]]:
    """Yield what lifts a grade: the condition and the worst grade that it leaves."""
    yield from ((each.when, each.grade) for each in book.limits if each.is_floor)


def not_held_below(book: Book, grade: str) -> list[Goal]:
    """Return the goals of a lead that nothing holds below a grade."""
    place = book.grade_ids.index(grade)
    worse = book.grade_ids[place + 1 :]
    return [Goal(when, NOT_TRUE) for when, most in caps(book) if most in worse]


def not_lifted_above(book: Book, grade: str) -> list[Goal]:
    """Return the goals of a lead that no floor lifts above a grade that nothing lowers it to."""
    better = book.grade_ids[: book.grade_ids.index(grade)]
    return [Goal(when, NOT_TRUE) for when, least in lifts(book) if least in better]


def ways_to(book: Book, grade: str) -> Iterator[list[Goal]]:
    """Yield the ways in which a lead may end with a grade; there may be fewer, never more."""
    held = not_held_below(book, grade)
    yield [*earned(book, grade), *held, *not_lifted_above(book, grade)]
    for when, most in caps(book):
        if most == grade:
            yield [Goal(when), *held]
    for when, least in lifts(book):
        if least == grade:
            yield [Goal(when), *held]
