from __future__ import annotations

import hashlib
import importlib
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from leadgrade.engine import pool
from leadgrade.engine.backends.base import EngineUnavailableError, why_unavailable
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.legend import Legend
from leadgrade.engine.pool import Trouble, UndecidedError, decide_all, engine_version
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.loader import read_book

AS_OF = date(2026, 1, 1)
BOOK = read_book(
    """
book: pool
facts: {size: {type: number}, 名称: {type: text}}
criteria:
  c: {range: [0, 10], rules: [{id: big, when: size > 5, points: 3}]}
grades: {A: {from: 3}, B: {}}
next_steps: [{id: call, when: grade = A, do: Call}]
"""
)
LEGEND = Legend.of(BOOK)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of failing engines, importable by workers too: they get our path."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(pool, "SHORTEST_LIMIT", 0.5)
    return importlib.import_module("faulty_engines")


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def leads(count: int, **ids: int) -> list[Lead]:
    """Return leads L0, L1, …; ``crash=3`` calls the lead at place 3 ``crash``."""
    names = {place: name for name, place in ids.items()}
    return [Lead(names.get(n, f"L{n}"), {"size": float(n % 9)}) for n in range(count)]


def run(given: list[Lead], **options: object) -> tuple[list[str], list[Trouble]]:
    """Decide leads; check that each has the row that the explainer gives. Return the ids."""
    troubles: list[Trouble] = []
    settings = {"engine": "explainer", "as_of": AS_OF, "workers": 2, "chunk": 50} | options
    batches = decide_all(BOOK, given, troubles=troubles, **settings)  # type: ignore[arg-type]
    rows = [row for batch in batches for row in batch]
    explainer = Explainer(BOOK, AS_OF)
    expected = [LEGEND.write(explainer.decide(lead)) for lead in given]
    assert [row.evidence for row in rows] == expected
    return [row.lead for row in rows], troubles


@pytest.mark.parametrize("engine", ["explainer", "rete"])
def test_leads_keep_their_order(engine: str) -> None:
    if why_unavailable(engine):
        pytest.skip(str(why_unavailable(engine)))
    given = leads(1010)
    assert run(given, engine=engine) == ([lead.id for lead in given], [])


def test_no_leads_need_no_worker() -> None:
    assert run([]) == ([], [])


def test_a_row_holds_what_is_stored() -> None:
    lead = Lead("甲", {"size": 7.0, "名称": '上海"电气'}, {"rank": Rank(2, 9)}, "a.csv", 4)
    ((row,),) = decide_all(BOOK, [lead], engine="explainer", as_of=AS_OF)
    assert (row.lead, row.file, row.line) == ("甲", "a.csv", 4)
    assert row.facts == '{"size":7,"名称":"上海\\"电气"}'
    assert row.ranks == '{"rank":[2,9]}'
    assert (row.qualified, row.grade, row.score) == (True, "A", 300)
    assert (row.low, row.high, row.worst, row.best) == (300, 300, "A", "A")
    assert row.evidence == "8.0...8..0"


def test_a_row_is_hashed_as_the_record_says() -> None:
    """Word by word as it stands in docs/record.md."""
    lead = Lead("甲", {"size": 7.0}, {}, "a.csv", 4)
    ((row,), (other,)) = (
        rows for _ in range(2) for rows in decide_all(BOOK, [lead], engine="explainer", as_of=AS_OF)
    )
    assert len(row.salt) == 16
    assert row.salt != other.salt
    private = [row.salt.hex(), '"a.csv"', "4", "8.0...8..0", "{}", '{"size":7}', "甲"]
    sealed = hashlib.sha256("\n".join(private).encode()).hexdigest()
    said = ["decision", "1", "A", "300", "300", "300", "A", "A", sealed]
    assert row.leaf == hashlib.sha256("\n".join(said).encode()).hexdigest()


@pytest.mark.parametrize("place", [0, 77, 249])
def test_a_lead_that_kills_the_worker(faulty: ModuleType, place: int) -> None:
    given = leads(250, crash=place)
    ids, (trouble,) = run(given, open_backend=faulty.open_faulty)
    assert ids == [lead.id for lead in given]
    assert (trouble.lead, trouble.kind) == ("crash", "crash")
    assert "exit code" in trouble.message


@pytest.mark.parametrize("lock", ["reader_mutex", "writer_mutex"])
def test_a_worker_that_dies_with_what_the_others_wait_for(
    monkeypatch: pytest.MonkeyPatch, lock: str
) -> None:
    """Who is killed while taking a chunk, or giving its rows, leaves the lock closed."""
    monkeypatch.setattr(pool, "LOST_AFTER", 2.0)
    made: list[pool._Pool] = []

    class Noted(pool._Pool):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(pool, "_Pool", Noted)
    decided = decide_all(BOOK, leads(400), engine="explainer", as_of=AS_OF, workers=2, chunk=10)
    rows = [*next(decided)]
    time.sleep(1)  # all that is in flight gets done
    channel = made[0]._pool._pool_manager.worker_manager.workers_channel  # type: ignore[union-attr]
    assert getattr(channel.mutex, lock).acquire(timeout=10)
    multiprocessing.active_children()[0].kill()
    began = time.monotonic()
    rows += [row for some in decided for row in some]
    assert [row.lead for row in rows] == [f"L{n}" for n in range(400)]
    assert time.monotonic() - began < 40  # pebble itself looks after 60 seconds


def test_a_lead_on_which_the_engine_hangs(faulty: ModuleType) -> None:
    given = leads(220, hang=130)
    started = time.monotonic()
    ids, (trouble,) = run(given, open_backend=faulty.open_faulty, time_limit=1.0)
    assert ids == [lead.id for lead in given]
    assert (trouble.lead, trouble.kind) == ("hang", "timeout")
    assert time.monotonic() - started < 30


def test_leads_on_which_the_engine_fails(faulty: ModuleType) -> None:
    given = leads(30, **{"raise": 3, "wrong": 9, "crash": 12, "crash too": 13})
    ids, troubles = run(given, open_backend=faulty.open_faulty)
    assert ids == [lead.id for lead in given]
    kinds = [(trouble.lead, str(trouble.kind)) for trouble in troubles]
    assert kinds == [
        ("raise", "error"),
        ("wrong", "error"),
        ("crash", "crash"),
        ("crash too", "crash"),
    ]
    assert troubles[0].message == "RuntimeError: no answer to that"
    assert troubles[1].message.startswith("LedgerError: ")


def test_a_lead_that_nobody_can_decide() -> None:
    with pytest.raises(UndecidedError, match="odd: TypeError"):
        run([*leads(5), Lead("odd", {"size": "large"})])


@pytest.mark.parametrize("opener", ["open_not_at_all", "open_and_die"])
def test_a_book_that_the_engine_cannot_run(faulty: ModuleType, opener: str) -> None:
    with pytest.raises(EngineUnavailableError, match=r"too large a book|exit code"):
        run(leads(3), open_backend=getattr(faulty, opener))


def test_an_engine_that_is_none() -> None:
    with pytest.raises(EngineUnavailableError, match="no engine is called 'prolog'"):
        run(leads(3), engine="prolog")


def test_a_long_list_is_not_read_ahead() -> None:
    taken = itertools.count()
    endless = (Lead(str(number), {"size": 1.0}) for number in taken)
    batches = decide_all(BOOK, endless, engine="explainer", as_of=AS_OF, workers=2, chunk=50)
    for _ in range(10):
        assert len(next(batches)) == 50
    assert next(taken) < 1500
    batches.close()  # type: ignore[attr-defined]


def test_versions() -> None:
    assert engine_version("explainer") != ""
    if why_unavailable("rete") is None:
        assert engine_version("rete") == "2.0.28"


ENDLESS = """
import itertools
from datetime import date
from pathlib import Path
from leadgrade.engine.pool import decide_all
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import load_book

if __name__ == "__main__":
    endless = (Lead(str(number), {"size": 1.0}) for number in itertools.count())
    book, as_of = load_book("book.yaml"), date(2026, 1, 1)
    try:
        for batch in decide_all(book, endless, engine="explainer", as_of=as_of, workers=2):
            print(len(batch), flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("batches", [0, 3])
def test_ctrl_c_ends_the_workers_quietly(tmp_path: Path, batches: int) -> None:
    (tmp_path / "book.yaml").write_text(BOOK.text, encoding="utf-8")
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "endless.py"],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        for _ in range(batches):
            assert process.stdout.readline() == "500\n"
        if not batches:  # while the workers start
            wait_until(lambda: len(living(process.pid)) > 1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, err = process.communicate(timeout=20)
    assert out.endswith("stopped\n")
    assert err == ""
    wait_until(lambda: not living(process.pid))


def living(group: int) -> list[str]:
    """Return the processes of a group that still run, as ``/proc`` tells them."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            status = each.read_text()
        except OSError:  # it ended meanwhile
            continue
        state, _, its_group = status.rpartition(")")[2].split()[:3]
        if int(its_group) == group and state != "Z":
            found.append(status)
    return found


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)
