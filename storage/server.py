"""How we use a database server: PostgreSQL. One writer at a time, as on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_WRITER = 0x4C475244
"""The advisory lock of whoever writes: ``LGRD``."""


def server_engine(url: URL, timeout: float) -> Engine:
    """Return an engine whose readers see one state throughout, and whose writers wait in line.

    ``timeout`` is in seconds: how long to wait for another process that is writing.
    """
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - slow; see sql.py

    if url.get_backend_name() != "postgresql":
        return create_engine(url, hide_parameters=True)
    engine = create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            milliseconds = max(1, round(1000 * timeout))
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")

    return engine


def connect_to_write(engine: Engine) -> Connection:
    """Return a connection whose transaction holds the write lock from its beginning."""
    if engine.dialect.name != "postgresql":
        return engine.connect().execution_options(writes=True)
    # Not REPEATABLE READ: it would see the state before the wait for the lock.
    return engine.connect().execution_options(writes=True, isolation_level="READ COMMITTED")
