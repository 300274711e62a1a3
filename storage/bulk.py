"""The INSERT statements for the driver as they are.

They take tuples in the order of their columns. SQLAlchemy's own inserts take dicts, at a third
of the speed; its objects are thirty times slower.
"""

from __future__ import annotations

from functools import cached_property


class BulkSql:
    """The statements in one database's way of writing a parameter."""

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
        found = columns.split()
        names, values = ", ".join(found), ", ".join([self._mark] * len(found))
        known = " ON CONFLICT DO NOTHING" if new else ""
        return f"INSERT INTO {table} ({names}) VALUES ({values}){known}"  # noqa: S608 - constants
