"""Finding, creating and opening the database. A file that is not ours is only looked at."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from leadgrade.storage.errors import StoreError, store_errors
from leadgrade.storage.schema import (
    APPLICATION_ID,
    APPLICATION_ID_AT,
    HEAD,
    migrate,
    stored_revision,
)
from leadgrade.storage.server import server_engine
from leadgrade.storage.sqlite import BESIDE, file_uri, reading, sqlite_engine, use_wal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

    from leadgrade.storage.sql import Connection

TIMEOUT = 30.0
"""Seconds to wait for another process that is writing."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100  # bytes


@dataclass(frozen=True, slots=True)
class Target:
    """Where the database is. ``place`` is for people: without a password."""

    place: str
    url: URL | None = None
    """A database server, or SQLite in memory."""
    file: Path | None = None
    """A SQLite file, with symbolic links followed."""
    mode: str = "rw"
    """How the file may be opened: ``rw`` or ``ro``, as SQLite's URIs say it."""


def read_target(text: str) -> Target:
    """Return what a path or a SQLAlchemy URL stands for.

    Raises:
        StoreError: ``bad-url``.
    """
    if "://" not in text:
        return Target(text, file=Path(text).resolve())
    from sqlalchemy import make_url  # noqa: PLC0415 - slow; see sql.py
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError("bad-url") from error  # the text may hold a password
    place = url.render_as_string(hide_password=True)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return Target(place, url=url)
    name = str(url.database)
    path = unquote(urlsplit(name).path) if name.startswith("file:") else name
    mode = "ro" if url.query.get("mode") == "ro" else "rw"
    return Target(path, file=Path(path).resolve(), mode=mode)


class Database:
    """An open database of ours. A file can be read without SQLAlchemy's engine."""

    def __init__(self, engine: Engine | None, uri: str, timeout: float) -> None:
        self._uri = uri
        self._timeout = timeout
        if engine is not None:
            self.engine = engine

    @property
    def is_made(self) -> bool:
        """Whether there is one that can be asked: it may be made when it is first used."""
        return True

    @cached_property
    def engine(self) -> Engine:
        """Return SQLAlchemy's engine."""
        return sqlite_engine(self._uri, self._timeout)

    def close(self) -> None:
        """Let go of the database."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read by: to a file, the driver's."""
        if self._uri:
            with reading(self._uri, self._timeout) as driver:
                yield driver
        else:
            with self.engine.connect() as connection:
                yield connection


class LateDatabase(Database):
    """A database whose file is made when it is first used: what fails before leaves none."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(None, "", timeout)
        self._target = target

    @property
    def is_made(self) -> bool:
        """Whether there is one that can be asked: another process may have made it."""
        return self._target.file is not None and self._target.file.exists()

    @cached_property
    def _opened(self) -> Database:
        return open_database(self._target, create=True, timeout=self._timeout)

    @cached_property
    def engine(self) -> Engine:
        """Return SQLAlchemy's engine."""
        return self._opened.engine

    def close(self) -> None:
        """Let go of the database."""
        if "_opened" in self.__dict__:
            self._opened.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read by: to a file, the driver's."""
        with self._opened.reading() as connection:
            yield connection


def open_database(
    target: Target, *, create: bool, late: bool = False, timeout: float = TIMEOUT
) -> Database:
    """Open a database of ours, migrated; with ``create`` a missing or empty one is made first.

    Where it is ``late`` a missing file is made when it is first used, but it is tried now.

    Raises:
        StoreError: see ``store.open_store``.
    """
    with store_errors(target.place):
        if target.file is None:
            return Database(_open_server(target, timeout), "", timeout)
        if create and late and not target.file.exists():
            _check_folder(target.file)
            with _draft(target.file, target.place, timeout):
                return LateDatabase(target, timeout)
        return _open_file(target, target.file, create=create, timeout=timeout)


def _open_server(target: Target, timeout: float) -> Engine:
    from sqlalchemy.exc import NoSuchModuleError, OperationalError  # noqa: PLC0415 - slow; see sql.py

    assert target.url is not None  # noqa: S101 - for the type checker: it is this or a file
    if target.url.get_backend_name() == "sqlite":
        engine = sqlite_engine("file::memory:", timeout, in_memory=True)
    else:
        try:
            engine = server_engine(target.url, timeout)
        except (NoSuchModuleError, ImportError) as error:
            raise StoreError("no-driver", driver=target.url.drivername) from error
    try:
        with _disposed_on_error(engine):
            with engine.connect() as connection:  # a reader waits for no run
                revision = stored_revision(connection, target.place)
            if revision != HEAD:
                migrate(engine, target.place, None)
    except OperationalError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None:
            raise StoreError("unreachable", path=target.place, detail=error.orig) from error
        raise
    return engine


def _open_file(target: Target, file: Path, *, create: bool, timeout: float) -> Database:
    if not file.exists():
        if not create:
            raise StoreError("no-database", path=target.place)
        _check_folder(file)
        _create_file(file, target.place, timeout)
    mode, revision = target.mode, None
    if _is_ours(target, file):
        mode, revision = _look_closer(target, file, timeout)
    elif not create:
        raise StoreError("no-database", path=target.place)
    if revision == HEAD:
        return Database(None, file_uri(file, mode), timeout)
    engine = sqlite_engine(file_uri(file, mode), timeout)
    with _disposed_on_error(engine):
        migrate(engine, target.place, file)
        use_wal(engine)
    return Database(engine, file_uri(file, mode), timeout)


def _is_ours(target: Target, file: Path) -> bool:
    """Look whether a file is ours (else it is empty), without leaving a trace.

    A database that is not marked as ours is read as if nobody wrote it: otherwise SQLite would
    put its log beside it, or what is in its log into it.
    """
    if file.is_dir():
        raise StoreError("not-a-database", path=target.place)
    with file.open("rb") as opened:
        header = opened.read(_HEADER)
    if not header:
        return False
    if not header.startswith(_MAGIC):
        raise StoreError("not-a-database", path=target.place)
    if header[APPLICATION_ID_AT] == APPLICATION_ID:
        return True
    log = file.with_name(file.name + "-wal")
    mode = "ro" if log.exists() and log.stat().st_size else "immutable"
    return _revision(file_uri(file, mode), target.place, 0) is not None


def _look_closer(target: Target, file: Path, timeout: float) -> tuple[str, str | None]:
    """Return how a database of ours is opened, and its revision."""
    try:
        return target.mode, _revision(file_uri(file, target.mode), target.place, timeout)
    except sqlite3.OperationalError as error:
        # A log cannot be opened in a folder that cannot be written. Where there is no log,
        # nothing is lost by reading without one.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        closed = code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not closed or file.with_name(file.name + "-wal").exists():
            raise
        return "immutable", _revision(file_uri(file, "immutable"), target.place, timeout)


def _revision(uri: str, place: str, timeout: float) -> str | None:
    with reading(uri, timeout) as connection:
        return stored_revision(connection, place)


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise StoreError("no-folder", path=str(file.parent))


def _create_file(file: Path, place: str, timeout: float) -> None:
    """Make a database. Where another process was quicker, its database stays."""
    with _draft(file, place, timeout) as draft:
        _move(draft, file)


@contextmanager
def _draft(file: Path, place: str, timeout: float) -> Iterator[Path]:
    """Give a complete database beside ``file``, to be put there."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    try:
        engine = sqlite_engine(file_uri(draft, "rwc"), timeout)
        migrate(engine, place, None)
        use_wal(engine)
        yield draft
    finally:
        for end in BESIDE:
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _move(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)  # unlike a rename, never replaces what another process put there
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not file.exists():
            draft.rename(file)


@contextmanager
def _disposed_on_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise
