"""``leadgrade test``: coverage, missing examples, properties, frozen decisions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli
from leadgrade.engine.coverage import coverage
from leadgrade.engine.examples import run_examples
from leadgrade.engine.properties import PropertyTester
from leadgrade.engine.suggesting import suggestions
from leadgrade.reports.checking.example_yaml import examples_yaml
from leadgrade.reports.checking.properties import property_text
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.properties import read_property

BOOK = """\
book: small
facts:
  revenue: {type: money}
  late: {type: percent, range: [0%, 100%]}
  wait: {type: days}
  since: {type: date}
  size: {type: choice, values: [small, very large]}
  refused: {type: flag}
  name: {type: text}
derived:
  ratio: revenue / wait
criteria:
  power:
    range: [0, 30]
    rules:
      - id: tier
        fact: revenue
        bands:
          - {from: 100万, points: 2}
          - {from: 500万, points: 5}
      - id: steady
        when:
          - ratio > 2
          - late < 12.5%
        points: 3
      - id: old
        when: since < 2020-01-01
        points: 1
      - id: wide
        fact: size
        values: {small: 0, very large: 2}
knock_outs:
  - id: out
    when: refused
    grade: B
grades:
  A: {from: 5}
  B: {}
qualified: grade = A
examples:
  - name: refused us
    given: {refused: yes, revenue: 600万}
    expect: {grade: B, fired: [tier]}
"""


def run(*args: str) -> tuple[int, str]:
    """Return the exit code and what a command printed."""
    result = CliRunner().invoke(cli, args)
    return result.exit_code, result.stdout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the book, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.yaml").write_text(BOOK, "utf-8")
    return tmp_path


def test_coverage_counts_rules_and_both_sides_of_each_test() -> None:
    found = coverage(read_book(BOOK))
    assert found.fired == {"tier": 1, "steady": 0, "old": 0, "wide": 0, "out": 1}
    by_test = {(each.part.id, each.test.test): each for each in found.tests}
    assert by_test["tier", ">= 500万"].seen_true
    assert not by_test["tier", ">= 500万"].seen_false
    assert not by_test["steady", "< 12.5%"].seen_true
    assert by_test["out", "= true"].seen_true


def test_suggestions_stand_at_the_edges_and_complete_the_coverage() -> None:
    book = read_book(BOOK)
    text = examples_yaml(book, suggestions(book))
    assert "revenue: 4900000" in text
    assert "late: 12.5%" in text or "late: 13.5%" in text
    assert "since: 2019-12-31" in text
    assert "size: very large" in text
    whole = read_book(f"{BOOK}{text}\n")
    assert coverage(whole).share == 1.0
    assert [each.differences for each in run_examples(whole, "explainer")] == [()] * len(
        whole.examples
    )


@pytest.mark.parametrize("name", shipped_books())
def test_suggestions_for_the_shipped_books_can_be_pasted(name: str) -> None:
    book = load_book(shipped_books()[name])
    text = examples_yaml(book, suggestions(book))
    if text:
        head = "" if book.examples else "\nexamples:\n"
        whole = read_book(f"{book.text.rstrip()}\n{head}{text}\n", book.path)
        failed = [each for each in run_examples(whole, "explainer") if each.differences]
        assert failed == []


def test_texts_that_yaml_would_misread_are_quoted() -> None:
    text = BOOK.replace("since < 2020-01-01", 'name contains "yes: #1"').replace(
        'when: name contains "yes: #1"', "when: 'name contains \"yes: #1\"'"
    )
    found = examples_yaml(read_book(text), suggestions(read_book(text)))
    assert 'name: "yes: #1' in found
    whole = read_book(f"{text}{found}\n")
    assert coverage(whole).fired["old"] == 1


def test_a_rising_fact_that_helps_is_monotone() -> None:
    result = PropertyTester(read_book(BOOK)).run(read_property("monotone: revenue"))
    assert result.lead is None
    assert result.leads > 20


def test_a_lead_that_breaks_a_property_is_made_small() -> None:
    result = PropertyTester(read_book(BOOK)).run(read_property("monotone: wait"))
    assert result.lead is not None
    assert set(result.lead) == {"wait", "revenue", "late"}
    assert result.rises_to is not None


def test_rules_elsewhere_may_break_what_a_fact_does_alone() -> None:
    """More revenue gives more points, and with them a limit that nothing else of it shows."""
    text = BOOK.replace(
        "grades:", "limits:\n  - {id: doubt, when: [score >= 8, late > 50%], at_most: B}\ngrades:"
    ).replace("A: {from: 5}", "A: {from: 2}")
    result = PropertyTester(read_book(text)).run(read_property("monotone: revenue"))
    assert result.lead is not None
    assert "late" in result.lead


def test_a_property_is_tried_on_each_stretch_of_days() -> None:
    text = BOOK.replace(
        "knock_outs:\n",
        "knock_outs:\n  - {id: rich, when: revenue > 1亿, grade: B, valid_from: 2026-05-01}\n",
    )
    result = PropertyTester(read_book(text)).run(read_property("monotone: revenue"))
    assert result.lead is not None
    assert result.day == date(2026, 5, 1)
    assert property_text(read_book(text), result, "en").endswith("tried), on 2026-05-01")


def test_knock_outs_and_ranges_hold_by_their_meaning() -> None:
    tester = PropertyTester(read_book(BOOK))
    for text in ("knock-out always wins", "range never exceeded"):
        result = tester.run(read_property(text))
        assert result.lead is None
        assert result.leads > 100


@pytest.mark.parametrize("text", ["monotone", "monotone: nothing", "monotone: size", "always good"])
def test_a_property_that_cannot_be_tried_is_told(folder: Path, text: str) -> None:
    assert run("test", "--property", text)[0] == 2


def test_properties_are_tried_by_the_command(folder: Path) -> None:
    code, text = run("test", "--property", "monotone: revenue", "--property", "monotone: wait")
    assert code == 1
    good, bad = text.splitlines()
    assert "`monotone: revenue` holds for" in good
    assert "comes off worse when `wait` rises to" in bad
    code, text = run("test", "--property", "range never exceeded", "--json")
    assert code == 0
    assert json.loads(text)[0]["holds"] is True


def test_coverage_is_printed_with_what_is_missing(folder: Path) -> None:
    code, text = run("test", "--coverage")
    assert code == 0
    assert "`steady` fires in no example\n" in text
    assert "`tier`: `revenue >= 500万` is false in no example" in text
    assert text.splitlines()[-1].startswith("book.yaml: ")
    assert json.loads(run("test", "--coverage", "--json")[1])[0]["fired"]["out"] == 1


def test_suggestions_are_printed_ready_to_paste(folder: Path) -> None:
    code, text = run("test", "--suggest")
    assert code == 0
    book = folder / "book.yaml"
    book.write_text(book.read_text("utf-8") + text, "utf-8")
    assert run("test", "--engine", "explainer")[0] == 0
    assert run("test", "--suggest")[1].strip() == ""


def test_a_stored_decision_becomes_an_example(folder: Path) -> None:
    (folder / "leads.csv").write_text("id,revenue,late,wait\nL-1,600万,5%,3\n", "utf-8")
    run("qualify", "leads.csv", "--engine", "explainer", "--as-of", "2026-01-22")
    code, text = run("test", "--from", "L-1")
    assert code == 0
    assert text == (
        '  - name: "L-1"\n'
        "    as_of: 2026-01-22\n"
        "    given: {late: 5%, revenue: 6000000, wait: 3 days}\n"
        "    expect: {grade: A, score: 8, fired: [tier, steady], knock_outs: [], next_steps: []}\n"
    )
    book = folder / "book.yaml"
    book.write_text(book.read_text("utf-8") + text, "utf-8")
    assert run("test", "--engine", "explainer")[0] == 0
    assert run("test", "--from", "L-2")[0] == 2
