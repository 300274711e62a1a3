"""A rule that fires for every lead of a list, and so tells none from the others."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import reasons_of
from leadgrade.rules.model import KnockOut, Rule


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules and knock-outs that every lead of the sample meets, with the same points."""
    for each in reasons_of(context.book):
        if all(each.id in lead.fired for lead in context.sample) and _gives_one_thing(each):
            yield Hit(each.span, {"name": each.id, "of": len(context.sample)})


def _gives_one_thing(each: Rule | KnockOut) -> bool:
    return isinstance(each, KnockOut) or len(each.outcomes) == 1


CHECK = Check(
    "rule-always-fires",
    Group.DATA,
    Level.INFO,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue >= 0
        points: 5
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
""",
)
