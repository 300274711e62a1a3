"""An example with a value that no list could bring: the reader would refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context, as_json
from leadgrade.rules.conditions import Value
from leadgrade.rules.model import Fact


def run(context: Context) -> Iterator[Hit]:
    """Yield the examples that give a fact a value outside of its range."""
    for example in context.book.examples:
        for name, value in example.given.items():
            fact = context.book.facts.get(name)
            if fact is not None and _is_outside(fact, value):
                args = {"name": example.name, "fact": name}
                yield Hit(example.span, args, as_json({name: value}))


def _is_outside(fact: Fact, value: Value) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return (fact.low is not None and value < fact.low) or (
        fact.high is not None and value > fact.high
    )


CHECK = Check(
    "given-outside-range",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
examples:
  - name: late beyond all bounds
    given: {late: 120%, revenue: 600万, refused: yes}
    expect: {grade: B}
""",
    good="""\
examples:
  - name: always late
    given: {late: 100%, revenue: 600万, refused: yes}
    expect: {grade: B}
""",
)
