"""A grade whose lowest score is not below that of the better grade above it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.floor_too_high import points_text
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield each grade that begins no lower than the one above it.

    The same score twice is right where the better grade needs more than its score.
    """
    for better, grade in pairwise(context.book.grades):
        if better.floor is None or grade.floor is None:
            continue
        if grade.floor > better.floor or (grade.floor == better.floor and better.needs is None):
            args = {
                "name": grade.id,
                "floor": points_text(grade.floor),
                "better": better.id,
                "above": points_text(better.floor),
            }
            score = Compare("score", Op.GE, float(grade.floor), "")
            yield Hit(context.places.of(grade.span, "from"), args, context.example(Goal(score)))


CHECK = Check(
    "floors-not-falling",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
grades:
  A: {from: 3}
  B: {from: 5}
  C: {}
""",
    good="""\
grades:
  A: {from: 5}
  B: {from: 3}
  C: {}
""",
)
