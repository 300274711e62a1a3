"""All lists of a run -> tables in DuckDB, with what the stream of a ``Reading`` would give."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leadgrade.leads.columns.csv_batches import NotPlainError
from leadgrade.leads.columns.loading import Loader
from leadgrade.leads.columns.portions import AT_ONCE, has_columns, portions_of
from leadgrade.leads.columns.table import Names, Tables, by_position
from leadgrade.leads.columns.twice import Loaded, refuse_twice
from leadgrade.leads.formats.parquet import ParquetFile, reason_of
from leadgrade.leads.terms import ListError, OnDuplicate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

    from leadgrade.leads.listing import Listing
    from leadgrade.leads.reading import Reading
    from leadgrade.leads.terms import Rejected
    from leadgrade.rules.lead import Lead
    from leadgrade.rules.model import Book


@dataclass(frozen=True, slots=True)
class Filled:
    """The tables that lists were read into. What was counted is told by the lists themselves."""

    names: Names
    files: tuple[str, ...]
    """The names of the lists, by the number in the column ``source``."""
    why_not: str | None
    """Why the rows were typed one by one; see ``why_not``."""
    _tables: Tables

    def leads(self) -> Iterator[Lead]:
        """Yield the leads in the order in which a ``Reading`` gives them."""
        return self._tables.leads()

    def rejected(self) -> Iterator[Rejected]:
        """Yield the rejected rows in the order in which a ``Reading`` gives them."""
        return self._tables.rejections()


def why_not(reading: Reading) -> str | None:
    """Return why the rows of lists have to be typed one by one, None where they need not be.

    ``merge``: rows become one lead. ``joins``: facts are gathered from other files. ``keys``: leads
    are named by keys of the book.
    """
    if reading.on_duplicate is OnDuplicate.MERGE:
        return "merge"
    if reading.joins is not None:
        return "joins"
    return "keys" if any(listing.by_keys for listing in reading.listings) else None


def fill(
    connection: DuckDBPyConnection,
    reading: Reading,
    book: Book,
    names: Names | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Filled:
    """Read the lists of a run into two new tables, by columns where that is possible.

    What is in them is what iterating ``reading`` would give, and so are the counts and unread
    cells that it and its lists tell afterwards. ``progress`` is told how many rows were read
    since it was last called.

    Table of leads: ``n`` BIGINT, which ascends in the order of the leads; ``lead`` VARCHAR;
    ``source`` INTEGER, the number of the list; ``line`` BIGINT, where its row began; and a column
    for each fact of the book: money, numbers, percents (as shares) and days DOUBLE, dates DATE,
    choices (their ids) and texts VARCHAR, flags BOOLEAN. NULL is unknown. Table of rejected rows:
    ``n``, ``source``, ``line``, ``code`` VARCHAR, ``args`` VARCHAR (a JSON object of texts) and
    ``raw`` VARCHAR. Rows of both tables stand in any order.

    Raises:
        ListError: as iterating ``reading`` does; ``no-room`` where memory or disk are not enough.
    """
    names = names or Names(by_position(book))
    tables = Tables(connection, book, names)
    reason = why_not(reading)
    files = tuple(listing.file for listing in reading.listings)
    with _failures(", ".join(files)):
        if reason is None:
            _fill_by_columns(reading, book, tables, progress)
        else:
            _fill_by_rows(reading, tables, progress)
        tables.finish()
    return Filled(names, files, reason, tables)


def _fill_by_columns(
    reading: Reading, book: Book, tables: Tables, progress: Callable[[int], None]
) -> None:
    lists = []
    base = 0
    with tempfile.TemporaryDirectory(prefix="leadgrade-") as folder:
        for listing in reading.listings:
            source = tables.begin(listing.file)
            loaded = Loaded(listing, source, base, by_columns=has_columns(listing.table))
            try:
                end = _load(loaded, book, tables, Path(folder), progress)
            except NotPlainError:
                tables.forget(source)
                loaded = Loaded(listing, source, base, by_columns=False)
                end = _load(loaded, book, tables, Path(folder), progress)
            lists.append(loaded)
            base = end
    tables.flush()
    refuse_twice(tables, lists, reading.on_duplicate)


def _load(
    each: Loaded,
    book: Book,
    tables: Tables,
    folder: Path,
    progress: Callable[[int], None],
) -> int:
    """Load a list, and return the number of its last row.

    Raises:
        NotPlainError: it has to be read row by row.
    """
    each.listing.restart()
    loader = Loader(each.listing, book, tables, each.source, each.base)
    run, table = tables.connection, each.listing.table
    with (
        _parquet(each.listing),
        portions_of(run, table, folder, by_columns=each.by_columns) as portions,
    ):
        for portion in portions:
            for place, item in portion.rejected:
                loader.add(place, item)
            if portion.batch is not None:
                loader.load(portion.batch)
            progress(len(portion.rejected) + (portion.batch.count if portion.batch else 0))
    return loader.last


def _fill_by_rows(reading: Reading, tables: Tables, progress: Callable[[int], None]) -> None:
    sources: dict[str, int] = {}
    for listing in reading.listings:
        sources.setdefault(listing.file, tables.begin(listing.file))
    number = 0
    for number, item in enumerate(reading, start=1):
        tables.add(number, item, sources[item.file or ""])
        if number % AT_ONCE == 0:
            progress(AT_ONCE)
    progress(number % AT_ONCE)


@contextmanager
def _parquet(listing: Listing) -> Iterator[None]:
    """Let what DuckDB cannot read of a Parquet file be an error of that file."""
    import duckdb  # noqa: PLC0415 - it is there: a connection of it was given

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        if not isinstance(listing.table.bulk, ParquetFile):
            raise
        reason = reason_of(error, listing.file)
        raise ListError("not-parquet", file=listing.file, reason=reason) from error


@contextmanager
def _failures(files: str) -> Iterator[None]:
    """Let what memory and disk cannot hold be an error like any other."""
    import duckdb  # noqa: PLC0415 - it is there: a connection of it was given

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, OSError) as error:
        raise ListError("no-room", file=files, reason=reason_of(error)) from error
