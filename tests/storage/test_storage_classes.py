"""SQLite takes a value of any type into any column: that is found, too, and stops no check.

Text where a number belongs, a blob, half a number more, or text that is no UTF-8.
"""

# ruff: noqa: S608 - the names of our own tables

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager

import pytest

from leadgrade.reports.record.verifying import verify_record
from leadgrade.storage.checking import check
from leadgrade.storage.errors import StoreError
from leadgrade.storage.store import open_store

from .tampering import TABLES, found, keys, named, opened

BLOB, NO_TEXT = "x'ff'", "CAST(x'ff' AS TEXT)"
OF_NUMBERS = (BLOB, "'x'", '"{0}" + 0.5')
OF_TEXTS = (BLOB, NO_TEXT, 'CAST("{0}" AS BLOB)')


@pytest.fixture(autouse=True)
def _on_sqlite_only(backend):
    if backend.name != "sqlite":
        pytest.skip("other databases take values of one type into a column")


@contextmanager
def changed(driver, table, name, value, row):
    """Set a value for a while; give whether it is there, and another one than there was."""
    columns = [column.name for column in TABLES[table].primary_key]
    where = " AND ".join(f"{column} = ?" for column in columns)
    rows = f'SELECT "{name}", typeof("{name}") FROM {table}'
    driver.text_factory = bytes
    before = driver.execute(rows).fetchall()
    driver.execute("SAVEPOINT before")
    try:
        driver.execute(f'UPDATE {table} SET "{name}" = {value} WHERE {where}', row)
        there = driver.execute(rows).fetchall() != before
    except sqlite3.IntegrityError:  # a mismatch of types that SQLite minds after all
        there = False
    driver.text_factory = str
    yield there
    driver.execute("ROLLBACK TO before")
    driver.execute("RELEASE before")


@pytest.mark.parametrize("table", TABLES)
def test_a_value_of_another_type_is_found(recorded, table):
    """In the last row: with its neighbours in all other columns as they were."""
    _, rows = keys(recorded, table)
    tried = 0
    with opened(recorded) as connection:
        driver = connection.connection.driver_connection
        for column in TABLES[table].columns:
            of_numbers = column.type.python_type in (int, float, bool)
            for value in OF_NUMBERS if of_numbers else OF_TEXTS:
                case = (table, column.name, value.format(column.name), rows[-1])
                with changed(driver, *case) as there:
                    if there:
                        findings = list(check(connection, [1, 2, 3], everything=True, noted=None))
                        assert findings, case
                        assert json.dumps(findings)
                    tried += there
    assert tried >= len(TABLES[table].columns)


def test_a_lost_lead_does_not_become_won(recorded, record):
    for value in ("0.5", "x'30'", "'x'", "2"):
        statement = f"UPDATE outcome SET won = {value} WHERE list_id = 2 AND NOT won"
        named(found(recorded, statement), "outcome")
    record.tamper("UPDATE outcome SET won = 0.5 WHERE list_id = 2 AND NOT won")
    with (
        open_store(record.target, create=False) as store,
        pytest.raises(StoreError, match="unreadable-outcome"),
    ):
        store.outcomes()


def test_names_of_several_types_are_sorted(recorded):
    chain = (
        "UPDATE chain SET number = 'x' WHERE position = 1",
        "UPDATE chain SET number = 99 WHERE position = 2",
    )
    gone = [(each.table, each.name) for each in found(recorded, *chain) if each.code == "gone"]
    assert gone == [("run", "99"), ("run", "x")]


STOPPED = {
    "UPDATE outcome SET won = 'x'": "outcome_list",
    "UPDATE run_source SET file = x'ff'": "run_source",
    "UPDATE run_source SET position = 'x' WHERE position = 1": "run_source",
    "UPDATE note SET number = 'x' WHERE number = 2": "note",
    "UPDATE rejected SET number = x'ff' WHERE number = 2": "rejected",
    "UPDATE legend_step SET place = 'x' WHERE place = 1": "legend_step",
    "UPDATE legend_outcome SET place = x'ff' WHERE place = 1": "legend_outcome",
    "UPDATE marks SET first = 'x' WHERE kind = 'decision'": "marks",
    "UPDATE chain SET head = CAST(x'ff' AS TEXT) WHERE position = 5": "chain",
    "UPDATE chain SET head = CAST(x'ff' AS TEXT)": "chain",
    "UPDATE run SET parameters = CAST(x'ff' AS TEXT)": "run",
}


@pytest.mark.parametrize("statement", STOPPED)
def test_what_cannot_be_read_stops_no_verifying(record, statement):
    record.tamper(statement)
    verdict = verify_record(record.target, None, lambda _: None, everything=True, workers=1)
    assert STOPPED[statement] in {each.table for each in verdict.findings}
    named(verdict.findings, STOPPED[statement])


def test_a_text_that_is_no_legend_is_named_though_it_has_its_hash(record):
    name = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    record.tamper(("INSERT INTO legend VALUES (?, 'x')", (name,)))
    with open_store(record.target, create=False) as store:
        findings = store.check([1, 2, 3], everything=True)
    assert [(each.code, each.table) for each in findings] == [
        ("stray", "legend"),
        ("content-changed", "legend"),
    ]
