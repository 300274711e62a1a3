"""A negative test (``not x``, ``!=``, ``not in``) on a fact that may be unknown."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Condition,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
    tests_of,
    without_not,
)
from leadgrade.rules.proving.domains import may_be_unknown
from leadgrade.rules.proving.proof import UNKNOWN, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the conditions that deny something and do not say what is meant by unknown."""
    facts = context.book.all_facts
    for part in context.parts:
        settled = {each.subject for each in tests_of(part.when) if isinstance(each, Presence)}
        said: set[str] = set()
        for test in _negative(part.when):
            fact = facts.get(test.subject)
            if fact is None or not may_be_unknown(fact) or test.subject in settled | said:
                continue
            said.add(test.subject)
            place = context.places.of_part(part.span, part.key, test)
            args = {"kind": part.kind, "name": part.id, "fact": test.subject}
            missing = Presence(test.subject, known=False, test="is missing")
            yield Hit(place, args, context.example(Goal(part.when, UNKNOWN)), about=missing)


def _negative(condition: Condition) -> Iterator[Test]:
    """Yield the tests that deny a yes, a choice or a text; a number is on one side or the other."""
    for test in tests_of(without_not(condition)):
        match test:
            case Compare(_, Op.EQ, False) | Compare(_, Op.NE, _):
                yield test
            case OneOf(negated=True) | Contains(negated=True) | Between(negated=True):
                yield test


CHECK = Check(
    "negative-on-unknown",
    Group.HYGIENE,
    Level.INFO,
    run,
    bad="""\
knock_outs:
  - id: out
    when: branch not in [north]
    grade: B
""",
    good="""\
knock_outs:
  - id: out
    when:
      - branch is known
      - branch not in [north]
    grade: B
""",
)
