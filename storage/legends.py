"""Legends in the record: stored once, and read back for whoever wants a decision in full.

Their steps and outcomes are also there as rows, with the place of their marks in evidence. The
views for people read those; whether they are what the legend says is checked with the chain.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from leadgrade.engine.legend import Legend, Marks
from leadgrade.engine.sealing import hash_text
from leadgrade.storage import sql
from leadgrade.storage.errors import readable
from leadgrade.storage.records import StoredStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy

    from leadgrade.engine.legend import LegendStep

LEGEND_ROWS = {
    "legend_step": ("place", "step", "owner", "channel", "within_days", "digit", "marks"),
    "legend_outcome": ("place", "criterion", "rule", "outcome", "points", "digit", "marks"),
}
"""The tables that a legend fills, with their columns after its hash."""

_DIGITS = "0123456789abcdef"
_BITS = (8, 4, 2, 1)
_MARKING = tuple("".join(each for each in _DIGITS if int(each, 16) & bit) for bit in _BITS)
"""For each place of a digit: the digits that mark it."""


def add_legend(connection: sqlalchemy.Connection, legend: Legend) -> str:
    """Store a legend, unless it is there, and return its hash."""
    written = legend.to_json()
    name = hash_text(written)
    if sql.row(connection, "SELECT 1 FROM legend WHERE sha256 = :name", name=name) is None:
        insert = "INSERT INTO legend (sha256, text) VALUES (:name, :text)"
        sql.change(connection, insert, {"name": name, "text": written})
        for table, columns in LEGEND_ROWS.items():
            found = [dict(zip(columns, row, strict=True)) for row in legend_rows(legend, table)]
            if found:
                names, values = ", ".join(columns), ", ".join(f":{each}" for each in columns)
                insert = f"INSERT INTO {table} (legend_sha256, {names}) VALUES (:name, {values})"  # noqa: S608 - constants
                sql.change(connection, insert, [{"name": name, **row} for row in found])
    return name


def legend_rows(legend: Legend, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield what a legend comes to as rows of one of its tables, in the order of its columns."""
    before = (legend.outcomes, legend.openings, legend.knock_outs, legend.limits)
    if table == "legend_step":
        start = sum(-(-len(each) // 4) + 1 for each in before)
        found: tuple[tuple[Any, ...], ...] = legend.steps
    else:
        start, found = 0, legend.outcomes
    for place, each in enumerate(found):
        yield place, *each, start + place // 4 + 1, _MARKING[place % 4]


class Recalled:
    """What it takes to read the decisions of a run: its legend, and its day."""

    def __init__(self, legend: Legend, as_of: date) -> None:
        self.legend = legend
        self._stored = [
            StoredStep(each.id, each.owner, each.channel, due(each, as_of)) for each in legend.steps
        ]
        self._marks = Marks(self._stored)
        self._seen: dict[str, tuple[StoredStep, ...]] = {}
        """Many leads have the same next steps."""

    def steps(self, evidence: str) -> tuple[StoredStep, ...]:
        """Return the next steps that are marked in evidence, with their due dates.

        Raises:
            ValueError: this is not evidence of this legend.
        """
        *_, marks, _, _ = evidence.split(".")
        found = self._seen.get(marks)
        if found is None:
            found = self._seen[marks] = tuple(self._marks.read(marks))
        return found


class Legends:
    """The legends of runs, each read once."""

    def __init__(self, connection: sql.Connection) -> None:
        self._connection = connection
        self._runs: dict[int, Recalled] = {}
        self._legends: dict[str, Legend] = {}

    def of(self, run: int) -> Recalled:
        """Return what it takes to read the decisions of a run.

        Raises:
            StoreError: ``unreadable-legend``.
        """
        if run not in self._runs:
            query = "SELECT legend_sha256, as_of FROM run WHERE id = :run"
            with readable("unreadable-legend", run=run):
                ((name, day),) = sql.rows(self._connection, query, run=run)
                self._runs[run] = Recalled(self._legend(name), date.fromisoformat(day))
        return self._runs[run]

    def _legend(self, name: str) -> Legend:
        if name not in self._legends:
            query = "SELECT text FROM legend WHERE sha256 = :name"
            written = sql.value(self._connection, query, name=name)
            self._legends[name] = Legend.from_json(str(written))
        return self._legends[name]


def due(step: LegendStep, as_of: date) -> date | None:
    """Return when a step is due that a run gave on a day."""
    if step.within_days is None:
        return None
    try:
        return as_of + timedelta(days=step.within_days)
    except OverflowError:  # "within 9999999 days"
        return date.max
