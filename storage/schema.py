"""Which schema a database has, and bringing it to ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from leadgrade.storage import sql
from leadgrade.storage.errors import StoreError
from leadgrade.storage.server import connect_to_write
from leadgrade.storage.sqlite import file_uri

if TYPE_CHECKING:
    import sqlalchemy
    from sqlalchemy import Engine

HEAD = "0003"
"""The newest migration. Kept here because to ask Alembic costs more than most commands."""

VERSION_TABLE = "leadgrade_schema"
"""A name of our own, not Alembic's usual one: it tells our databases from other people's."""

APPLICATION_ID = b"LGRD"
"""Marks a SQLite file as ours in its first 100 bytes, to be seen without opening it."""

APPLICATION_ID_AT = slice(68, 72)

MIGRATIONS = Path(__file__).with_name("migrations")


def stored_revision(connection: sql.Connection, place: str) -> str | None:
    """Return the revision of a database, None of an empty one.

    Raises:
        StoreError: ``not-ours`` when others' tables are in it, ``newer-schema`` when a later
            leadgrade has migrated it.
    """
    tables = _tables(connection)
    if VERSION_TABLE not in tables:
        if tables:
            raise StoreError("not-ours", path=place, tables=", ".join(sorted(tables)[:5]))
        return None
    query = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant
    revision = str(sql.value(connection, query))
    if revision > HEAD:
        raise StoreError("newer-schema", path=place, found=revision, known=HEAD)
    return revision


def migrate(engine: Engine, place: str, file: Path | None) -> None:
    """Bring a database to our schema, whole or not at all; ``file`` is backed up if it is older.

    Two processes may do so at once: the second one waits, and finds nothing left to do.
    """
    with connect_to_write(engine) as connection:
        revision = stored_revision(connection, place)
        if revision == HEAD:
            return
        backup = back_up(file, revision) if revision is not None and file is not None else None
        try:
            upgrade(connection)
            connection.commit()
        except BaseException:
            if backup is not None:  # of a database that is as it was
                backup.unlink()
            raise


def back_up(file: Path, revision: str) -> Path:
    """Copy a SQLite database to ``<file>.backup-<revision>`` and return where it went.

    An older backup stays: the new one then gets a number behind its name.
    """
    number = 1
    backup = file.with_name(f"{file.name}.backup-{revision}")
    while backup.exists():
        number += 1
        backup = file.with_name(f"{file.name}.backup-{revision}-{number}")
    try:
        with (
            closing(sqlite3.connect(file_uri(file.absolute(), "ro"), uri=True)) as ours,
            closing(sqlite3.connect(backup)) as copy,
        ):
            ours.backup(copy)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    return backup


def _tables(connection: sql.Connection) -> list[str]:
    if isinstance(connection, sqlite3.Connection):
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' "
        return [name for (name,) in sql.rows(connection, query + "ESCAPE '!'")]
    from sqlalchemy import inspect  # noqa: PLC0415 - slow; see sql.py

    return inspect(connection).get_table_names()


def upgrade(connection: sqlalchemy.Connection) -> None:
    """Run the migrations that a database does not have yet, in the transaction of a connection."""
    # Imported here: almost every command finds its database up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
    if connection.dialect.name == "sqlite":
        mark = int.from_bytes(APPLICATION_ID, "big")
        connection.exec_driver_sql(f"PRAGMA application_id={mark}")
