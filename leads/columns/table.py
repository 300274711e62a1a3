"""The tables that lists are read into: leads with typed facts, and rejected rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadgrade.leads.columns.plain import SQL_TYPES
from leadgrade.leads.terms import Rejected
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from leadgrade.rules.model import Book

AT_ONCE = 2048
"""Rows fetched at once."""

ON_THE_WAY = "list_"
"""Temporary tables begin so."""

WAITING = 20_000
"""So many rows wait to be inserted together."""


def by_position(book: Book) -> dict[str, str]:
    """Return a column for each fact of a book, called by its place: ``f0``."""
    return {fact: f"f{at}" for at, fact in enumerate(book.facts)}


@dataclass(frozen=True, slots=True)
class Names:
    """What the tables and the columns of the facts are called."""

    facts: Mapping[str, str]
    """The column of each fact of the book, by fact id."""
    leads: str = "leads"
    rejected: str = "rejected"


class Tables:
    """Makes the tables, adds rows to them, and gives them back as leads and rejections."""

    def __init__(self, connection: DuckDBPyConnection, book: Book, names: Names) -> None:
        self.connection = connection
        self.names = names
        self.types = {fact.id: SQL_TYPES[fact.type] for fact in book.facts.values()}
        self._files: list[str] = []
        self._leads: list[tuple[int, int, Lead]] = []
        self._rejected: list[tuple[int, int, Rejected]] = []
        facts = ", ".join(f"{self.column(fact)} {kind}" for fact, kind in self.types.items())
        connection.execute(
            f"CREATE TABLE {self.leads_table}"
            f" (n BIGINT, lead VARCHAR, source INTEGER, line BIGINT, {facts})"
        )
        connection.execute(
            f"CREATE TABLE {quoted(names.rejected)} (n BIGINT, source INTEGER, line BIGINT,"
            " code VARCHAR, args VARCHAR, raw VARCHAR)"
        )

    @property
    def leads_table(self) -> str:
        """The name of the table of leads, as SQL."""
        return quoted(self.names.leads)

    def column(self, fact: str) -> str:
        """Return the column of a fact, as SQL."""
        return quoted(self.names.facts[fact])

    def begin(self, file: str) -> int:
        """Note the next list, and return its number."""
        self._files.append(file)
        return len(self._files) - 1

    def forget(self, source: int) -> None:
        """Take out all rows of a list."""
        self.flush()
        for table in (self.leads_table, quoted(self.names.rejected)):
            self.connection.execute(f"DELETE FROM {table} WHERE source = ?", [source])

    def finish(self) -> None:
        """Insert what waits, and drop the tables that were used on the way."""
        self.flush()
        query = "SELECT table_name FROM duckdb_tables() WHERE temporary"
        for (name,) in self.connection.execute(query).fetchall():
            if name.startswith(ON_THE_WAY):
                self.connection.execute(f"DROP TABLE temp.{quoted(name)}")

    def add(self, number: int, item: Lead | Rejected, source: int) -> None:
        """Add a row; it is there after ``flush``. ``number`` is its place among all rows."""
        if isinstance(item, Rejected):
            self._rejected.append((number, source, item))
        else:
            self._leads.append((number, source, item))
        if len(self._leads) + len(self._rejected) >= WAITING:
            self.flush()

    def flush(self) -> None:
        """Insert what waits."""
        if self._leads:
            self._insert_leads()
        if self._rejected:
            self._insert_rejected()

    def leads(self) -> Iterator[Lead]:
        """Yield the leads in their order."""
        named = [(fact, self.column(fact)) for fact in self.types]
        columns = ", ".join(["lead", "source", "line", *(column for _, column in named)])
        query = f"SELECT {columns} FROM {self.leads_table} ORDER BY n"
        for lead, source, line, *values in self._fetched(query):
            pairs = zip(self.types, values, strict=True)
            known = {fact: value for fact, value in pairs if value is not None}
            yield Lead(lead, known, file=self._files[source], line=line)

    def rejections(self) -> Iterator[Rejected]:
        """Yield the rejected rows in their order."""
        columns = "source, line, code, args, raw"
        query = f"SELECT {columns} FROM {quoted(self.names.rejected)} ORDER BY n"
        for source, line, code, args, raw in self._fetched(query):
            yield Rejected(self._files[source], line, code, json.loads(args), raw)

    def _fetched(self, query: str) -> Iterator[tuple[Any, ...]]:
        cursor = self.connection.cursor()
        found = cursor.execute(query)
        while batch := found.fetchmany(AT_ONCE):
            yield from batch

    def _insert_leads(self) -> None:
        leads = [lead for _, _, lead in self._leads]
        columns: list[tuple[str, str, Sequence[Any]]] = [
            ("n", "BIGINT", [number for number, _, _ in self._leads]),
            ("lead", "VARCHAR", [lead.id for lead in leads]),
            ("source", "INTEGER", [source for _, source, _ in self._leads]),
            ("line", "BIGINT", [lead.line for lead in leads]),
        ]
        known = set().union(*(lead.facts for lead in leads))
        columns += [
            (self.column(fact), kind, [lead.facts.get(fact) for lead in leads])
            for fact, kind in self.types.items()
            if fact in known
        ]
        self._leads.clear()
        self._insert(self.names.leads, columns)

    def _insert_rejected(self) -> None:
        rows = [row for _, _, row in self._rejected]
        columns: list[tuple[str, str, Sequence[Any]]] = [
            ("n", "BIGINT", [number for number, _, _ in self._rejected]),
            ("source", "INTEGER", [source for _, source, _ in self._rejected]),
            ("line", "BIGINT", [row.line for row in rows]),
            ("code", "VARCHAR", [row.code for row in rows]),
            ("args", "VARCHAR", [json.dumps(row.args, ensure_ascii=False) for row in rows]),
            ("raw", "VARCHAR", [row.raw for row in rows]),
        ]
        self._rejected.clear()
        self._insert(self.names.rejected, columns)

    def _insert(self, table: str, columns: Sequence[tuple[str, str, Sequence[Any]]]) -> None:
        names = ", ".join(name for name, _, _ in columns)
        unrolled = ", ".join(f"unnest(?::{kind}[])" for _, kind, _ in columns)
        statement = f"INSERT INTO {quoted(table)} ({names}) SELECT {unrolled}"
        self.connection.execute(statement, [values for _, _, values in columns])


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'
