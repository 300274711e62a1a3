"""A Parquet file -> batches of its rows, which DuckDB reads, and the rows that hold too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leadgrade.leads.columns.batches import RowBatch, line_of, shifts_of
from leadgrade.leads.formats.limits import within_limits
from leadgrade.leads.terms import CELL_LIMIT, Rejected, Row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from leadgrade.leads.columns.batches import Batch
    from leadgrade.leads.formats.parquet import ParquetFile

ROW_NUMBER = "file_row_number"
"""The column that DuckDB adds. A file that has one of that name is read row by row."""

AT_ONCE = 500_000
"""Rows of a batch. Row groups have some 100,000 rows."""


class ParquetBatch:
    """Rows of a file, from ``first`` on, without some; counted from 0."""

    def __init__(
        self, reader: ParquetBatches, first: int, count: int, without: Sequence[int] = ()
    ) -> None:
        self.count = count - len(without)
        self.kinds = dict(enumerate(reader.file.kinds))
        self._reader = reader
        self._where = f"file_row_number BETWEEN {first} AND {first + count - 1}"
        self.places = [(0, first + 1)]
        if without:
            self._where += f" AND file_row_number NOT IN ({', '.join(map(str, without))})"
            left = set(without)
            lines = [at + 1 for at in range(first, first + count) if at not in left]
            self.places = shifts_of(0, lines)
        self.lines = self.places

    def select(self, columns: Sequence[int], typed: Collection[int] = ()) -> tuple[str, list[Any]]:
        """Return a query that reads the rows."""
        file = self._reader.file
        cells = (
            f"{(file.names if column in typed else file.texts)[column]} AS c{column}"
            for column in columns
        )
        query = f"SELECT {', '.join(cells)} {self._reader.source} WHERE {self._where}"
        return query, [self._reader.path]

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """Yield some of the rows; their numbers ascend."""
        wanted = [line_of(self, number) - 1 for number in numbers]
        return self._reader.rows(wanted)


class ParquetBatches:
    """The batches of a Parquet file, and its rejections. ``path`` leads to the file."""

    def __init__(self, connection: DuckDBPyConnection, file: ParquetFile, path: str) -> None:
        self.file = file
        self.path = path
        self.source = "FROM read_parquet(?, file_row_number = true)"
        self._connection = connection

    def __iter__(self) -> Iterator[Batch | Rejected]:
        """Yield batches and rejections; their lines tell the order.

        Raises:
            ListError: ``changed-while-read``.
        """
        (count,) = self._fetched(f"SELECT count(*) {self.source}")[0]
        for first in range(0, count, AT_ONCE):
            here = min(AT_ONCE, count - first)
            odd = self._odd(first, here)
            if here > len(odd):
                yield ParquetBatch(self, first, here, odd)
            if odd:
                yield from self._one_by_one(odd)
        self.file.check()

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield rows with all of their cells."""
        texts = ", ".join(["file_row_number", *self.file.texts])
        for at in range(0, len(wanted), 1000):
            listed = ", ".join(map(str, wanted[at : at + 1000]))
            query = f"SELECT {texts} {self.source} WHERE file_row_number IN ({listed}) ORDER BY 1"
            for number, *cells in self._fetched(query):
                yield Row(number + 1, cells, "\t".join(cells))

    def _odd(self, first: int, count: int) -> list[int]:
        """Return the rows with a cell that may hold more than a cell may."""
        if not self.file.may_hold_more:
            return []
        more = " OR ".join(
            f"contains({text}, chr(0)) OR strlen({text}) > {CELL_LIMIT}"
            for text in self.file.may_hold_more
        )
        last = first + count - 1
        query = (
            f"SELECT file_row_number {self.source}"
            f" WHERE file_row_number BETWEEN {first} AND {last} AND ({more}) ORDER BY 1"
        )
        return [number for (number,) in self._fetched(query)]

    def _one_by_one(self, odd: Sequence[int]) -> Iterator[Batch | Rejected]:
        whole = []
        for row in self.rows(odd):
            item = within_limits(row, self.file.source.name)
            if isinstance(item, Rejected):
                yield item
            else:
                whole.append(item)
        if whole:
            yield RowBatch(whole)

    def _fetched(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.cursor().execute(query, [self.path]).fetchall()
