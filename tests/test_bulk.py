"""Big lists: decided as one query, checked, and stored as any other run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leadgrade import qualifying
from leadgrade.engine.cross_check import DisagreementError, other_engine
from leadgrade.engine.sql import subjects
from leadgrade.leads import OnDuplicate, Options, read_lists
from leadgrade.qualifying import Job, choose_engine, qualify
from leadgrade.rules.conditions import Op
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.model import Book
from leadgrade.storage.store import Store, open_store

from .made_up import messy_list

AS_OF = date(2026, 1, 22)
HERE = Path(__file__).parent
BOOK = load_book(HERE / "commands" / "data" / "book.yaml")
SAMPLES = HERE.parent / "rules" / "books" / "samples"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "leadgrade.db"), create=True) as opened:
        yield opened


def decide(
    store: Store,
    path: Path,
    engine: str,
    book: Book = BOOK,
    out: Path | None = None,
    **options: Any,
) -> int:
    with read_lists([path], book, Options(**options)) as reading:
        job = Job(book, AS_OF, "tester", engine, out=out)
        return qualify(job, reading, store, lambda _: None)


def stored(store: Store, run: int) -> tuple[list[Any], list[Any]]:
    """Return all that a run stored of leads and of rejected rows, but for salts."""
    decided = [
        (each.lead, each.file, each.line, each.facts, each.ranks, each.decision, each.steps)
        for each in store.decisions(run, best_first=False)
    ]
    return decided, list(store.rejected(run))


@pytest.mark.parametrize("duplicates", [OnDuplicate.REJECT, OnDuplicate.LAST])
def test_a_run_is_the_same_as_by_the_explainer(
    store: Store, tmp_path: Path, duplicates: OnDuplicate
) -> None:
    path = messy_list(tmp_path / "leads.csv", 600)
    first = decide(store, path, "explainer", on_duplicate=duplicates)
    second = decide(store, path, "columnar", on_duplicate=duplicates)
    assert stored(store, first) == stored(store, second)
    one, other = store.run(first), store.run(second)
    assert (one.decided, one.rejected, one.grades) == (other.decided, other.rejected, other.grades)
    assert other.rejected == 10
    assert store.check([first, second], everything=True) == []


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_shipped_books_decide_their_sample_lists_alike(store: Store, name: str) -> None:
    book = load_book(shipped_books()[name])
    path = SAMPLES / f"{name}.csv"
    path = path if path.exists() else SAMPLES / "leads.csv"
    runs = [decide(store, path, engine, book) for engine in ("explainer", "columnar")]
    one, other = (stored(store, run) for run in runs)
    assert one == other
    assert len(one[0]) > 10
    assert store.check(runs, everything=True) == []


NAMES = ["number", "part", "hashed", "portion", "n_1", "sealed", "leaf", "first", "shift", "alike"]


def test_facts_may_be_called_as_we_call_columns(store: Store, tmp_path: Path) -> None:
    facts = "".join(f"  {name}: {{type: number}}\n" for name in NAMES)
    rules = ", ".join(f"{{id: r-{name}, when: {name} > 3, points: 1}}" for name in NAMES)
    book = read_book(
        f"book: names\nlead_id: id\nfacts:\n{facts}"
        f"criteria: {{c: {{range: [0, 20], rules: [{rules}]}}}}\n"
        "grades: {A: {from: 5}, B: {}}\n"
    )
    path = tmp_path / "leads.csv"
    rows = [f"L{n % 18}," + ",".join(str((n + at) % 7) for at in range(10)) for n in range(20)]
    path.write_text("\n".join([f"id,{','.join(NAMES)}", *rows]), "utf-8")
    first = decide(store, path, "explainer", book)
    second = decide(store, path, "columnar", book)
    third = decide(store, path, "columnar", book, out=tmp_path / "run.parquet")
    assert stored(store, first) == stored(store, second) == stored(store, third)


def test_all_leads_may_be_on_one_line(store: Store, tmp_path: Path) -> None:
    rows = [{"id": f"L{n % 40}", "revenue": n * 400_000, "remark": "x"} for n in range(50)]
    path = tmp_path / "leads.json"
    path.write_text(json.dumps(rows), "utf-8")
    first = decide(store, path, "explainer")
    second = decide(store, path, "columnar")
    third = decide(store, path, "columnar", out=tmp_path / "run.parquet")
    assert store.run(first).decided == 40
    assert stored(store, first) == stored(store, second) == stored(store, third)


def test_what_was_checked_is_told(store: Store, tmp_path: Path) -> None:
    run = store.run(decide(store, messy_list(tmp_path / "leads.csv", 300), "columnar"))
    (note,) = run.notes
    assert (note["code"], note["engine"]) == ("cross-checked", other_engine())
    assert 100 < note["leads"] < run.decided
    assert (run.engine, run.engine_version) == (
        "columnar",
        pytest.importorskip("duckdb").__version__,
    )


def test_a_wrong_operator_is_found_before_anything_is_stored(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {**subjects.OPERATORS, Op.GE: subjects.OPERATORS[Op.GT]}
    monkeypatch.setattr(subjects, "OPERATORS", wrong)
    with pytest.raises(DisagreementError) as caught:
        decide(store, messy_list(tmp_path / "leads.csv", 300), "columnar")
    assert '"revenue":10000000' in caught.value.found.row.facts  # on the very threshold
    assert "evidence" in caught.value.found.differences
    assert store.runs() == []


def test_large_lists_are_decided_as_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto", qualifying.BIG - 1)[0] == other_engine()
    assert choose_engine("auto", qualifying.BIG) == ("columnar", [])
    assert choose_engine("explainer", qualifying.BIG) == ("explainer", [])
    unavailable = qualifying.why_unavailable
    monkeypatch.setattr(
        qualifying,
        "why_unavailable",
        lambda name: "not here" if name == "columnar" else unavailable(name),
    )
    assert choose_engine("auto", qualifying.BIG)[0] == other_engine()
