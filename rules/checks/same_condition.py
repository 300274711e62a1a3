"""Two rules that fire for exactly the same leads, however they are written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import Part
from leadgrade.rules.conditions import tests_of
from leadgrade.rules.domains import TooHardError, variable_of
from leadgrade.rules.proof import TRUE, Goal, Search

MOST_CELLS = 2_000
"""Combinations of values that are compared; beyond it only the same text counts as the same."""


def run(context: Context) -> Iterator[Hit]:
    """Yield the later one of each two rules, or knock-outs, with the same condition."""
    groups: dict[tuple[str, frozenset[str]], list[Part]] = {}
    for part in context.parts:
        if part.kind in ("rule", "knock-out", "limit"):
            variables = frozenset(map(variable_of, tests_of(part.when)))
            groups.setdefault((part.kind, variables), []).append(part)
    for members in groups.values():
        if len(members) > 1:
            yield from _twins(context, members)


def _twins(context: Context, members: list[Part]) -> Iterator[Hit]:
    seen: dict[object, Part] = {}
    for part, leads in zip(members, _leads(context, members), strict=True):
        if not leads:
            continue
        first = seen.setdefault(leads, part)
        if first is not part:
            args = {"kind": part.kind, "name": part.id, "other": first.id, "line": first.span.line}
            place = context.places.of(part.span, part.key)
            yield Hit(place, args, context.example(Goal(part.when)), about=part.when)


def _leads(context: Context, members: list[Part]) -> Iterator[object]:
    """Yield for each condition what tells its leads from those of others; nothing for none."""
    try:
        search = Search(context.domains, context.book, [Goal(each.when) for each in members])
    except TooHardError:
        yield from (each.when for each in members)
        return
    variables = sorted({search.variable(test) for test in tests_of(members[0].when)})
    places = [range(len(search.cells_of(each))) for each in variables]
    if prod(map(len, places)) > MOST_CELLS:
        yield from (each.when for each in members)
        return
    chosen = [dict(zip(variables, each, strict=True)) for each in product(*places)]
    for member in members:
        yield frozenset(
            number for number, each in enumerate(chosen) if search.truths(member.when, each) == TRUE
        )


CHECK = Check(
    "same-condition",
    Group.LOGIC,
    Level.WARNING,
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
        when: not revenue <= 5M
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
      - id: huge
        when: revenue > 1亿
        points: 3
""",
)
