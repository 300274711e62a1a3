"""Two rules that fire for exactly the same leads, however they are written."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import Part
from leadgrade.rules.conditions import tests_of
from leadgrade.rules.proving.domains import TooHardError, variable_of
from leadgrade.rules.proving.proof import NOT_TRUE, TRUE, Goal, Search

Fired = tuple[Part, dict[str, int]]
"""A part, and a lead for which it fires."""


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
    """Yield the twins among parts on the same facts.

    Each part gets one lead for which it fires; only parts that fire for each other's lead can be
    twins, and of those it is proved.
    """
    try:
        search = Search(context.domains, context.book, [Goal(each.when) for each in members])
        leads = [next(search.choices([Goal(each.when)]), None) for each in members]
    except TooHardError:
        return
    seen: list[tuple[Part, dict[str, int]]] = []
    for part, lead in zip(members, leads, strict=True):
        if lead is None:
            continue
        for first, other in seen:
            if _are_twins(search, (part, lead), (first, other)):
                args = {"kind": part.kind, "name": part.id}
                args |= {"other": first.id, "line": str(first.span.line)}
                place = context.places.of(part.span, part.key)
                yield Hit(place, args, context.example(Goal(part.when)), about=part.when)
                break
        else:
            seen.append((part, lead))


def _are_twins(search: Search, one: Fired, other: Fired) -> bool:
    for (part, lead), (twin, _) in ((one, other), (other, one)):
        if search.truths(twin.when, lead) != TRUE:
            return False
        try:
            apart = search.choices([Goal(part.when), Goal(twin.when, NOT_TRUE)])
            if next(apart, None) is not None:
                return False
        except TooHardError:
            return False
    return True


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
