"""The table that a readable statement reads, and what it has to say of its leads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

from leadgrade.engine.backends.columnar import Columnar
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.backends.spark_session import session
from leadgrade.engine.decision import points_text
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.engine.sql.readable import Source
from leadgrade.reports.book.warehouse import book_sql
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

from .books import AS_OF, book_texts, leads_for

SOURCE = Source("leads", "key of lead")

LARGEST = 2**63
"""Values from here on are not added up."""

PATIENCE = 60
"""Seconds that a statement may take on a busy machine."""

Row = tuple[Any, ...]


def random_list(data: st.DataObject, count: int) -> tuple[Book, list[Lead]]:
    """Return a book and leads, ranked; none where a ranking cannot add up their values."""
    book = read_book(data.draw(book_texts(whole=True)))
    leads = with_ranks(book, data.draw(leads_for(book, count, AS_OF)), AS_OF)
    summed = [each.id for each in rankings_of(book) if each.by_total]
    totals = [lead.ranks[name].total for lead in leads for name in summed if name in lead.ranks]
    return book, [] if any(total >= LARGEST for total in totals) else leads


def row_of(book: Book, lead: Lead, day: date = AS_OF) -> Row:
    """Return what the statement has to say of a lead, by the explainer."""
    decision = Explainer(book, day).decide(lead)
    possible = decision.possible
    fired = [
        f"{line.rule} {'+' if line.points >= 0 else ''}{points_text(line.points)}"
        for line in decision.ledger
        if line.rule is not None
    ]
    lists = (decision.next_steps, fired, decision.open, decision.knock_outs, decision.limits)
    points = (decision.score, possible.low, possible.high)
    return (
        *(lead.id, decision.qualified, decision.grade, decision.earned),
        *(possible.worst, possible.best),
        *(Decimal(each) / 100 for each in points),
        *(", ".join(each) for each in lists),
        *(Decimal(each) / 100 for each in decision.criteria.values()),
        *decision.classes.values(),
    )


def columns_of(book: Book) -> dict[str, str]:
    """Return the columns of the table: the facts by their ids, with their types in DuckDB."""
    with Columnar(book, AS_OF) as columnar:
        return {fact: columnar.columns[name] for fact, name in columnar.column_of.items()}


def make_table(connection: duckdb.DuckDBPyConnection, book: Book, leads: list[Lead]) -> None:
    """Make the table of a warehouse in DuckDB."""
    columns = columns_of(book)
    described = ", ".join(f'"{fact}" {kind}' for fact, kind in columns.items())
    connection.execute(f'CREATE OR REPLACE TABLE leads ("key of lead" VARCHAR, {described})')
    marks = ", ".join("?" for _ in range(len(columns) + 1))
    rows = [[lead.id, *(lead.facts.get(fact) for fact in columns)] for lead in leads]
    if rows:
        connection.executemany(f"INSERT INTO leads VALUES ({marks})", rows)  # noqa: S608


def decide_by_postgresql(url: str, book: Book, leads: list[Lead]) -> list[Row]:
    """Make the table in a database of PostgreSQL, and return the decisions of its leads."""
    import psycopg  # noqa: PLC0415 - an extra

    columns = columns_of(book)
    kinds = {"DOUBLE": "DOUBLE PRECISION"}
    described = ", ".join(f'"{fact}" {kinds.get(kind, kind)}' for fact, kind in columns.items())
    marks = ", ".join("%s" for _ in range(len(columns) + 1))
    rows = [[lead.id, *(lead.facts.get(fact) for fact in columns)] for lead in leads]
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(f"SET statement_timeout = '{PATIENCE}s'")
        connection.execute("DROP TABLE IF EXISTS leads")
        connection.execute(f'CREATE TABLE leads ("key of lead" VARCHAR, {described})'.encode())
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO leads VALUES ({marks})".encode(), rows)  # noqa: S608
        return connection.execute(
            book_sql(book, "postgres", AS_OF, SOURCE, "en").encode()
        ).fetchall()


def decide_by_spark(folder: Path, master: str, book: Book, leads: list[Lead]) -> list[Row]:
    """Make the table a view of a Parquet file, and return the decisions of its leads by Spark."""
    file = folder / "leads.parquet"
    with duckdb.connect() as connection:
        make_table(connection, book, leads)
        connection.table("leads").write_parquet(str(file))
    spark = session(master)
    spark.read.parquet(str(file)).createOrReplaceTempView("leads")
    statement = book_sql(book, "spark", AS_OF, SOURCE, "en").rstrip().rstrip(";")
    return [tuple(row) for row in spark.sql(statement).collect()]
