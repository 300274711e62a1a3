"""From conditions to stages of alternatives that the rule engine can match.

The engine knows no ``or`` that is sound, so each condition becomes alternatives of plain
comparisons. Where that would multiply out (``any`` inside ``all``), a part becomes an intermediate
fact, derived a level earlier. What is decided at one level is cut into stages, each within the
limits of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadgrade.engine.backends.rete_columns import Column, Columns, Leaf
from leadgrade.rules.conditions import All, AnyOf, Condition, Not, without_not

ALTERNATIVES_A_GUARD = 28
GUARDS_A_STAGE = 35
"""The engine keeps at most 64 pending matches of a fact: 35 guards, the end of the stage, and the
28 alternatives behind one guard."""

ALTERNATIVES_A_STAGE = ALTERNATIVES_A_GUARD * GUARDS_A_STAGE
COLUMNS_A_STAGE = 240
"""The engine takes 252 attributes of a fact, its own included."""

MOST_ALTERNATIVES = 12
"""More than these come from a product of alternatives only by way of intermediate facts."""

WIDEST = 60
"""Comparisons in one alternative; longer ones are cut into intermediate facts."""

Goal = int | str
"""What is true when an alternative holds: the index of a condition, or an intermediate fact."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A way in which a goal comes true: all of its comparisons hold."""

    goal: Goal
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Alternatives that are matched against one fact, and the columns of that fact."""

    alternatives: tuple[Alternative, ...]
    columns: tuple[Column, ...]


class Planner:
    """Plans the strata of one book."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._count = 0
        self._levels: list[list[Alternative]] = []

    def stages(self, conditions: Sequence[tuple[int, Condition]]) -> list[Stage]:
        """Return the stages that find which conditions are true, to be run one after another."""
        self._levels = []
        goals = [
            Alternative(goal, leaves)
            for goal, condition in conditions
            for leaves in self._alternatives(without_not(condition))
        ]
        return [
            stage for level in (*self._levels, goals) for stage in _cut(level) if stage.alternatives
        ]

    def _alternatives(self, condition: Condition) -> list[tuple[Leaf, ...]]:
        match condition:
            case AnyOf(parts):
                found = [leaves for part in parts for leaves in self._alternatives(part)]
            case All(parts):
                found = self._product([self._alternatives(part) for part in parts])
            case Not():
                raise AssertionError("no condition without_not has one")
            case _:
                return self._columns.alternatives(condition)
        return list(dict.fromkeys(found))

    def _product(self, parts: list[list[tuple[Leaf, ...]]]) -> list[tuple[Leaf, ...]]:
        if math.prod(len(part) for part in parts) > MOST_ALTERNATIVES:
            parts = [[self._derived(part)] if len(part) > 1 else part for part in parts]
        found: list[tuple[Leaf, ...]] = [()]
        for part in parts:
            found = [(*left, *right) for left in found for right in part]
        return [self._narrow(tuple(dict.fromkeys(leaves))) for leaves in found]

    def _narrow(self, leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
        while len(leaves) > WIDEST:
            chunks = [leaves[start : start + WIDEST] for start in range(0, len(leaves), WIDEST)]
            leaves = tuple(leaf for chunk in chunks for leaf in self._derived([chunk]))
        return leaves

    def _derived(self, alternatives: list[tuple[Leaf, ...]]) -> tuple[Leaf, ...]:
        """Return a leaf that stands for the alternatives, which are decided a level earlier."""
        level = max((leaf.column.level for leaves in alternatives for leaf in leaves), default=0)
        name = f"*{self._count}"  # no id of a book begins so
        self._count += 1
        while len(self._levels) <= level:
            self._levels.append([])
        self._levels[level] += [Alternative(name, leaves) for leaves in alternatives]
        return (self._columns.intermediate(name, level + 1),)


def _cut(alternatives: list[Alternative]) -> Iterator[Stage]:
    """Cut what is decided at one level into stages within the limits."""
    held: list[Alternative] = []
    columns: dict[Column, None] = {}
    for alternative in alternatives:
        read = dict.fromkeys(leaf.column for leaf in alternative.leaves)
        if len(held) == ALTERNATIVES_A_STAGE or len(columns | read) > COLUMNS_A_STAGE:
            yield Stage(tuple(held), tuple(columns))
            held, columns = [], {}
        held.append(alternative)
        columns |= read
    yield Stage(tuple(held), tuple(columns))
