"""Rows of a list that are read together: where DuckDB finds their cells, and each row by itself."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from leadgrade.leads.terms import Row


Shifts = Sequence[tuple[int, int]]
"""What to add to the number of a row, from which one on."""


class Batch(Protocol):
    """Rows that are numbered from 0, in their order."""

    @property
    def count(self) -> int:
        """How many rows there are."""

    @property
    def places(self) -> Shifts:
        """Where the rows stand in the list: each has a place of its own, and the places ascend."""

    @property
    def lines(self) -> Shifts:
        """The physical lines on which they begin: of JSON several may begin on one."""

    @property
    def kinds(self) -> Mapping[int, str]:
        """The types in SQL of the columns that have values and not only texts."""

    def select(self, columns: Sequence[int], typed: Collection[int]) -> tuple[str, list[Any]]:
        """Return a query whose columns ``c0``, ``c5`` … are texts, in the order of the rows.

        Those that are ``typed`` are values. With it come its parameters.
        """

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """Yield some of the rows; their numbers ascend."""


def line_of(batch: Batch, number: int) -> int:
    """Return the physical line on which a row begins."""
    return _shifted(batch.lines, number)


def place_of(batch: Batch, number: int) -> int:
    """Return the place of a row in its list."""
    return _shifted(batch.places, number)


def _shifted(shifts: Shifts, number: int) -> int:
    at = bisect(shifts, number, key=lambda shift: shift[0]) - 1
    return number + shifts[at][1]


def number_of(batch: Batch, place: int) -> int | None:
    """Return the number of the row at a place of the list, None where none is."""
    shifts = batch.places
    at = bisect(shifts, place, key=sum) - 1
    if at < 0:
        return None
    number = place - shifts[at][1]
    end = shifts[at + 1][0] if at + 1 < len(shifts) else batch.count
    return number if number < end else None


def shifts_of(first: int, places: Sequence[int]) -> list[tuple[int, int]]:
    """Return the shifts of rows that stand at ``places``, the first of which has a number."""
    found: list[tuple[int, int]] = []
    for number, place in enumerate(places, start=first):
        if not found or found[-1][1] != place - number:
            found.append((number, place - number))
    return found


class RowBatch:
    """Rows that were read one by one. Without ``places`` these are their lines."""

    kinds: ClassVar[Mapping[int, str]] = {}

    def __init__(self, rows: Sequence[Row], places: Sequence[int] | None = None) -> None:
        self._rows = rows
        self.count = len(rows)
        self.lines = shifts_of(0, [row.line for row in rows])
        self.places = self.lines if places is None else shifts_of(0, places)

    def select(self, columns: Sequence[int], _: Collection[int] = ()) -> tuple[str, list[Any]]:
        """Return a query that unrolls lists of texts, one a column."""
        texts = [[row.cells[column] for row in self._rows] for column in columns]
        unrolled = [f"unnest(?::VARCHAR[]) AS c{column}" for column in columns]
        return f"SELECT {', '.join(unrolled)}", texts

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """Yield some of the rows."""
        return (self._rows[number] for number in numbers)
