"""What is proved about a book with dates is proved for each stretch of days by itself."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from leadgrade.engine.checking import findings_of
from leadgrade.engine.examples import run_examples
from leadgrade.engine.in_force import in_force, stretches
from leadgrade.engine.oracle import Oracle
from leadgrade.engine.suggesting import suggestions
from leadgrade.reports.checking.example_yaml import examples_yaml
from leadgrade.reports.checking.findings import as_json, finding_text
from leadgrade.rules.checks.base import Level
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book
from leadgrade.rules.source import Finding, Severity

HEAD = """\
book: dated
facts:
  revenue: {type: money}
  branch: {type: choice, values: [north, south]}
criteria:
  power:
    range: [0, 30]
    rules:
"""
TAIL = """\
grades: {A: {from: 9}, B: {from: 6}, C: {}}
qualified: grade = A
next_steps: [{id: call, do: Call}]
"""
RULES = """\
      - {id: big, when: revenue >= 500万, points: 5, valid_until: 2026-03-31}
      - {id: huge, when: revenue >= 500万, points: 6, valid_from: 2026-04-01}
      - {id: far, when: branch = south, points: 3, valid_from: 2026-02-01, valid_until: 2026-06-30}
      - {id: away, when: branch = south, points: 3, valid_from: 2026-05-01}
"""


def dated(rules: str = RULES) -> Book:
    return read_book(HEAD + rules + TAIL)


def days_of(finding: Finding) -> list[str]:
    return [f"{first or ''}..{last or ''}" for first, last in finding.days]


def test_a_finding_names_the_days_on_which_it_holds() -> None:
    found = [(each.code, each.span.line, days_of(each)) for each in findings_of(dated())]
    assert found == [
        ("same-condition", 12, ["2026-05-01..2026-06-30"]),
        ("floor-too-high", 13, ["..2026-01-31"]),
        ("floor-too-high", 13, ["2026-02-01..2026-03-31"]),
        ("floor-too-high", 13, ["..2026-01-31"]),
    ]


def test_the_lead_that_shows_it_shows_it_on_these_days() -> None:
    book = dated()
    (same,) = [each for each in findings_of(book) if each.code == "same-condition"]
    assert same.example == {"branch": "south"}
    for first, last in same.days:
        for day in (first, last):
            assert day is not None
            fired = Oracle(in_force(book, day), day).decide(same.example).fired
            assert {"far", "away"} <= set(fired)


def test_stretches_that_follow_each_other_are_told_as_one() -> None:
    rules = """\
      - {id: never, when: [revenue > 5, revenue < 3], points: 1, valid_from: 2026-02-01}
      - {id: one, when: branch = south, points: 9, valid_until: 2026-03-31}
      - {id: two, when: branch = south, points: 9, valid_from: 2026-04-01}
"""
    (never,) = [each for each in findings_of(dated(rules)) if each.code == "never-holds"]
    assert days_of(never) == ["2026-02-01.."]


def test_days_that_may_be_long_past_are_no_error_unless_that_is_wished() -> None:
    book = dated()
    usual = [each for each in findings_of(book) if each.code == "floor-too-high"]
    assert {each.severity for each in usual} == {Severity.WARNING}
    wished = findings_of(book, {"floor-too-high": Level.ERROR})
    found = {each.severity for each in wished if each.code == "floor-too-high"}
    assert found == {Severity.ERROR}


def test_what_holds_on_every_day_names_none_and_keeps_its_level() -> None:
    rules = RULES + "      - {id: never, when: [revenue > 5, revenue < 3], points: 1}\n"
    (never,) = [each for each in findings_of(dated(rules)) if each.code == "never-holds"]
    assert (never.days, never.severity) == ((), Severity.ERROR)


def test_the_days_are_told_in_both_languages_and_as_data() -> None:
    text = HEAD + RULES + TAIL
    same, first, *_ = findings_of(dated())
    assert finding_text(same, text, "en").endswith("= only from 2026-05-01 to 2026-06-30")
    assert finding_text(same, text, "zh").endswith("= 仅在2026-05-01 至 2026-06-30")
    assert finding_text(first, text, "en").endswith("= only until 2026-01-31")
    assert as_json(same)["days"] == [{"from": "2026-05-01", "until": "2026-06-30"}]
    assert as_json(first)["days"] == [{"from": None, "until": "2026-01-31"}]


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))
SPANS = st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=1, max_size=4)


@given(SPANS)
def test_within_a_stretch_the_same_is_in_force_and_beyond_it_something_else(
    spans: list[list[date]],
) -> None:
    rules = "".join(
        f"      - {{id: r{number}, when: branch = south, points: 1,"
        f" valid_from: {first}, valid_until: {last}}}\n"
        for number, (first, last) in enumerate(spans)
    )
    book = dated(rules)
    found = stretches(book)

    def on(day: date) -> list[str]:
        return [*in_force(book, day).rules]

    day, seen = date(2025, 12, 30), []
    while day < date(2026, 1, 15):
        (stretch,) = [each for each in found if each.covers(day)]
        seen.append(stretch)
        ends = [end for end in (stretch.first, stretch.last) if end is not None]
        assert all(on(end) == on(day) for end in ends)
        day += timedelta(1)
    assert list(dict.fromkeys(seen)) == list(found)
    for one, following in pairwise(found):
        assert on(one.last or day) != on(following.first or day)


def test_a_suggested_example_says_the_day_on_which_its_rule_is_in_force() -> None:
    text = HEAD + RULES + TAIL
    book = read_book(text)
    written = examples_yaml(book, suggestions(book))
    assert "as_of: 2026-04-01" in written
    whole = read_book(f"{text}examples:\n{written}\n")
    assert {rule for each in whole.examples for rule in each.expect.fired} == set(book.rules)
    assert not any(each.differences for each in run_examples(whole, "explainer"))
