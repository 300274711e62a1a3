"""Two bands of a rule with a stretch between them that neither covers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import All, Compare, Condition, Op, tests_of
from leadgrade.rules.model import RuleKind
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the gaps inside the bands of a rule; what lies outside of all bands is meant so."""
    for rule in context.book.rules.values():
        if rule.kind is not RuleKind.BANDS:
            continue
        for below, above in pairwise(rule.outcomes):
            high, low = _end(below.when, Op.LT), _end(above.when, Op.GE)
            if high is None or low is None or high.value == low.value:
                continue
            between = (
                Compare(high.subject, Op.GE, high.value, high.test),
                Compare(low.subject, Op.LT, low.value, low.test),
            )
            args = {
                "name": rule.id,
                "fact": low.subject,
                "from": high.test.removeprefix("< "),
                "to": low.test.removeprefix(">= "),
            }
            place = context.places.of(rule.span, "bands")
            gap = All(between)
            yield Hit(place, args, context.example(Goal(gap)), about=gap)


def _end(condition: Condition, op: Op) -> Compare | None:
    found = [each for each in tests_of(condition) if isinstance(each, Compare) and each.op is op]
    return found[0] if found else None


CHECK = Check(
    "band-gap",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        fact: revenue
        bands:
          - {from: 100万, to: 200万, points: 2}
          - {from: 500万, points: 5}
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        fact: revenue
        bands:
          - {from: 100万, points: 2}
          - {from: 500万, points: 5}
""",
)
