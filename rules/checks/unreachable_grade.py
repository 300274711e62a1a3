"""A grade that no lead can end with, although its score is within reach."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.ladder import fits, ways_to
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the grades to which no way leads."""
    book = context.book
    highest = context.reach.points["score"].values[-1]
    for grade in book.grades:
        if grade.floor is not None and grade.floor > highest:
            continue  # said by floor-too-high
        if not any(context.possible(*goals) for goals in ways_to(book, grade.id)):
            example = context.example(Goal(fits(grade)))
            yield Hit(grade.span, {"name": grade.id}, example)


CHECK = Check(
    "unreachable-grade",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
grades:
  A: {from: 0}
  B: {from: -5}
  C: {}
""",
    good="""\
grades:
  A: {from: 5}
  B: {from: 1}
  C: {}
""",
)
