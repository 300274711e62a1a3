"""Whatever is changed in the record behind our back is found, and named.

The cases come from the tables themselves, so that a new table or column cannot be forgotten.
"""

# ruff: noqa: S608 - the names of our own tables

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import Boolean, LargeBinary
from sqlmodel import SQLModel

from leadgrade.leads import Options, read_lists
from leadgrade.qualifying import Job, qualify
from leadgrade.reports.record.verifying import finding_text, verify_record
from leadgrade.rules.loader import load_book
from leadgrade.storage import tables
from leadgrade.storage.chain import link_erasure, link_outcomes, link_override, link_run
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


@pytest.fixture(scope="session")
def recorded(backend, tmp_path_factory):
    """A record with rows in every table."""
    folder = tmp_path_factory.mktemp("recorded")
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


@pytest.fixture
def record(recorded, tmp_path):
    """A copy, for changes that stay."""
    return recorded.copy(tmp_path)


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


def changed(column, backend):
    """Return SQL that gives another value than the one there is."""
    if isinstance(column.type, Boolean):
        return f"NOT {column.name}"
    if isinstance(column.type, LargeBinary):
        if backend.name == "sqlite":
            return f"CAST(x'00' || coalesce({column.name}, x'') AS BLOB)"
        return f"'\\x00'::bytea || coalesce({column.name}, '')"
    if column.type.python_type in (int, float):
        return f"coalesce({column.name}, 0) + 1000003"
    return f"coalesce({column.name}, '') || 'x'"


def test_nothing_is_found_where_nothing_was_changed(recorded):
    assert found(recorded) == []


def test_the_store_finds_it_too(record):
    record.tamper("UPDATE decision SET score = score + 1 WHERE run_id = 2 AND number = 1")
    with open_store(record.target, create=False) as store:
        (finding,) = store.check([1, 2, 3], everything=True)
    assert (finding.code, finding.table, finding.run) == ("row-changed", "decision", 2)


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_changed_value_is_found(recorded, backend, table, name):
    """In the first row, the last, and one in the middle."""
    columns, rows = keys(recorded, table)
    where = " AND ".join(f"{column} = ?" for column in columns)
    value = changed(TABLES[table].columns[name], backend)
    for row in {rows[0], rows[len(rows) // 2], rows[-1]}:
        named(found(recorded, (f"UPDATE {table} SET {name} = {value} WHERE {where}", row)), table)


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_value_taken_away_is_found(recorded, table, name):
    column = TABLES[table].columns[name]
    if not column.nullable:
        pytest.skip("the database refuses it")
    columns, _ = keys(recorded, table)
    where = " AND ".join(f"{each} = ?" for each in columns)
    kept = recorded.rows(f"SELECT {', '.join(columns)} FROM {table} WHERE {name} IS NOT NULL")
    assert kept or (table, name) == ("erasure", "before")
    for row in kept[:1]:
        named(found(recorded, (f"UPDATE {table} SET {name} = NULL WHERE {where}", row)), table)


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_row_is_found(recorded, table):
    columns, rows = keys(recorded, table)
    where = " AND ".join(f"{column} = ?" for column in columns)
    for row in rows if table != "chain" else rows[:-1]:
        named(found(recorded, (f"DELETE FROM {table} WHERE {where}", row)), table)


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_table_is_found(recorded, table):
    assert found(recorded, f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_an_inserted_row_is_found(recorded, table):
    """A copy of a row under another key; where a hash is a key, with a content of its own."""
    names = [column.name for column in TABLES[table].columns]
    key = [column.name for column in TABLES[table].primary_key][-1]
    unique = {"lead": ("key", "key || 'x'"), "decision": ("lead_id", "lead_id + 50")}.get(table)
    for shift in ("1", "1000"):
        value = f"{key} || 'x'" if key in ("sha256", "kind") else f"{key} + {shift}"
        new = {key: value, **dict([unique] if unique else [])}
        values = ", ".join(new.get(name, name) for name in names)
        insert = (
            f"INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {values} FROM {table} ORDER BY {key} DESC LIMIT 1"
        )
        named(found(recorded, insert), table)


@pytest.mark.parametrize("table", [each for each in TABLES if each not in ("book", "legend")])
def test_swapped_rows_are_found(recorded, table):
    """The contents of two rows change places, under the keys that were there."""
    columns, rows = keys(recorded, table)
    others = [column.name for column in TABLES[table].columns if column.name not in columns]
    if not others:
        pytest.skip("all of it is key: the order of the rows is not stored")
    where = " AND ".join(f"{column} = ?" for column in columns)
    query = f"SELECT {', '.join(others)} FROM {table} WHERE {where}"
    contents = [recorded.rows(query, row)[0] for row in rows]
    one, other = different(contents)
    setting = ", ".join(f"{name} = ?" for name in others)
    spare = [f"spare {value}" if isinstance(value, str) else value for value in contents[other]]
    if "lead_id" in others:  # which is unique within a run
        spare[others.index("lead_id")] = 999_999
    swapped = (
        (f"UPDATE {table} SET {setting} WHERE {where}", (*spare, *rows[other])),
        (f"UPDATE {table} SET {setting} WHERE {where}", (*contents[other], *rows[one])),
        (f"UPDATE {table} SET {setting} WHERE {where}", (*contents[one], *rows[other])),
    )
    named(found(recorded, *swapped), table)


def different(contents):
    for at, content in enumerate(contents[1:], start=1):
        if content != contents[0]:
            return 0, at
    raise AssertionError("all rows are alike")


def test_a_run_cut_off_is_found_by_a_noted_head_only(record):
    with open_store(record.target, create=False) as store:
        head, runs = store.head(), [run.head for run in store.runs()]
    cut = [f"DELETE FROM {each} WHERE run_id = 3" for each in TABLES if each in OF_RUNS]
    record.tamper(
        *cut,
        "DELETE FROM run WHERE id = 3",
        "DELETE FROM chain WHERE position > 2",
        *(f"DELETE FROM {each}" for each in ("override", "erased", "erasure", *OUTCOMES)),
    )
    # What the erasures emptied in the runs that are left shows that they were there.
    assert {each.code for each in found(record)} == {"emptied"}
    codes = [each.code for each in found(record, noted=head)]
    assert "head-not-found" in codes
    assert "head-not-found" not in [each.code for each in found(record, noted=runs[1])]


OUTCOMES = ("outcome", "outcome_list")
OF_RUNS = {"run_source", "note", "rejected", "decision", "marks"}


def test_a_noted_head_may_be_an_old_one(record):
    with open_store(record.target, create=False) as store:
        heads = [run.head for run in store.runs()]
    assert len({*heads}) == 3
    for head in heads:
        assert found(record, noted=head) == []
    assert [each.code for each in found(record, noted="ab" * 32)] == ["head-not-found"]


def relink(record, keep=""):
    """Do what an insider with our code would: make marks and chain anew for what there is."""
    links = {"override": link_override, "erasure": link_erasure, "outcome_list": link_outcomes}
    with open_store(record.target, create=False) as store, store.engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM marks")
        connection.exec_driver_sql("DELETE FROM chain")
        for run in store.run_numbers():
            link_run(connection, run)
        for kind in keep.split():
            for number in connection.exec_driver_sql(f'SELECT id FROM "{kind}"').scalars().all():
                links[kind](connection, number)
        connection.commit()


INSIDER = {
    "grade": "UPDATE decision SET grade = 'A' WHERE grade = 'C' AND sealed IS NULL",
    "score": "UPDATE decision SET score = score + 100 WHERE sealed IS NULL",
    "qualified": "UPDATE decision SET qualified = NOT qualified WHERE sealed IS NULL",
    "possible": "UPDATE decision SET best = 'A' WHERE best != 'A'",
    "ranks": "UPDATE decision SET ranks = replace(ranks, '[1,', '[9,') WHERE ranks != '{}'",
    "a rule that fired": "UPDATE decision SET evidence = replace(evidence, '8.4.', '4.4.')",
    "next steps": "UPDATE decision SET evidence = replace(evidence, '..c.', '..4.')",
    "what is open": "UPDATE decision SET evidence = replace(evidence, '0.2.', '0.0.')",
}


@pytest.mark.parametrize("what", INSIDER)
def test_what_an_insider_chains_anew_is_found_by_the_replay_and_by_the_head(record, what):
    with open_store(record.target, create=False) as store:
        head = store.head()
    record.tamper(
        "DELETE FROM override", "DELETE FROM erased", "DELETE FROM erasure", INSIDER[what]
    )
    relink(record)
    verdict = verify_record(record.target, None, lambda _: None, noted=head, workers=1)
    codes = [each.code for each in verdict.findings]
    assert "head-not-found" in codes
    assert ("replay-differs" in codes) or what == "ranks"
    assert "row-changed" not in codes


def test_a_legend_that_an_insider_rewrote_is_found_by_the_replay(record):
    """With the hash that it then has, with its rows, and chained anew."""
    ((text,),) = record.rows("SELECT text FROM legend")
    forged = text.replace('"rep"', '"boss"')
    name = sha256(forged.encode()).hexdigest()
    record.tamper(
        ("UPDATE legend SET sha256 = ?, text = ?", (name, forged)),
        (
            "UPDATE legend_step SET legend_sha256 = ?, owner = replace(owner, 'rep', 'boss')",
            (name,),
        ),
        ("UPDATE legend_outcome SET legend_sha256 = ?", (name,)),
        ("UPDATE run SET legend_sha256 = ?", (name,)),
    )
    relink(record, keep="override erasure outcome_list")
    assert found(record) == []
    verdict = verify_record(record.target, None, lambda _: None, workers=1)
    assert [each.code for each in verdict.findings] == ["legend-differs"]
    named(verdict.findings, "legend")


UNREADABLE = [
    "UPDATE decision SET ranks = 'x'",
    "UPDATE run SET as_of = 'x'",
    "UPDATE run SET grades = 'x'",
    "UPDATE note SET note = 'x'",
    "UPDATE snapshot SET facts = 'x'",
    "UPDATE decision SET evidence = 'x'",
    "UPDATE legend SET text = 'x'",
    "UPDATE legend SET text = '{}'",
    "UPDATE book SET text = 'x'",
    "UPDATE override SET until = 'x'",
    "UPDATE run_source SET mapping = 'x'",
]


@pytest.mark.parametrize("statement", UNREADABLE)
def test_what_cannot_even_be_read_is_found(record, statement):
    record.tamper(statement)
    verdict = verify_record(record.target, None, lambda _: None, everything=True, workers=1)
    assert not verdict.proved
    named(verdict.findings, statement.split()[1])
