"""Whole runs from lists to the record, without the command line around them."""

from __future__ import annotations

import csv
import io
import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade import qualifying
from leadgrade.engine.backends.base import (
    EngineUnavailableError,
    make_backend,
    why_unavailable,
)
from leadgrade.engine.pool_worker import Worker
from leadgrade.leads import ListError, OnDuplicate, Options, read_lists
from leadgrade.qualifying import Job, choose_engine, qualify
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.model import Book
from leadgrade.storage.store import Store, open_store

AS_OF = date(2026, 1, 22)
BOOK = load_book(Path(__file__).parent / "commands" / "data" / "book.yaml")
NO_RANKS = read_book(BOOK.text.split("  tier:")[0] + BOOK.text[BOOK.text.index("next_steps:") :])
Rows = list[tuple[Any, ...]]


def decide(store: Store, *lists: str | Path, book: Book = BOOK, **more: Any) -> int:
    options = more.pop("options", Options())
    job = Job(book, AS_OF, "tester", **{"engine": "explainer", **more})
    with read_lists(lists, book, options) as reading:
        return qualify(job, reading, store, lambda _: None)


def stored(place: Path, query: str, *values: object) -> Rows:
    connection = sqlite3.connect(place)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def exported(store: Store, run: int) -> list[tuple[Any, ...]]:
    return [
        (each.lead, each.file, each.line, each.facts, each.ranks, each.decision, each.steps)
        for each in store.decisions(run, best_first=False)
    ]


def random_list(path: Path, rows: int, seed: int = 0) -> Path:
    chance = random.Random(seed)  # noqa: S311 - a made-up list
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Lead", "公司", "Revenue", "逾期占比", "Intent", "Reach", "已明确拒绝"])
        for number in range(rows):
            writer.writerow(
                [
                    f"L-{number}",
                    chance.choice(["青屿", "Acme", ""]),
                    chance.choice(["", round(10 ** chance.uniform(4, 9)), "n/a", "many"]),
                    chance.choice(["", "20%", f"{chance.random():.1%}"]),
                    chance.choice(["", "none", "有", "ready"]),
                    chance.choice(["", "low", "高"]),
                    chance.choice(["", "no", "no", "yes"]),
                ]
            )
    return path


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(str(tmp_path / "leadgrade.db"), create=True) as opened:
        yield opened


@pytest.fixture
def an_empty_record(tmp_path: Path) -> Path:
    open_store(str(tmp_path / "empty.db"), create=True).close()
    return tmp_path / "empty.db"


CELLS = st.sampled_from(
    [
        *("L-1", "L-2", "线索", "", " ", "5", "500万", "20%", "yes", '"', '""', "\0", ",", ";"),
        *("=1+1", "x" * 3000, "n/a", "2026-01-05", "\x0b", "é", "😀", "\ufeff", "'", "1e999"),
    ]
)
LINES = st.lists(st.lists(CELLS, max_size=8).map(",".join), min_size=1, max_size=12)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=LINES, ending=st.sampled_from(["\n", "\r\n"]), duplicates=st.sampled_from(OnDuplicate))
def test_rows_read_are_always_decided_or_rejected(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    an_empty_record: Path,
    lines: list[str],
    ending: str,
    duplicates: OnDuplicate,
) -> None:
    # In this process: what is read and stored is the same, and a worker takes long to start.
    monkeypatch.setattr(qualifying, "decide_all", decide_here)
    place = tmp_path_factory.mktemp("messy")
    content = ending.join(["Lead,Company,Revenue,Share overdue,Intent,Last order", *lines])
    (place / "messy.csv").write_text(content, encoding="utf-8", newline="")
    shutil.copy(an_empty_record, place / "x.db")
    with open_store(str(place / "x.db"), create=False) as opened:
        try:
            number = decide(
                opened,
                place / "messy.csv",
                options=Options(on_duplicate=duplicates, delimiter=",", encoding="utf-8"),
            )
        except ListError as error:
            assert error.code in {"no-rows", "duplicate-id"}  # noqa: PT017 - or no error at all
            assert opened.runs() == []
            return
        run = opened.run(number)
        found = list(opened.decisions(number))
        rejected = list(opened.rejected(number))
    assert run.rows_read == run.decided + run.rejected
    assert (len(found), len(rejected)) == (run.decided, run.rejected)
    assert sum(run.grades.values()) == run.decided
    assert len({each.lead for each in found}) == len(found)
    # Every line is a lead, a rejected row, part of one of these, or blank.
    starts = [each.line for each in (*found, *rejected)]
    assert len(set(starts)) == len(starts)


def decide_here(book: Book, leads: Any, *, as_of: date, **_: Any) -> Any:
    worker = Worker("explainer", book, as_of, make_backend)
    for lead in leads:
        yield [worker.explained(lead)]


def test_the_same_list_again_keeps_history_and_costs_no_snapshot(
    store: Store, tmp_path: Path
) -> None:
    path = random_list(tmp_path / "a.csv", 150)
    first = decide(store, path)
    counted = "SELECT (SELECT count(*) FROM snapshot), (SELECT count(*) FROM lead)"
    before = stored(tmp_path / "leadgrade.db", counted)
    second = decide(store, path)
    assert (first, second) == (1, 2)
    assert stored(tmp_path / "leadgrade.db", counted) == before
    assert exported(store, 1) == exported(store, 2)
    assert [each.run for each in store.history("L-7")] == [1, 2]
    # One lead has changed: one more snapshot, and both answers are kept.
    text = path.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith("L-7,"))
    path.write_text(text.replace(line, "L-7,New,99M,0%,ready,高,no"), encoding="utf-8")
    decide(store, path)
    (count, leads), (after, _) = before[0], stored(tmp_path / "leadgrade.db", counted)[0]
    assert (after, leads) == (count + 1, 150)
    kept = store.history("L-7")
    assert [each.run for each in kept] == [1, 2, 3]
    assert kept[0].facts == kept[1].facts != kept[2].facts


def test_workers_and_engines_make_no_difference(store: Store, tmp_path: Path) -> None:
    path = random_list(tmp_path / "a.csv", 700)
    seen = []
    engines = [each for each in ("rete", "explainer") if why_unavailable(each) is None]
    for engine in engines:
        for workers in (1, 2):
            number = decide(store, path, engine=engine, workers=workers)
            run = store.run(number)
            assert (run.engine, run.decided, run.notes) == (engine, 700, [])
            seen.append(exported(store, number))
    assert all(each == seen[0] for each in seen[1:])
    assert [lead for lead, *_ in seen[0]] == [f"L-{n}" for n in range(700)]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_decision(store: Store, tmp_path: Path, seed: int) -> None:
    path = random_list(tmp_path / "a.csv", 120, seed)
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(seed).shuffle(rows)  # noqa: S311
    (tmp_path / "b.csv").write_text(header + "".join(rows), encoding="utf-8")
    found = []
    for name in ("a.csv", "b.csv"):
        number = decide(store, tmp_path / name)
        found.append({each.lead: (each.decision, each.ranks) for each in store.decisions(number)})
    assert found[0] == found[1]
    tiers = {decision.classes["tier"] for decision, _ in found[0].values()}
    assert tiers >= {"gold", "iron", "lead", "unknown"}


def test_ranks_are_those_of_all_lists_together(store: Store, tmp_path: Path) -> None:
    for name, revenue in (("small", 10), ("large", 1000)):
        rows = "".join(f"{name}-{n},{revenue + n}\n" for n in range(8))
        (tmp_path / f"{name}.csv").write_text(f"Lead,Revenue\n{rows}", encoding="utf-8")
    decide(store, tmp_path / "small.csv", tmp_path / "large.csv")
    gold = [each.lead for each in store.decisions() if each.decision.classes["tier"] == "gold"]
    assert sorted(gold) == [f"large-{n}" for n in (4, 5, 6, 7)]


def test_auto_takes_the_explainer_where_durable_rules_is_missing_and_says_so(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def why(engine: str) -> str | None:
        return "it is not installed" if engine == "rete" else None

    monkeypatch.setattr(qualifying, "why_unavailable", why)
    assert choose_engine("explainer") == ("explainer", [])
    note = {"code": "explainer-used", "reason": "it is not installed"}
    assert choose_engine("auto") == ("explainer", [note])
    with pytest.raises(EngineUnavailableError, match="not installed"):
        choose_engine("rete")
    path = random_list(tmp_path / "a.csv", 5)
    run = store.run(decide(store, path, engine="auto"))
    assert (run.engine, run.notes) == ("explainer", [note])
    with pytest.raises(EngineUnavailableError):
        decide(store, path, engine="rete")
    assert len(store.runs()) == 1


def test_progress_counts_every_lead_once(store: Store, tmp_path: Path) -> None:
    path = random_list(tmp_path / "a.csv", 1200)
    told: list[int] = []
    job = Job(BOOK, AS_OF, "tester", "explainer", workers=2)
    with read_lists([path], BOOK) as reading:
        qualify(job, reading, store, told.append)
    assert sum(told) == 1200
    assert len(told) > 1


def test_a_run_that_fails_on_the_way_leaves_the_record_as_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = random_list(tmp_path / "a.csv", 300)
    decide(store, path)
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"

    def whole() -> list[Rows]:
        names = [name for (name,) in stored(tmp_path / "leadgrade.db", tables)]
        return [stored(tmp_path / "leadgrade.db", f"SELECT * FROM {name}") for name in names]  # noqa: S608

    before = whole()

    def fail(count: int) -> None:
        raise failure

    for failure in (RuntimeError("on the way"), KeyboardInterrupt()):
        job = Job(BOOK, AS_OF, "tester", "explainer")
        with read_lists([path], BOOK) as reading, pytest.raises(type(failure)):
            qualify(job, reading, store, fail)
        assert whole() == before


def test_a_list_that_changes_while_it_is_read_is_not_stored(store: Store, tmp_path: Path) -> None:
    path = random_list(tmp_path / "a.csv", 300)
    job = Job(NO_RANKS, AS_OF, "tester", "explainer")
    with read_lists([path], NO_RANKS) as reading:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Acme", "Evil"), encoding="utf-8")
        with pytest.raises(ListError, match="changed-while-read"):
            qualify(job, reading, store, lambda _: None)
    assert store.runs() == []


def test_rejected_rows_do_not_pile_up_where_no_lead_is_decided(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qualifying, "REJECTED_AT_MOST", 50)
    held: list[int] = []
    really: Callable[..., None] = qualifying._flush

    def flush(rejected: list[Any], writing: Any) -> None:
        held.append(len(rejected))
        really(rejected, writing)

    monkeypatch.setattr(qualifying, "_flush", flush)
    (tmp_path / "a.csv").write_text("Lead,Revenue\n" + ",5\n" * 1030, encoding="utf-8")
    run = store.run(decide(store, tmp_path / "a.csv"))
    assert (run.rows_read, run.decided, run.rejected) == (1030, 0, 1030)
    assert max(held) == 50
    lines = [each.line for each in store.rejected(run.number)]
    assert lines == list(range(2, 1032))


def test_what_a_run_says_of_itself(store: Store, tmp_path: Path) -> None:
    path = random_list(tmp_path / "a.csv", 12)
    run = store.run(decide(store, path))
    assert (run.by, run.as_of, run.book_sha256) == ("tester", AS_OF, BOOK.sha256)
    (source,) = store.sources(run.number)
    assert (source.format, source.encoding, source.rows_read) == ("CSV", "utf-8", 12)
    assert source.mapping["id"] == "Lead"
    assert source.mapping["facts"]["公司"] == "company"
    assert io.StringIO(store.book(run.book_sha256).text).readline() == "book: tiny\n"
    assert run.seconds > 0
