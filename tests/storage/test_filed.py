"""Runs whose decisions are in Parquet files are read, proved and forgotten like any other."""

# ruff: noqa: S608 - the names of our own tables

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from leadgrade.cli import cli
from leadgrade.engine import filed_rows
from leadgrade.engine.cross_check import DisagreementError
from leadgrade.engine.decision import Decided
from leadgrade.engine.decision_files import COLUMNS
from leadgrade.engine.sealing import leaf_of
from leadgrade.engine.sql import subjects
from leadgrade.leads import Options, read_lists
from leadgrade.qualifying import Job, qualify
from leadgrade.reports.record.verifying import finding_text, verify_record
from leadgrade.rules.conditions import Op
from leadgrade.rules.loader import load_book
from leadgrade.storage import files
from leadgrade.storage.bundling import Bundle, bundle_findings
from leadgrade.storage.errors import StoreError
from leadgrade.storage.records import Outcome, Source
from leadgrade.storage.store import open_store

from .tampering import BOOK, LIST

AS_OF = date(2026, 11, 23)
MORE = "Lead,revenue\nE7,1\nE8,2\n,3\nE9,what\nE10,100\nE11,1000\n"
"""With the other list: eleven decisions, so four files, and two rejected rows."""


def decide(db, lists, out=None):
    """Qualify lists into files of three decisions each, or into the database."""
    with open_store(str(db), create=True) as store:
        return decide_into(store, db.parent, lists, out)


def decide_into(store, folder, lists, out=None):
    book = load_book(folder / "book.yaml")
    with read_lists([str(folder / name) for name in lists], book, Options()) as reading:
        job = Job(book, AS_OF, "Lin", "columnar", out=out)
        return qualify(job, reading, store, lambda _: None)


@pytest.fixture(autouse=True)
def _small_files(monkeypatch):
    monkeypatch.setattr(filed_rows, "ROWS", 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A record of the same run twice: 1 in the database, 2 in files."""
    folder = tmp_path_factory.mktemp("filed")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    (folder / "more.csv").write_text(MORE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(filed_rows, "ROWS", 3)
        decide(folder / "leads.db", ["list.csv", "more.csv"])
        decide(
            folder / "leads.db", ["list.csv", "more.csv"], folder / "kept" / ".." / "out.parquet"
        )
    return folder


@pytest.fixture
def db(made, tmp_path):
    """A copy of the record, and of the folder with its files."""
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here" / "leads.db"


def part(db, number):
    return db.parent / "out.parquet" / f"part-{number:05}.parquet"


def told(findings):
    """Return codes and names of findings, files by their names; every finding has words."""
    for each in findings:
        for lang in ("en", "zh"):
            assert finding_text(each, lang)
    return [(each.code, Path(each.name).name) for each in findings]


def check(db):
    with open_store(str(db), create=False) as store:
        return told(store.check(store.run_numbers(), everything=True))


def rewrite(path, query):
    """Write a file anew by a query over ``rows``."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE rows AS SELECT * FROM read_parquet(?)", [str(path)])
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def tamper(db, statement):
    with closing(sqlite3.connect(db)) as connection:
        connection.execute(statement)
        connection.commit()


def read(store, run, **choice):
    """Return all that there is to read of the decisions of a run."""
    return [
        (each.lead, each.file, each.line, each.facts, each.ranks, each.decision, each.steps)
        for each in store.decisions(run, **choice)
    ]


def note_digest(db, number):
    """Do what an insider would: note the hash that a file has now."""
    tamper(
        db,
        f"UPDATE decision_file SET sha256 = '{files.digest_of(part(db, number))}'"
        f" WHERE position = {number}",
    )


def test_a_run_in_files_reads_like_one_in_the_database(db):
    with open_store(str(db), create=False) as store:
        one, other = store.runs()
        assert (one.folder, other.folder) == (None, "out.parquet")
        for name in ("decided", "rejected", "qualified", "grades", "rows_read"):
            assert getattr(one, name) == getattr(other, name)
        for choice in ({}, {"best_first": False}, {"grade": "B"}, {"limit": 2}):
            kept, filed = (read(store, run, **choice) for run in (1, 2))
            assert kept == filed
            assert kept
        for lead in ("E1", "E11"):
            kept, filed = (store.decision(run, lead).decision for run in (1, 2))
            assert kept == filed
        assert [each.run for each in store.history("E4")] == [1, 2]
        assert list(store.rejected(1)) == list(store.rejected(2))
        with pytest.raises(StoreError, match="no-such-lead"):
            store.decision(2, "E99")


def test_any_database_has_such_runs(database, made, tmp_path):
    out = tmp_path / "out"
    with open_store(database.target, create=True) as store:
        for folder in (None, out):
            decide_into(store, made, ["list.csv", "more.csv"], folder)
        assert read(store, 1) == read(store, 2) != []
        assert store.check([1, 2], everything=True) == []
        assert store.forget("E2", by="Lin", reason="asked to").decisions == 2
        assert became(store, "E3", "E2") == ["E2"]
        assert read(store, 1) == read(store, 2)
        assert store.check([1, 2], everything=True) == []
        assert store.leads_like("e3") == ["E3"]
        assert decide_into(store, made, ["list.csv"]) == 3
        with pytest.raises(StoreError, match="not-in-run"):
            store.decision(3, "E11")
    named = [Path(file).parent.name for (file,) in database.rows("SELECT file FROM decision_file")]
    assert named == ["out"] * 4
    (out / "part-00002.parquet").unlink()
    with open_store(database.target, create=False) as store:
        found = store.check([2], everything=False)
    assert told(found) == [("file-missing", "part-00002.parquet")]


def test_every_row_is_hashed_as_the_record_is(db):
    names = [each.name for each in sorted((db.parent / "out.parquet").iterdir())]
    assert names == [f"part-{number:05}.parquet" for number in (1, 2, 3, 4)]
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT * FROM read_parquet(?) ORDER BY number", [f"{db.parent}/out.parquet/*.parquet"]
        )
        columns = {name: str(kind) for name, kind, *_ in found.description}
        rows = found.fetchall()
    assert list(columns) == list(COLUMNS)
    assert [row[0] for row in rows] == [*range(1, len(rows) + 1)]
    for _, *values, sealed in rows:
        row = Decided(*values)
        assert (row.leaf, sealed) == (leaf_of(row), None)
    assert len({row[14] for row in rows}) == len(rows)


def test_nothing_is_found_where_nothing_was_changed(db):
    assert check(db) == []
    verdict = verify_record(str(db), 2, lambda _: None, workers=1)
    assert verdict.proved
    assert [each.decisions for each in verdict.runs] == [11]


CHANGES = {
    "a grade": "UPDATE rows SET grade = 'C' WHERE lead = 'E2'",
    "a fact": "UPDATE rows SET facts = replace(facts, '500', '501') WHERE lead = 'E2'",
    "a place in the list": "UPDATE rows SET line = 9 WHERE lead = 'E2'",
    "a lead": "UPDATE rows SET lead = 'E22' WHERE lead = 'E2'",
    "a salt": "UPDATE rows SET salt = 'aaaaaaaaaaaaaaaa'::BLOB WHERE lead = 'E2'",
    "evidence": "UPDATE rows SET evidence = '0' || evidence WHERE lead = 'E2'",
    "a possible score": "UPDATE rows SET high = high + 1 WHERE lead = 'E2'",
    "whether it is qualified": "UPDATE rows SET qualified = NOT qualified WHERE lead = 'E2'",
}


@pytest.mark.parametrize("known", [False, True], ids=["", "whose hash was noted"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_row_is_named(db, change, known):
    with duckdb.connect() as connection:
        path = part(db, 1)
        connection.execute("CREATE TABLE rows AS SELECT * FROM read_parquet(?)", [str(path)])
        assert connection.execute(CHANGES[change]).fetchall() == [(1,)]
        connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
    if known:
        note_digest(db, 1)
    lead = "E22" if change == "a lead" else "E2"
    named = [("row-changed", lead)]
    assert check(db) == (named if known else [("file-changed", path.name), *named])


def test_a_changed_leaf_changes_the_file(db):
    rewrite(part(db, 1), "SELECT * REPLACE ('ab' AS leaf) FROM rows")
    assert check(db) == [("file-changed", "part-00001.parquet")]


@pytest.mark.parametrize("known", [False, True], ids=["", "whose hash was noted"])
def test_a_deleted_an_added_and_a_swapped_row_are_named(db, known):
    rewrite(part(db, 1), "SELECT * FROM rows WHERE number <> 2")
    rewrite(
        part(db, 2), "FROM rows UNION ALL SELECT * REPLACE (5 AS number) FROM rows WHERE number = 6"
    )
    swapped = "CASE number WHEN 7 THEN 9 WHEN 9 THEN 7 ELSE number END AS number"
    rewrite(part(db, 3), f"SELECT * REPLACE ({swapped}) FROM rows ORDER BY number")
    if known:
        for number in (1, 2, 3):
            note_digest(db, number)
    found = check(db)
    if not known:
        changed = [("file-changed", part(db, number).name) for number in (1, 2, 3)]
        assert found[:3] == changed
        del found[:3]
    with open_store(str(db), create=False) as store:
        leads = [each.lead for each in store.decisions(1, best_first=False)]
    assert ("row-missing", "#2") in found
    assert [code for code, name in found if name in (leads[4], leads[5], "#6")]
    assert {("row-changed", leads[6]), ("row-changed", leads[8])} <= {*found}


def test_a_missing_file_is_named_and_nothing_else(db):
    part(db, 2).unlink()
    assert check(db) == [("file-missing", "part-00002.parquet")]
    verdict = verify_record(str(db), 2, lambda _: None, workers=1)
    assert told(verdict.findings) == [("file-missing", "part-00002.parquet")]


def test_swapped_files_are_named(db):
    spare = part(db, 9)
    part(db, 1).rename(spare)
    part(db, 2).rename(part(db, 1))
    spare.rename(part(db, 2))
    with open_store(str(db), create=False) as store:
        found = store.check([2], everything=False)
    assert [(each.code, Path(each.name).name, each.detail) for each in found] == [
        ("file-swapped", "part-00001.parquet", "part-00002.parquet"),
        ("file-swapped", "part-00002.parquet", "part-00001.parquet"),
    ]


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"cut"])
def test_a_file_that_cannot_be_read_is_named(db, content):
    whole = part(db, 3).read_bytes()
    part(db, 3).write_bytes(whole[:500] if content == b"cut" else content)
    assert check(db) == [("file-unreadable", "part-00003.parquet")]
    for ask in (lambda store: list(store.decisions(2)), lambda store: store.decision(2, "E1")):
        with open_store(str(db), create=False) as store, pytest.raises(StoreError) as caught:
            ask(store)
        assert caught.value.code == "file-unreadable"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * EXCLUDE salt FROM rows",
        "SELECT *, 1 AS more FROM rows",
        "SELECT * REPLACE (score::DOUBLE AS score) FROM rows",
    ],
)
def test_a_file_with_other_columns_is_named(db, query):
    rewrite(part(db, 1), query)
    assert check(db) == [("file-unreadable", "part-00001.parquet")]


def test_a_file_too_many_is_named(db):
    shutil.copy(part(db, 1), part(db, 8))
    assert check(db) == [("file-stray", "part-00008.parquet")]


def test_decisions_whose_file_is_not_known_any_more_are_named(db):
    tamper(db, "DELETE FROM decision_file WHERE position = 4")
    assert check(db) == [
        ("file-stray", "part-00004.parquet"),
        ("row-missing", "#10"),
        ("row-missing", "#11"),
    ]


FORGED = [
    "INSERT INTO snapshot (id, facts) VALUES (900, '{}')",
    "INSERT INTO lead (id, key, snapshot_id) VALUES (900, 'NOBODY', 900)",
    """INSERT INTO decision (
            run_id, number, lead_id, snapshot_id, source, line, qualified, grade, score, low, high,
            worst, best, evidence, ranks, salt, sealed)
        SELECT 2, 900, 900, 900, source, 9, 1, 'A', 8500, 8500, 8500, 'A', 'A', evidence, ranks,
            salt, NULL FROM decision WHERE run_id = 1 AND number = 1""",
]


def test_decisions_that_the_table_has_of_a_run_in_files_are_named_and_not_read(db):
    for statement in FORGED:
        tamper(db, statement)
    assert check(db) == [("row-inserted", "NOBODY")]
    with open_store(str(db), create=False) as store:
        assert told(store.check([2], everything=False)) == [("row-inserted", "NOBODY")]
        with pytest.raises(StoreError, match="no-such-lead"):
            store.history("NOBODY")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision_file SET position = position + 7 WHERE position = 3",
        "UPDATE decision_file SET rows = rows + 1 WHERE position = 1",
        "UPDATE decision_file SET rows = rows + 1 WHERE position = 3",
        "UPDATE decision_file SET rows = rows - 1 WHERE position = 3",
        "UPDATE decision_file SET file = 'x' WHERE position = 2",
        "UPDATE decision_file SET sha256 = 'x' WHERE position = 2",
        "UPDATE decision_file SET run_id = 1 WHERE position = 2",
        "UPDATE decision_file SET run_id = 9 WHERE position = 2",
        "UPDATE decision_file SET run_id = 9",
        "UPDATE decision_file SET position = 'x' WHERE position = 2",
        "UPDATE decision_file SET rows = 'x' WHERE position = 2",
        "UPDATE decision_file SET rows = rows + 0.5 WHERE position = 2",
        "UPDATE decision_file SET rows = 9223372036854775807 WHERE position = 4",
        "UPDATE decision_file SET file = x'ff' WHERE position = 2",
        "UPDATE decision_file SET file = CAST(x'ff' AS TEXT) WHERE position = 2",
        "UPDATE decision_file SET sha256 = CAST(sha256 AS BLOB) WHERE position = 2",
        "DELETE FROM decision_file WHERE position = 3",
        "DELETE FROM decision_file",
        "INSERT INTO decision_file SELECT 2, 5, file, 3, sha256 FROM decision_file LIMIT 1",
        """UPDATE decision_file SET file = replace(file, '2.', '3.'), sha256 = (
            SELECT other.sha256 FROM decision_file AS other WHERE other.position = 3
        ) WHERE position = 2""",
        "UPDATE marks SET marks = zeroblob(length(marks)) WHERE run_id = 2 AND kind = 'decision'",
    ],
)
def test_a_change_in_the_record_of_the_files_is_found(db, statement):
    tamper(db, statement)
    assert check(db)


def test_record_and_folder_may_move_together(db, tmp_path):
    moved = tmp_path / "there"
    db.parent.rename(moved)
    assert check(moved / "leads.db") == []
    with open_store(str(moved / "leads.db"), create=False) as store:
        assert store.decision(2, "E1").grade == store.decision(1, "E1").grade


def test_a_folder_elsewhere_is_named_by_its_whole_path(db, tmp_path):
    out = tmp_path / "elsewhere"
    decide(db, ["list.csv"], out)
    moved = tmp_path / "there"
    db.parent.rename(moved)
    assert check(moved / "leads.db") == []
    out.rename(tmp_path / "gone")
    assert {code for code, _ in check(moved / "leads.db")} == {"file-missing"}
    with open_store(str(moved / "leads.db"), create=False) as store:
        assert store.run(3).folder == str(out)
        with pytest.raises(StoreError, match="file-missing"):
            store.decision(3, "E1")


def test_bundles_of_a_run_in_files_prove_themselves(db):
    with open_store(str(db), create=False) as store:
        for lead in (None, "E1", "E11"):
            bundle = Bundle(store.bundle(2, lead))
            assert bundle_findings(bundle, store.head()) == []
            assert len(bundle.rows) == (11 if lead is None else 1)


def personal(db, *, run):
    """Return all texts of the files of a run, and where they are."""
    with duckdb.connect() as connection:
        query = "SELECT filename, COLUMNS(*)::VARCHAR FROM read_parquet(?, filename = true)"
        return connection.execute(query, [f"{db.parent}/out.parquet/*.parquet"]).fetchall()


def test_a_forgotten_lead_is_in_no_file_any_more(db):
    with open_store(str(db), create=False) as store:
        before = [each.lead for each in store.decisions(2, best_first=False)]
        done = store.forget("E2", by="Lin", reason="asked to")
        assert (done.leads, done.decisions) == (1, 2)
        after = [each.lead for each in store.decisions(2, best_first=False)]
        assert after == [each for each in before if each != "E2"]
        with pytest.raises(StoreError, match="no-such-lead"):
            store.history("E2")
    names = sorted(each.name for each in (db.parent / "out.parquet").iterdir())
    assert names == [
        "part-00001-e1.parquet",
        *(f"part-0000{number}.parquet" for number in (2, 3, 4)),
    ]
    assert not [row for row in personal(db, run=2) if "E2" in row]
    assert b"E2" not in (db.parent / "out.parquet" / names[0]).read_bytes()
    assert check(db) == []
    verdict = verify_record(str(db), 2, lambda _: None, workers=1)
    assert verdict.proved
    with open_store(str(db), create=False) as store:
        assert store.forget("E3", by="Lin", reason="asked to").decisions == 2
        assert bundle_findings(Bundle(store.bundle(2, None)), store.head()) == []
    assert (db.parent / "out.parquet" / "part-00001-e2.parquet").exists()
    assert check(db) == []


def test_a_lead_of_files_only_can_be_forgotten(db):
    (db.parent / "new.csv").write_text("Lead,revenue\nN1,5\nN2,what\n", encoding="utf-8")
    decide(db, ["new.csv"], db.parent / "new")
    with open_store(str(db), create=False) as store:
        assert store.sources(3)[0].mapping["unread"]
        done = store.forget("N2", by="Lin", reason="asked to")
        assert (done.leads, done.decisions, done.notes) == (1, 1, 1)
        assert not store.sources(3)[0].mapping["unread"]
        with pytest.raises(StoreError, match="no-such-lead"):
            store.forget("N2", by="Lin", reason="asked to")
    assert check(db) == []


def test_old_runs_in_files_are_forgotten_whole(db):
    tomorrow = date.today() + timedelta(days=1)
    with open_store(str(db), create=False) as store:
        done = store.forget_before(tomorrow, by="Lin", reason="old")
        assert done.decisions == 22
        assert list(store.decisions(2)) == []
        assert store.forget_before(tomorrow, by="Lin", reason="old") is None
    assert {row[2] for row in personal(db, run=2)} == {None}
    assert check(db) == []


def test_what_a_file_says_of_a_forgotten_lead_is_found(db):
    with open_store(str(db), create=False) as store:
        store.forget("E2", by="Lin", reason="asked to")
    path = part(db, 1).with_name("part-00001-e1.parquet")
    rewrite(path, "SELECT * REPLACE (coalesce(lead, 'E2') AS lead) FROM rows")
    assert check(db) == [("file-changed", path.name), ("refilled", "E2")]


def test_a_forgetting_that_fails_leaves_the_files(db, monkeypatch):
    def fails(*_):
        raise OperationalError("no", None, sqlite3.OperationalError("no"))

    monkeypatch.setattr("leadgrade.storage.forgetting.link_erasure", fails)
    with open_store(str(db), create=False) as store, pytest.raises(StoreError):
        store.forget("E2", by="Lin", reason="asked to")
    assert check(db) == []
    assert part(db, 1).exists()


@pytest.mark.parametrize(
    ("stopped_at", "kept"),
    [
        ("forgetting.link_erasure", "part-00001.parquet"),
        ("store.empty_log", "part-00001-e1.parquet"),  # it is in the record already
    ],
)
def test_a_forgetting_that_is_interrupted_leaves_the_files_of_the_record(
    db, monkeypatch, stopped_at, kept
):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"leadgrade.storage.{stopped_at}", interrupted)
    with open_store(str(db), create=False) as store, pytest.raises(KeyboardInterrupt):
        store.forget("E2", by="Lin", reason="asked to")
    assert [each.name for each in sorted(part(db, 1).parent.glob("part-00001*"))] == [kept]
    assert check(db) == []


def test_an_old_file_that_cannot_be_deleted_is_told(db, monkeypatch):
    def open_elsewhere(path, *, missing_ok=False):
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(Path, "unlink", open_elsewhere)
    said = ["forget", "E2", "--reason", "asked to", "--yes", "--db", str(db)]
    done = CliRunner().invoke(cli, said)
    assert (done.exit_code, done.stderr) == (1, "")
    told = f"The record no longer has {part(db, 1)}, but it could not be deleted"
    assert told in " ".join(done.stdout.split())
    assert check(db) == [("file-stray", "part-00001.parquet")]


@pytest.mark.parametrize("beside", ["here", "elsewhere"])
def test_what_a_killed_run_left_is_named(db, tmp_path, beside):
    """Beside the database, or beside a folder of its runs that lies elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    decide(db, ["list.csv"], tmp_path / "elsewhere" / "kept")
    tamper(db, "DELETE FROM decision_file WHERE run_id = 2")  # so that none lies here
    shutil.rmtree(db.parent / "out.parquet")
    before = check(db)
    draft = tmp_path / beside / ".next.parquet.0123abcd.new"
    draft.mkdir()
    (tmp_path / beside / ".list.new").mkdir()  # somebody's own
    assert [each for each in check(db) if each not in before] == [("draft-left", draft.name)]


def test_a_grade_by_hand_holds_for_a_lead_in_files_and_is_said_of_the_database(db):
    saying = {"grade": "C", "reason": "met them", "since": AS_OF, "by": "Lin"}
    with open_store(str(db), create=False) as store:
        until = AS_OF + timedelta(days=9)
        store.override("E1", run=1, until=until, **saying)
        assert store.decision(2, "E1", day=AS_OF).override.grade == "C"
        assert store.decision(2, "E1", day=until + timedelta(days=1)).override is None
        with pytest.raises(StoreError, match="run-in-files"):
            store.override("E1", run=2, until=until, **saying)


def became(store, *leads):
    """Store a list of outcomes: these leads were won."""
    source = Source("became.csv", "0" * 64, "CSV", "utf-8", len(leads))
    found = [Outcome(each, won=True) for each in leads]
    unknown = [each.lead for each in store.unknown_leads(found)]
    done = store.add_outcomes(source, found, by="Lin", still_open=0, rejected=0)
    assert (done.won, done.unknown) == (len(leads) - len(unknown), len(unknown))
    return unknown


def test_outcomes_of_leads_that_only_files_have(db):
    (db.parent / "new.csv").write_text("Lead,revenue\nE1,7\nN1,5\nN2,6\nN3,7\n", encoding="utf-8")
    decide(db, ["new.csv"], db.parent / "new")
    with open_store(str(db), create=False) as store:
        assert became(store, "N1", "N2", "E1", "N9") == ["N9"]
        assert {*store.outcomes()} == {"N1", "N2", "E1"}
    assert check(db) == []
    with open_store(str(db), create=False) as store:
        assert store.forget("N1", by="Lin", reason="asked to").outcomes == 1
        assert {*store.outcomes()} == {"N2", "E1"}
        assert became(store, "N1") == ["N1"]
    assert check(db) == []
    assert decide(db, ["new.csv"]) == 4  # and now the database has them, with what is known
    with open_store(str(db), create=False) as store:
        assert store.decision(4, "N2").facts == '{"revenue":6}'
        assert [each.run for each in store.history("N2")] == [3, 4]
    assert check(db) == []


def test_a_lead_is_kept_as_long_as_a_file_has_it(db):
    (db.parent / "new.csv").write_text("Lead,revenue\nN1,5\nN2,6\n", encoding="utf-8")
    for name in ("first", "second"):
        decide(db, ["new.csv"], db.parent / name)
    with open_store(str(db), create=False) as store:
        became(store, "N1")
    age(db, 3)
    with open_store(str(db), create=False) as store:
        assert store.forget_before(date(2001, 1, 1), by="Lin", reason="old").decisions == 2
        assert {*store.outcomes()} == {"N1"}
    age(db, 4)
    with open_store(str(db), create=False) as store:
        done = store.forget_before(date(2001, 1, 1), by="Lin", reason="old")
        assert (done.decisions, done.outcomes, done.leads) == (2, 1, 1)
        assert store.outcomes() == {}


def age(db, run):
    """Let a run have been long ago. It can no longer be proved."""
    tamper(db, f"UPDATE run SET started_at = '2000-01-01T00:00:00.000Z' WHERE id = {run}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lead SET snapshot_id = 1 WHERE key = 'N1'",
        "UPDATE lead SET key = 'N2' WHERE key = 'N1'",
        "INSERT INTO lead (key, snapshot_id) VALUES ('N3', 0)",
    ],
)
def test_a_change_of_a_lead_that_only_files_have_is_found(db, statement):
    (db.parent / "new.csv").write_text("Lead,revenue\nN1,5\n", encoding="utf-8")
    decide(db, ["new.csv"], db.parent / "new")
    with open_store(str(db), create=False) as store:
        became(store, "N1")
    assert check(db) == []
    tamper(db, statement)
    assert check(db)


def test_a_folder_that_is_there_is_never_written_to(db):
    for out, code in ((db.parent / "out.parquet", "folder-of-run"), (db.parent, "folder-exists")):
        with pytest.raises(StoreError) as caught:
            decide(db, ["list.csv"], out)
        assert caught.value.code == code
    with pytest.raises(StoreError, match="no-out-folder"):
        decide(db, ["list.csv"], db.parent / "no" / "out")
    assert check(db) == []


def entries(db):
    return sorted(
        each.name for each in db.parent.iterdir() if not each.name.startswith("leads.db-")
    )


def test_a_refused_run_leaves_no_folder(db, monkeypatch):
    before = entries(db)
    wrong = {**subjects.OPERATORS, Op.GE: subjects.OPERATORS[Op.GT]}
    monkeypatch.setattr(subjects, "OPERATORS", wrong)
    with pytest.raises(DisagreementError):
        decide(db, ["more.csv"], db.parent / "new")
    assert entries(db) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("where", ["settle", "add_file"])
def test_a_run_that_is_cut_off_leaves_no_folder(db, monkeypatch, where, error):
    before = entries(db)

    def cut(*_):
        assert [each for each in entries(db) if each.endswith(".new")]  # it was on its way
        raise error

    monkeypatch.setattr(f"leadgrade.storage.writing.{where}", cut)
    with pytest.raises((error, StoreError)):
        decide(db, ["list.csv"], db.parent / "new")
    assert entries(db) == before
    assert check(db) == []


def test_a_run_that_cannot_be_committed_leaves_no_folder(db, monkeypatch):
    before = entries(db)

    def refuse(self):
        raise OperationalError("no", None, sqlite3.OperationalError("no"))

    with monkeypatch.context() as patched:
        patched.setattr("sqlalchemy.engine.Connection.commit", refuse)
        with pytest.raises(StoreError):
            decide(db, ["list.csv"], db.parent / "new")
    assert entries(db) == before
    assert check(db) == []


def test_a_list_without_leads_makes_no_folder(db):
    (db.parent / "none.csv").write_text("Lead,revenue\n,5\n", encoding="utf-8")
    before = entries(db)
    assert decide(db, ["none.csv"], db.parent / "new") == 3
    assert entries(db) == before
    with open_store(str(db), create=False) as store:
        assert (store.run(3).decided, store.run(3).rejected) == (0, 1)
        assert list(store.decisions(3)) == []
    assert check(db) == []
