"""Whatever is changed in the record behind our back is found, and named.

The cases come from the tables themselves, so that a new table or column cannot be forgotten.
"""

# ruff: noqa: S608 - the names of our own tables

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import Boolean, LargeBinary

from leadgrade.reports.record.verifying import verify_record
from leadgrade.storage.chain import link_erasure, link_outcomes, link_override, link_run
from leadgrade.storage.store import open_store

from .tampering import COLUMNS, TABLES, found, keys, named


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
