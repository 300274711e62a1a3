"""Parquet files as tables of texts, read by DuckDB row group by row group."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadgrade.leads.formats.limits import within_limits
from leadgrade.leads.terms import ListError, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from leadgrade.leads.formats.source import Source
    from leadgrade.leads.terms import Rejected

AT_ONCE = 2048
"""Rows fetched at once."""

MEMORY = "1GB"
"""What DuckDB may use; a file that needs more is refused."""

_CLOSED = {
    "memory_limit": MEMORY,
    "threads": 1,  # each has a row group in memory
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""How the reader is shut off: nothing is loaded or fetched because of what a file says."""

_SHORT = ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
          "USMALLINT", "UINTEGER", "UBIGINT", "UUID", "FLOAT", "DOUBLE", "DECIMAL", "DATE",
          "TIME")  # fmt: skip
"""Types whose values are short texts without control characters."""

_PREFIX, _NAME = "leadgrade-", "list.parquet"
"""What the path that DuckDB is given consists of."""

_NESTED = ("STRUCT", "MAP", "UNION", "LIST")


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """A Parquet file as SQL, for those who read many of its rows at once."""

    source: Source
    names: tuple[str, ...]
    """The SQL of each column."""
    kinds: tuple[str, ...]
    """The type of each."""
    texts: tuple[str, ...]
    """The SQL of each as a text; an empty one for NULL."""
    may_hold_more: tuple[str, ...]
    """Those of them that may hold what no cell may: a NUL byte, too long a text."""

    @contextmanager
    def opened(self) -> Iterator[str]:
        """Give a path to the file that holds no wild cards."""
        with _linked(self.source) as path:
            yield path

    def check(self) -> None:
        """Read the bytes once more.

        Raises:
            ListError: ``changed-while-read``.
        """
        for _ in self.source.blocks():
            pass


def parquet_table(source: Source) -> Table:
    """Return a Parquet file as a table. Lines are rows, counted from 1.

    Texts, numbers, booleans and dates are written as a person would; lists and structures as
    JSON.

    Raises:
        ListError: ``needs-library``, ``not-parquet`` or ``empty-file``.
    """
    with _opened(source) as (connection, path):
        described = _described(connection, path, source.name)
    if not described:
        raise ListError("empty-file", file=source.name)
    headers = tuple(name for name, _ in described)
    bulk = _bulk(source, described)
    query = f"SELECT {', '.join(bulk.texts)} FROM read_parquet(?)"  # noqa: S608 - names are quoted

    def rows() -> Iterator[Row | Rejected]:
        with _opened(source) as (connection, path):
            yield from _rows(connection, query, path, source)

    return Table(headers, rows, kind="Parquet", bulk=bulk)


def _rows(
    connection: DuckDBPyConnection, query: str, path: str, source: Source
) -> Iterator[Row | Rejected]:
    import duckdb  # noqa: PLC0415 - slow to import, and only some lists are Parquet

    numbers = count(1)
    try:
        cursor = connection.execute(query, [path])
        while batch := cursor.fetchmany(AT_ONCE):
            for cells, number in zip(batch, numbers, strict=False):
                yield within_limits(Row(number, list(cells), "\t".join(cells)), source.name)
    except duckdb.Error as error:
        raise ListError(
            "not-parquet", file=source.name, reason=reason_of(error, source.name)
        ) from error
    for _ in source.blocks():  # its end tells whether the file is still the same
        pass


def _bulk(source: Source, described: Sequence[tuple[str, str]]) -> ParquetFile:
    names, texts, more = [], [], []
    for name, kind in described:
        column = '"' + name.replace('"', '""') + '"'
        names.append(column)
        nested = kind.endswith("]") or kind.startswith(_NESTED)
        text = f"to_json({column})::VARCHAR" if nested else f"{column}::VARCHAR"
        texts.append(f"coalesce({text}, '')")
        if not kind.startswith(_SHORT):
            more.append(texts[-1])
    kinds = tuple(kind for _, kind in described)
    return ParquetFile(source, tuple(names), kinds, tuple(texts), tuple(more))


def _described(connection: DuckDBPyConnection, path: str, file: str) -> list[tuple[str, str]]:
    """Return names and types of the columns."""
    import duckdb  # noqa: PLC0415

    try:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    except duckdb.Error as error:
        raise ListError("not-parquet", file=file, reason=reason_of(error, file)) from error
    return [(str(name), str(kind)) for name, kind, *_ in found]


def reason_of(error: Exception, file: str = "") -> str:
    """Return what an error says, in a line; of a list by the name that the person knows."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    if file:
        link = rf"{re.escape(tempfile.gettempdir())}[/\\]{_PREFIX}\w+[/\\]{re.escape(_NAME)}"
        said = re.sub(link, lambda _: file, said)
    return said[:200]


@contextmanager
def _opened(source: Source) -> Iterator[tuple[DuckDBPyConnection, str]]:
    """Open a reader, and a path to the file that holds no wild cards."""
    try:
        import duckdb  # noqa: PLC0415
    except ImportError as error:
        raise ListError("needs-library", file=source.name, library="duckdb") from error
    settings: dict[str, Any] = _CLOSED
    with _linked(source) as path:
        connection = duckdb.connect(":memory:", config=settings)
        try:
            yield connection, path
        finally:
            connection.close()


@contextmanager
def _linked(source: Source) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        path = Path(folder) / _NAME
        _link(source, path)
        yield str(path)


def _link(source: Source, path: Path) -> None:
    """Let a path lead to the bytes of a source: by a link to its file, else by a copy."""
    if source.path is not None:
        try:
            path.symlink_to(Path(source.path).resolve())
            if os.path.samestat(path.stat(), os.fstat(source.file.fileno())):
                return
            raise ListError("changed-while-read", file=source.name)
        except OSError:  # links are not allowed everywhere
            path.unlink(missing_ok=True)
    with path.open("wb") as copy, source.checked() as content:
        shutil.copyfileobj(content, copy)
