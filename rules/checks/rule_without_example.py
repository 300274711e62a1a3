"""A rule that fires in none of the book's examples: nobody would notice if it broke."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the rules and knock-outs that no example makes fire, where there are examples."""
    book = context.book
    if not book.examples:
        return
    fired: set[str] = set()
    for example in book.examples:
        values = context.oracle(example.given)
        fired |= {*values["fired"], *values["knock_outs"], *example.expect.fired}
        fired |= set(example.expect.knock_outs or ())
    for rule in book.rules.values():
        if rule.id not in fired:
            goal = Goal(rule.outcomes[0].when) if rule.outcomes else None
            yield Hit(rule.span, {"name": rule.id}, context.example(goal) if goal else None)
    for knock_out in book.knock_outs:
        if knock_out.id not in fired:
            yield Hit(knock_out.span, {"name": knock_out.id}, context.example(Goal(knock_out.when)))


CHECK = Check(
    "rule-without-example",
    Group.HYGIENE,
    Level.INFO,
    run,
    bad="""\
examples:
  - name: refused us
    given: {refused: yes}
    expect: {grade: B}
""",
    good="""\
examples:
  - name: refused us
    given: {refused: yes, revenue: 600万, late: 5%, wait: 30 days}
    expect: {grade: B, fired: [big, prompt]}
""",
)
