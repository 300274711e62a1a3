"""Reading decisions that are in Parquet files, with DuckDB: the same values as from the database.

DuckDB takes long to import, so nothing imports this module before a run is read that has files.
"""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from leadgrade.engine.decision_files import COLUMNS, FORMAT
from leadgrade.engine.duck import connect, quoted
from leadgrade.engine.sealing import file_text
from leadgrade.storage.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from leadgrade.storage.leaves import Values
    from leadgrade.storage.records import DecisionFile

_BATCH = 500
SLIM = "key, file, line, facts, ranks, qualified, grade, score, low, high, worst, best, evidence"
"""What is read of a decision."""

_FOUND = """
    SELECT {} FROM (SELECT lead AS key, * FROM read_parquet($files)) AS decision
    WHERE sealed IS NULL AND
"""
_VALUES = """
    SELECT number, qualified::INTEGER, grade, score, low, high, worst, best,
        lower(hex(salt)), file, line, evidence, ranks, facts, lead, sealed
    FROM read_parquet($file) WHERE number BETWEEN $first AND $last ORDER BY number
"""
_FILE = 9
"""The place of the file among these values."""
_PARAMETER = re.compile(r":([a-z_]\w*)")


def keys(files: Sequence[DecisionFile], clauses: str, values: Mapping[str, Any]) -> list[str]:
    """Return the keys of leads that clauses select and order, as ``found`` has them.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    return [row[0] for batch in found(files, clauses, values, "key") for row in batch]


def found(
    files: Sequence[DecisionFile], clauses: str, values: Mapping[str, Any], columns: str = SLIM
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield batches of decisions that were not forgotten.

    Args:
        files: all files of a run.
        clauses: what selects and orders them, as for the table ``decision``: ``grade = :grade``.
        values: what fills the clauses.
        columns: what is wanted of them.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    query = _FOUND.format(columns) + _PARAMETER.sub(r"$\1", clauses)
    paths = [str(_there(each).path) for each in files]
    with _reading(files[0].path.parent) as connection:
        for each in files:
            _check_columns(connection, each)
        cursor = connection.execute(query, {"files": paths, **values})
        while batch := cursor.fetchmany(_BATCH):
            yield batch


def values_of(file: DecisionFile, within: range) -> Iterator[Values]:
    """Yield the values of the decisions of one file, by number, as ``leaves.rows`` has them.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    first, last = max(file.first, within.start), min(file.numbers.stop, within.stop) - 1
    if first > last:
        return
    with _reading(_there(file).path) as connection:
        _check_columns(connection, file)
        limits = {"file": str(file.path), "first": first, "last": last}
        cursor = connection.execute(_VALUES, limits)
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                yield (*row[:_FILE], file_text(row[_FILE]), *row[_FILE + 1 :])


def numbers_of(file: DecisionFile) -> tuple[int, int, int]:
    """Return how many decisions a file has, and the first and the last of their numbers.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    query = (
        "SELECT count(*), coalesce(min(number), 0), coalesce(max(number), 0) FROM read_parquet(?)"
    )
    with _reading(_there(file).path) as connection:
        _check_columns(connection, file)
        count, first, last = connection.execute(query, [str(file.path)]).fetchall()[0]
        return count, first, last


def number_of(files: Sequence[DecisionFile], lead: str) -> int | None:
    """Return the number of a lead in a run, None where it is not, or was forgotten.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    for batch in found(files, "key = :lead", {"lead": lead}, "number"):
        return int(batch[0][0])
    return None


def known(files: Sequence[DecisionFile], leads: Iterable[str]) -> set[str]:
    """Return those of some leads that a run decided, without the forgotten ones.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    return set(keys(files, "key IN (SELECT unnest(:leads))", {"leads": list(leads)}))


def write_sealed(file: DecisionFile, path: Path, sealed: Mapping[int, str]) -> None:
    """Write a file anew without what is personal of some decisions, by number: see ``emptying``.

    ``sealed`` are the hashes that stand in its place.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``, or the new one cannot be written.
    """
    gone = dict.fromkeys(("lead", "file", "line", "facts", "salt"), "NULL")
    gone |= {"ranks": "'{}'", "evidence": "''"}
    columns = [
        f"CASE WHEN seal IS NULL THEN {name} ELSE {gone[name]} END AS {name}"
        if name in gone
        else "coalesce(sealed, seal) AS sealed"
        if name == "sealed"
        else name
        for name in COLUMNS
    ]
    with _reading(_there(file).path) as connection:
        _check_columns(connection, file)
        connection.execute("CREATE TEMP TABLE seals (number BIGINT, seal VARCHAR)")
        rows = [list(sealed), list(sealed.values())]
        connection.execute("INSERT INTO seals SELECT unnest(?), unnest(?)", rows)
        connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM read_parquet(?) LEFT JOIN seals USING (number)"  # noqa: S608
            f" ORDER BY number) TO {quoted(path)} ({FORMAT})",
            [str(file.path)],
        )


def _there(file: DecisionFile) -> DecisionFile:
    if not file.path.is_file():
        raise StoreError("file-missing", path=file.path)
    return file


def _check_columns(connection: duckdb.DuckDBPyConnection, file: DecisionFile) -> None:
    query = "DESCRIBE SELECT * FROM read_parquet(?)"
    with _faults(file.path):
        rows = connection.execute(query, [str(file.path)]).fetchall()
    if {row[0]: row[1] for row in rows} != COLUMNS:
        raise StoreError("file-unreadable", path=file.path, detail="its columns are other ones")


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Tell what DuckDB refuses as an error of the record."""
    try:
        yield
    except duckdb.Error as error:
        detail = str(error).split("\n", 1)[0]
        raise StoreError("file-unreadable", path=path, detail=detail) from error


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB to read files at a path."""
    with _faults(path), closing(connect()) as connection:
        yield connection
