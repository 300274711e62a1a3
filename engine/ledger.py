"""The ledger: start, each fired rule's points, and the clamp of every criterion."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
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


_CRITERION, _POINTS = itemgetter(0), itemgetter(2)
"""Of a line."""


class Ledger:
    """Adds up what rules give, by one book. Its lines are made once and shared by all leads."""

    def __init__(self, legend: Legend) -> None:
        self.lines = {
            (rule, number): Line(criterion, LineKind.RULE, points, rule, number)
            for criterion, rule, number, points in legend.outcomes
        }
        """The line of each outcome, by its rule and its number within the rule."""
        self._criteria = [
            (*each, [Line(each.id, LineKind.START, each.start)] if each.start else [])
            for each in legend.criteria
        ]

    def add_up(self, fired: Iterable[Line]) -> Totals:
        """Return the totals, given the lines of the rules that fired, in the book's order."""
        given = {name: list(lines) for name, lines in groupby(fired, _CRITERION)}
        ledger: list[Line] = []
        criteria: dict[str, int] = {}
        raw: dict[str, int] = {}
        for name, low, high, start, start_line in self._criteria:
            own = given.get(name, ())
            raw[name] = total = start + sum(map(_POINTS, own))
            criteria[name] = kept = low if total < low else min(total, high)
            ledger += start_line
            ledger += own
            if kept != total:
                ledger.append(Line(name, LineKind.CLAMP, kept - total))
        return Totals(criteria, tuple(ledger), sum(criteria.values()), raw)
