"""The databases on which the storage suite runs: SQLite files, and a real PostgreSQL server.

A test sees them through ``Database`` alone, and so is written once.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from .postgres import server

Values = Sequence[Any]


class Database(Protocol):
    """A database of its own for a test. ``target`` is what ``open_store`` takes."""

    target: str
    unguarded: str
    """A statement after which its connection looks at no foreign key."""

    def said(self, query: str, values: Values = ()) -> tuple[str, Values]:
        """Return a query, whose parameters are question marks, as the driver wants it."""

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return what a query gives; see ``said``."""

    def tamper(self, *statements: str | tuple[str, Values]) -> None:
        """Change it behind our back, unguarded."""

    def copy(self, folder: Path) -> Database:
        """Return a copy; nobody may have the original open."""


class Backend(Protocol):
    """Where databases are made."""

    name: str

    def new(self, folder: Path) -> Database:
        """Return a database that is not there yet, or empty."""


class SqliteFile:
    """A file; it is made when it is opened."""

    unguarded = "PRAGMA foreign_keys=OFF"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target = str(path)

    def said(self, query: str, values: Values = ()) -> tuple[str, Values]:
        return query, tuple(values)

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query, values).fetchall()

    def tamper(self, *statements: str | tuple[str, Values]) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            for statement in statements:
                connection.execute(*([statement] if isinstance(statement, str) else statement))
            connection.commit()

    def copy(self, folder: Path) -> SqliteFile:
        return SqliteFile(Path(shutil.copy(self.path, folder / f"{secrets.token_hex(4)}.db")))


class SqliteFiles:
    """SQLite, a file for each database."""

    name = "sqlite"

    def new(self, folder: Path) -> SqliteFile:
        return SqliteFile(folder / "leads.db")


class PostgresDatabase:
    """A database of a server, that ``url`` is the pattern of."""

    unguarded = "SET session_replication_role = replica"

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self.target = url.format(name=name)

    def said(self, query: str, values: Values = ()) -> tuple[str, Values]:
        return query.replace("%", "%%").replace("?", "%s"), tuple(values)

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        with _connected(self.target) as connection:
            return connection.execute(*self.said(query, values)).fetchall()

    def tamper(self, *statements: str | tuple[str, Values]) -> None:
        with _connected(self.target) as connection:
            connection.execute(self.unguarded)
            for statement in statements:
                query = (statement, ()) if isinstance(statement, str) else statement
                connection.execute(*self.said(*query))

    def copy(self, folder: Path) -> PostgresDatabase:
        return _made(self._url, f" TEMPLATE {self._name}")


class PostgresServer:
    """A server of our own, started for the tests."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url

    def new(self, folder: Path) -> PostgresDatabase:
        return _made(self._url)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server, and stop it in the end, with all databases in it."""
    with server() as url:
        yield PostgresServer(url)


def _made(url: str, template: str = "") -> PostgresDatabase:
    name = f"leads_{secrets.token_hex(6)}"
    with _connected(url.format(name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{template}")
    return PostgresDatabase(url, name)


def _connected(url: str, **options: Any) -> Any:
    import psycopg  # noqa: PLC0415 - an extra

    return psycopg.connect(url.replace("+psycopg", ""), **options)
