"""The rows of a database query as a list: read once, as a stream, into a temporary file.

The database is only read: the session is read-only where the database knows that, the statement
has to be a query, and what it did is rolled back. No message shows a password.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from leadgrade.leads.formats.limits import within_limits
from leadgrade.leads.formats.logins import HIDDEN, is_secret, without_secrets
from leadgrade.leads.formats.source import Kind, Source
from leadgrade.leads.formats.texts import as_text
from leadgrade.leads.terms import ListError, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

    from leadgrade.leads.terms import Rejected

AT_ONCE = 1000
"""Rows fetched at once."""

_QUERY = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:select|with|values|table|from)\b", re.IGNORECASE | re.DOTALL
)
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


def open_query(url: str, query: str) -> Source:
    """Run a query and return its rows as a source; its name is the URL without secrets.

    Raises:
        ListError: ``bad-database-url``, ``needs-library``, ``not-a-query``, ``no-such-file`` (of a
            database in a file) or ``database-failed``.
    """
    if not _QUERY.match(query):
        raise ListError("not-a-query", query=query.strip()[:80])
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - slow, and seldom needed

    address, engine = _engine(url)
    name = _shown(address)
    spool = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115 (it stays open)
    try:
        with engine.connect() as connection:
            _spool(_read_only(connection), query, spool)
    except SQLAlchemyError as error:
        spool.close()
        reason = _reason(error, address)
        raise ListError("database-failed", file=name, reason=reason) from None
    except BaseException:
        spool.close()
        raise
    finally:
        engine.dispose()
    size = spool.tell()
    spool.seek(0)
    digest = hashlib.file_digest(spool, "sha256")  # type: ignore[arg-type]
    return Source(name, spool, size, digest.hexdigest(), kind=Kind.QUERY)


def query_table(source: Source) -> Table:
    """Return what ``open_query`` wrote as a table. Lines are rows, counted from 1."""
    with source.checked() as stream:
        headers = tuple(json.loads(stream.readline()))

    def rows() -> Iterator[Row | Rejected]:
        with source.checked() as stream:
            stream.readline()
            for number, line in enumerate(stream, start=1):
                cells = json.loads(line)
                yield within_limits(Row(number, cells, "\t".join(cells)), source.name)

    return Table(headers, rows, kind="SQL")


def _spool(connection: Connection, query: str, spool: IO[bytes]) -> None:
    result = connection.exec_driver_sql(query)
    if not result.returns_rows:
        raise ListError("not-a-query", query=query.strip()[:80])
    spool.write(_line(list(result.keys())))
    for batch in result.partitions(AT_ONCE):
        spool.writelines(_line([as_text(value) for value in row]) for row in batch)
    connection.rollback()


def _line(cells: list[str]) -> bytes:
    return (json.dumps(cells) + "\n").encode("ascii")


def _read_only(connection: Connection) -> Connection:
    dialect = connection.dialect.name
    settings: dict[str, Any] = {"stream_results": True, "no_parameters": True}
    if dialect == "postgresql":
        settings["postgresql_readonly"] = True
    connection = connection.execution_options(**settings)
    if dialect in _READ_ONLY:
        connection.exec_driver_sql(_READ_ONLY[dialect])
    return connection


def _engine(url: str) -> tuple[URL, Engine]:
    from sqlalchemy import create_engine, make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    try:
        address = make_url(url)
        engine = create_engine(address, poolclass=NullPool)
    except ImportError as error:
        library = error.name or address.drivername
        raise ListError("needs-library", file=_shown(address), library=library) from None
    except (ArgumentError, SQLAlchemyError, ValueError):
        raise ListError("bad-database-url") from None  # the URL may hold a password
    file = address.database if address.get_backend_name() == "sqlite" else None
    if file and file != ":memory:" and not file.startswith("file:") and not Path(file).exists():
        raise ListError("no-such-file", file=file)  # SQLite would make one
    return address, engine


def _shown(address: URL) -> str:
    """Return a database URL without its password, also where one stands in its options."""
    safe = {key: HIDDEN if is_secret(key) else value for key, value in address.query.items()}
    host = (address.host or "").rpartition("@")[2]  # before it: of a password that has an `@`
    shown = address.set(query=safe, host=host or None)
    return shown.render_as_string(hide_password=True)


def _reason(error: Exception, address: URL) -> str:
    """Return the first line of what a database says, without the password."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    secrets = [address.password, (address.host or "").rpartition("@")[0]]
    secrets += [str(value) for key, value in address.query.items() if is_secret(key)]
    return without_secrets(said, (str(each) for each in secrets if each))[:300]
