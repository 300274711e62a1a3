"""Two public lists, end to end: software deals, and Chinese firms with and without a rating.

Their outcomes (won or lost, defaulted or not) are read here alone: the books do not know them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from leadgrade.engine.backends.base import ENGINES, why_unavailable
from leadgrade.engine.examples import run_examples
from leadgrade.leads import read_lists
from leadgrade.qualifying import Job, qualify
from leadgrade.reports.record.recall import recall, recall_all
from leadgrade.rules.loader import load_book
from leadgrade.storage.store import Store, open_store

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"
DEALS = DATA / "b2b_salvirt" / "B2B_dataset.csv"
RATED = DATA / "cumcm2020_sme" / "credit_history_enterprise_information.csv"
UNRATED = DATA / "cumcm2020_sme" / "no_credit_history_enterprise_information.csv"
RUNNING = [each for each in ENGINES if why_unavailable(each) is None]
BOOKS = {name: load_book(HERE / f"{name}.yaml") for name in ("software-deals", "chinese-firms")}
AS_OF = date(2026, 1, 22)
CASES = {
    "deals": ("software-deals", [DEALS], 448),
    "rated firms": ("chinese-firms", [RATED], 123),
    "unrated firms": ("chinese-firms", [UNRATED], 302),
    "all firms": ("chinese-firms", [RATED, UNRATED], 425),
}


@dataclass(frozen=True)
class Record:
    """One case decided by each engine: a run for each."""

    store: Store
    runs: dict[str, int]
    rows: int

    @property
    def first(self) -> int:
        return min(self.runs.values())


@pytest.fixture(scope="module", params=CASES)
def record(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Record]:
    name, lists, rows = CASES[request.param]
    missing = [path for path in lists if not path.exists()]
    if missing:
        pytest.skip(f"the public lists are not here ({missing[0].name})")
    place = tmp_path_factory.mktemp("public") / "leadgrade.db"
    with open_store(str(place), create=True) as store:
        runs = {}
        for engine in RUNNING:
            job = Job(BOOKS[name], AS_OF, "test", engine, workers=2)
            with read_lists(lists, job.book) as reading:
                runs[engine] = qualify(job, reading, store, lambda _: None)
        yield Record(store, runs, rows)


@pytest.mark.parametrize("engine", RUNNING)
@pytest.mark.parametrize("name", BOOKS)
def test_the_examples_of_the_books_hold(name: str, engine: str) -> None:
    results = run_examples(BOOKS[name], engine)
    assert len(results) >= 8
    assert not [each for each in results if each.differences]


def test_every_row_is_decided_or_rejected(record: Record) -> None:
    for number in record.runs.values():
        run = record.store.run(number)
        assert run.rows_read == record.rows == run.decided + run.rejected
        assert run.decided == sum(run.grades.values()) == record.rows  # these lists are clean
        assert not run.notes
        assert sum(each.rows_read for each in record.store.sources(number)) == record.rows
        assert all(not each.mapping["unread"] for each in record.store.sources(number))


def test_every_lead_can_be_explained_and_its_ledger_adds_up(record: Record) -> None:
    occasion, explanations = recall_all(record.store, record.first, None)
    seen = []
    for each in explanations:
        seen.append(each.lead.id)
        decision = each.decision
        decision.check_ledger()
        assert sum(line.points for line in decision.ledger) == decision.score
        assert set(decision.fired) <= set(each.evidence)
        assert all(each.evidence[rule] for rule in decision.fired)
        assert all(each.evidence[knock_out] for knock_out in decision.knock_outs)
        assert decision.possible.low <= decision.score <= decision.possible.high
        assert len(each.values) + len(each.unknown) >= len(occasion.book.facts)
        assert decision.next_steps
    assert len(set(seen)) == record.rows
    lead = next(record.store.decisions(record.first)).lead
    assert recall(record.store, record.first, lead)[1].lead.id == lead


def test_rule_engine_and_explainer_agree_on_every_lead(record: Record) -> None:
    if len(RUNNING) < 2:
        pytest.skip(str(why_unavailable("rete")))
    seen = [
        {each.lead: (each.decision, each.facts, each.steps) for each in record.store.decisions(run)}
        for run in record.runs.values()
    ]
    assert len(seen[0]) == record.rows
    assert seen[0] == seen[1]


def grades_of(record: Record) -> dict[tuple[str, int], tuple[str, int]]:
    """Return grade and score by file and line."""
    return {
        (Path(each.file).name, each.line): (each.grade, each.score)
        for each in record.store.decisions(record.first)
        if each.file is not None and each.line is not None
    }


def shares(path: Path, column: str, good: str, record: Record) -> dict[str, float]:
    """Return the share of good outcomes by grade, from the best grade to the worst."""
    grades = grades_of(record)
    outcomes: dict[str, list[bool]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            outcomes[grades[path.name, line][0]].append(row[column] == good)
    run = record.store.run(record.first)
    assert all(len(outcomes[grade]) >= 10 for grade in run.grades), "too few to say anything"
    return {grade: sum(outcomes[grade]) / len(outcomes[grade]) for grade in run.grades}


@pytest.mark.parametrize("record", ["deals"], indirect=True)
def test_better_grades_win_more_deals(record: Record) -> None:
    won = shares(DEALS, "Status", "Won", record)
    assert list(won) == ["A", "B", "C", "D"]
    assert won["A"] > won["B"] > won["C"] > won["D"]
    assert won["A"] > 0.75
    assert won["D"] < 0.25


@pytest.mark.parametrize("record", ["rated firms"], indirect=True)
def test_better_grades_default_less(record: Record) -> None:
    paid = shares(RATED, "是否违约", "否", record)
    assert list(paid) == ["甲", "乙", "丙", "丁"]
    assert paid["甲"] >= paid["乙"] >= paid["丙"] > paid["丁"]
    assert paid["甲"] > 0.9
    assert paid["丁"] < 0.5


def test_a_firm_is_decided_alike_alone_and_among_others(
    tmp_path: Path,
) -> None:
    """Only the classes by rank depend on the list."""
    if not RATED.exists():
        pytest.skip("the public lists are not here")
    found = []
    with open_store(str(tmp_path / "x.db"), create=True) as store:
        for lists in ([RATED], [RATED, UNRATED]):
            job = Job(BOOKS["chinese-firms"], AS_OF, "test", "explainer", workers=1)
            with read_lists(lists, job.book) as reading:
                number = qualify(job, reading, store, lambda _: None)
            decided = {}
            for each in store.decisions(number):
                if each.file == str(RATED):
                    decision = each.decision
                    decided[each.lead] = (decision.ledger, decision.grade, decision.next_steps)
            found.append(decided)
    assert len(found[0]) == 123
    assert found[0] == found[1]


def test_books_know_no_outcome() -> None:
    for name, outcome in (("software-deals", "Status"), ("chinese-firms", "是否违约")):
        book = BOOKS[name]
        names = {each for fact in book.facts.values() for each in (fact.id, *fact.names)}
        assert outcome.casefold() not in {each.casefold() for each in names}
