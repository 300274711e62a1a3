"""A condition that no lead can fulfil: the rule is dead."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.model import RuleKind
from leadgrade.rules.proving.proof import FALSE, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the conditions, bands and values that are never true."""
    for part in context.parts:
        if not context.possible(Goal(part.when)):
            place = context.places.of(part.span, part.key)
            example = context.example(Goal(part.when, FALSE))
            yield Hit(place, {"kind": part.kind, "name": part.id}, example)
    for rule in context.book.rules.values():
        if rule.kind in (RuleKind.BANDS, RuleKind.VALUES):
            dead = [each for each in rule.outcomes if not context.possible(Goal(each.when))]
            if dead:
                place = context.places.of(rule.span, str(rule.kind))
                example = context.example(Goal(dead[0].when, FALSE))
                yield Hit(place, {"kind": "rule", "name": rule.id}, example)


CHECK = Check(
    "never-holds",
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
          - revenue > 500万
          - revenue < 100万
        points: 5
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue between 100万 and 500万
        points: 5
""",
)
