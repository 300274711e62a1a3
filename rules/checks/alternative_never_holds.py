"""One of several alternatives that no lead can fulfil: the others do all the work."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import All, AnyOf, Condition
from leadgrade.rules.proving.proof import FALSE, Goal


def alternatives(condition: Condition) -> Iterator[Condition]:
    """Yield what stands under each ``any`` of a condition."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            if isinstance(condition, AnyOf):
                yield part
            yield from alternatives(part)


def run(context: Context) -> Iterator[Hit]:
    """Yield the dead alternatives of conditions that are alive."""
    for part in context.parts:
        dead = [each for each in alternatives(part.when) if not context.possible(Goal(each))]
        if not dead or not context.possible(Goal(part.when)):
            continue
        for each in dead:
            place = context.places.of_part(part.span, part.key, each)
            example = context.example(Goal(each, FALSE))
            yield Hit(place, {"kind": part.kind, "name": part.id}, example)


CHECK = Check(
    "alternative-never-holds",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when:
          any:
            - revenue > 500万
            - late > 100%
        points: 5
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when:
          any:
            - revenue > 500万
            - late > 20%
        points: 5
""",
)
