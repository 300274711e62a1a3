"""A rule whose leads are all knocked out to the lowest grade: its points change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import subjects_of
from leadgrade.rules.model import RuleKind
from leadgrade.rules.proving.proof import NOT_TRUE, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules that fire only where a knock-out gives the lowest grade."""
    book = context.book
    final = [each for each in book.knock_outs if each.grade == book.grade_ids[-1]]
    for rule in book.rules.values():
        near = [each for each in final if subjects_of(each.when) & rule.subjects]
        for outcome in rule.outcomes if near and rule.kind is RuleKind.WHEN else ():
            fires = Goal(outcome.when)
            if outcome.points < 0 or not context.possible(fires):
                continue  # taking points from a lead that is out anyway is said for its own sake
            if not context.possible(fires, *(Goal(each.when, NOT_TRUE) for each in near)):
                names = ", ".join(each.id for each in near)
                place = context.places.of(rule.span, "when")
                args = {"name": rule.id, "knock_out": names}
                yield Hit(place, args, context.example(fires), about=outcome.when)


CHECK = Check(
    "pointless-rule",
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
          - refused
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
          - not refused
        points: 5
""",
)
