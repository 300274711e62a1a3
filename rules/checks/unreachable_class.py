"""A class of a classification that no lead can get."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.model import Classification, FirstMatch, Matrix
from leadgrade.rules.proving.proof import NOT_TRUE, Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the classes to which no way leads."""
    for each in context.book.classes.values():
        guard = [] if each.applies_when is None else [Goal(each.applies_when)]
        if guard and not context.possible(*guard):
            continue  # said by never-holds
        open_ways: dict[str, bool] = {}
        for label, goals in ways(each):
            reached = open_ways.get(label, False)
            open_ways[label] = reached or context.possible(*guard, *goals)
        for label, reached in open_ways.items():
            if not reached:
                example = context.example(*guard)
                yield Hit(each.span, {"name": each.id, "label": label}, example)


def ways(each: Classification) -> Iterator[tuple[str, list[Goal]]]:
    """Yield the classes of a classification, and what a lead must be like to get each.

    Cases of a first match are left to ``hidden-case``.
    """
    if isinstance(each, Matrix):
        for row, cells in each.table.items():
            for column, label in cells.items():
                tests = ((each.rows, row), (each.columns, column))
                yield label, [Goal(Compare(name, Op.EQ, value, "")) for name, value in tests]
    elif isinstance(each, FirstMatch) and each.otherwise not in {label for _, label in each.cases}:
        yield each.otherwise, [Goal(when, NOT_TRUE) for when, _ in each.cases]


CHECK = Check(
    "unreachable-class",
    Group.LOGIC,
    Level.ERROR,
    run,
    bad="""\
classes:
  cell:
    label: {en: Cell, zh: 单元}
    applies_when: size = large
    rows: size
    columns: branch
    table:
      small: {north: s1, south: s2}
      large: {north: l1, south: l2}
""",
    good="""\
classes:
  cell:
    label: {en: Cell, zh: 单元}
    applies_when: revenue > 0
    rows: size
    columns: branch
    table:
      small: {north: s1, south: s2}
      large: {north: l1, south: l2}
""",
)
