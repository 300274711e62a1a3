"""Points that the range of a criterion takes away from every lead."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.floor_too_high import points_text
from leadgrade.rules.model import Criterion
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules whose points never move a subtotal."""
    for criterion in context.book.criteria.values():
        for rule in criterion.rules:
            lost = [
                each
                for each in rule.outcomes
                if each.points
                and context.possible(Goal(each.when))
                and _is_lost(context, criterion, rule.id, each.points)
            ]
            if lost:
                outcome = lost[0]
                args = {
                    "name": rule.id,
                    "points": points_text(outcome.points),
                    "criterion": criterion.id,
                    "low": points_text(criterion.low),
                    "high": points_text(criterion.high),
                }
                key = "points" if context.places.node(rule.span, "points") else str(rule.kind)
                place = context.places.of(rule.span, key)
                yield Hit(place, args, context.example(Goal(outcome.when)), about=outcome.when)


def _is_lost(context: Context, criterion: Criterion, rule: str, points: int) -> bool:
    if _moves([criterion.start], points, criterion):
        return False  # nothing else has to fire
    groups = context.reach.criteria[criterion.id].groups
    alone = {
        criterion.start + each
        for group in groups
        if all(member.id != rule for member in group.rules)
        for each in group.sums
    }
    if _moves(sorted(alone), points, criterion):
        return False  # it is enough that one other group of rules fires
    others = context.reach.criteria[criterion.id].without(rule)
    return not _moves(others, points, criterion)


def _moves(sums: Sequence[int], points: int, criterion: Criterion) -> bool:
    """Whether the points move any of the rising sums, after the clamp."""
    low, high = criterion.low, criterion.high
    if points > 0:  # some sum lies below the highest, and comes above the lowest
        return bisect_right(sums, low - points) < bisect_left(sums, high)
    return bisect_right(sums, low) < bisect_left(sums, high - points)


CHECK = Check(
    "clamped-away",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    start: 30
    rules:
      - id: big
        when: revenue > 500万
        points: 5
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    start: 30
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: late
        when: late > 20%
        points: -10
""",
)
