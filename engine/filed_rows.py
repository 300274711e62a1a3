"""The rows of a decided list, written by DuckDB into Parquet files of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

from leadgrade.engine.backends.columnar import BATCH, LIST, Columnar, faults
from leadgrade.engine.decision import Decided
from leadgrade.engine.decision_files import COLUMNS, FORMAT, ROWS, file_name
from leadgrade.engine.duck import quoted
from leadgrade.engine.kept_rows import KEPT, NAMED, KeptRows

# ruff: noqa: S608 - names of our own, and texts with their quotes doubled

PORTION = "portion"
"""The leads of one file."""


class FiledRows(KeptRows):
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
        self._keeps_order = columnar.keeps_order
        self.files: list[Path] = []
        """The files, in the order of their rows."""
        super().__init__(columnar, files, table)

    def _keep(self, columnar: Columnar) -> None:
        with faults():
            source = columnar.prepared(NAMED)
            query, key = columnar.rows_query(PORTION, numbered=True)
            for first, begin, end in self._portions():
                self._make_portion(source, first, begin, end)
                self.files.append(self._folder / file_name(len(self.files) + 1))
                copy = f"COPY ({_renamed(query)}) TO {quoted(self.files[-1])}"
                self._connection.execute(f"{copy} ({FORMAT})", key)
            self._drop_portion()
            self._connection.execute(f'CREATE OR REPLACE VIEW "{KEPT}" AS {self._kept()}')

    def _portions(self) -> list[tuple[int, int, int | None]]:
        """Return the number of the first row of each file, its ``n``, and that of the next file."""
        query = f"""
            SELECT number, n FROM ({self._numbered}) WHERE (number - 1) % {ROWS} = 0 ORDER BY n
        """
        begins = self._connection.execute(query).fetchall()
        ends = [*(n for _, n in begins[1:]), None]
        # Without leads there is one end too many.
        return [(number, n, end) for (number, n), end in zip(begins, ends, strict=False)]

    def _make_portion(self, source: str, first: int, begin: int, end: int | None) -> None:
        """Make the leads of one file, in their order and numbered anew."""
        self._drop_portion()
        where = f"n >= {begin}" if end is None else f"n >= {begin} AND n < {end}"
        if self._in_order:
            number, order, kind = f"n - {begin - first}", "", "VIEW"
        else:
            number, order, kind = (
                f"row_number() OVER (ORDER BY n) + {first - 1}",
                "ORDER BY n",
                "TABLE",
            )
        self._connection.execute(f"""
            CREATE TEMP {kind} "{PORTION}" AS
            SELECT * REPLACE ({number} AS n) FROM "{source}" WHERE {where} {order}
        """)

    def _drop_portion(self) -> None:
        kind = "VIEW" if self._in_order else "TABLE"
        self._connection.execute(f'DROP {kind} IF EXISTS "{PORTION}"')

    @cached_property
    def _in_order(self) -> bool:
        """Whether the list lies in its order, and nothing is left out: so it need not be sorted."""
        query = f"""
            SELECT count(*) = max(n) - min(n) + 1 AND max(n - rowid) = min(n - rowid)
            FROM "{self._table}"
        """
        return self._keeps_order and bool(self._connection.execute(query).fetchall()[0][0])

    @property
    def _numbered(self) -> str:
        """The query of the number of each row beside its ``n``."""
        first = f'(SELECT min(n) FROM "{self._table}")'
        number = f"n - {first} + 1" if self._in_order else "row_number() OVER (ORDER BY n)"
        return f'SELECT {number} AS number, n FROM "{self._table}"'

    def _kept(self) -> str:
        names = ", ".join(Decided._fields)
        if not self.files:  # an empty table of that shape
            columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
            return f"SELECT number AS n, {names} FROM (SELECT {columns}) WHERE false"
        files = ", ".join(map(quoted, self.files))
        return f"SELECT number AS n, {names} FROM read_parquet([{files}])"

    def _kept_as(self, numbers: set[int]) -> set[int]:
        query = f"SELECT number FROM ({self._numbered}) WHERE n IN (SELECT unnest(?::BIGINT[]))"
        found = self._connection.execute(query, [list(numbers)]).fetchall()
        return {number for (number,) in found}

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
    names = ", ".join(Decided._fields)
    return f"SELECT n AS number, {names}, NULL::VARCHAR AS sealed FROM ({query})"
