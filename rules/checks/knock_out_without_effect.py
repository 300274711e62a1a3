"""A knock-out that allows the best grade: it holds nobody down."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the knock-outs that cap at the best grade of the ladder."""
    best = context.book.grade_ids[0]
    for each in context.book.knock_outs:
        if each.grade == best:
            place = context.places.of(each.span, "grade")
            args = {"name": each.id, "grade": best}
            yield Hit(place, args, context.example(Goal(each.when)), about=each.when)


CHECK = Check(
    "knock-out-without-effect",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
knock_outs:
  - id: out
    when: refused
    grade: A
""",
    good="""\
knock_outs:
  - id: out
    when: refused
    grade: B
""",
)
