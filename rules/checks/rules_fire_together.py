"""Two rules that fire for the same leads of a list: the same thing may count twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context

FEWEST = 5
"""Leads that both must fire for; below it, it is chance."""


def run(context: Context) -> Iterator[Hit]:
    """Yield each later rule that fires exactly when an earlier one does, though not always."""
    leads: dict[str, set[int]] = defaultdict(set)
    for number, lead in enumerate(context.sample):
        for name in lead.fired:
            leads[name].add(number)
    first: dict[frozenset[int], str] = {}
    for rule in context.book.rules.values():
        found = frozenset(leads[rule.id])
        if FEWEST <= len(found) < len(context.sample):
            other = first.setdefault(found, rule.id)
            if other != rule.id:
                yield Hit(rule.span, {"name": rule.id, "other": other, "count": len(found)})


CHECK = Check(
    "rules-fire-together",
    Group.DATA,
    Level.INFO,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: large
        when: revenue > 501万
        points: 3
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: prompt-payer
        when: late < 10%
        points: 3
""",
)
