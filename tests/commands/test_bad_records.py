"""Databases that cannot be used: one message, exit code 2, and they stay as they were."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadgrade.storage.store import open_store

QUALIFY = ("qualify", "leads.csv", "--as-of", "2026-01-22", "--engine", "explainer")
ASKING = [["top"], ["explain", "L-1"], ["runs"], ["show"], ["export"]]
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("command", ASKING)
def test_no_record(leadgrade, folder, command) -> None:
    seen = leadgrade(*command)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: There is no record at leadgrade.db. `leadgrade qualify` makes one; "
        "or name another with --db.\n"
    )
    assert not (folder / "leadgrade.db").exists()


def test_a_record_without_runs(leadgrade, folder) -> None:
    open_store("leadgrade.db", create=True).close()
    for command in ASKING:
        seen = leadgrade(*command)
        if command == ["runs"]:
            assert (seen.code, len(seen.stdout.splitlines())) == (0, 1)
            continue
        assert (seen.code, seen.stdout) == (2, "")
        assert seen.stderr == (
            "error: The record leadgrade.db has no runs yet. Start with `leadgrade qualify LIST`.\n"
        )


@pytest.mark.parametrize("command", [["top"], ["explain", "L-1"], ["export"]])
def test_a_run_that_is_not_there(leadgrade, decided, command) -> None:
    message = "error: There is no run 99; the latest is 1. `leadgrade runs` lists them.\n"
    seen = leadgrade(*command, "--run", "99")
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", message)
    assert leadgrade("show", "99").stderr == message
    assert leadgrade(*command, "--run", "9" * 30).code == 2


def test_a_lead_that_is_not_there(leadgrade, decided) -> None:
    seen = leadgrade("explain", "L-33")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("error: No lead is called `L-33`. Did you mean L-3")
    assert leadgrade("explain", "").code == 2
    assert "No lead is called" in leadgrade("explain", "\udcff").stderr or True


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello, I am a text\n" * 10, "leads.db is not a database."),
        (b"SQLite format 3\0" + b"\xff" * 200, "leads.db"),
    ],
)
def test_a_file_that_is_no_database(leadgrade, folder, content, message) -> None:
    (folder / "leads.db").write_bytes(content)
    for command in (QUALIFY, ["top"]):
        seen = leadgrade(*command, "--db", "leads.db")
        assert (seen.code, seen.stdout) == (2, "")
        assert seen.stderr.startswith(f"error: {message}")
        assert seen.stderr.count("\n") == 1
        assert (folder / "leads.db").read_bytes() == content


def test_a_database_of_another_program(leadgrade, folder) -> None:
    with sqlite3.connect("other.db") as connection:
        connection.execute("CREATE TABLE invoices (id)")
    connection.close()
    before = (folder / "other.db").read_bytes()
    seen = leadgrade(*QUALIFY, "--db", "other.db")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: other.db is a database of another program (it has invoices). "
        "It was left as it is; name another file with --db.\n"
    )
    assert (folder / "other.db").read_bytes() == before
    assert sorted(each.name for each in folder.glob("other*")) == ["other.db"]


def test_a_record_that_another_process_is_writing(leadgrade, decided, runs_of, monkeypatch) -> None:
    # As through the command line, but for the 30 seconds of patience.
    monkeypatch.setitem(open_store.__kwdefaults__, "timeout", 0.3)
    before = runs_of()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, "leadgrade.db"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        seen = leadgrade(*QUALIFY)
        assert (seen.code, seen.stdout) == (2, "")
        assert seen.stderr == (
            "error: leadgrade.db is in use by another program that is writing. "
            "Nothing was stored; try again when it is done.\n"
        )
        assert leadgrade("top").code == 0  # readers need not wait
        holder.communicate()
    assert runs_of() == before
    assert leadgrade(*QUALIFY).code == 0


def test_a_record_that_may_only_be_read(leadgrade, decided, runs_of) -> None:
    url = "sqlite:///file:leadgrade.db?mode=ro&uri=true"
    before = runs_of()
    seen = leadgrade(*QUALIFY, "--db", url)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: leadgrade.db cannot be written: it is read-only. Nothing was stored.\n"
    )
    assert leadgrade("top", "--db", url).stdout == leadgrade("top").stdout
    assert runs_of() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(leadgrade, folder) -> None:
    (folder / "closed").mkdir(mode=0o500)
    seen = leadgrade(*QUALIFY, "--db", "closed/leadgrade.db")
    assert (seen.code, seen.stdout) == (2, "")
    assert "closed/leadgrade.db" in seen.stderr


def test_a_folder_that_is_not_there_and_a_url_that_says_nothing(leadgrade, folder) -> None:
    for db, message in (
        ("nowhere/x.db", "The folder "),
        (".", ". is not a database."),
        ("mysql://user:secret@host/x", "The database"),
        ("://", "The database URL cannot be understood."),
    ):
        seen = leadgrade(*QUALIFY, "--db", db)
        assert (seen.code, seen.stdout) == (2, "")
        assert seen.stderr.startswith(f"error: {message}")
        assert "secret" not in seen.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    made = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(made, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def long_list(folder: Path, rows: int) -> None:
    lines = (f"L-{n},Company number {n},{n * 1000}\n" for n in range(rows))
    (folder / "long.csv").write_text("Lead,Company,Revenue\n" + "".join(lines), encoding="utf-8")


def test_a_full_disk(leadgrade, decided, small_disk, runs_of) -> None:
    long_list(decided, 4000)
    db = small_disk / "leadgrade.db"
    shutil.copy("leadgrade.db", db)
    before = leadgrade("runs", "--db", db, "--json").json
    seen = leadgrade("qualify", "long.csv", "--db", db, "--engine", "explainer")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        f"error: The disk is full: {db} could not be written. "
        "Nothing was stored; make room and run again.\n"
    )
    assert leadgrade("runs", "--db", db, "--json").json == before
    assert leadgrade("explain", "L-3", "--db", db).code == 0


def test_a_file_that_may_not_grow(shell, leadgrade, decided, runs_of) -> None:
    """The same on any system: a limit on the size of files."""
    long_list(decided, 4000)
    before = runs_of()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
    try:
        seen = shell("qualify", "long.csv", "--engine", "explainer")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("error: ")
    assert seen.stderr.count("\n") == 1
    assert "inside leadgrade" not in seen.stderr
    assert runs_of() == before


READERS = [["top"], ["runs"], ["show"], ["overrides"], ["explain", "L-1"], ["history", "L-1"]]
DAMAGE = {
    "UPDATE decision SET evidence = 'x'": {"top", "overrides", "explain", "history"},
    "UPDATE decision SET score = 'x'": {"top", "explain", "history"},
    "UPDATE decision SET ranks = x'ff'": {"top", "explain", "history"},
    "UPDATE decision SET snapshot_id = 99": {"top", "explain", "history"},
    "UPDATE snapshot SET facts = 'x'": {"top", "explain", "history"},
    "UPDATE run SET as_of = 'x'": {"runs", "show", "top", "explain", "history"},
    "UPDATE run SET grades = 'x'": {"runs", "show", "top", "explain", "history"},
    "UPDATE run SET decided = 'x'": {"runs", "show", "top", "explain", "history"},
    "UPDATE run SET engine = x'ff'": {"runs", "show", "top", "explain", "history"},
    "UPDATE run_source SET rows_read = 'x'": {"show"},
    "UPDATE run_source SET mapping = 'x'": {"show"},
    "UPDATE legend SET text = 'x'": {"top", "overrides", "explain", "history"},
    "UPDATE book SET text = x'ff'": {"top", "explain", "history"},
    "UPDATE \"override\" SET until = x'ff'": {"overrides"},
}


@pytest.mark.parametrize("statement", DAMAGE)
def test_what_was_changed_until_it_cannot_be_read_is_told(leadgrade, decided, statement) -> None:
    """It is named, with what to do, wherever somebody reads it."""
    given = ("--reason", "met", "--until", "2099-12-31")
    assert leadgrade("override", "L-1", "--grade", "D", *given).code == 0
    connection = sqlite3.connect("leadgrade.db")
    connection.execute(statement)
    connection.commit()
    connection.close()
    stopped = set()
    for command in READERS:
        seen = leadgrade(*command)
        if seen.code:
            stopped.add(command[0])
            assert (seen.code, seen.stdout) == (2, ""), command
            assert "`leadgrade verify" in seen.stderr, seen.stderr
            assert "inside leadgrade" not in seen.stderr, seen.stderr
    assert stopped >= DAMAGE[statement]
    assert leadgrade("verify", "--all").code == 1
