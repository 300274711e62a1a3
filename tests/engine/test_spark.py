"""The engine for clusters: it decides every list as the others do, also while executors die."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from leadgrade.engine.backends import spark as spark_module
from leadgrade.engine.backends import spark_session
from leadgrade.engine.backends.base import EngineFault, why_unavailable
from leadgrade.engine.backends.columnar import Columnar
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.backends.spark import Spark
from leadgrade.engine.backends.spark_session import SparkError
from leadgrade.engine.cross_check import ALIKE
from leadgrade.engine.decision import Decided
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.legend import Legend
from leadgrade.engine.pool_worker import row_of
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.engine.sealing import leaf_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.model import Book

from .books import AS_OF, book_texts, edges, leads_for
from .spark_cluster import PATIENCE, QUICK_START, Cluster, cluster, kill, wait_for

REASON = why_unavailable("spark")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(REASON is not None, reason=str(REASON)),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # sockets of py4j
]

MASTER = "local[2]"
SHIPPED = sorted(shipped_books()) if "LEADGRADE_RANDOM" in os.environ else ["consumer", "starter"]
"""Wide books cost Spark a minute each: `make soak` tries them all."""

BOOKS = 5
LEADS_A_BOOK = 40
LARGEST = 2**63
"""Values from here on are not added up."""

RANKING = """
book: ranking
facts: {size: {type: number}, spent: {type: money}}
criteria: {c: {range: [0, 9], rules: [{id: r, when: size > 5, points: 3}]}}
grades: {A: {from: 3}, B: {}}
classes:
  tier: {rank: size, top: {50%: gold}, rest: lead}
  share: {rank: spent, share_of_total: {80%: core}, rest: long tail}
"""


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in QUICK_START.items():
        monkeypatch.setenv(name, value)


def rows_of(engine: Columnar, leads: list[Lead]) -> list[Decided]:
    """The rows of a list, as it decides them."""
    engine.load(leads)
    return [row for rows in engine.decided() for row in rows]


def said(rows: list[Decided]) -> list[tuple[Any, ...]]:
    """All of the rows but what hangs on chance."""
    names = ("lead", "file", "line", *ALIKE)
    return [tuple(getattr(row, name) for name in names) for row in rows]


def wanted(book: Book, day: date, leads: list[Lead]) -> list[Decided]:
    """The rows of a list by plain Python."""
    legend = Legend.of(book)
    with closing(Explainer(book, day)) as explainer:
        ranked = with_ranks(book, leads, day)
        return [row_of(legend, lead, explainer.decide(lead)) for lead in ranked]


def some_leads(book: Book, count: int) -> list[Lead]:
    """Leads with values on and about the thresholds of a book."""
    chance = random.Random(7)  # noqa: S311 - made-up leads
    values = {
        name: [each for each in them if not isinstance(each, float) or abs(each) < LARGEST]
        for name, them in edges(book, AS_OF).items()
    }
    return [
        Lead(
            f"L{chance.random()}",
            {name: chance.choice(them) for name, them in values.items() if chance.random() < 0.8},
            file="a 'file', 名单.csv",
            line=number + 2,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_books_are_decided_as_by_the_others(name: str) -> None:
    book = load_book(shipped_books()[name])
    leads = some_leads(book, 200)
    with Columnar(book, AS_OF) as columnar:
        expected = rows_of(columnar, leads)
    with Spark(book, AS_OF, master=MASTER) as spark:
        found = rows_of(spark, leads)
    assert said(found) == said(expected) == said(wanted(book, AS_OF, leads))
    assert [leaf_of(row) for row in found] == [row.leaf for row in found]
    assert len({row.salt for row in found}) == len(found)
    assert len({row.grade for row in found}) > 1


def test_random_books_are_decided_as_by_the_explainer() -> None:
    compared = refused = 0

    @seed(0)
    @settings(
        max_examples=BOOKS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        nonlocal compared, refused
        book = read_book(data.draw(book_texts(whole=True)))
        day = data.draw(st.sampled_from((AS_OF, AS_OF + timedelta(1))))
        leads = data.draw(leads_for(book, LEADS_A_BOOK, day))
        with Spark(book, day, master=MASTER) as spark:
            if has_no_room(book, day, leads):
                refused += 1
                with pytest.raises(EngineFault, match="CAST_OVERFLOW"):
                    rows_of(spark, leads)
                return
            assert said(rows_of(spark, leads)) == said(wanted(book, day, leads))
            compared += len(leads)

    compare()
    assert compared >= LEADS_A_BOOK * BOOKS // 2, (compared, refused)


def has_no_room(book: Book, day: date, leads: list[Lead]) -> bool:
    """Whether values are so large that a query does not add them up."""
    derive = Deriver(book, day).derive
    facts = [each.fact for each in rankings_of(book) if each.by_total]
    return any(derive(lead.facts).get(fact, 0.0) >= LARGEST for lead in leads for fact in facts)


def test_leads_that_have_their_places_keep_them() -> None:
    book = read_book(RANKING)
    leads = with_ranks(book, some_leads(book, 30), AS_OF)[:10]
    with closing(Explainer(book, AS_OF)) as explainer:
        expected = [explainer.decide(lead) for lead in leads]
    with Spark(book, AS_OF, master=MASTER) as spark:
        assert spark.decide_all(leads) == expected
        spark.load(leads)
        assert list(spark.places()) == [
            lead.ranks for lead in with_ranks(book, [Lead(e.id, e.facts) for e in leads], AS_OF)
        ]


def test_what_fails_in_spark_is_a_fault_in_one_line() -> None:
    book = load_book(shipped_books()["consumer"])
    with Spark(book, AS_OF, master=MASTER) as spark:
        with pytest.raises(EngineFault) as caught, spark_session.spark_faults():
            spark._session.sql("SELECT 1 / CAST('0' AS DOUBLE)").collect()
        assert "DIVIDE_BY_ZERO" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_cluster_where_nobody_works_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark itself would wait for ever."""
    monkeypatch.setattr(spark_session, "ANSWERED_WITHIN", 5.0)
    with cluster(tmp_path, workers=0) as idle:
        with pytest.raises(SparkError) as caught:
            Spark(load_book(shipped_books()["consumer"]), AS_OF, master=idle.url)
        assert caught.value.code == "no-answer"
        assert caught.value.details == {"master": idle.url, "reason": "nothing within 5 s"}


@pytest.fixture(scope="module")
def real_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found
        stop_session()


def stop_session() -> None:
    """Leave the cluster, which is about to end."""
    from pyspark import SparkContext  # noqa: PLC0415 - optional

    SparkContext.getOrCreate().stop()


def test_an_executor_that_is_killed_costs_nothing(
    real_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a master and two workers; one of the two processes that decide dies at work."""
    small = {
        "spark.sql.files.maxPartitionBytes": "256k",
        "spark.sql.files.openCostInBytes": "1k",
        "spark.sql.adaptive.enabled": "false",
    }
    monkeypatch.setattr(spark_session, "OPTIONS", {**spark_session.OPTIONS, **small})
    monkeypatch.setattr(spark_module, "ROW_GROUP", 2048)
    book = load_book(shipped_books()["consumer"])
    leads = some_leads(book, 16_000)
    with Columnar(book, AS_OF) as columnar:
        expected = rows_of(columnar, leads)
    with (
        Spark(book, AS_OF, master=real_cluster.url) as spark,
        ThreadPoolExecutor(1) as aside,
    ):
        spark.load(leads)
        executors = wait_for(lambda: len(seen := real_cluster.executors()) == 2 and seen)
        tracker = spark._session.sparkContext.statusTracker()

        def at_work() -> Any:
            stages = map(tracker.getStageInfo, tracker.getActiveStageIds())
            return next(
                (it for it in stages if it and 1 < it.numCompletedTasks < it.numTasks - 4), None
            )

        deciding = aside.submit(lambda: [row for rows in spark.decided() for row in rows])
        wait_for(lambda: at_work() or deciding.done())
        assert not deciding.done()
        kill(executors[0])
        found = deciding.result(timeout=PATIENCE)
        assert executors[0] not in real_cluster.executors()
    assert said(found) == said(expected)
    assert len(found) == 16_000
