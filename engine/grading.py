"""The grade: earned by the ladder, lifted by floors, lowered by ceilings and knock-outs."""

from __future__ import annotations

from collections.abc import Iterable

from leadgrade.rules.conditions import ALWAYS, All, Compare, Condition, Op
from leadgrade.rules.model import Book, Grade, KnockOut, Limit


def fits(grade: Grade) -> Condition:
    """Return the condition under which a grade fits."""
    needs = ALWAYS if grade.needs is None else grade.needs
    if grade.floor is None:
        return needs
    floor = Compare("score", Op.GE, float(grade.floor), "")
    return floor if needs == ALWAYS else All((floor, needs))


def limited(
    book: Book, earned: str, limits: Iterable[Limit], knock_outs: Iterable[KnockOut]
) -> str:
    """Return the grade that is left of the earned one, given what holds of the lead.

    Floors lift first, ceilings lower then, and knock-outs have the last word.
    """
    grade = earned
    ceilings: list[Limit | KnockOut] = []
    for limit in limits:
        if limit.is_floor:
            grade = book.better(grade, limit.grade)
        else:
            ceilings.append(limit)
    for ceiling in (*ceilings, *knock_outs):
        grade = book.worse(grade, ceiling.grade)
    return grade
