"""The work that is killed, cut off from power, or done by several at once; and what must be left.

A script for processes of their own: ``python crash_work.py kill PATH COUNT SEED`` forks a writer
again and again and kills it at random points, ``write PATH TIMES`` writes runs, ``read PATH`` reads
until its input ends, ``live PATH FILE`` does all of it once. Each prints what it did.
"""

from __future__ import annotations

# ruff: noqa: S311, T201 - random for no secret; it prints what the test that started it reads
import os
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

from leadgrade.engine.backends.base import make_backend
from leadgrade.engine.pool_worker import Worker
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.storage.records import RejectedRow, RunFacts, Source
from leadgrade.storage.store import Store, open_store

AS_OF = date(2026, 1, 22)
LEADS = 200
BOOK = """
book: crashes
facts: {name: {type: text}, spend: {type: money}, sure: {type: flag}}
criteria:
  c:
    range: [0, 20]
    rules:
      - {id: big, fact: spend, bands: [{from: 5000, points: 5}, {from: 100, points: 3}]}
      - {id: sure-of-it, when: sure, points: 4}
knock_outs: [{id: poor, when: spend < 10, grade: B}]
grades: {A: {from: 5}, B: {}}
next_steps: [{id: call, when: grade = A, do: Call, owner: Rep, within: 1 day}]
"""


class Work:
    """Runs of one list, each with every kind of row that a run may have."""

    def __init__(self, leads: int = LEADS) -> None:
        self.book = read_book(BOOK)
        made = [
            Lead(
                f"L-{n}",
                {"name": f"线索 {n}", "spend": float(n * 37 % 9000), "sure": n % 3 == 0},
                {},
                "list.csv",
                n + 2,
            )
            for n in range(leads)
        ]
        self.decided, _ = Worker("explainer", self.book, AS_OF, make_backend).decide(made)

    def write(self, store: Store, step: int = 50) -> int:
        """Store one run in several steps, and return its number."""
        facts = RunFacts(self.book, AS_OF, "tester", "explainer", "1", "1", "3")
        rows = len(self.decided) + 1
        with store.writing(facts) as writing:
            for at in range(0, len(self.decided), step):
                writing.add_decided(self.decided[at : at + step])
            writing.add_rejected([RejectedRow("list.csv", rows + 1, "bad", {}, "a,b")])
            writing.add_source(Source("list.csv", "ab" * 32, "CSV", "utf-8", rows, {}))
            return writing.finish(rows_read=rows, seconds=0.1, notes=[{"code": "x"}])

    def life(self, path: str) -> Iterator[int]:
        """Write all that a record may hold, and yield the number of each run when it is done."""
        with open_store(path, create=True) as store:
            yield self.write(store)
            store.override(
                "L-7", grade="A", reason="r", since=AS_OF, until=date(2027, 1, 1), by="tester"
            )
            yield self.write(store)
            store.forget("L-9", by="tester", reason="asked")


def left(path: str, leads: int = LEADS) -> list[int]:
    """Return the runs of a record after whatever happened to it, all of them whole.

    Raises:
        AssertionError: it is damaged, or something of it is there in part.
    """
    if not Path(path).exists():
        return []
    with open_store(path, create=False, timeout=60) as store:
        runs = store.runs()
        numbers = [run.number for run in runs]
        assert numbers == [*range(1, len(runs) + 1)], numbers
        assert store.check(numbers, everything=True) == []
        for run in runs:
            assert (run.rows_read, run.decided, run.rejected) == (leads + 1, leads, 1)
            there = sum(1 for _ in store.decisions(run.number))
            assert there in (leads, leads - 1), there  # L-9 may be forgotten
            assert len(store.sources(run.number)) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return numbers


def kill(path: str, count: int, seed: int) -> None:
    """Kill a writer so often, each time at another moment of its life."""
    work, random = Work(), Random(seed)
    span = min(_timed(work, f"{path}-{trial}") for trial in range(3))
    known: list[int] = []
    cut_short = 0
    for _ in range(count):
        if random.random() < 0.2:  # from the very beginning, the making of the file included
            for each in Path(path).parent.glob(f"{Path(path).name}*"):
                each.unlink()
            known = []
        told, pipe = os.pipe()
        child = os.fork()
        if child == 0:
            for number in work.life(path):
                os.write(pipe, bytes([number]))
            os._exit(0)
        os.close(pipe)
        time.sleep(random.uniform(0, 1.1 * span))
        os.kill(child, signal.SIGKILL)
        cut_short += os.waitpid(child, 0)[1] == signal.SIGKILL
        with os.fdopen(told, "rb") as answers:
            finished = [*known, *answers.read()]
        known = left(path)
        assert known[: len(finished)] == finished, f"a finished run is gone: {finished}, {known}"
        assert len(known) <= len(finished) + 1
    print(count, cut_short)


def _timed(work: Work, path: str) -> float:
    """Return the seconds of a whole life; the first one also imports what the others need."""
    began = time.monotonic()
    assert list(work.life(path)) == [1, 2]
    return time.monotonic() - began


def live(path: str, finished: str) -> None:
    """Live once, and write a byte for each run as soon as it is done."""
    with Path(finished).open("wb", buffering=0) as told:
        told.writelines(bytes([number]) for number in Work(60).life(path))


def write(path: str, times: int) -> None:
    """Write runs as one of several who do."""
    work = Work()
    for _ in range(times):
        with open_store(path, create=True) as store:
            print(work.write(store), flush=True)


def read(path: str) -> None:
    """Read whole runs until the input ends, and print how often."""
    rounds = 0
    while not select.select([sys.stdin], [], [], 0)[0] or not rounds:
        with open_store(path, create=False) as store:
            for run in store.runs()[-2:]:
                assert sum(1 for _ in store.decisions(run.number)) == run.decided == LEADS
                assert store.decision(run.number, "L-7").lead == "L-7"
        rounds += 1
    print(rounds)


if __name__ == "__main__":
    name, path, *rest = sys.argv[1:]
    if name == "live":
        live(path, *rest)
    else:
        {"kill": kill, "write": write, "read": read}[name](path, *map(int, rest))
