"""The ledger: start, each fired rule's points, and the clamp of every criterion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from leadgrade.engine.decision import Line, LineKind
from leadgrade.rules.model import Book, Criterion


class Totals(NamedTuple):
    """What the ledger adds up to, in hundredths."""

    criteria: dict[str, int]
    ledger: tuple[Line, ...]
    score: int


def add_up(book: Book, fired: Mapping[str, int]) -> Totals:
    """Return the totals, given the index of the outcome that fired by rule id."""
    ledger: list[Line] = []
    criteria: dict[str, int] = {}
    for criterion in book.criteria.values():
        lines = list(_lines(criterion, fired))
        ledger.extend(lines)
        criteria[criterion.id] = sum(line.points for line in lines)
    return Totals(criteria, tuple(ledger), sum(criteria.values()))


def _lines(criterion: Criterion, fired: Mapping[str, int]) -> Iterator[Line]:
    total = criterion.start
    if criterion.start:
        yield Line(criterion.id, LineKind.START, criterion.start)
    for rule in criterion.rules:
        if rule.id in fired:
            outcome = fired[rule.id]
            points = rule.outcomes[outcome].points
            total += points
            yield Line(criterion.id, LineKind.RULE, points, rule.id, outcome)
    clamp = min(max(total, criterion.low), criterion.high) - total
    if clamp:
        yield Line(criterion.id, LineKind.CLAMP, clamp)
