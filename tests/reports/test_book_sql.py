"""What a book as SQL says to people, and what is refused."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlglot

from leadgrade.engine.sql.dialects import DIALECTS, SqlError
from leadgrade.engine.sql.readable import Source
from leadgrade.reports.book.warehouse import book_sql
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book

DAY = date(2026, 1, 1)
BOOK = """
book: facts
facts:
  size: {type: number, range: [0, 100]}
  intent: {type: choice, values: [none, ready]}
  note: {type: text}
criteria:
  c:
    range: [0, 10]
    rules:
      - {id: big, when: size > 5, points: 3}
      - {id: ready, when: intent = ready, points: 2}
grades: {A: {from: 3}, B: {}}
"""


def test_comments_say_where_each_part_comes_from() -> None:
    book = load_book(shipped_books()["b2b-leads"])
    english, chinese = (book_sql(book, "duckdb", DAY, Source(), lang) for lang in ("en", "zh"))
    for rule in book.rules.values():
        assert rule.why is not None
        assert f"rule {rule.id} of {book.criterion_of[rule.id].id}" in english
        assert rule.why.say("en") in english
        assert rule.why.say("zh") in chinese
        assert rule.source is None or f"(source: {rule.source})" in english
    assert any(rule.source for rule in book.rules.values())
    for fact in book.facts.values():
        assert f"/* {fact.id} (" in english
    assert re.sub(r"--.*|/\*.*?\*/", "", english) == re.sub(r"--.*|/\*.*?\*/", "", chinese)


def test_the_first_lines_say_which_book_it_is_and_what_it_reads() -> None:
    name = "starter"
    book = load_book(shipped_books()[name], {})
    lines = book_sql(book, "postgres", DAY, Source("crm.leads", "code"), "en").splitlines()
    assert "\n".join(lines[:7]) == (
        "-- starter: Ten rules to start with\n"
        f"-- Rule book {book.sha256}, as of 2026-01-01\n"
        "-- Written by leadgrade for PostgreSQL. Do not change it here, but in the book.\n"
        "-- Reads the table crm.leads: a row for each lead, named by code, with a column for each"
        " fact, as listed in the first step. NULL is unknown.\n"
        "-- Gives a row for each lead: whether it is qualified, grade, score, next steps, what"
        " fired, what is open, and what is still possible.\n"
        "-- Where a formula comes to a number beyond all doubles PostgreSQL stops with an error;"
        " leadgrade takes it as unknown.\n"
        'WITH "typed" AS ('
    )


def test_the_first_lines_say_what_was_set() -> None:
    source = "parameters: {limit: 5}" + BOOK.replace("size > 5", "size > limit")
    book = read_book(source, overrides={"limit": "7"})
    lines = book_sql(book, "duckdb", DAY, Source(), "en").splitlines()
    assert lines[2] == "-- with limit = 7"


def test_a_comment_ends_no_statement() -> None:
    book = read_book(BOOK.replace("book: facts", 'book: facts\ntitle: "a */ b\\n; DROP -- {{ x"'))
    statement = book_sql(book, "duckdb", DAY, Source(), "en")
    assert len(sqlglot.parse(statement, read="duckdb")) == 1


@pytest.mark.parametrize("name", ["", "a..b", ".a", "a b", "a'b", 'a"b'])
def test_what_is_no_name_of_a_table(name: str) -> None:
    with pytest.raises(SqlError, match="table-name"):
        book_sql(read_book(BOOK), "duckdb", DAY, Source(name), "en")


def test_names_of_tables_and_columns_that_were_made_without_quotes() -> None:
    """Snowflake keeps them in capitals, and finds them under quotes in capitals only."""
    book = read_book(BOOK.replace("size", "Größe").replace("note", "Note"))
    source = Source("raw.leads", "lead_id")
    statement = book_sql(book, "snowflake", DAY, source, "en")
    for name in ('"RAW"."LEADS"', '"LEAD_ID"', '"INTENT"', '"Größe"', '"Note"', 'AS "GRADE"'):
        assert name in statement
    assert '"raw"."leads"' in book_sql(book, "postgres", DAY, source, "en")


def test_what_a_dialect_has_no_room_for_is_refused() -> None:
    more = "".join(f"  more{n}: {{type: text}}\n" for n in range(1_600))
    wide = read_book(BOOK.replace("criteria:", f"{more}criteria:"), "wide.yaml")
    with pytest.raises(SqlError) as caught:
        book_sql(wide, "postgres", DAY, Source(), "en")
    assert caught.value.code == "too-wide"
    assert caught.value.details["book"] == "wide.yaml"
    assert int(caught.value.details["columns"]) > 1_600
    book_sql(wide, "duckdb", DAY, Source(), "en")
    long = read_book(BOOK.replace("points: 3", f"points: 3, why: {'why ' * 250_000}"), "long.yaml")
    for dialect in ("snowflake", "bigquery", "trino"):
        with pytest.raises(SqlError, match=r"too-long.*long\.yaml"):
            book_sql(long, dialect, DAY, Source(), "en")
    book_sql(long, "duckdb", DAY, Source(), "en")


def test_a_share_with_too_many_digits_is_refused_by_its_place() -> None:
    share = f"33.{'3' * 20}%"
    book = read_book(
        f"{BOOK}classes: {{t: {{rank: size, top: {{{share}: a}}, rest: b}}}}", "b.yaml"
    )
    for dialect in DIALECTS:
        with pytest.raises(SqlError) as caught:
            book_sql(book, dialect, DAY, Source(), "en")
        assert caught.value.code == "share-too-fine"
        assert caught.value.details == {"name": "t", "place": "b.yaml:14:11"}


@pytest.mark.parametrize(
    ("old", "new", "name", "place"),
    [
        ("size > 5", r'''"note contains \"a\0b\""''', "big", "b.yaml:11:14"),
        ("intent = ready", r'''"note in [x, \"\0\"]"''', "ready", "b.yaml:12:14"),
        ("note: {type: text", r'note: {type: text, if_unknown: "value a\0"', "note", "b.yaml:6:3"),
        ("from: 3", r'''from: 3, needs: "note = \"\0\""''', "A", "b.yaml:13:10"),
    ],
)
def test_a_text_that_sql_cannot_hold_is_refused_by_its_place(
    old: str, new: str, name: str, place: str
) -> None:
    book = read_book(BOOK.replace(old, new), "b.yaml")
    for dialect in DIALECTS:
        with pytest.raises(SqlError) as caught:
            book_sql(book, dialect, DAY, Source(), "en")
        assert caught.value.code == "no-nul"
        assert caught.value.details == {"name": name, "place": place}
