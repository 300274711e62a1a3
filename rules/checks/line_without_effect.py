"""A line of a condition that the lines beside it settle already."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import All, AnyOf, Condition, Presence, subjects_of
from leadgrade.rules.proving.proof import NOT_TRUE, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the lines without which a condition is true for the same leads."""
    for part in context.parts:
        if not context.possible(Goal(part.when)):
            continue
        for line in _idle(context, part.when):
            place = context.places.of_part(part.span, part.key, line)
            example = context.example(Goal(part.when))
            yield Hit(place, {"kind": part.kind, "name": part.id}, example, about=part.when)


def _idle(context: Context, condition: Condition) -> Iterator[Condition]:
    if not isinstance(condition, All | AnyOf):
        return
    left = list(condition.parts)
    for line in reversed(condition.parts):
        others = [each for each in left if each is not line]
        if _is_settled(context, line, others, both=isinstance(condition, All)):
            left = others
            yield line
        else:
            yield from _idle(context, line)


def _is_settled(context: Context, line: Condition, others: list[Condition], *, both: bool) -> bool:
    """Whether the others decide about a line. Only those on the same facts can."""
    if isinstance(line, Presence):  # it says what is meant by unknown, and may well be repeated
        return False
    near = [each for each in others if subjects_of(each) & subjects_of(line)]
    if not near or not context.possible(Goal(line)):
        return False
    if both:
        return not context.possible(*map(Goal, near), Goal(line, NOT_TRUE))
    return not context.possible(Goal(line), *(Goal(each, NOT_TRUE) for each in near))


CHECK = Check(
    "line-without-effect",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when:
          - revenue > 500万
          - revenue > 100万
        points: 5
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when:
          - revenue > 500万
          - late < 10%
        points: 5
""",
)
