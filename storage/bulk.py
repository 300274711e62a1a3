"""The INSERT statements of the bulk path, for the driver as they are.

They take tuples in the order of their columns. SQLAlchemy's own inserts take dicts, at a third
of the speed; its objects are thirty times slower.
"""

from __future__ import annotations

from functools import cached_property

_LOOKED_UP = {
    "lead_id": ("lead", "key"),
    "snapshot_id": ("snapshot", "sha256"),
    "evidence_id": ("evidence", "sha256"),
}


class BulkSql:
    """The statements in one database's way of writing a parameter.

    Leads, facts and evidence are named by their key or hash, and looked up by the database while
    it inserts: no second pass to fetch ids, nothing to remember between the parts of a run. The
    small id, not the key, is what rows refer to, so that a night costs a few bytes per lead, and
    so that a lead can be forgotten by changing one row.
    """

    def __init__(self, dialect: str) -> None:
        self._mark = "?" if dialect == "sqlite" else "%s"

    @cached_property
    def book(self) -> str:
        """A book, unless it is known."""
        return self._insert("book", "sha256 book_id title_en title_zh path text added_at", new=True)

    @cached_property
    def source(self) -> str:
        """A file of a run."""
        return self._insert(
            "run_source", "run_id position file sha256 format encoding rows_read mapping"
        )

    @cached_property
    def lead(self) -> str:
        """A lead's key and salt, unless it is known."""
        return self._insert("lead", "key salt", new=True)

    @cached_property
    def snapshot(self) -> str:
        """Facts by their hash, unless they are known."""
        return self._insert("snapshot", "sha256 facts", new=True)

    @cached_property
    def evidence(self) -> str:
        """A decision in full by its hash, unless it is known."""
        return self._insert("evidence", "sha256 record", new=True)

    @cached_property
    def decision(self) -> str:
        """A decision; takes the lead's key and two hashes where the table has ids."""
        return self._insert(
            "decision",
            "run_id lead_id snapshot_id evidence_id source line ranks"
            " qualified grade score low high worst best",
        )

    @cached_property
    def next_step(self) -> str:
        """A next step; takes the lead's key where the table has an id."""
        return self._insert("next_step", "run_id lead_id position step owner channel due")

    @cached_property
    def rejected(self) -> str:
        """A rejected row."""
        return self._insert("rejected", "run_id number source line code args raw salt")

    @cached_property
    def note(self) -> str:
        """A note on a run or on a file of it."""
        return self._insert("note", "run_id number source note salt")

    @cached_property
    def erased(self) -> str:
        """A row that an erasure emptied."""
        return self._insert("erased", "erasure_id kind run_id number")

    def _insert(self, table: str, columns: str, *, new: bool = False) -> str:
        values = ", ".join(map(self._value, columns.split()))
        names = ", ".join(columns.split())
        known = " ON CONFLICT DO NOTHING" if new else ""
        return f"INSERT INTO {table} ({names}) VALUES ({values}){known}"  # noqa: S608 - constants

    def _value(self, column: str) -> str:
        if column not in _LOOKED_UP:
            return self._mark
        table, name = _LOOKED_UP[column]
        return f"(SELECT id FROM {table} WHERE {name} = {self._mark})"  # noqa: S608 - constants
