"""Writing a run: what is stored, whole or not at all."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from leadgrade.engine.decision import Possible
from leadgrade.engine.legend import Legend
from leadgrade.rules.phrase import Phrase
from leadgrade.storage.errors import StoreError
from leadgrade.storage.records import RejectedRow, StoredStep
from leadgrade.storage.store import open_store

TABLES = ("book", "legend", "run", "run_source", "lead", "snapshot", "decision", "next_step")


def counts(database):
    return {
        table: database.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for table in (*TABLES, "rejected")
    }


def test_a_run_comes_back_as_it_went_in(store, made):
    facts = made.make_facts()
    rejected = [RejectedRow("leads.csv", 3, "too-many-cells", {"cells": 9, "名": "值"}, "a,b,c")]
    number = made.write_run(store, [made.make_decided()], rejected, notes=[{"code": "slow"}])
    run = store.run()
    assert run == store.run(number)
    assert (run.number, run.book_id, run.book_title) == (1, "b2b-leads", facts.book.title)
    assert (run.as_of, run.by, run.parameters) == (facts.as_of, "李雷", {"floor": 55})
    assert (run.engine, run.engine_version) == ("rete", "2.0.28")
    assert (run.rows_read, run.decided, run.rejected, run.qualified) == (2, 1, 1, 1)
    assert list(run.grades.items()) == [("S", 0), ("A", 1), ("B", 0)]
    assert (run.seconds, run.notes) == (0.5, [{"code": "slow"}])
    assert run.started_at <= run.finished_at
    assert run.started_at.endswith("Z")
    assert store.sources(number) == [made.make_source(2)]
    assert list(store.rejected(number)) == rejected
    assert store.book(run.book_sha256).text == facts.book.text


def test_a_decision_comes_back_as_it_went_in(store, made):
    given = made.make_decided("线索-Ω-🙂'\"%_", ranks='{"spend":[1,2]}')
    made.write_run(store, [given])
    found = store.decision(None, given.lead)
    assert (found.run, found.lead, found.file, found.line) == (1, given.lead, "leads.csv", 2)
    assert (found.facts, found.ranks) == (given.facts, given.ranks)
    assert (found.evidence, found.recalled.legend) == (given.evidence, Legend.of(made.make_book()))
    assert (found.decision.earned, found.decision.next_steps) == ("A", ("close", "nurture"))
    assert (found.qualified, found.grade, found.score) == (True, "A", 6100)
    assert found.possible == Possible(6000, 6200, "B", "S")
    assert found.steps == (
        StoredStep("close", "key account", "电话", date(2026, 11, 24)),
        StoredStep("nurture", None, None, None),
    )


@pytest.mark.parametrize("days_left", [0, 1])
def test_due_dates_end_with_the_calendar(store, made, days_left):
    facts = made.make_facts(as_of=date.max - timedelta(days=days_left))
    made.write_run(store, [made.make_decided()], facts=facts)
    assert store.decision(None, "E1").steps[0].due == date.max


def test_the_same_list_again_adds_only_slim_rows(store, database, made):
    leads = [made.make_decided(f"E{n}") for n in range(50)]
    made.write_run(store, leads)
    first = counts(database)
    made.write_run(store, leads)
    second = counts(database)
    for table in ("book", "legend", "lead", "snapshot"):
        assert second[table] == first[table], table
    for table in ("run", "run_source", "decision", "next_step"):
        assert second[table] == 2 * first[table], table
    assert [each.run for each in store.history("E7")] == [1, 2]


def test_a_changed_lead_keeps_what_was(store, made):
    made.write_run(store, [made.make_decided(facts='{"a":1}')])
    made.write_run(store, [made.make_decided(facts='{"a":2}', grade="B", score=10)])
    assert [(each.facts, each.grade) for each in store.history("E1")] == [
        ('{"a":1}', "A"),
        ('{"a":2}', "B"),
    ]


def test_a_changed_book_is_kept_beside_the_old_one(store, made):
    for text in ("one", "two", "one"):
        book = made.make_book(text, title=Phrase(text))
        made.write_run(store, [made.make_decided()], facts=made.make_facts(book))
    assert [store.book(run.book_sha256).text for run in store.runs()] == ["one", "two", "one"]


def test_sources_may_come_late_and_twice(store, made):
    with store.writing(made.make_facts()) as writing:
        writing.add_decided([made.make_decided("E1", file="b.csv")])
        writing.add_decided([made.make_decided("E2", file="a.csv")])
        writing.add_decided([made.make_decided("E3", file=None, line=None)])
        writing.add_source(made.make_source(2, "a.csv"))
        writing.add_source(made.make_source(1, "b.csv"))
        writing.add_source(made.make_source(0, "a.csv"))
        writing.add_rejected([RejectedRow("a.csv", 9, "duplicate", {}, "")])
        writing.finish(rows_read=4, seconds=0)
    assert [(each.file, each.rows_read) for each in store.sources(1)] == [
        ("b.csv", 1),
        ("a.csv", 2),
        ("a.csv", 0),
    ]
    assert [store.decision(1, each).file for each in ("E1", "E2", "E3")] == ["b.csv", "a.csv", None]
    assert [each.file for each in store.rejected(1)] == ["a.csv"]


def test_an_empty_list_is_a_run_too(store, made):
    made.write_run(store, [])
    assert (store.run().decided, list(store.decisions())) == (0, [])


def test_rows_that_do_not_add_up_are_not_stored(store, database, made):
    with store.writing(made.make_facts()) as writing:
        writing.add_decided([made.make_decided()])
        with pytest.raises(ValueError, match="never added"):
            writing.finish(rows_read=1, seconds=0)
        writing.add_source(made.make_source(3))
        with pytest.raises(ValueError, match="3 rows read"):
            writing.finish(rows_read=3, seconds=0)
    assert set(counts(database).values()) == {0}


def test_rejected_rows_may_hold_anything(store, made):
    raw = "nul \0 half \ud83d line\r\n" + "长" * 100_000
    made.write_run(store, [], [RejectedRow("leads.csv", 1, "bad", {"cell": "\ud83d\0"}, raw)])
    (row,) = store.rejected(1)
    assert row.raw == "nul \\x00 half \\ud83d line\r\n" + "长" * 100_000
    assert row.args == {"cell": "\\ud83d\\x00"}


@pytest.mark.parametrize("bad", [{"lead": "\ud83d", "facts": "{}"}, {"score": 2**70}])
def test_what_cannot_be_stored_is_said(store, database, made, bad):
    with pytest.raises(StoreError) as caught:
        made.write_run(store, [made.make_decided(**bad)])
    assert caught.value.code == "unstorable"
    assert counts(database)["run"] == 0


def test_a_lead_twice_in_a_run_is_refused(store, database, made):
    with pytest.raises(StoreError) as caught:
        made.write_run(store, [made.make_decided("E1"), made.make_decided("E1")])
    assert caught.value.code == "failed"
    assert counts(database)["run"] == 0


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, FileNotFoundError])
def test_an_interrupted_run_never_was(store, database, made, error):
    made.write_run(store, [made.make_decided()])
    before = counts(database)
    with pytest.raises(error), store.writing(made.make_facts()) as writing:  # noqa: PT012
        writing.add_source(made.make_source(1))
        writing.add_decided([made.make_decided("E2")])
        writing.finish(rows_read=1, seconds=0)
        raise error
    assert counts(database) == before
    assert made.write_run(store, [made.make_decided()]) == 2


def test_a_run_without_finish_never_was(store, database, made):
    with store.writing(made.make_facts()) as writing:
        writing.add_decided([made.make_decided()])
    assert set(counts(database).values()) == {0}


def test_nothing_is_locked_before_the_first_row(store, made):
    with store.writing(made.make_facts()) as slow:
        made.write_run(store, [made.make_decided()])
        assert slow.number is None
        slow.add_source(made.make_source(0))
        assert slow.number == 2
        slow.finish(rows_read=0, seconds=0)
    assert len(store.runs()) == 2


def test_readers_see_the_state_before_a_run_that_is_being_written(store, database, made):
    made.write_run(store, [made.make_decided()])
    with store.writing(made.make_facts()) as writing:
        writing.add_source(made.make_source(1))
        writing.add_decided([made.make_decided("E2")])
        with open_store(database.target, create=False, timeout=0) as reader:
            assert [run.number for run in reader.runs()] == [1]
        writing.finish(rows_read=1, seconds=0)
    assert len(store.runs()) == 2


HALF_A_RUN = """
import os, signal, time
from leadgrade.storage.store import open_store
from sqlalchemy import event
store = open_store(sys.argv[1], create=True)
if "://" not in sys.argv[1]:
    # A small cache, so that much of the run is on the disk when the end comes.
    event.listen(store.engine, "connect", lambda each, _: each.execute("PRAGMA cache_size=-100"))
leads = [made["make_decided"](f"K{n}", facts=f"{n:2000}") for n in range(2000)]
with store.writing(made["make_facts"]()) as writing:
    writing.add_source(made["make_source"](2000))
    writing.add_decided(leads)
    if sys.argv[2] == "finished":
        writing.finish(rows_read=2000, seconds=1)
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("state", ["half", "finished"])
def test_a_killed_run_never_was(store, database, made, child, state):
    made.write_run(store, [made.make_decided()])
    before = counts(database)
    process = child(HALF_A_RUN, database.target, state, wait=False)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert counts(database) == before
    with open_store(database.target, create=False) as again:  # once the server has noticed, too
        assert len(again.runs()) == 1
        assert made.write_run(again, [made.make_decided("K1")]) == 2


def test_a_killed_run_leaves_a_sound_file(store, path, made, child):
    made.write_run(store, [made.make_decided()])
    process = child(HALF_A_RUN, path, "half", wait=False)
    assert process.stdout.readline() == "ready\n"
    assert path.with_name("leads.db-wal").stat().st_size > 0
    process.send_signal(signal.SIGKILL)
    process.wait()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_ctrl_c_in_the_middle_of_a_run(store, database, child, tmp_path):
    process = child(HALF_A_RUN, database.target, "half", wait=False)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
    assert set(counts(database).values()) == {0}
    assert {each.name for each in tmp_path.iterdir()} <= {"leads.db"}  # no log is left


PRESSED = """
import signal
from leadgrade.storage.store import open_store
many = [made["make_decided"](f"C{n}") for n in range(20_000)]
store = open_store(sys.argv[1], create=False)
try:
    with store.writing(made["make_facts"]()) as writing:
        writing.add_source(made["make_source"](len(many)))
        # Again after a while: an interrupt inside a finalizer is swallowed.
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.02, 5.0)
        writing.add_decided(many)
        signal.pause()
except KeyboardInterrupt:
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(made["write_run"](store, many))
"""


def test_ctrl_c_while_the_database_works(store, database, made, child):
    # In a process of its own: here a press could also hit what the test runner does meanwhile.
    assert child(PRESSED, database.target).answer == "1\n"
    assert counts(database)["decision"] == 20_000


def test_json_is_stored_as_it_reads(store, database, made):
    made.write_run(store, [made.make_decided()])
    ((mapping,),) = database.rows("SELECT mapping FROM run_source")
    assert mapping == '{"营收":"r"}'
    assert json.loads(mapping) == {"营收": "r"}
