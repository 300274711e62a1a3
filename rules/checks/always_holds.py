"""A condition that is true for every lead of which its facts are known: it tells nobody apart."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.proving.proof import FALSE, TRUE, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the conditions that are never false."""
    for part in context.parts:
        if context.possible(Goal(part.when, FALSE)) or not context.possible(Goal(part.when)):
            continue
        place = context.places.of(part.span, part.key)
        yield Hit(
            place, {"kind": part.kind, "name": part.id}, context.example(Goal(part.when, TRUE))
        )


CHECK = Check(
    "always-holds",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
knock_outs:
  - id: out
    when:
      any:
        - refused
        - not refused
    grade: B
""",
    good="""\
knock_outs:
  - id: out
    when: refused
    grade: B
""",
)
