"""Runs that are stopped or hit on the way: nothing half is stored, nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = str(Path(sys.executable).with_name("leadgrade"))
PROC = Path("/proc")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def in_session(session: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for path in PROC.glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(of) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def workers_of(parent: int) -> list[int]:
    """Return the worker processes: those that were spawned to run our function."""
    found = []
    for pid in in_session(parent):
        try:
            line = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in line:
            found.append(pid)
    return found


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_written(folder: Path) -> bool:
    """Whether a run has stored its first rows, and so has its last ones still to come."""
    connection = sqlite3.connect(folder / "leadgrade.db", timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


@pytest.fixture
def long_list(decided: Path) -> Path:
    """A list that takes several seconds."""
    with (decided / "long.csv").open("w", encoding="utf-8") as file:
        file.write("Lead,Company,Revenue,Days to pay,Intent\n")
        file.writelines(f"N-{n},Company {n},{n * 997},{n % 120},some\n" for n in range(120_000))
    return decided / "long.csv"


@pytest.fixture
def running(long_list: Path, decided: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run in the middle of a long list, in a session of its own, as from a shell."""
    process = subprocess.Popen(
        [SCRIPT, "qualify", "long.csv", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        wait_for(lambda: is_written(decided))
        assert process.poll() is None, "the list is too short"
        yield process
        for pid in in_session(process.pid):
            os.kill(pid, signal.SIGKILL)


def test_ctrl_c_stops_everything_and_stores_nothing(running, leadgrade, decided) -> None:
    before = leadgrade("runs", "--json").json
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of the group
    stdout, stderr = running.communicate(timeout=20)
    assert (running.returncode, stdout) == (2, b"")
    assert stderr.decode() == "error: Stopped. Nothing was stored.\n"
    wait_for(lambda: not in_session(running.pid), 5)
    assert leadgrade("runs", "--json").json == before
    assert sorted(each.name for each in decided.glob("leadgrade.db*")) == ["leadgrade.db"]


@pytest.mark.parametrize(
    ("begun", "signals", "code"),
    [
        (".kept.*.new", [signal.SIGINT], 2),
        (".kept.*.new/*.parquet", [signal.SIGINT], 2),
        (".kept.*.new/*.parquet", [signal.SIGTERM], 143),
        (".kept.*.new/*.parquet", [signal.SIGHUP, signal.SIGHUP, signal.SIGTERM], 129),
        ("passing/leadgrade-*/*", [signal.SIGTERM], 143),
    ],
)
def test_files_that_were_begun_are_taken_away(
    long_list, leadgrade, decided, begun, signals, code
) -> None:
    before = leadgrade("runs", "--json").json
    (decided / "passing").mkdir()
    process = subprocess.Popen(
        [SCRIPT, "qualify", "long.csv", "--out", "kept"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(decided / "passing")},
    )
    with process:
        wait_for(lambda: [*decided.glob(begun)], 60)
        for number in signals:
            os.kill(process.pid, number)
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (code, b"")
    assert stderr.decode().endswith("error: Stopped. Nothing was stored.\n")
    assert not [*decided.glob("*kept*"), *decided.glob("passing/*")]
    assert leadgrade("runs", "--json").json == before


@pytest.mark.parametrize(
    ("to", "number"),
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGTERM), (os.killpg, signal.SIGHUP)],
    ids=["docker", "systemd", "terminal"],
)
def test_the_system_stops_everything_and_nothing_is_stored(running, leadgrade, to, number) -> None:
    before = leadgrade("runs", "--json").json
    to(running.pid, number)
    _, stderr = running.communicate(timeout=20)
    assert (running.returncode, stderr) == (128 + number, b"error: Stopped. Nothing was stored.\n")
    wait_for(lambda: not in_session(running.pid), 5)
    assert leadgrade("runs", "--json").json == before


def test_nohup_outlives_its_terminal(long_list, decided) -> None:
    command = ["nohup", SCRIPT, "qualify", "long.csv", "--engine", "columnar", "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    with process:
        wait_for(lambda: is_written(decided))
        os.kill(process.pid, signal.SIGHUP)
        stdout, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(stdout)["decided"]) == (0, 120_000)


def test_ctrl_c_to_the_parent_alone_stops_everything(running, leadgrade) -> None:
    before = leadgrade("runs", "--json").json
    os.kill(running.pid, signal.SIGINT)
    _, stderr = running.communicate(timeout=20)
    assert (running.returncode, stderr) == (2, b"error: Stopped. Nothing was stored.\n")
    wait_for(lambda: not in_session(running.pid), 5)
    assert leadgrade("runs", "--json").json == before


def test_kill_9_leaves_no_half_run_and_no_lock(running, leadgrade) -> None:
    before = leadgrade("runs", "--json").json
    running.kill()
    running.communicate(timeout=20)
    wait_for(lambda: not in_session(running.pid), 10)
    assert leadgrade("runs", "--json").json == before
    again = leadgrade("qualify", "leads.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    assert again.code == 0
    assert [each["run"] for each in leadgrade("runs", "--json").json] == [2, 1]


def test_a_killed_worker_costs_no_lead(decided, leadgrade) -> None:
    with (decided / "some.csv").open("w", encoding="utf-8") as file:
        file.write("Lead,Company,Revenue\n")
        file.writelines(f"N-{n},Company {n},{n * 997}\n" for n in range(20_000))
    process = subprocess.Popen(
        [SCRIPT, "qualify", "some.csv", "--workers", "2", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        # It holds the database for a moment before its workers are there, too.
        wait_for(lambda: is_written(decided) and workers_of(process.pid))
        os.kill(min(workers_of(process.pid)), signal.SIGKILL)  # the first: it is at work by now
        try:
            stdout, stderr = process.communicate(timeout=180)
        finally:
            process.kill()  # a run that hangs fails the test; it must not hang it too
    assert (process.returncode, stderr) == (0, b"")
    run = json.loads(stdout)
    assert (run["leads"], run["decided"], run["rejected"]) == (20_000, 20_000, 0)
    assert leadgrade("explain", "N-19999").code == 0
