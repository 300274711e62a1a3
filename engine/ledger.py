"""The ledger: start, each fired rule's points, and the clamp of every criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.engine.decision import Line, LineKind

if TYPE_CHECKING:
    from leadgrade.engine.legend import Legend


class Totals(NamedTuple):
    """What the ledger adds up to, in hundredths. ``raw`` are the subtotals before the clamp."""

    criteria: dict[str, int]
    ledger: tuple[Line, ...]
    score: int
    raw: dict[str, int]


class Ledger:
    """Adds up what rules give, by one book. Its lines are made once and shared by all leads."""

    def __init__(self, legend: Legend) -> None:
        lines: dict[str, dict[str, list[Line]]] = {each.id: {} for each in legend.criteria}
        for name, rule, number, points in legend.outcomes:
            line = Line(name, LineKind.RULE, points, rule, number)
            lines[name].setdefault(rule, []).append(line)
        self._criteria = [
            (
                each,
                Line(each.id, LineKind.START, each.start) if each.start else None,
                lines[each.id],
            )
            for each in legend.criteria
        ]

    def add_up(self, fired: Mapping[str, int]) -> Totals:
        """Return the totals, given the index of the outcome that fired by rule id."""
        ledger: list[Line] = []
        criteria: dict[str, int] = {}
        raw: dict[str, int] = {}
        for criterion, start, lines_of in self._criteria:
            total = criterion.start
            if start is not None:
                ledger.append(start)
            for rule, lines in lines_of.items():
                if rule in fired:
                    line = lines[fired[rule]]
                    total += line.points
                    ledger.append(line)
            kept = min(max(total, criterion.low), criterion.high)
            if kept != total:
                ledger.append(Line(criterion.id, LineKind.CLAMP, kept - total))
            raw[criterion.id] = total
            criteria[criterion.id] = kept
        return Totals(criteria, tuple(ledger), sum(criteria.values()), raw)
