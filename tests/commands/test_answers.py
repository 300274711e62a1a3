"""The commands that look ahead and compare: whole outputs, exit codes, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("ask", "ask L-2"),
        ("ask-json", "ask L-2 --json"),
        ("ask-run", "ask"),
        ("ask-run-json", "ask --json"),
        ("improve", "improve L-4"),
        ("improve-json", "improve L-4 --json"),
        ("improve-refused", "improve L-3 --to A"),
        ("improve-there", "improve L-1 --to A"),
        ("whatif", "whatif L-4 revenue=1200万 refused=是"),
        ("whatif-json", "whatif L-4 revenue=1200万 --json"),
        ("whatif-nothing", "whatif L-1 接触程度=高"),
        ("compare", "compare L-1 L-4"),
        ("compare-json", "compare L-1 L-4 --json"),
    ],
)
def test_answers_about_a_record(leadgrade, decided, golden, name, command, lang) -> None:
    golden(f"{name}-{lang}", leadgrade(*command.split(), "--lang", lang).seen)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("json", ["", "--json"])
def test_improve_proves_that_nothing_helps(leadgrade, folder, golden, json, lang) -> None:
    book = folder / "book.yaml"
    text = book.read_text(encoding="utf-8")
    fixed = text.replace("refused: {type: flag,", "refused: {type: flag, actionable: false,")
    book.write_text(fixed, encoding="utf-8")
    leadgrade("qualify", "leads.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    seen = leadgrade("improve", "L-3", "--lang", lang, *json.split()).seen
    golden(f"improve-impossible{'-json' if json else ''}-{lang}", seen)


@pytest.fixture
def edited(decided: Path) -> Path:
    """The folder with a second book, stricter than the first, and a changed list."""
    text = (decided / "book.yaml").read_text(encoding="utf-8")
    (decided / "new.yaml").write_text(text.replace("points: 10}", "points: 6}"), encoding="utf-8")
    rows = (decided / "leads.csv").read_text(encoding="utf-8")
    (decided / "later.csv").write_text(rows.replace("2000万", "500万"), encoding="utf-8")
    return decided


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("diff", "diff book.yaml new.yaml --on 1 --fail-over 5%"),
        ("diff-json", "diff book.yaml new.yaml --on leads.csv --as-of 2026-01-22 --json"),
        ("diff-same", "diff book.yaml book.yaml --on 1 --fail-over 5%"),
    ],
)
def test_two_books_on_the_same_leads(leadgrade, edited, golden, name, command, lang) -> None:
    golden(f"{name}-{lang}", leadgrade(*command.split(), "--lang", lang).seen)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("json", ["", "--json"])
def test_history_tells_facts_rules_and_calendar_apart(
    leadgrade, edited, golden, json, lang
) -> None:
    engine = ("--engine", "explainer")
    for file, book, day in (
        ("leads.csv", "new.yaml", "2026-01-22"),
        ("later.csv", "new.yaml", "2026-01-22"),
        ("later.csv", "new.yaml", "2026-01-22"),
        ("leads.csv", "book.yaml", "2027-01-22"),
    ):
        assert leadgrade("qualify", file, "--book", book, "--as-of", day, *engine).code == 0
    seen = leadgrade("history", "L-1", "--lang", lang, *json.split()).seen
    golden(f"history{'-json' if json else ''}-{lang}", seen)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("improve L-1 --to Z", "Z"),
        ("whatif L-1 nonsense", "`nonsense` does not read fact=value, such as budget=500万."),
        ("whatif L-1 =5", "`=5` does not read fact=value"),
        ("whatif L-1 revenu=5", "Did you mean revenue?"),
        ("whatif L-1 revenue=lots", "`lots` is no value of revenue; write it as 500万, 2.5M."),
        ("whatif L-1 last_order=32.13.2026", "write it as 2026-01-31."),
        ("whatif L-1 refused=perhaps", "write it as yes, no."),
        ("whatif L-1 intent=much", "`much` is no value of intent; it has none, some, ready."),
        ("whatif L-1 overdue=1% 逾期占比=2%", "overdue is said twice; say it once."),
        ("whatif L-1 silence=5", "silence comes from a formula; change the facts that it reads."),
        ("compare L-1 L-99", "L-99"),
        ("history L-99", "L-99"),
        ("ask L-99", "L-99"),
        ("diff book.yaml book.yaml --on nowhere.csv", "nowhere.csv"),
        ("diff book.yaml book.yaml --on 99", "99"),
        ("diff book.yaml book.yaml --on ²", "There is no file ²"),
        ("diff book.yaml book.yaml --on 1 --fail-over lots", "5%"),
        ("diff book.yaml book.yaml --on 1 --fail-over -5%", "between 0% and 100%"),
    ],
)
def test_mistakes_are_said_in_words(leadgrade, decided, command, says) -> None:
    found = leadgrade(*command.split(), "--lang", "en")
    assert found.code == 2
    assert says in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_writes_a_page(leadgrade, decided, lang) -> None:
    found = leadgrade("explain", "L-1", "--html", "page.html", "--lang", lang)
    assert (found.code, found.stdout) == (0, "")
    page = (decided / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert re.search(r"<h1>L-1", page)


def test_a_page_that_cannot_be_written_is_an_error(leadgrade, decided) -> None:
    found = leadgrade("explain", "L-1", "--html", "nowhere/page.html")
    assert found.code == 2
    assert "nowhere" in found.stderr


def test_a_dry_run_has_no_head_of_the_chain(leadgrade, folder) -> None:
    asked = ("qualify", "leads.csv", "--engine", "explainer", "--lang", "en")
    assert "Head " not in leadgrade(*asked, "--dry-run").stdout
    assert "Head " in leadgrade(*asked).stdout


def test_the_work_list_goes_by_the_grade_in_force(leadgrade, decided) -> None:
    def listed(*options: str) -> list[tuple[str, str]]:
        leads = leadgrade("top", "--json", *options).json["leads"]
        return [
            (each["lead"], each["override"]["grade"] if each["override"] else each["grade"])
            for each in leads
        ]

    before = dict(listed())
    assert before["L-1"] == "A"
    assert before["L-3"] != "A"  # it has refused us
    for lead, grade in (("L-3", "A"), ("L-1", "D")):
        saying = ("--reason", "met them", "--until", "2990-01-01")
        assert leadgrade("override", lead, "--grade", grade, *saying).code == 0
    after = listed()
    grades = [grade for _, grade in after]
    assert dict(after) == before | {"L-3": "A", "L-1": "D"}
    assert grades == sorted(grades)
    assert ("L-3", "A") in listed("--grade", "A")
    assert ("L-1", "D") not in listed("--grade", "A")
    assert ("L-1", "D") in listed("--grade", "D")
    assert listed("--limit", "1") == after[:1]
    room = listed("--capacity", "100")
    assert ("L-3", "A") in room
    assert ("L-1", "D") not in room
