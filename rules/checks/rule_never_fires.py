"""A rule that fires for none of the leads of a list."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import reasons_of


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules and knock-outs that no lead of the sample meets."""
    fired = {name for lead in context.sample for name in lead.fired}
    for each in reasons_of(context.book):
        if each.id not in fired:
            yield Hit(each.span, {"name": each.id, "of": len(context.sample)})


CHECK = Check(
    "rule-never-fires",
    Group.DATA,
    Level.INFO,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500亿
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
