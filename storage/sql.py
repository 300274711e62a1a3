"""Plain SQL, over SQLAlchemy or on SQLite's driver alone.

To read a file takes no more than the driver, and SQLAlchemy takes longer to import than a
decision takes to find and to explain.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import sqlalchemy

    Connection = sqlite3.Connection | sqlalchemy.Connection

Row = Any
"""A tuple whose values can also be had by the names of their columns."""


def batches(
    connection: Connection, sql: str, size: int | None, **values: Any
) -> Iterator[Sequence[Row]]:
    """Yield the rows of a query, at most ``size`` at a time; all at once for None.

    A list among the values stands for its members: ``IN :names``.
    """
    sql, values = _members_by_name(sql, values)
    driver = driver_of(connection)
    if driver is None:
        yield from _batches_of_server(connection, sql, size, values)
        return
    with closing(driver.execute(sql, values)) as cursor:
        make = _row_maker(tuple(name for name, *_ in cursor.description))
        parts = iter(lambda: cursor.fetchmany(size), []) if size else (cursor.fetchall(),)
        for part in parts:
            yield [make(each) for each in part]


def _batches_of_server(
    connection: Any, sql: str, size: int | None, values: Mapping[str, Any]
) -> Iterator[Sequence[Row]]:
    from sqlalchemy import text  # noqa: PLC0415 - slow; see above

    options = {"yield_per": size} if size else {}
    with connection.execute(text(sql), values, execution_options=options) as found:
        yield from found.partitions(size) if size else [found.all()]


def rows(connection: Connection, sql: str, **values: Any) -> list[Row]:
    """Return all rows of a query; see ``batches``."""
    return [row for part in batches(connection, sql, None, **values) for row in part]


def row(connection: Connection, sql: str, **values: Any) -> Row | None:
    """Return the row of a query that has one at most."""
    return next(iter(rows(connection, sql, **values)), None)


def value(connection: Connection, sql: str, **values: Any) -> Any:
    """Return the first value of the row of a query, None where there is no row."""
    found = row(connection, sql, **values)
    return None if found is None else found[0]


def expect(row: Row, kind: type | tuple[type, ...], names: str) -> None:
    """See that columns have values of a type: SQLite takes any into any column.

    Raises:
        TypeError: one has not.
    """
    for name in names.split():
        if not isinstance(getattr(row, name), kind):
            raise TypeError(f"{name} is {getattr(row, name)!r}")


def change(
    connection: sqlalchemy.Connection,
    sql: str,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> None:
    """Run a statement, once for each set of values."""
    from sqlalchemy import text  # noqa: PLC0415 - slow; see above

    connection.execute(text(sql), values)


def is_sqlite(connection: Connection) -> bool:
    """Tell whether the record is a SQLite database."""
    return isinstance(connection, sqlite3.Connection) or connection.dialect.name == "sqlite"


def driver_of(connection: Connection) -> sqlite3.Connection | None:
    """Return SQLite's driver: it makes rows in a third of the time that SQLAlchemy takes."""
    if isinstance(connection, sqlite3.Connection):
        return connection
    if not is_sqlite(connection):
        return None
    if not connection.in_transaction():
        connection.begin()  # the driver would not
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _members_by_name(sql: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a query in which each member of a list has a name of its own."""
    written: dict[str, Any] = {}
    for name, given in values.items():
        if not isinstance(given, list):
            written[name] = given
            continue
        members = {f"{name}_{place}": each for place, each in enumerate(given)}
        names = ", ".join(f":{each}" for each in members) or "NULL"
        sql = re.sub(rf":{name}\b", f"({names})", sql)
        written |= members
    return sql, written


@lru_cache(maxsize=100)
def _row_maker(columns: tuple[str, ...]) -> Callable[[Iterable[Any]], Row]:
    kind: Any = namedtuple("kind", columns, rename=True)  # type: ignore[misc]
    return kind._make
