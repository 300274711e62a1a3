"""How we use SQLite: connections, transactions, waiting."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from leadgrade.storage import sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePath

    from sqlalchemy import Connection, Engine

_CACHE_KIB = 64 * 1024  # pages of an open run stay in memory rather than spill into the log early
_PAGE = 16 * 1024  # bytes: of a big run a quarter less work than with SQLite's own 4 KiB
_SLICE = 0.1  # seconds

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that belong to it."""

NEVER_STORED = "\0"
"""What begins a text that stands for a value that cannot be read, or is not there."""


def file_uri(file: PurePath, mode: str) -> str:
    """Return an absolute path as a URI of SQLite's.

    A share of Windows is a path with two slashes before it, not a host: SQLite refuses hosts.
    ``mode`` is one of SQLite's, or ``immutable``.
    """
    path = quote(os.fsencode(file.as_posix()), safe="/:")
    root = "" if path.startswith("/") else "/"  # before the letter of a drive
    return f"file://{root}{path}?mode={'ro&immutable=1' if mode == 'immutable' else mode}"


def sqlite_engine(uri: str, timeout: float, *, in_memory: bool = False) -> Engine:
    """Return an engine whose connections check foreign keys and begin as they are told.

    ``timeout`` is in seconds. A connection with the execution option ``writes`` takes the write
    lock when it begins, so that it cannot find out halfway that it has to give up.
    """
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - slow; see sql.py
    from sqlalchemy.pool import NullPool, StaticPool  # noqa: PLC0415

    def connect() -> sqlite3.Connection:
        return _connect(uri, timeout)

    # No pool for files: a connection that is closed leaves no log behind and holds no lock.
    pool = StaticPool if in_memory else NullPool
    engine = create_engine("sqlite://", creator=connect, poolclass=pool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            driver = connection.connection.driver_connection
            _begin_writing(driver, timeout)  # type: ignore[arg-type]
        else:
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "invalidate")
    def invalidate(connection: sqlite3.Connection, *_: object) -> None:
        # After Ctrl-C in a statement, closing is not enough: whoever still holds the traceback
        # holds the statement, and with it the lock.
        with suppress(sqlite3.Error):
            connection.rollback()

    return engine


@contextmanager
def reading(uri: str, timeout: float) -> Iterator[sqlite3.Connection]:
    """Give a connection of the driver's to a file, in a transaction for reading."""
    with closing(_connect(uri, timeout)) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def any_text(connection: sql.Connection) -> Iterator[None]:
    """Read also text that is no UTF-8, as text that nobody stored, where the driver would give up.

    So that one such value does not keep a whole record from being checked.
    """
    driver = sql.driver_of(connection)
    if driver is None:  # a server takes UTF-8 only
        yield
        return
    driver.text_factory = _any_text
    try:
        yield
    finally:
        driver.text_factory = str


def _any_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return f"{NEVER_STORED}{raw!r}"


def _connect(uri: str, timeout: float) -> sqlite3.Connection:
    # Autocommit, as far as the driver knows: who uses it says when a transaction begins.
    connection = sqlite3.connect(
        uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA page_size={_PAGE}")  # a database that has pages keeps its own
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    return connection


def _begin_writing(connection: sqlite3.Connection, timeout: float) -> None:
    """Take the write lock, in slices: while SQLite itself waits, Ctrl-C goes unheard."""
    deadline = time.monotonic() + timeout
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA busy_timeout={round(1000 * min(_SLICE, timeout))}")
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= deadline:
                raise
    connection.execute(f"PRAGMA busy_timeout={round(1000 * timeout)}")


def use_wal(engine: Engine) -> None:
    """Switch to a write-ahead log, which is kept with the file: readers never wait for a run."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def empty_log(connection: Connection) -> None:
    """Move what is in the write-ahead log into the file, and cut the log: it holds old pages."""
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
