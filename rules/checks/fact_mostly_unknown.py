"""A fact that rules read and that is unknown for most leads of a list."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import facts_used

MOSTLY = 0.8
"""The share of leads from which on a fact is mostly unknown."""


def run(context: Context) -> Iterator[Hit]:
    """Yield the used facts that are unknown for at least ``MOSTLY`` of the sample."""
    used = facts_used(context.book)
    for fact in context.book.facts.values():
        if fact.id in used:
            unknown = sum(fact.id not in lead.facts for lead in context.sample)
            if unknown >= MOSTLY * len(context.sample):
                share = f"{100 * unknown / len(context.sample):.0f} %"
                yield Hit(fact.span, {"name": fact.id, "share": share})


CHECK = Check(
    "fact-mostly-unknown",
    Group.DATA,
    Level.INFO,
    run,
    bad="""\
facts:
  staff: {type: number, label: {en: Staff, zh: 人数}}
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: staff > 50
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
