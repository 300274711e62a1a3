"""The statement for people decides like the explainer, wherever it is run.

DuckDB and PostgreSQL run it themselves. SQLGlot reads the others back, finds the same again when it
writes them anew, and translates them to DuckDB, which has to come to the same rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.base import why_unavailable
from leadgrade.engine.ranks import with_ranks
from leadgrade.engine.sql.dialects import DIALECTS
from leadgrade.engine.sql.readable import Source
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.reports.book.starting import sample_of
from leadgrade.reports.book.warehouse import book_sql
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.model import Book

from ..storage import postgres  # noqa: TID252 - the one server that tests have
from .books import AS_OF
from .spark_cluster import QUICK_START
from .warehouse import (
    SOURCE,
    Row,
    decide_by_postgresql,
    decide_by_spark,
    make_table,
    random_list,
    row_of,
)

OTHERS = [name for name in DIALECTS if name != "duckdb"]
SAFE = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
"""Functions of BigQuery, as its reference says what they do."""

EVERY_BOOK = "LEADGRADE_RANDOM" in os.environ
"""Whether `make soak` runs, which has the time."""

MORE_BOOKS = max(5, int(os.environ.get("LEADGRADE_CASES", "0")) // 50)
"""A statement costs a second."""

LEADS = 15


@pytest.fixture(scope="module")
def lists() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, sign in SAFE.items():  # the result stands once: calls of calls grow no faster
            connection.execute(
                f"CREATE MACRO safe_{name}(a, b) AS"
                f" list_filter([a {sign} b], lambda result: isfinite(result))[1]"
            )
        yield connection


def sample(name: str) -> tuple[Book, list[Lead]]:
    """Return a shipped book and the leads that come with it, ranked."""
    book = load_book(shipped_books()[name])
    with read_lists([str(sample_of(name))], book, Options()) as reading:
        leads = [each for each in reading if not isinstance(each, Rejected)]
    return book, with_ranks(book, leads, AS_OF)


def assert_decides(
    lists: duckdb.DuckDBPyConnection, dialect: str, book: Book, leads: list[Lead]
) -> None:
    """Check that a dialect's statement gives the leads what the explainer gives them."""
    statement = book_sql(book, dialect, AS_OF, SOURCE, "en")
    if dialect != "duckdb":
        tree = sqlglot.parse_one(statement, read=dialect)
        assert sqlglot.parse_one(tree.sql(dialect), read=dialect) == tree
        statement = tree.sql("duckdb")
    make_table(lists, book, leads)
    want = sorted(row_of(book, lead) for lead in leads)
    assert sorted(lists.execute(statement).fetchall()) == want


def assert_any_book(check: Callable[[Book, list[Lead]], None], books: int) -> None:
    """Check random books with their leads."""
    compared = 0

    @settings(max_examples=books, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        nonlocal compared
        book, leads = random_list(data, LEADS)
        check(book, leads)
        compared += len(leads)

    compare()
    assert compared > books * LEADS / 2


def test_duckdb_decides_any_book(lists: duckdb.DuckDBPyConnection) -> None:
    assert_any_book(partial(assert_decides, lists, "duckdb"), 20)


@pytest.mark.parametrize("dialect", OTHERS)
def test_other_dialects_decide_any_book(lists: duckdb.DuckDBPyConnection, dialect: str) -> None:
    assert_any_book(partial(assert_decides, lists, dialect), 4)


@pytest.mark.soak
@pytest.mark.parametrize("dialect", DIALECTS)
def test_more_books(lists: duckdb.DuckDBPyConnection, dialect: str) -> None:
    assert_any_book(partial(assert_decides, lists, dialect), MORE_BOOKS)


@pytest.mark.parametrize("name", shipped_books())
def test_duckdb_decides_the_samples(lists: duckdb.DuckDBPyConnection, name: str) -> None:
    assert_decides(lists, "duckdb", *sample(name))


@pytest.mark.parametrize("dialect", OTHERS)
def test_other_dialects_decide_a_sample(lists: duckdb.DuckDBPyConnection, dialect: str) -> None:
    assert_decides(lists, dialect, *sample("credit"))


@pytest.mark.soak
@pytest.mark.parametrize("name", shipped_books() if EVERY_BOOK else ["customer-value"])
@pytest.mark.parametrize("dialect", OTHERS)
def test_every_dialect_decides_every_sample(
    lists: duckdb.DuckDBPyConnection, dialect: str, name: str
) -> None:
    assert_decides(lists, dialect, *sample(name))


BOOK = """
book: facts
facts:
  size: {type: number, range: [0, 100]}
  budget: {type: money, on_unreadable: reject}
  intent: {type: choice, values: [none, ready]}
  need: {type: choice, values: [low, high], if_unknown: reject}
  note: {type: text}
criteria:
  c:
    range: [0, 10]
    rules:
      - {id: big, when: size > 5, points: 3}
      - {id: ready, when: intent = ready, points: 2}
grades: {A: {from: 3}, B: {}}
"""


def test_values_that_the_reader_of_lists_would_not_take(lists: duckdb.DuckDBPyConnection) -> None:
    """They are unknown, or the row is left out, as the book says."""
    lists.execute(
        """
        CREATE OR REPLACE TABLE leads AS SELECT * FROM (VALUES
            (1, 50, 1.5, 'ready', 'low', 'x', 'not a fact'),
            (2, 101, NULL, 'Ready', 'high', NULL, NULL),
            (3, NULL, 'nan'::DOUBLE, NULL, 'low', NULL, NULL),
            (4, 50, 1.5, 'ready', 'middle', NULL, NULL),
            (5, 50, 1.5, 'ready', NULL, NULL, NULL)
        ) AS leads(lead, size, budget, intent, need, note, more)
        """
    )
    statement = book_sql(read_book(BOOK), "duckdb", AS_OF, Source(), "en")
    lists.execute(f"CREATE OR REPLACE VIEW decided AS {statement.rstrip().rstrip(';')}")
    rows = lists.execute("SELECT lead, grade, fired, open FROM decided ORDER BY lead").fetchall()
    assert rows == [("1", "A", "big +3, ready +2", ""), ("2", "B", "", "big, ready")]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_texts_with_signs_of_sql(lists: duckdb.DuckDBPyConnection, dialect: str) -> None:
    odd = r"it's \ 100% {x} $1 \n"
    book = read_book(BOOK.replace("size > 5", json.dumps(f'note contains "{odd}"')))
    texts = (odd, f"so {odd}.", odd.replace("\\", ""), "it", None)
    leads = [Lead(f"L{n}", {"note": each, "need": "low"}) for n, each in enumerate(texts) if each]
    assert_decides(lists, dialect, book, leads)
    assert [row_of(book, each)[2] for each in leads] == ["A", "A", "B", "B"]


def test_fine_shares_are_exact(lists: duckdb.DuckDBPyConnection) -> None:
    """A third with 15 digits is less than a third: of three leads it has the first, no more."""
    shares = "{33.3333333333333%: a, 66.6666666666667%: b}"
    book = read_book(f"{BOOK}classes: {{t: {{rank: size, top: {shares}, rest: c}}}}")
    leads = [Lead(f"L{n}", {"size": float(n), "need": "low"}) for n in range(3)]
    assert_decides(lists, "duckdb", book, with_ranks(book, leads, AS_OF))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.server() as url:
        yield url.format(name="postgres")


@pytest.mark.postgresql
@pytest.mark.parametrize("name", shipped_books())
def test_postgresql_decides_the_samples(server: str, name: str) -> None:
    book, leads = sample(name)
    found = decide_by_postgresql(server, book, leads)
    assert sorted(found) == sorted(row_of(book, lead) for lead in leads)


@pytest.mark.postgresql
def test_postgresql_decides_any_book(server: str) -> None:
    """It stops, and does not decide, where a formula overflows."""
    import psycopg  # noqa: PLC0415 - an extra

    decided = stopped = 0

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        nonlocal decided, stopped
        book, leads = random_list(data, LEADS)
        leads = with_ranks(book, [_held(lead) for lead in leads], AS_OF)
        try:
            found = decide_by_postgresql(server, book, leads)
        except psycopg.errors.NumericValueOutOfRange:
            stopped += 1
            return
        assert sorted(found) == sorted(row_of(book, lead) for lead in leads)
        decided += 1

    compare()
    assert decided > 2 * stopped


def _held(lead: Lead) -> Lead:
    """Return a lead with facts that PostgreSQL can hold: it has no texts with NUL."""
    facts = {
        fact: value
        for fact, value in lead.facts.items()
        if not (isinstance(value, str) and "\0" in value)
    }
    return Lead(lead.id, facts)


SPARK_BOOKS = sorted(shipped_books()) if EVERY_BOOK else ["starter", "trade"]
"""Wide books cost Spark a minute each: `make soak` tries them all."""

SPARK_MISSES = why_unavailable("spark")
on_spark = [
    pytest.mark.spark,
    pytest.mark.skipif(SPARK_MISSES is not None, reason=str(SPARK_MISSES)),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # sockets of py4j
]


@pytest.fixture
def decide_on_spark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Book, list[Lead]], list[Row]]:
    for name, value in QUICK_START.items():
        monkeypatch.setenv(name, value)
    return partial(decide_by_spark, tmp_path, "local[2]")


@pytest.mark.parametrize("name", [pytest.param(name, marks=on_spark) for name in SPARK_BOOKS])
def test_spark_decides_the_samples(
    decide_on_spark: Callable[[Book, list[Lead]], list[Row]], name: str
) -> None:
    book, leads = sample(name)
    found = decide_on_spark(book, leads)
    assert sorted(found) == sorted(row_of(book, lead) for lead in leads)


@pytest.mark.parametrize("count", [pytest.param(3, marks=on_spark)])
def test_spark_decides_any_book(
    decide_on_spark: Callable[[Book, list[Lead]], list[Row]], count: int
) -> None:
    def check(book: Book, leads: list[Lead]) -> None:
        found = decide_on_spark(book, leads)
        assert sorted(found) == sorted(row_of(book, lead) for lead in leads)

    assert_any_book(check, count)
