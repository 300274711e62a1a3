"""Every check: a part of a book that triggers it, and one that must not."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from leadgrade.engine.oracle import Oracle, values_of
from leadgrade.reports.wording import LANGUAGES, texts
from leadgrade.rules.checks import all_checks, run_checks
from leadgrade.rules.checks.base import Check, Level
from leadgrade.rules.checks.context import Context, Seen
from leadgrade.rules.lead import facts_from_json
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.source import Severity


def _helper() -> ModuleType:
    path = Path(__file__).with_name("small_book.py")
    spec = importlib.util.spec_from_file_location("small_book", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["small_book"] = module
    spec.loader.exec_module(module)
    return module


small_book = _helper()
CHECKS = all_checks()
PROVED = [each for each in CHECKS.values() if not each.needs_sample]
WITH_DATA = [each for each in CHECKS.values() if each.needs_sample]
WITHOUT_LEAD = {
    "label-in-one-language",
    "no-qualified",
    "readers-disagree",
    "unused-condition",
    "unused-fact",
    "unused-list",
    "unused-parameter",
}
"""Checks about the text of a book, which no lead can show."""


def code_of(check: Check) -> str:
    return check.code


def test_the_small_book_has_no_fault() -> None:
    assert small_book.findings("") == []


@pytest.mark.parametrize("check", PROVED, ids=code_of)
def test_a_check_finds_its_fault_and_nothing_in_the_twin_that_is_right(check: Check) -> None:
    bad = [each for each in small_book.findings(check.bad) if each.code == check.code]
    assert bad
    assert {str(each.severity) for each in bad} == {str(check.level)}
    good = [each for each in small_book.findings(check.good) if each.code == check.code]
    assert good == []


@pytest.mark.parametrize(
    "check", [each for each in PROVED if each.code not in WITHOUT_LEAD], ids=code_of
)
def test_a_finding_shows_a_lead_that_can_be_decided(check: Check) -> None:
    book = read_book(small_book.with_parts(check.bad))
    for finding in small_book.findings(check.bad):
        if finding.code == check.code:
            assert finding.example is not None
            facts = facts_from_json(book, json.dumps(finding.example))
            Oracle(book).decide(facts)


@pytest.mark.parametrize("check", CHECKS.values(), ids=code_of)
def test_a_finding_points_into_its_part(check: Check) -> None:
    text = small_book.with_parts(check.bad).splitlines()
    for finding in small_book.findings(check.bad):
        assert 1 <= finding.span.line <= len(text)
        assert text[finding.span.line - 1].strip()


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_its_texts_in_both_languages(code: str) -> None:
    for name in (code, f"{code}.help", f"{code}.what", f"{code}.why"):
        assert set(texts("checks")[name]) == set(LANGUAGES)


def test_every_text_belongs_to_a_check() -> None:
    groups = ("kind.", "explain.", "group.", "level.", "reference.")
    single = {"sample", "fixed", "fixable", "no-such-check", "no-such-level"}
    named = {
        name.split(".")[0]
        for name in texts("checks")
        if not name.startswith(groups) and name not in single | {"settings-unreadable"}
    }
    assert named == set(CHECKS)


def test_each_check_is_a_module_called_like_its_code() -> None:
    folder = Path(sys.modules["leadgrade.rules.checks"].__file__ or "").parent
    for code in CHECKS:
        assert (folder / f"{code.replace('-', '_')}.py").is_file()


def sample(book_text: str) -> Context:
    """Return ten leads: half of them large, none late, all of unknown size."""
    book = read_book(book_text, "book.yaml")
    oracle = Oracle(book)
    leads = []
    for number in range(10):
        facts = {"revenue": 6_000_000.0 if number % 2 else 1_000.0, "late": 0.01 * number}
        decision = oracle.decide(facts)
        fired = (*decision.fired, *decision.knock_outs)
        leads.append(Seen(facts, values_of(facts, decision), fired))
    return Context(book, oracle, leads)


@pytest.mark.parametrize("check", WITH_DATA, ids=code_of)
def test_a_check_with_data_finds_its_fault_in_a_list(check: Check) -> None:
    def names(part: str) -> set[str]:
        found = run_checks(sample(small_book.with_parts(part)))
        return {each.args["name"] for each in found if each.code == check.code}

    fresh = names(check.bad) - names(check.good)
    assert fresh, check.code


def test_checks_with_data_need_data() -> None:
    assert {each.code for each in small_book.findings("")}.isdisjoint(map(code_of, WITH_DATA))


def test_a_level_can_be_set_and_a_check_turned_off() -> None:
    check = CHECKS["band-gap"]
    (found,) = [
        each
        for each in small_book.findings(check.bad, {"band-gap": Level.ERROR})
        if each.code == "band-gap"
    ]
    assert found.severity is Severity.ERROR
    off = small_book.findings(check.bad, {"band-gap": Level.OFF})
    assert all(each.code != "band-gap" for each in off)


def test_a_line_may_say_that_a_finding_is_meant() -> None:
    meant = CHECKS["never-holds"].bad.replace("when:\n", "when:\n", 1)
    meant = meant.replace("- revenue > 500万", "- revenue > 500万  # allow: never-holds, other")
    assert all(each.code != "never-holds" for each in small_book.findings(meant))


@pytest.mark.parametrize("name", shipped_books())
def test_the_shipped_books_have_no_errors(name: str) -> None:
    book = load_book(shipped_books()[name])
    found = list(run_checks(Context(book, Oracle(book))))
    assert [each for each in found if each.severity is Severity.ERROR] == []
    assert found == [] or name not in ("b2b-leads", "starter")


def test_places_and_uses_of_a_book_from_several_files(tmp_path: Path) -> None:
    """A parameter that the base uses is used; a finding points into the file it comes from."""
    base = small_book.with_parts(
        "parameters:\n  big_from: 500万\ncriteria:\n  power:\n    range: [0, 30]\n    rules:\n"
        "      - {id: big, when: revenue > big_from and revenue < 100, points: 5}\n"
    )
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(
        "book: own\nextends: base.yaml\nparameters:\n  big_from: 50\n  idle: 3\n", "utf-8"
    )
    book = load_book(own)
    found = list(run_checks(Context(book, Oracle(book)), {"always-holds": Level.OFF}))
    assert "never-holds" not in {each.code for each in found}
    unused = [each for each in found if each.code == "unused-parameter"]
    assert [(each.args["name"], Path(each.span.file).name) for each in unused] == [
        ("idle", "own.yaml")
    ]
    own.write_text("book: own\nextends: base.yaml\n", encoding="utf-8")
    book = load_book(own)
    (never,) = [
        each for each in run_checks(Context(book, Oracle(book))) if each.code == "never-holds"
    ]
    assert Path(never.span.file).name == "base.yaml"
    lines = base.splitlines()
    assert "big_from and" in lines[never.span.line - 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("yes", True),
        ("Off", True),
        ("n", True),
        ("~", True),
        ("null", True),
        ("010", True),
        ("1_000", True),
        ("1:30", True),
        ("0x1F", True),
        ('"NO"', False),
        ("north", False),
        ("10", False),
        ("0", False),
        ("0.5", False),
        ("2026-01-31", False),
        ("nobody", False),
    ],
)
def test_scalars_that_other_readers_take_for_something_else(text: str, *, found: bool) -> None:
    hits = small_book.findings(f"lists: {{some: [{text}, other]}}\n")
    assert [each.args["text"] for each in hits if each.code == "readers-disagree"] == (
        [text] if found else []
    )


def test_a_yes_where_a_flag_is_meant_is_no_doubt() -> None:
    part = """\
criteria:
  power:
    range: [0, 30]
    rules:
      - {id: told, fact: refused, values: {yes: 1, no: 2}}
examples:
  - {name: refused us, given: {Has refused: no, branch: north}, expect: {grade: B}}
"""
    assert [each for each in small_book.findings(part) if each.code == "readers-disagree"] == []
