"""The rows of a decided list, written by DuckDB into Parquet files of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from leadgrade.engine.backends.columnar import BATCH, LIST, Columnar, faults
from leadgrade.engine.decision import Decided
from leadgrade.engine.decision_files import COLUMNS, FORMAT, ROWS, file_name
from leadgrade.engine.duck import quoted
from leadgrade.engine.list_rows import FIELDS, GRADES, PORTION, ListRows

# ruff: noqa: S608 - names of our own, and texts with their quotes doubled

NUMBERS = "numbers"
"""The number of each row beside its ``n``."""

NUMBER = "number of the row"
"""A name that no fact has."""


class FiledRows(ListRows):
    """The rows of one list in files of a folder. They are numbered from 1 on."""

    def __init__(
        self, columnar: Columnar, files: Sequence[str], folder: Path, table: str = LIST
    ) -> None:
        """Decide the list. ``folder`` is there, and empty.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: DuckDB failed, or has no room left.
        """
        self._folder = folder
        self.files: list[Path] = []
        """The files, in the order of their rows."""
        super().__init__(columnar, files, table)

    def _decide(self) -> None:
        with self._in_any_order():
            for first, last in self._bounds():
                self._connection.execute(f"""
                    CREATE OR REPLACE TEMP VIEW "{PORTION}" AS
                    SELECT * EXCLUDE ("{NUMBER}") REPLACE ("{NUMBER}" AS n)
                    FROM (FROM "{self._source}" WHERE n BETWEEN {first} AND {last})
                    JOIN (FROM "{NUMBERS}" WHERE n BETWEEN {first} AND {last}) USING (n)
                """)
                self.files.append(self._folder / file_name(len(self.files) + 1))
                copy = f"COPY ({_renamed(self._query)}) TO {quoted(self.files[-1])}"
                self._connection.execute(f"{copy} ({FORMAT})", self._key)
        grades = f"SELECT number AS n, grade FROM {self._read()}"
        self._connection.execute(f'CREATE OR REPLACE VIEW "{GRADES}" AS {grades}')

    @contextmanager
    def _in_any_order(self) -> Iterator[None]:
        """Let rows be written as they come: each has its number, and no thread has to wait."""
        self._connection.execute("SET preserve_insertion_order = false")
        try:
            yield
        finally:
            self._connection.execute("RESET preserve_insertion_order")

    def _bounds(self) -> list[tuple[int, int]]:
        """Number the rows, and return the first and the last ``n`` of each file."""
        self._connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE "{NUMBERS}" AS
            SELECT n, row_number() OVER (ORDER BY n) AS "{NUMBER}" FROM "{self._table}"
        """)
        return self._connection.execute(f"""
            SELECT min(n), max(n) FROM "{NUMBERS}" GROUP BY ("{NUMBER}" - 1) // {ROWS} ORDER BY 1
        """).fetchall()

    def _read(self) -> str:
        """Return what reads all files, as SQL: without any, an empty table of that shape."""
        if self.files:
            return f"read_parquet([{', '.join(map(quoted, self.files))}])"
        columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
        return f"(SELECT {columns} WHERE false)"

    def some(self, numbers: Sequence[int]) -> list[Decided]:
        """Return the rows with these numbers, in their order.

        Raises:
            EngineFault: DuckDB failed.
        """
        which = "number IN (SELECT unnest(?::BIGINT[]))"
        query = f"SELECT {FIELDS} FROM {self._read()} WHERE {which} ORDER BY number"
        with faults():
            return list(map(Decided._make, self._connection.execute(query, [numbers]).fetchall()))

    def _numbered(self, found: set[int]) -> set[int]:
        query = f'SELECT "{NUMBER}" FROM "{NUMBERS}" WHERE n IN (SELECT unnest(?::BIGINT[]))'
        rows = self._connection.execute(query, [list(found)]).fetchall()
        return {number for (number,) in rows}

    def counts(self, file: Path) -> dict[str, tuple[int, int]]:
        """Return how many leads of a file have each grade, and how many of those are qualified.

        Raises:
            EngineFault: DuckDB failed.
        """
        query = "SELECT grade, count(*), count_if(qualified) FROM read_parquet(?) GROUP BY grade"
        with faults():
            found = self._connection.execute(query, [str(file)]).fetchall()
        return {grade: (count, qualified) for grade, count, qualified in found}

    def leaves(self, file: Path) -> Iterator[list[str]]:
        """Yield the leaves of a file in batches, in the order of its rows.

        Raises:
            EngineFault: DuckDB failed.
        """
        with faults(), closing(self._connection.cursor()) as cursor:
            cursor.execute("SELECT leaf FROM read_parquet(?) ORDER BY number", [str(file)])
            while batch := cursor.fetchmany(BATCH):
                yield [leaf for (leaf,) in batch]


def _renamed(query: str) -> str:
    """Return the query of numbered rows with the columns of a file."""
    return f"SELECT n AS number, {FIELDS}, NULL::VARCHAR AS sealed FROM ({query})"
