"""A fact that is declared, asked for and read from lists, and that nothing looks at."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import facts_used


def run(context: Context) -> Iterator[Hit]:
    """Yield the facts and derived facts without use."""
    used = facts_used(context.book)
    for fact in context.book.all_facts.values():
        if fact.id not in used:
            yield Hit(fact.span, {"name": fact.id})


CHECK = Check(
    "unused-fact",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
facts:
  staff: {type: number, label: {en: Staff, zh: 人数}}
""",
    good="""\
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
)
