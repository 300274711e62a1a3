"""``leadgrade check`` as a person and as a program meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli
from leadgrade.reports.checking.check_pages import codes, explained, loader_codes, page
from leadgrade.reports.checking.check_settings import CheckSettingsError, levels
from leadgrade.reports.checking.mending import mended
from leadgrade.reports.wording import LANGUAGES, texts
from leadgrade.rules.checks import all_checks
from leadgrade.rules.checks.base import Level

BOOK = """\
book: small
facts:
  revenue: {type: money}
  late: {type: percent, range: [0%, 100%]}
  refused: {type: flag}
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: late
        when: late > 20%
        points: -2
knock_outs:
  - id: out
    when: refused
    grade: B
grades:
  A: {from: 5}
  B: {}
qualified: grade = A
next_steps:
  - id: call
    do: Call
"""


def run(*args: str) -> tuple[int, str]:
    """Return the exit code and what a command printed."""
    result = CliRunner().invoke(cli, args)
    return result.exit_code, result.stdout


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of the book, in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "book.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def change(path: Path, old: str, new: str) -> None:
    """Change a book; the old text must stand in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


def test_a_finding_of_logic_reads_like_this(book: Path) -> None:
    change(book, "late > 20%", "late > 20% and late < 10%")
    code, text = run("check")
    assert code == 1
    assert (
        text
        == """\
book.yaml:14:15: error: no lead can fulfil the condition of the rule `late` [never-holds]
  14 |         when: late > 20% and late < 10%
     |               ^^^^^^^^^^^^^^^^^^^^^^^^^
     = help: look for two lines that exclude each other, or a value outside of the fact's range; \
alternatives belong under `any:`
     = for example the lead {"late": 0.09}

1 error in book.yaml
"""
    )


def test_warnings_end_with_1_only_when_they_are_strict(book: Path) -> None:
    change(book, "  refused: {type: flag}", "  refused: {type: flag}\n  spare: {type: flag}")
    assert run("check")[0] == 0
    assert run("check", "--strict")[0] == 1


def test_a_level_is_set_by_the_project_and_by_the_command(book: Path) -> None:
    change(book, "  refused: {type: flag}", "  refused: {type: flag}\n  spare: {type: flag}")
    Path("leadgrade.toml").write_text('[checks]\nunused-fact = "error"\n', encoding="utf-8")
    assert run("check")[0] == 1
    assert run("check", "--level", "unused-fact=off") == (0, "book.yaml: 2 rules, no errors\n")


@pytest.mark.parametrize("said", ["unused-fact", "unused-fact=loud", "unused-fcat=off"])
def test_a_level_that_cannot_be_set_is_told(book: Path, said: str) -> None:
    with pytest.raises(CheckSettingsError):
        levels([said])
    assert run("check", "--level", said)[0] == 2


def test_settings_that_cannot_be_read_are_told(book: Path) -> None:
    Path("leadgrade.toml").write_text("[checks", encoding="utf-8")
    assert run("check")[0] == 2


def test_levels_without_settings_are_the_usual_ones(book: Path) -> None:
    assert levels([]) == {}
    assert levels(["band-gap=error"]) == {"band-gap": Level.ERROR}


def test_json_has_the_lead_that_shows_a_finding(book: Path) -> None:
    change(book, "from: 5}", "from: 50}")
    code, text = run("check", "--json")
    (found,) = json.loads(text)[0]["findings"]
    assert code == 1
    assert found["code"] == "floor-too-high"
    assert found["severity"] == "error"
    assert found["example"] == {"revenue": 5_100_000}
    assert (found["line"], found["column"]) == (21, 13)


def sarif(*args: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(run("check", *args, "--format", "sarif")[1])
    return log


def test_sarif_has_the_structure_of_2_1_0(book: Path) -> None:
    change(book, "late > 20%", "late > 20% and late < 10%")
    change(book, "  refused: {type: flag}", "  refused: {type: flag}\n  spare: {type: flag}")
    log = sarif()
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    driver = only["tool"]["driver"]
    assert driver["name"] == "leadgrade"
    assert only["columnKind"] in ("unicodeCodePoints", "utf16CodeUnits")
    for result in only["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "book.yaml"
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        assert (region["endLine"], region["endColumn"]) >= (
            region["startLine"],
            region["startColumn"],
        )
    assert {each["ruleId"] for each in only["results"]} == {"never-holds", "unused-fact"}


def test_sarif_of_a_clean_book_has_no_results(book: Path) -> None:
    assert sarif()["runs"][0]["results"] == []


def test_sarif_carries_the_mend(book: Path) -> None:
    change(book, "revenue >", "revenu >")
    (result,) = sarif()["runs"][0]["results"]
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": "revenue"}
    assert replacement["deletedRegion"]["startColumn"] == 15


def test_github_gets_one_line_for_each_finding(book: Path) -> None:
    change(book, "late > 20%", "late > 20")
    (line,) = run("check", "--format", "github")[1].splitlines()
    assert line.startswith(
        "::error file=book.yaml,line=14,col=22,endLine=14,endColumn=24,"
        "title=value-percent-without-sign::`late` is a percent, and `20` has no percent sign%0A"
    )
    assert "`20%25`" in line


MISTAKES = {
    "two equals signs": ("revenue > 500万", "revenue == 500万", "revenue = 500万"),
    "a percent sign that is missing": ("late > 20%", "late > 20", "late > 20%"),
    "a misspelt fact": ("revenue > 500万", "revenu > 500万", "revenue > 500万"),
    "a misspelt key": ("        points: 5", "        point: 5", "        points: 5"),
    "a misspelt type": ("{type: flag}", "{type: flagg}", "{type: flag}"),
    "a missing space": ("when: refused", "when:refused", "when: refused"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_fix_mends_what_is_certain(book: Path, name: str) -> None:
    right, wrong, mend = MISTAKES[name]
    change(book, right, wrong)
    broken = book.read_bytes()
    code, text = run("check", "--diff")
    assert code == 0
    assert wrong in text
    assert book.read_bytes() == broken
    code, text = run("check", "--fix")
    assert code == 0, text
    assert book.read_text(encoding="utf-8") == BOOK.replace(right, mend)


DOUBTS = {
    "a share or a percentage": ("late > 20%", "late > 0.2"),
    "two names that are near": ("type: money}", "type: money}\n  revenues: {type: money}"),
    "no name that is near": ("revenue > 500万", "turnover > 500万"),
    "ends in the wrong order": ("revenue > 500万", "revenue between 60 and 30"),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_fix_leaves_what_is_open(book: Path, name: str) -> None:
    right, wrong = DOUBTS[name]
    change(book, right, wrong)
    if name == "two names that are near":
        change(book, "when: revenue >", "when: revenu >")
    before = book.read_bytes()
    assert run("check", "--fix")[0] == 1
    assert book.read_bytes() == before


def test_fix_keeps_the_mark_the_line_ends_and_the_mode(book: Path) -> None:
    text = BOOK.replace("revenue > 500万", "revenue == 500万").replace("\n", "\r\n")
    book.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    book.chmod(0o640)
    assert run("check", "--fix")[0] == 0
    assert book.read_bytes() == b"\xef\xbb\xbf" + text.replace("==", "=").encode("utf-8")
    assert book.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in book.parent.iterdir()] == ["book.yaml"]


def test_fix_goes_on_where_one_mistake_hid_others(book: Path) -> None:
    change(book, "when: refused", "when:refused")
    change(book, "late > 20%", "late > 20")
    assert mended(str(book)).count == 2
    assert mended(str(book)).after == BOOK


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", codes())
def test_every_code_has_its_page(code: str, lang: str) -> None:
    found = page(code, lang)
    assert all((found.what, found.why, found.mend))
    assert "{" not in re.sub(r"`[^`]*`", "", found.what)
    assert code in explained(code, lang)


def test_every_code_of_the_loader_is_known() -> None:
    assert set(loader_codes()) == {name for name in texts("findings") if "." not in name}
    assert set(loader_codes()).isdisjoint(all_checks())
    assert all(f"reference.{each['reads']}" in texts("checks") for each in loader_codes().values())


def test_explain_prints_the_page_or_the_nearest_code() -> None:
    assert run("check", "--explain", "band-gap")[1] == explained("band-gap", "en") + "\n"
    assert run("check", "--explain", "band-gpa")[0] == 2


def test_a_list_shows_how_many_leads_a_finding_touches(book: Path) -> None:
    change(book, "late > 20%", "revenue >= 1亿")
    change(book, "revenue > 500万", "revenue <= 1亿")
    rows = ["id,revenue,late,refused", "1,1亿,5%,no", "2,1亿,,no", "3,100,,yes"]
    Path("leads.csv").write_text("\n".join(rows), encoding="utf-8")
    code, text = run("check", "--on", "leads.csv", "--json")
    found = {each["code"]: each for each in json.loads(text)[0]["findings"]}
    assert code == 0
    assert {"edge-counted-twice", "unused-fact"} <= set(found)
    text = run("check", "--on", "leads.csv")[1]
    assert text.startswith("3 leads of leads.csv looked at\n")
    assert "= on this list: 2 of 3 leads" in text


def test_a_run_is_looked_at_by_its_number(book: Path) -> None:
    Path("leads.csv").write_text("id,revenue\n1,600万\n2,700万\n", encoding="utf-8")
    assert run("qualify", "leads.csv", "--engine", "explainer")[0] == 0
    code, text = run("check", "--on", "1")
    assert code == 0
    assert "`big` fires for all of these 2 leads" in text
    assert "`refused` is unknown for 100 % of the leads" in text
