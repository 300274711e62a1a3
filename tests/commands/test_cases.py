"""Engines that disagree: the run is refused, and leaves a case that can be decided again."""

from __future__ import annotations

import pytest

from leadgrade.engine.sql import subjects
from leadgrade.rules.conditions import Op

RIGHT = subjects.OPERATORS[Op.GT]
COLUMNAR = ["qualify", "leads.csv", "--as-of", "2026-01-22", "--engine", "columnar"]


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch):
    """Plant a wrong operator in the compiler."""
    planted = {**subjects.OPERATORS, Op.GT: subjects.OPERATORS[Op.LE]}
    with monkeypatch.context() as patch:
        patch.setattr(subjects, "OPERATORS", planted)
        yield


def the_case(folder):
    (found,) = folder.glob("leadgrade-case-*.json")
    return found


def test_a_run_is_refused_and_leaves_a_case(folder, leadgrade, wrong) -> None:
    outcome = leadgrade(*COLUMNAR)
    file = the_case(folder)
    assert outcome.code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("error: the columnar engine and ")
    assert f"`leadgrade verify --case {file.name}` decides it again" in outcome.stderr
    assert sorted(each.name for each in folder.iterdir()) == ["book.yaml", file.name, "leads.csv"]
    again = leadgrade("verify", "--case", file, "--json")
    assert again.code == 1
    assert again.json["agree"] is False
    assert set(again.json["differences"]) >= {"evidence"}
    assert "columnar" in again.json["engines"]
    assert leadgrade("verify", "--case", file).stdout.startswith("Lead ")


def test_a_run_that_is_refused_leaves_a_record_as_it_was(
    decided, leadgrade, wrong, runs_of
) -> None:
    before = runs_of()
    assert leadgrade(*COLUMNAR).code == 2
    assert runs_of() == before


def test_a_mended_engine_agrees_on_the_case(folder, leadgrade, wrong, monkeypatch) -> None:
    leadgrade(*COLUMNAR)
    mended = {**subjects.OPERATORS, Op.GT: RIGHT}
    with monkeypatch.context() as patch:  # undone before the wrong operator is
        patch.setattr(subjects, "OPERATORS", mended)
        outcome = leadgrade("verify", "--case", the_case(folder), "--lang", "zh")
    assert outcome.code == 0
    assert outcome.stdout.startswith("线索 ")


def test_without_the_check_a_run_is_stored(folder, leadgrade, wrong, runs_of) -> None:
    assert leadgrade(*COLUMNAR, "--no-check").code == 0
    assert [run["engine"] for run in runs_of()] == ["columnar"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "error: case.json cannot be read: No such file or directory.\n"),
        ("{", "error: case.json is not a case that a run left"),
        ("[]", "error: case.json is not a case that a run left"),
        ('{"book": {"path": "x", "text": "book: x", "parameters": {}}}', "error: case.json is not"),
    ],
)
def test_what_is_no_case(folder, leadgrade, content, message) -> None:
    if content is not None:
        (folder / "case.json").write_text(content, encoding="utf-8")
    outcome = leadgrade("verify", "--case", "case.json")
    assert outcome.code == 2
    assert outcome.stderr.startswith(message)


@pytest.mark.parametrize("size", ["much", "99999999999999999999GB", "9223373TB", f"{'9' * 400}KB"])
def test_a_size_of_memory_that_is_none(folder, leadgrade, size) -> None:
    outcome = leadgrade(*COLUMNAR, "--memory", size)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert f"'{size}': write a size such as 512MB or 1GB." in outcome.stderr


def test_a_size_of_memory_that_nobody_has_is_taken(folder, leadgrade) -> None:
    assert leadgrade(*COLUMNAR, "--memory", "8388607TiB", "--no-check").code == 0


def test_too_little_memory_is_told(folder, leadgrade) -> None:
    outcome = leadgrade(*COLUMNAR, "--memory", "0GB")
    assert (outcome.code, outcome.stdout) == (2, "")
    assert "memory or disk are not enough" in outcome.stderr


def test_a_size_of_memory(folder, leadgrade) -> None:
    assert leadgrade(*COLUMNAR, "--memory", "256MB").code == 0
