"""Big lists on a cluster: the statement of the columnar engine, which Spark runs.

The list is a table of DuckDB, as for ``Columnar``, with what only DuckDB writes byte for byte: its
facts as JSON. It is handed to Spark as a Parquet file, Spark ranks and decides and writes its rows
to Parquet files, and those are read in the order of the list. So neither the list nor the rows
have to fit in the memory of this process. All of these files lie in a temporary folder, which the
workers of a cluster have to see at the same path: ``TMPDIR`` says where it is.
"""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.columnar import KEY, Columnar, faults
from leadgrade.engine.backends.spark_session import (
    LOCAL,
    session,
    shared_folder,
    spark_faults,
    url_of,
)
from leadgrade.engine.decision import Decided
from leadgrade.engine.duck import MEMORY, quoted
from leadgrade.engine.sql.dialects import DIALECTS
from leadgrade.engine.sql.layout import SUMS, AsOf, Layout
from leadgrade.engine.sql.rows import rows_statement, texts_statement
from leadgrade.engine.sql.statement import evidence_statement, places_statement, written
from leadgrade.rules.model import Book

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# ruff: noqa: S608 - names of our own, and texts with their quotes doubled

DECIDED = "decided"
"""The view of the rows of a list."""

ROW_GROUP = 50_000
"""Leads of the list that one task decides, at least."""


class Spark(Columnar):
    """Decides lists by one book as of one day, on Spark."""

    name = "spark"
    at_once = at_first = 1_000_000  # they may lie anywhere: each is looked for in all files

    def __init__(
        self,
        book: Book,
        as_of: date,
        *,
        memory: str = MEMORY,
        threads: int | None = None,
        master: str = LOCAL,
    ) -> None:
        """Compile the book, and start Spark. ``memory`` and ``threads`` are those of DuckDB.

        Raises:
            SparkError: Spark cannot run here, or the master does not answer.
        """
        self._session = session(master)
        super().__init__(book, as_of, memory=memory, threads=threads)
        self._there = Layout.of(book, AsOf(as_of), DIALECTS["spark"])
        self._closing = ExitStack()
        self._folder = Path(self._closing.enter_context(shared_folder(master)))
        self._files = 0

    def close(self) -> None:
        """Let go of all tables and files. Spark stays, for whoever decides next."""
        super().close()
        self._closing.close()

    def prepared(self, table: str) -> str:
        """Return a view of the rows of a list, decided: Spark takes a list as a whole.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: Spark or DuckDB failed, or there is no room left.
        """
        with faults():
            self._check(table)
            texts = texts_statement(self._layout, table, self._there)
            given = self._hand_over(written(texts, self._layout))
        with spark_faults():
            source = self._with_places(given) if self._layout.places else given
            query = written(rows_statement(self._there, source), self._there)
            rows = self._path("rows")
            self._session.sql(query, args=[secrets.token_hex(KEY)]).write.parquet(url_of(rows))
        with faults():
            self._take_back(rows, table)
        return DECIDED

    def rows_query(self, source: str) -> tuple[str, list[str]]:
        """Return the query of the rows of a part of what is ``prepared``."""
        names = ", ".join(("n", *Decided._fields))
        return f'SELECT {names} FROM "{source}"', []

    def _with_places(self, table: str) -> str:
        """Return a view of the list with the places of its leads."""
        places = self._session.sql(written(places_statement(self._there, table), self._there))
        return self._view(self._session.table(table).join(places, "n"))

    def _rank(self, table: str) -> list[tuple[Any, ...]]:
        given = self._hand_over(f'FROM "{table}"')
        with spark_faults():
            query = written(places_statement(self._there, given), self._there)
            rows = self._session.sql(query).orderBy("n").collect()
        return [tuple(None if each is None else int(each) for each in row) for row in rows]

    def _decide_given(self) -> list[tuple[Any, ...]]:
        places = [each for names in self._layout.places.values() for each in names.items()]
        sums = [f'"{name}"::DECIMAL(38, 0) AS "{name}"' for kind, name in places if kind in SUMS]
        replaced = f"REPLACE ({', '.join(sums)})" if sums else ""  # Parquet has no wider type
        given = self._hand_over(f'SELECT * {replaced} FROM "given"')
        with spark_faults():
            query = written(evidence_statement(self._there, given), self._there)
            return [tuple(row) for row in self._session.sql(query).orderBy("n").collect()]

    def _hand_over(self, query: str) -> str:
        """Return a view of Spark of what a query of DuckDB gives."""
        file = self._path("list")
        copy = f"COPY ({query}) TO {quoted(file)} (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"
        self.connection.execute(copy)
        with spark_faults():
            return self._view(self._session.read.parquet(url_of(file)))

    def _take_back(self, folder: Path, table: str) -> None:
        """Make the view ``DECIDED`` of rows that Spark wrote.

        Raises:
            EngineFault: they are not all there: the workers do not see the folder.
        """
        files = quoted(folder / "*.parquet")
        view = f'CREATE OR REPLACE VIEW "{DECIDED}" AS FROM read_parquet({files})'
        count = f'SELECT (SELECT count(*) FROM "{table}"), (SELECT count(*) FROM "{DECIDED}")'
        self.connection.execute(view)
        (given, decided), *_ = self.connection.execute(count).fetchall()
        if given != decided:
            raise EngineFault(f"Spark decided {decided} of {given} leads")

    def _view(self, frame: DataFrame) -> str:
        name = f"leadgrade_{secrets.token_hex(8)}"
        frame.createOrReplaceTempView(name)
        return name

    def _path(self, what: str) -> Path:
        self._files += 1
        return Path(self._folder, f"{what}-{self._files}")
