"""A database that cannot be written, or not now: one clear error, and it stays as it was."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from leadgrade.storage.errors import StoreError, store_error
from leadgrade.storage.store import open_store


def refused(work):
    with pytest.raises(StoreError) as caught:
        work()
    return caught.value.code


def test_read_only_by_url(store, path, made):
    made.write_run(store, [made.make_decided()])
    with open_store(f"sqlite:///file:{path}?mode=ro&uri=true", create=False) as reader:
        assert reader.run().decided == 1
        assert refused(lambda: made.write_run(reader, [made.make_decided()])) == "read-only"
    assert store.run().number == 1


READ_THEN_WRITE = """
import os
import leadgrade.storage.writing
from leadgrade.storage.store import open_store, StoreError
if os.geteuid() == 0:  # root may write anything: go on as somebody else
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with open_store(sys.argv[1], create=True) as store:
        print(len(store.runs()), store.decision(None, "E1").grade, flush=True)
        made["write_run"](store, [made["make_decided"]()])
except StoreError as error:
    print(error.code)
"""


@pytest.fixture
def shared():
    """A folder that another user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("closed", ["file", "folder", "both"])
def test_read_only_by_permission(shared, made, child, closed):
    path = shared / "leads.db"
    with open_store(str(path), create=True) as store:
        made.write_run(store, [made.make_decided()])
    path.chmod(0o444 if closed != "folder" else 0o666)
    shared.chmod(0o555 if closed != "file" else 0o777)
    before = path.read_bytes()
    process = child(READ_THEN_WRITE, path)
    assert process.answer.split() == ["1", "A", "read-only"], process.complaint
    assert path.read_bytes() == before


def test_no_new_database_where_nothing_may_be_written(shared, child):
    shared.chmod(0o555)
    process = child(READ_THEN_WRITE, shared / "leads.db")
    assert process.answer.split() == ["no-access"], process.complaint
    assert list(shared.iterdir()) == []


LOCK = """
import sqlite3, time
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(60)
"""


def test_locked_by_another_process(store, path, made, child):
    made.write_run(store, [made.make_decided()])
    process = child(LOCK, path, wait=False)
    assert process.stdout.readline() == "locked\n"
    assert refused(lambda: made.write_run(store, [made.make_decided()])) == "locked"
    assert store.run().decided == 1  # reading goes on
    process.kill()
    process.wait()
    assert made.write_run(store, [made.make_decided()]) == 2


WAIT = """
import signal, threading, os
from leadgrade.storage.store import open_store
with open_store(sys.argv[1], create=False, timeout=50) as store:
    if sys.argv[2] == "impatient":
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    made["write_run"](store, [])
"""


def test_ctrl_c_while_waiting_for_the_lock(store, path, child):
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        process = child(WAIT, path, "impatient")
        assert "KeyboardInterrupt" in process.complaint
        assert time.monotonic() - began < 20


def test_waiting_for_the_lock_is_worth_it(store, path, made, child):
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        process = child(WAIT, path, "patient", wait=False)
        time.sleep(1)
        lock.execute("COMMIT")
    process.communicate(timeout=30)
    assert [run.number for run in store.runs()] == [1]


def test_locked_against_reading(store, path, made):
    made.write_run(store, [made.make_decided()])
    with closing(sqlite3.connect(path, isolation_level=None)) as lock:
        lock.execute("PRAGMA locking_mode=EXCLUSIVE")
        lock.execute("BEGIN EXCLUSIVE")
        assert refused(lambda: open_store(str(path), create=False, timeout=0.1)) == "locked"


def test_disk_full(store, path, made):
    made.write_run(store, [made.make_decided()])
    before = path.read_bytes()
    many = [made.make_decided(f"F{n}", facts=f"{n}" + "x" * 2000) for n in range(2000)]
    with open_store(str(path), create=False) as small:
        made.limit_pages(small.engine, len(before) // 4096 + 50)
        assert refused(lambda: made.write_run(small, many)) == "disk-full"
        assert small.run().number == 1
    assert path.read_bytes() == before
    assert made.write_run(store, many) == 2


def test_a_damaged_database_is_said(store, path, made):
    made.write_run(store, [made.make_decided(f"F{n}") for n in range(500)])
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert refused(lambda: open_store(str(path), create=False).runs()) == "damaged"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "no space"), "disk-full"),
        (OSError(30, "read-only file system"), "read-only"),
        (OSError(5, "input/output error"), "failed"),
        (type("PgError", (Exception,), {"sqlstate": "53100"})(), "disk-full"),
        (type("PgError", (Exception,), {"sqlstate": "25006"})(), "read-only"),
        (type("PgError", (Exception,), {"sqlstate": "XX000"})(), "failed"),
        (sqlite3.OperationalError("from the driver"), "failed"),
    ],
)
def test_what_drivers_and_systems_say(error, code):
    assert store_error(error, "here").code == code
