"""A record with rows in every table, and what checking finds in it after it was tampered with."""

# ruff: noqa: S608 - the names of our own tables

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import date

from sqlmodel import SQLModel

from leadgrade.leads import Options, read_lists
from leadgrade.qualifying import Job, qualify
from leadgrade.reports.record.verifying import finding_text
from leadgrade.rules.loader import load_book
from leadgrade.storage import tables
from leadgrade.storage.checking import check
from leadgrade.storage.reading import run_numbers
from leadgrade.storage.records import Outcome, Source
from leadgrade.storage.store import open_store

assert tables.RunRow.metadata is SQLModel.metadata
TABLES = {
    table.name: table
    for table in SQLModel.metadata.sorted_tables
    if table.name != "decision_file"  # see test_filed.py
}
COLUMNS = [(table.name, column.name) for table in TABLES.values() for column in table.columns]

BOOK = """
book: small
title: {en: A small book, zh: 小规则书}
lead_id: [Lead]
facts:
  revenue: {type: money}
  overdue: {type: percent}
  refused: {type: flag}
criteria:
  power:
    range: [0, 10]
    rules:
      - {id: size, fact: revenue, bands: [{from: 1000, points: 8}, {from: 100, points: 4}]}
      - {id: pays, when: overdue < 10%, points: 2}
knock_outs:
  - {id: refused-us, when: refused, grade: C}
grades:
  A: {from: 8}
  B: {from: 4}
  C: {}
qualified: grade in [A, B]
classes:
  tier: {rank: revenue, top: {25%: gold, 50%: iron}, rest: lead}
next_steps:
  - {id: call, when: grade = A, do: Call, owner: rep, channel: phone, within: 1 day}
  - {id: write, when: qualified, do: Write}
"""
LIST = """Lead,revenue,overdue,refused
E1,1200,5%,
E2,500,,no
E3,50,12%,
E4,about so much,9%,no
E5,2000,1%,yes
E5,2001,1%,yes
E6,900,a few,yes
"""
NAMED_AS = {
    "lead": {"lead", "decision", "override"},
    "snapshot": {"snapshot", "decision"},
    "outcome": {"outcome", "outcome_list"},
    "erasure": {"erasure"},
    "erased": {"erased", "erasure"},
    "run": {"run", "chain"},
    "run_source": {"run_source"},
}
"""As what a change may be named, where not as the table itself."""


def make_recorded(backend, folder):
    """A record with rows in every table."""
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    (folder / "more.csv").write_text("Lead,revenue\nE7,1\nE8,2\n,3\nE9,what\n", encoding="utf-8")
    book = load_book(folder / "book.yaml")
    database = backend.new(folder)
    lists = [str(folder / name) for name in ("list.csv", "more.csv")]
    with open_store(database.target, create=True) as store:
        for by in ("李雷", "韩梅梅", "Lin"):
            job = Job(book, date(2026, 11, 23), by, "explainer", 1)
            with closing(read_lists(lists, book, Options())) as reading:
                qualify(job, reading, store, lambda _: None)
        known = {"since": date(2026, 11, 23), "until": date(2026, 12, 31), "by": "Lin"}
        for lead in ("E2", "E3", "E6"):
            store.override(lead, grade="A", reason=f"{lead} called", **known)
        day = date(2026, 12, 24)
        for number, leads in enumerate((("E2", "E3", "E6"), ("E3", "E4", "E6", "E8")), start=1):
            source = Source(f"outcomes-{number}.csv", f"{number}" * 64, "CSV", "utf-8", 9)
            what = [Outcome(each, each < "E4", day, 500.5, 7) for each in leads]
            store.add_outcomes(source, what, by="Lin", still_open=2, rejected=3)
        for lead in ("E5", "E6", "E9"):
            store.forget(lead, by="Lin", reason="asked to")
    for table in TABLES:
        ((count,),) = database.rows(f"SELECT count(*) FROM {table}")
        assert count > (table not in ("book", "legend")), table
    return database


@contextmanager
def opened(record, *statements):
    """Yield a connection to what these statements make of the record; then they never were."""
    with open_store(record.target, create=False) as store:
        connection = store.engine.connect().execution_options(writes=True)
        connection.connection.driver_connection.execute(record.unguarded)
        with connection, connection.begin() as transaction:
            for statement in statements:
                query = (statement, ()) if isinstance(statement, str) else statement
                connection.exec_driver_sql(*record.said(*query))
            yield connection
            transaction.rollback()


def found(record, *statements, noted=None):
    with opened(record, *statements) as connection:
        runs = run_numbers(connection, None)
        return list(check(connection, runs, everything=True, noted=noted))


def named(findings, table):
    assert findings
    for each in findings:
        for lang in ("en", "zh"):
            assert finding_text(each, lang)
    assert {each.table for each in findings} & NAMED_AS.get(table, {table}), findings


def keys(record, table):
    """Return the key columns of a table, and the keys of all its rows, in their order."""
    columns = [column.name for column in TABLES[table].primary_key]
    names = ", ".join(columns)
    return columns, record.rows(f"SELECT {names} FROM {table} ORDER BY {names}")
