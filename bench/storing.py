"""Storing decisions, beside what SQLite itself takes for the same bytes.

Both store whole transactions into a new file. Ours is given decided leads as the engine hands them
over; the bare one is given the rows that ours has written, as plain tuples, and inserts them with
``executemany`` into the same tables. Ours can store the same list once more into the same file, as
the next night would.
"""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import leadgrade
from bench.lists import facts_of_leads, leads_of
from bench.measure import Clock, Result, clocked
from bench.workload import AS_OF, SHARE, make_work
from leadgrade.engine.pool import decide_all, engine_version
from leadgrade.storage.records import RunFacts
from leadgrade.storage.store import open_store
from leadgrade.storage.writing import Writing

AT_ONCE = 2000
"""Rows to one ``executemany``."""


def ours(rules: int, leads: int, db: str) -> Result:
    """Measure storing a run of decided leads that are in memory.

    In a file that is already there this is another night.
    """
    before = Path(db).stat().st_size if Path(db).exists() else 0
    book = make_work(rules, SHARE).book
    engine = "explainer"
    lists = decide_all(
        book, leads_of(facts_of_leads(leads)), engine=engine, as_of=AS_OF, chunk=AT_ONCE
    )
    decided = [*lists]
    facts = RunFacts(
        book=book,
        as_of=AS_OF,
        by="bench",
        engine=engine,
        engine_version=engine_version(engine),
        leadgrade_version=leadgrade.__version__,
        python_version=platform.python_version(),
    )
    with (
        open_store(db, create=True) as store,
        clocked() as clock,  # ends behind the commit, which is the store's business
        store.writing(facts) as writing,
    ):
        assert isinstance(writing, Writing)  # noqa: S101 - imported above, not by the clock
        for batch in decided:
            writing.add_decided(batch)
        writing.finish(rows_read=leads, seconds=0)
    return _figures(leads, clock, db, before)


def bare(source: str, db: str) -> Result:
    """Measure inserting the rows of a record into the same tables, and nothing else."""
    clock = Clock()
    leads = 0
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(db)) as new:
        new.isolation_level = None
        new.execute("PRAGMA journal_mode=WAL")
        new.execute("PRAGMA cache_size=-65536")
        for table, create in _schema(old, "table"):
            new.execute(create)
            assert table  # noqa: S101 - every table has a name
        for _, create in _schema(old, "index"):
            new.execute(create)
        new.execute("BEGIN")
        for table, _ in _schema(old, "table"):
            for sql, rows in _rows(old, table):
                with clocked() as spent:
                    new.executemany(sql, rows)
                clock.wall += spent.wall
                clock.cpu += spent.cpu
        with clocked() as spent:
            new.execute("COMMIT")
        clock.wall += spent.wall
        clock.cpu += spent.cpu
        ((leads,),) = new.execute("SELECT count(*) FROM decision").fetchall()
    return _figures(leads, clock, db)


def _schema(connection: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite_%'",
        [kind],
    ).fetchall()


def _rows(
    connection: sqlite3.Connection, table: str
) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of ours
    marks = ", ".join("?" for _ in cursor.description)
    while rows := cursor.fetchmany(AT_ONCE):
        yield f'INSERT INTO "{table}" VALUES ({marks})', rows  # noqa: S608


def _figures(leads: int, clock: Clock, db: str, before: int = 0) -> Result:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {
        "leads": leads,
        "wall": clock.wall,
        "cpu": clock.cpu,
        "rate": leads / clock.cpu,
        "rate_wall": leads / clock.wall,
        "bytes_a_lead": (Path(db).stat().st_size - before) / leads,
    }
