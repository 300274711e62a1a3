"""A grade whose leads get no next step, whatever is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.ladder import ways_to
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the grades to which no next step belongs; only one where there are no steps at all."""
    book = context.book
    for grade in book.grades:
        of_grade = Goal(Compare("grade", Op.EQ, grade.id, f"= {grade.id}"))
        if not any(context.possible(of_grade, Goal(step.when)) for step in book.next_steps):
            example = context.example(*next(ways_to(book, grade.id)))
            yield Hit(grade.span, {"name": grade.id}, example, about=of_grade.condition)
            if not book.next_steps:
                return


CHECK = Check(
    "grade-without-step",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
next_steps:
  - id: call
    when: grade = A
    do: {en: Call, zh: 致电}
""",
    good="""\
next_steps:
  - id: call
    when: grade = A
    do: {en: Call, zh: 致电}
  - id: wait
    when: grade = B
    do: {en: Wait, zh: 等待}
""",
)
