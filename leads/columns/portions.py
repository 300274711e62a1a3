"""Any list -> portions: rows that are read together, and rejections, in the order of the list."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from leadgrade.leads.columns.batches import RowBatch
from leadgrade.leads.columns.csv_batches import CsvBatch, CsvBatches
from leadgrade.leads.columns.parquet_batches import ROW_NUMBER, ParquetBatches
from leadgrade.leads.formats.dialect import DELIMITERS
from leadgrade.leads.formats.parquet import ParquetFile
from leadgrade.leads.formats.records import CsvText
from leadgrade.leads.terms import Rejected, Row

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from duckdb import DuckDBPyConnection

    from leadgrade.leads.columns.batches import Batch
    from leadgrade.leads.terms import Table

T = TypeVar("T")

AT_ONCE = 20_000
"""Rows that are read one by one are typed together in so many."""

REJECTED_AT_ONCE = 1_000


class Placed(NamedTuple):
    """A rejection with its place in the list: see ``Batch.places``."""

    place: int
    item: Rejected


class Portion(NamedTuple):
    """Rejections, and a batch of rows if there is one."""

    rejected: list[Placed]
    batch: Batch | None


def has_columns(table: Table) -> bool:
    """Whether many rows of a list can be read at once."""
    if isinstance(table.bulk, CsvText):
        return table.bulk.delimiter in DELIMITERS and table.bulk.width > 1
    return table.bulk is not None and ROW_NUMBER not in {name.lower() for name in table.headers}


@contextmanager
def portions_of(
    connection: DuckDBPyConnection, table: Table, folder: Path | None, *, by_columns: bool
) -> Iterator[Iterator[Portion]]:
    """Give the portions of a list, from its beginning.

    Batches can be selected from where there is a ``folder`` for their files. ``by_columns``: many
    rows are read at once.
    """
    bulk = table.bulk if by_columns else None
    if isinstance(bulk, CsvText):
        with closing(ahead(_written(_portions(_by_line(CsvBatches(bulk))), folder))) as portions:
            yield portions
    elif isinstance(bulk, ParquetFile):
        with bulk.opened() as path:
            yield _portions(_by_line(ParquetBatches(connection, bulk, path)))
    else:
        yield _portions(_row_batches(table))


def _by_line(items: Iterable[Batch | Rejected]) -> Iterator[Batch | Placed]:
    """Yield items of a list of which no two begin on one line."""
    for item in items:
        yield Placed(item.line or 0, item) if isinstance(item, Rejected) else item


def _row_batches(table: Table) -> Iterator[Batch | Placed]:
    rows, places = list[Row](), list[int]()
    for place, row in enumerate(table.rows(), start=1):
        if isinstance(row, Rejected):
            yield Placed(place, row)
            continue
        rows.append(row)
        places.append(place)
        if len(rows) >= AT_ONCE:
            yield RowBatch(rows, places)
            rows, places = [], []
    if rows:
        yield RowBatch(rows, places)


def _portions(items: Iterable[Batch | Placed]) -> Iterator[Portion]:
    rejected: list[Placed] = []
    for item in items:
        if isinstance(item, Placed):
            rejected.append(item)
            if len(rejected) < REJECTED_AT_ONCE:
                continue
            yield Portion(rejected, None)
        else:
            yield Portion(rejected, item)
        rejected = []
    if rejected:
        yield Portion(rejected, None)


def _written(portions: Iterable[Portion], folder: Path | None) -> Iterator[Portion]:
    """Write the files of CSV batches."""
    for number, portion in zip(count(), portions, strict=False):
        if folder is not None and isinstance(portion.batch, CsvBatch):
            portion.batch.write(folder / f"{number}.csv")
        yield portion


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield items; the next one is made meanwhile, in another thread. To be closed."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = pool.submit(next, items, None)
            yield item
