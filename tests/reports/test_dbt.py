"""A book as a dbt model."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import sqlglot
import yaml

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.sql.dialects import DIALECTS, SqlError
from leadgrade.engine.sql.readable import Source
from leadgrade.reports.answering import OutputError
from leadgrade.reports.book.dbt import dbt_model
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book

DAY = date(2026, 1, 1)
BOOK = """
book: dated-leads
title: Leads by day
facts:
  size: {type: number}
  seen: {type: date, max_age: 30 days, dated_by: noted}
  noted: {type: date}
derived: {age: days_since(seen)}
criteria:
  c:
    label: Size and age
    range: [0, 50]
    rules:
      - {id: now, when: size > 5, points: 3, valid_from: 2026-01-01, valid_until: 2026-01-02}
      - id: later
        fact: size
        bands: [{from: 1, points: 1}, {from: 9, points: 2}]
        valid_from: 2026-01-02
      - {id: fades, when: size > 0, points: 4, half_life: 10 days, age_of: seen}
knock_outs: [{id: out, when: size > 50, grade: B, valid_until: 2026-01-01}]
grades: {A: {from: 3}, B: {}}
classes: {kind: {first_match: [{when: age > 8, class: old}], otherwise: new}}
"""
CONFIG = "{{ config(materialized='table') }}"
VAR = "{{ var('as_of', run_started_at.strftime('%Y-%m-%d')) }}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_model_is_the_book_as_of_any_day(dialect: str) -> None:
    """The day is not known when it is written, so it holds what is in force on any."""
    book = read_book(BOOK)
    seen, noted = date(2025, 12, 25), date(2025, 12, 3)
    rows = [(f"L{n}", size, seen, noted) for n, size in enumerate((0.0, 1.0, 7.0, 60.0))]
    model = dbt_model(book, dialect, None, Source(), "en").sql
    assert model.startswith(f"{CONFIG}\n--")
    fills = set(re.findall(r"\{[{%#].*?[}%#]\}", model))
    assert fills == {CONFIG, "{{ ref('leads') }}", VAR}
    decisions = set()
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE leads (lead VARCHAR, size DOUBLE, seen DATE, noted DATE)"
        ).executemany("INSERT INTO leads VALUES (?, ?, ?, ?)", rows)
        for day in (DAY - timedelta(1), DAY, DAY + timedelta(1), DAY + timedelta(2)):
            filled = model.replace(VAR, str(day)).replace("{{ ref('leads') }}", "leads")
            query = sqlglot.parse_one(filled.replace(CONFIG, ""), read=dialect).sql("duckdb")
            decided = connection.sql(query).select("lead, grade, fired, knock_outs, kind")
            found = decided.order("lead").fetchall()
            assert found == [_wanted(row, day) for row in rows]
            decisions.add(str(found))
    assert len(decisions) == 4  # so the day matters


def _wanted(row: tuple[str, float, date, date], day: date) -> tuple[str, ...]:
    lead, size, seen, noted = row
    book = read_book(BOOK)
    facts = {"size": size, "seen": seen, "noted": noted}
    decision = Explainer(book, day).decide(Lead(lead, facts))
    fired = [f"{each.rule} +{each.points / 100:g}" for each in decision.ledger if each.rule]
    ids = (", ".join(fired), ", ".join(decision.knock_outs))
    return (lead, decision.grade, *ids, decision.classes["kind"])


def test_a_day_that_was_said_is_what_the_var_is_unless_somebody_sets_it() -> None:
    model = dbt_model(read_book(BOOK), "duckdb", DAY, Source(), "en").sql
    assert "CAST('{{ var('as_of', '2026-01-01') }}' AS DATE)" in model


def test_a_table_of_a_source(tmp_path: Path) -> None:
    model = dbt_model(read_book(BOOK), "snowflake", None, Source("raw.leads", "code"), "en").sql
    assert "FROM {{ source('raw', 'leads') }}\n" in model
    with pytest.raises(SqlError, match="dbt-table"):
        dbt_model(read_book(BOOK), "duckdb", None, Source("a.b.c"), "en")
    with pytest.raises(SqlError, match="table-name"):
        dbt_model(read_book(BOOK), "duckdb", None, Source("a'"), "en")


def test_properties_describe_and_test_each_column() -> None:
    model = dbt_model(read_book(BOOK), "snowflake", None, Source(), "en")
    (found,) = yaml.safe_load(model.properties("graded"))["models"]
    assert found["name"] == "graded"
    assert found["description"].startswith("Leads by day. Gives a row for each lead: ")
    columns = {each["name"]: each for each in found["columns"]}
    query = re.sub(r"\{\{.*?\}\}", "x", model.sql.removeprefix(CONFIG))
    select = sqlglot.parse_one(query, read="snowflake")
    assert list(columns) == select.named_selects
    assert columns["LEAD"] == {
        "name": "LEAD",
        "quote": True,
        "description": "the lead",
        "data_tests": ["not_null", "unique"],
    }
    assert columns["C"]["description"] == "criterion c: Size and age"
    for column, values in (
        ("GRADE", ["A", "B"]),
        ("KIND", ["old", "new", "not applicable", "unknown"]),
    ):
        accepted = {"accepted_values": {"arguments": {"values": values}}}
        assert columns[column]["data_tests"] == ["not_null", accepted]
    assert all("not_null" in each["data_tests"] for each in columns.values())


@pytest.mark.parametrize("name", shipped_books())
def test_every_class_of_a_shipped_book_is_accepted(name: str) -> None:
    book = load_book(shipped_books()[name])
    model = dbt_model(book, "duckdb", None, Source(), "zh")
    (found,) = yaml.safe_load(model.properties(model.name))["models"]
    columns = {each["name"]: each for each in found["columns"]}
    assert found["name"] == name.replace("-", "_")
    for each in book.classes:
        (accepted,) = (test for test in columns[each]["data_tests"] if test != "not_null")
        assert accepted["accepted_values"]["arguments"]["values"]


def test_what_dbt_would_fill_in_is_written_so_that_it_does_not() -> None:
    title = "a {{ b }} {% c %} {# d #} {{{ }}}"
    book = read_book(BOOK.replace("Leads by day", f"'{title}'"))
    model = dbt_model(book, "duckdb", None, Source(), "en")
    header = model.sql.splitlines()[1]
    written = re.sub(r"\{\{ '([{}%#]+)' \}\}", r"\1", header)
    assert written == f"-- dated-leads: {title}"
    (found,) = yaml.safe_load(model.properties("x"))["models"]
    assert found["description"].startswith("a {{ '{{' }} b {{ '}}' }} {{ '{%' }} c")


def test_files_lie_side_by_side(tmp_path: Path) -> None:
    model = dbt_model(read_book(BOOK), "duckdb", None, Source(), "en")
    model.write(tmp_path)
    model.write(tmp_path / "graded.sql")
    names = ["dated_leads.sql", "dated_leads.yml", "graded.sql", "graded.yml"]
    assert sorted(each.name for each in tmp_path.iterdir()) == names
    assert (tmp_path / "graded.sql").read_text(encoding="utf-8") == model.sql
    assert "- name: graded\n" in (tmp_path / "graded.yml").read_text(encoding="utf-8")
    with pytest.raises(OutputError, match="cannot-write"):
        model.write(tmp_path / "missing" / "graded.sql")
