"""A grade that begins above the highest score that any lead can reach."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.model import HUNDREDTHS
from leadgrade.rules.proving.proof import Goal


def points_text(hundredths: int) -> str:
    """Return points as people write them."""
    return f"{hundredths / HUNDREDTHS:.2f}".rstrip("0").rstrip(".")


def run(context: Context) -> Iterator[Hit]:
    """Yield the grades whose lowest score is out of reach, with the best lead there is."""
    highest = context.reach.points["score"].values[-1]
    for grade in context.book.grades:
        if grade.floor is not None and grade.floor > highest:
            best = context.example(Goal(Compare("score", Op.EQ, float(highest), "")))
            floor, most = points_text(grade.floor), points_text(highest)
            place = context.places.of(grade.span, "from")
            yield Hit(place, {"name": grade.id, "floor": floor, "highest": most}, best)


CHECK = Check(
    "floor-too-high",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
grades:
  A: {from: 50}
  B: {}
""",
    good="""\
grades:
  A: {from: 5}
  B: {}
""",
)
