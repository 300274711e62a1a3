"""Deciding only: leads come from memory or Parquet as the engine takes them, answers stay there.

What takes one lead after another decides the same leads in turn until some seconds of processor
time are used; a query decides a whole Parquet file into a table. Each engine is compared with the
explainer on some leads, in the same process, before the clock starts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from bench import ours
from bench.agreeing import check
from bench.lists import facts_of_leads, leads_of
from bench.measure import Clock, Result, clocked
from bench.peers import peer_class
from bench.peers.query import query, seen
from bench.workload import AS_OF, Work, make_work
from leadgrade.engine.backends.base import make_backend
from leadgrade.engine.pool import decide_all

LEADS = 2000
"""So many different leads, decided in turn."""

CHECKED = 100
"""So many answers are compared before anything is timed."""

Decide = Callable[[Sequence[Any]], object]


def one_by_one(engine: str, rules: int, share: float, seconds: float) -> Result:
    """Measure one of leadgrade's engines or another that takes leads one by one, on one core."""
    work = make_work(rules, share)
    with clocked() as opening:
        decide, leads = _opened(engine, work)
    parts = [leads[at : at + 50] for at in range(0, len(leads), 50)]
    decide(parts[0])
    decided, clock = 0, Clock()
    for part in itertools.cycle(parts):
        with clocked() as spent:
            decide(part)
        decided += len(part)
        clock.wall += spent.wall
        clock.cpu += spent.cpu
        if clock.cpu > seconds:
            break
    return {**_rates(decided, clock), "opening": opening.wall}


def _opened(engine: str, work: Work) -> tuple[Decide, Sequence[Any]]:
    """Return how an engine decides and the leads in its form, once it agrees with the explainer."""
    facts = facts_of_leads(LEADS)
    if engine in ours.names():
        check(engine, work, facts[:CHECKED], ours.seen_by_us(work, facts[:CHECKED], engine))
        backend = make_backend(engine, work.book, AS_OF)
        return lambda part: [backend.decide(lead) for lead in part], leads_of(facts)
    peer = peer_class(engine)(work)
    leads = peer.prepare(facts)
    answers = [peer.seen(each) for each in peer.decide_all(leads[:CHECKED])]
    check(engine, work, facts[:CHECKED], answers)
    return peer.decide_all, leads


def pooled(engine: str, rules: int, share: float, workers: int, leads: int) -> Result:
    """Measure leadgrade's worker processes, from leads in memory to rows to store."""
    book = make_work(rules, share).book
    some = leads_of(facts_of_leads(leads))
    running = decide_all(book, some, engine=engine, as_of=AS_OF, workers=workers)
    decided = len(next(running))  # the workers have started
    with clocked() as clock:
        for rows in running:
            decided += len(rows)
    return {"leads": decided, "rate_wall": decided / clock.wall, "wall": clock.wall}


def by_query(rules: int, share: float, path: str, full: bool, threads: int) -> Result:  # noqa: FBT001
    """Measure the hand-written query, from Parquet into a table in memory."""
    work = make_work(rules, share)
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {threads}")
        _check_query(connection, work, path, full=full)
        text = f"CREATE OR REPLACE TEMP TABLE answer AS {query(work, _parquet(path), full=full)}"
        with clocked() as clock:
            connection.execute(text)
        ((leads,),) = connection.sql("SELECT count(*) FROM answer").fetchall()
    return _rates(leads, clock)


def by_columnar(rules: int, share: float, path: str, threads: int) -> Result:
    """Measure leadgrade's own query: all that is kept of a decision, from Parquet into a table."""
    from leadgrade.engine.backends.columnar import Columnar  # noqa: PLC0415 - needs sqlglot
    from leadgrade.engine.sql.dialects import DIALECTS  # noqa: PLC0415
    from leadgrade.engine.sql.layout import AsOf, Layout  # noqa: PLC0415
    from leadgrade.engine.sql.statement import evidence_statement, written  # noqa: PLC0415

    work = make_work(rules, share)
    facts = facts_of_leads(CHECKED)
    check("columnar", work, facts, ours.seen_by_us(work, facts, "columnar"))
    with clocked() as opening:
        columnar = Columnar(work.book, AS_OF, threads=threads)
        layout = Layout.of(work.book, AsOf(AS_OF), DIALECTS["duckdb"])
        statement = written(evidence_statement(layout, "list"), layout)
    with columnar:
        columns = [f'{fact} AS "{name}"' for fact, name in columnar.column_of.items()]
        keys = "row_number() OVER () AS n, lead_id AS lead, NULL AS source, NULL AS line"
        columnar.connection.execute(
            f"CREATE VIEW list AS SELECT {keys}, {', '.join(columns)} FROM {_parquet(path)}"  # noqa: S608
        )
        with clocked() as clock:
            columnar.connection.execute(f"CREATE TEMP TABLE answer AS {statement}")
        ((leads,),) = columnar.connection.execute("SELECT count(*) FROM answer").fetchall()
    return {**_rates(leads, clock), "opening": opening.wall}


def _check_query(
    connection: duckdb.DuckDBPyConnection, work: Work, path: str, *, full: bool
) -> None:
    first = f"(SELECT * FROM {_parquet(path)} ORDER BY lead_id LIMIT {CHECKED})"  # noqa: S608
    cursor = connection.execute(query(work, first, full=full) + " ORDER BY lead_id")
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    check("duckdb", work, facts_of_leads(CHECKED), [seen(work, row) for row in rows])


def _parquet(path: str) -> str:
    return f"read_parquet('{path}')"


def _rates(leads: int, clock: Clock) -> Result:
    return {
        "leads": leads,
        "wall": clock.wall,
        "cpu": clock.cpu,
        "rate": leads / clock.cpu,
        "rate_wall": leads / clock.wall,
    }
