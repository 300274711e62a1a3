"""Checking what a database holds beside its rows: nothing may change them, or show other ones.

A trigger changes what is stored before it is chained, and a view in the place of ours shows what
nobody decided. Other tables, views and indexes do neither, and are left alone: see ``record.md``.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import DBAPIError

from leadgrade.storage import sql
from leadgrade.storage.finding import Finding
from leadgrade.storage.schema import migrate, upgrade
from leadgrade.storage.sqlite import sqlite_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


class _Thing(NamedTuple):
    """Something that a database holds: a table, a view, an index or a trigger."""

    kind: str
    name: str
    table: str
    """That it belongs to; of a table or a view the name."""
    written: str = ""
    """What made it, where it can be compared."""


_OF_SQLITE = """
    SELECT type, name, tbl_name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
"""
_OF_SERVER = """
    SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'i' THEN 'index' WHEN 'r' THEN 'table'
            ELSE 'other' END AS kind, relname AS name, relname AS owner,
        CASE relkind WHEN 'v' THEN pg_get_viewdef(pg_class.oid) ELSE '' END AS written
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema() AND relkind NOT IN ('S', 't', 'c')
    UNION ALL
    SELECT 'trigger', tgname, relname, '' FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema() AND NOT tgisinternal
    UNION ALL
    SELECT 'trigger', rulename, tablename, '' FROM pg_rules WHERE schemaname = current_schema()
    UNION ALL
    SELECT 'trigger', polname, relname, '' FROM pg_policy
    JOIN pg_class ON pg_class.oid = polrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema()
"""
"""Rules and policies count as triggers: they change what is written or read just as well."""

_MOST = 20
"""So much of what is damaged is named; a damaged file has no end of it."""


def schema_findings(connection: Connection) -> Iterator[Finding]:
    """Compare what the database holds with what the migrations make; see that it is whole.

    Finding codes: ``schema-changed``, ``schema-missing``, ``schema-added``, ``damaged``.
    """
    found = _things(connection)
    expected = _made() if sql.is_sqlite(connection) else _made_on_server(connection)
    for key, made in expected.items():
        if key not in found:
            yield Finding("schema-missing", made.kind, name=made.name)
        elif made.written not in ("", found[key].written):
            yield Finding("schema-changed", made.kind, name=made.name)
    ours = {each.name for each in expected.values()}
    for key in sorted(found.keys() - expected.keys()):
        acting = key[0] == "trigger" and found[key].table in ours
        if acting or key[1] in ours:
            yield Finding("schema-added", key[0], name=key[1], detail=found[key].table)
    if sql.is_sqlite(connection):
        for (detail,) in sql.rows(connection, f"PRAGMA integrity_check({_MOST})"):
            if detail != "ok":
                yield Finding("damaged", "chain", detail=str(detail))


def _things(connection: Connection) -> dict[tuple[str, str], _Thing]:
    """Return what a database holds, by kind and name."""
    query = _OF_SQLITE if sql.is_sqlite(connection) else _OF_SERVER
    found = {}
    for kind, name, table, written in sql.rows(connection, query):
        # The layout of tables is SQLAlchemy's, and that of its version.
        text = written if kind in ("view", "trigger") else "".join(written.replace('"', "").split())
        found[kind, name.lower()] = _Thing(kind, name.lower(), table.lower(), text)
    return found


@cache
def _made() -> dict[tuple[str, str], _Thing]:
    """Return what the migrations make in SQLite."""
    engine = sqlite_engine("file::memory:", 0, in_memory=True)
    try:
        migrate(engine, "", None)
        with engine.connect() as connection:
            return _things(connection)
    finally:
        engine.dispose()


def _made_on_server(connection: Connection) -> dict[tuple[str, str], _Thing]:
    """Return what the migrations make, the views as this server writes them.

    They are made in its schema of temporary things, and taken back. Who may not do that gets the
    views without their texts.
    """
    version = connection.dialect.server_version_info
    if version not in _SERVERS:
        with suppress(DBAPIError), connection.begin_nested() as attempt:
            connection.exec_driver_sql("SET LOCAL search_path TO pg_temp")
            upgrade(connection)
            _SERVERS[version] = _things(connection)
            attempt.rollback()
    known = _SERVERS.get(version, {})
    return {
        key: made._replace(written=known[key].written if key in known else "")
        for key, made in _made().items()
    }


_SERVERS: dict[object, dict[tuple[str, str], _Thing]] = {}
"""What the migrations make, by the version of the server: each writes views in its own way."""
