"""A case of a first-match classification that the cases before it leave no lead."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import cases_of
from leadgrade.rules.model import FirstMatch
from leadgrade.rules.proving.proof import NOT_TRUE, Goal
from leadgrade.rules.source import Span
from leadgrade.rules.text.nodes import Listing, Mapping


def run(context: Context) -> Iterator[Hit]:
    """Yield the cases that are never the first to hold."""
    for each in context.book.classes.values():
        if not isinstance(each, FirstMatch):
            continue
        guard = [] if each.applies_when is None else [Goal(each.applies_when)]
        before: list[Goal] = []
        for number, when, label in cases_of(each):
            goals = [*guard, Goal(when)]
            if not context.possible(*goals, *before):
                hidden = context.possible(*goals)
                example = context.example(*goals) if hidden else None
                args = {"name": each.id, "label": label, "number": number + 1}
                yield Hit(_place(context, each, number), args, example, about=when)
            before.append(Goal(when, NOT_TRUE))


def _place(context: Context, each: FirstMatch, number: int) -> Span:
    cases = context.places.node(each.span, "first_match")
    if isinstance(cases, Listing) and number < len(cases.items):
        case = cases.items[number]
        when = case.get("when") if isinstance(case, Mapping) else None
        return case.span if when is None else when.span
    return each.span


CHECK = Check(
    "hidden-case",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
classes:
  tier:
    label: {en: Tier, zh: 层级}
    first_match:
      - {when: revenue > 100万, class: medium}
      - {when: revenue > 1亿, class: large}
    otherwise: small
""",
    good="""\
classes:
  tier:
    label: {en: Tier, zh: 层级}
    first_match:
      - {when: revenue > 1亿, class: large}
      - {when: revenue > 100万, class: medium}
    otherwise: small
""",
)
