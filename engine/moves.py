"""How a fact of a lead can be changed: which way, to which values, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from leadgrade.engine.places import ends_of, place_of, value_at
from leadgrade.engine.searching import Cell, Searching
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import HUNDREDTHS, NUMERIC, Actionable, Book, Fact, FactType

YEAR = 365


@dataclass(frozen=True, slots=True)
class Change:
    """One fact gets another value: ``value`` is the nearest of those from ``low`` to ``high``."""

    fact: str
    before: Value | None
    value: Value
    low: Value | None
    high: Value | None
    size: float
    """From 0 to 2: the change beside the values, the steps of a choice, a year for a date."""


class Moves:
    """The changes that a book allows, as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._searching = Searching(book, as_of)
        self.relevant = self._searching.relevant
        self.opaque = self._searching.opaque
        self.partners = self._searching.partners

    def movable(self) -> list[str]:
        """Return the read facts that can be changed, in the book's order."""
        return [
            fact.id for fact in self._book.facts.values() if fact.actionable is not Actionable.NO
        ]

    def cost(self, fact: str) -> int:
        """Return what changing a fact takes, in hundredths; 1 where the book does not say."""
        declared = self._book.facts[fact].cost
        return HUNDREDTHS if declared is None else declared

    def of(self, lead: Lead, fact: str) -> list[Change]:
        """Return one change for each cell, the other facts being as they are."""
        cells = self._searching.cells(fact, lead.facts).cells
        found = self._allowed(self._book.facts[fact], lead.facts.get(fact), cells)
        return sorted(found, key=lambda each: each.size)

    def values(
        self, now: Mapping[str, Value], fact: str, rest: Sequence[str], origin: Lead
    ) -> tuple[list[Change], bool]:
        """Return the changes of a fact worth trying before those of ``rest``, the least first.

        The second result is False where they may not be all that differ.
        """
        cells, exact = self._searching.cells(fact, now)
        partners = self._searching.partners(fact) & set(rest)
        found = list(cells)
        for partner in sorted(partners):
            exact = False
            for value in self._ends(partner, origin):
                known = {**now, partner: value}
                found += self._searching.cells(fact, known).cells
        sides = [_at(end) for cell in found for end in (cell.low, cell.high)] if partners else []
        ends = [each for each in sides if each is not None]
        before = origin.facts.get(fact)
        changes = self._allowed(self._book.facts[fact], before, [*found, *ends])
        unique = {each.value: each for each in changes}
        return sorted(unique.values(), key=lambda each: each.size), exact

    def _ends(self, fact: str, lead: Lead) -> Iterator[Value]:
        """Yield the outermost values that a number can be changed to."""
        found = self._book.facts[fact]
        if found.type in NUMERIC or found.type is FactType.DATE:
            low, high = ends_of(found)
            every = [Cell(value_at(found, low), value_at(found, low), value_at(found, high))]
            for each in self._allowed(found, lead.facts.get(fact), every):
                yield from (end for end in (each.low, each.high, each.value) if end is not None)

    def _allowed(self, fact: Fact, before: Value | None, cells: Iterable[Cell]) -> Iterator[Change]:
        """Yield the changes to cells, cut to the direction in which the fact may go."""
        for cell in cells:
            if fact.type in NUMERIC or fact.type is FactType.DATE:
                yield from _along_line(fact, before, cell)
            elif cell.value != before and _right_way(fact, before, cell.value):
                size = _steps(fact, before, cell.value)
                yield Change(fact.id, before, cell.value, cell.low, cell.high, size)


def _at(value: Value | None) -> Cell | None:
    return None if value is None else Cell(value, value, value)


def _along_line(fact: Fact, before: Value | None, cell: Cell) -> Iterator[Change]:
    assert cell.low is not None and cell.high is not None  # noqa: PT018, S101 - numbers have ends
    low, high = place_of(cell.low), place_of(cell.high)
    if before is None:
        yield Change(fact.id, None, cell.value, cell.low, cell.high, 1.0)
        return
    now = place_of(before)
    if fact.actionable is Actionable.UP:
        low = max(low, now + 1)
    if fact.actionable is Actionable.DOWN:
        high = min(high, now - 1)
    if low > high or low <= now <= high:
        return
    near = value_at(fact, low if low > now else high)
    size = _distance(before, near)
    yield Change(fact.id, before, near, value_at(fact, low), value_at(fact, high), size)


def _right_way(fact: Fact, before: Value | None, after: Value) -> bool:
    if before is None or fact.actionable is Actionable.YES:
        return True
    rises = (
        bool(after) if fact.type is FactType.FLAG else fact.position(after) > fact.position(before)
    )
    return rises is (fact.actionable is Actionable.UP)


def _steps(fact: Fact, before: Value | None, after: Value) -> float:
    if before is None or not fact.ordered or len(fact.choices) < 2:
        return 1.0
    return abs(fact.position(after) - fact.position(before)) / (len(fact.choices) - 1)


def _distance(before: Value, after: Value) -> float:
    if isinstance(before, date) and isinstance(after, date):
        return min(abs((after - before).days) / YEAR, 1.0)
    one, other = float(before), float(after)  # type: ignore[arg-type]
    return abs(other / 2 - one / 2) * 2 / max(abs(one), abs(other))
