"""A rule that gives points by choice and does not name all choices."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import Compare, Op, tests_of
from leadgrade.rules.model import FactType, RuleKind
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules that leave out choices of their fact."""
    for rule in context.book.rules.values():
        for name in sorted(rule.subjects) if rule.kind is RuleKind.VALUES else ():
            fact = context.book.all_facts[name]
            tests = [test for each in rule.outcomes for test in tests_of(each.when)]
            named = {test.value for test in tests if isinstance(test, Compare)}
            left_out = [each.id for each in fact.choices if each.id not in named]
            if fact.type is FactType.CHOICE and left_out:
                place = context.places.of(rule.span, "values")
                goal = Goal(Compare(name, Op.EQ, left_out[0], ""))
                args = {"name": rule.id, "fact": name, "values": ", ".join(left_out)}
                yield Hit(place, args, context.example(goal), about=goal.condition)


CHECK = Check(
    "choice-left-out",
    Group.HYGIENE,
    Level.INFO,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        fact: size
        values: {large: 5}
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        fact: size
        values: {small: 0, large: 5}
""",
)
