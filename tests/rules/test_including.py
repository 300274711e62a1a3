"""Books of several files: shared parts, bases and what changes them, each finding in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadgrade.rules.including import DIRECTIVES
from leadgrade.rules.loader import Files, load_book, read_book, read_kept_book, whole_tree
from leadgrade.rules.source import BookError, Findings
from leadgrade.rules.text.writing import yaml_text

BASE = """\
book: base
parameters: {cut: 100}
facts:
  revenue: {type: money}
  refused: {type: flag}
criteria:
  power:
    range: [0, 30]
    rules:
      - {id: big, when: revenue > cut, points: 20}
      - {id: small, when: revenue <= cut, points: 5}
knock_outs:
  - {id: gone, when: refused, grade: B}
grades: {A: {from: 20}, B: {}}
next_steps:
  - {id: call, do: Call}
"""
OVERLAY = """\
book: region
extends: base.yaml
remove: {rules: small, knock_outs: [gone]}
parameters: {cut: 500}
facts:
  size: {type: number}
criteria:
  power:
    rules:
      - {id: big, when: revenue > cut, points: 30}
      - {id: people, when: size > 10, points: 3}
next_steps:
  - {id: call, do: Visit}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "region.yaml").write_text(OVERLAY, encoding="utf-8")
    return tmp_path


def findings_of(path: Path) -> list[tuple[str, str, int]]:
    with pytest.raises(BookError) as caught:
        load_book(path)
    return [
        (each.code, Path(each.span.file).name, each.span.line) for each in caught.value.findings
    ]


def test_an_overlay_replaces_adds_and_removes(folder: Path) -> None:
    book = load_book(folder / "region.yaml")
    assert (book.id, book.parameters["cut"].value) == ("region", "500")
    assert {name: rule.outcomes[0].points for name, rule in book.rules.items()} == {
        "big": 3000,
        "people": 300,
    }
    assert (book.knock_outs, book.criteria["power"].high) == ((), 3000)
    assert [step.do.en for step in book.next_steps] == ["Visit"]
    assert list(book.facts) == ["revenue", "refused", "size"]


def test_the_text_of_a_book_of_several_files_is_whole(folder: Path) -> None:
    book = load_book(folder / "region.yaml")
    again = read_book(book.text, "elsewhere.yaml")
    assert (again.sha256, again.text) == (book.sha256, book.text)
    assert list(again.rules) == list(book.rules)
    assert [each.outcomes for each in again.rules.values()] == [
        each.outcomes for each in book.rules.values()
    ]
    (folder / "base.yaml").write_text(BASE.replace("grade: B", "grade: A"), encoding="utf-8")
    assert load_book(folder / "region.yaml").sha256 == book.sha256  # the knock-out was removed


def test_a_shared_part_is_brought_in_and_may_not_stand_twice(folder: Path) -> None:
    (folder / "shared.yaml").write_text("facts:\n  size: {type: number}\n", encoding="utf-8")
    own = BASE.replace("book: base\n", "book: own\ninclude: shared.yaml\n")
    (folder / "own.yaml").write_text(own, encoding="utf-8")
    assert list(load_book(folder / "own.yaml").facts) == ["size", "revenue", "refused"]
    (folder / "shared.yaml").write_text("facts:\n  revenue: {type: money}\n", encoding="utf-8")
    assert findings_of(folder / "own.yaml") == [("included-twice", "own.yaml", 5)]


def test_a_finding_points_into_the_file_that_has_it(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE.replace("when: refused", "when: refuse"), "utf-8")
    overlay = OVERLAY.replace(
        "remove: {rules: small, knock_outs: [gone]}\n", "remove: {rules: smal}\n"
    )
    (folder / "region.yaml").write_text(overlay, encoding="utf-8")
    assert findings_of(folder / "region.yaml") == [
        ("nothing-to-remove", "region.yaml", 3),
        ("unknown-name", "base.yaml", 13),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("include: nowhere", "no-such-include"),
        ("include: nofile.yaml", "book-unreadable"),
        ("extends: circle.yaml", "include-in-circle"),
    ],
)
def test_what_cannot_be_included_is_a_finding(folder: Path, text: str, code: str) -> None:
    (folder / "circle.yaml").write_text("extends: circle.yaml\n", encoding="utf-8")
    (folder / "own.yaml").write_text(BASE + text, encoding="utf-8")
    assert code in [each[0] for each in findings_of(folder / "own.yaml")]


@pytest.mark.parametrize("text", ["include: more.yaml", "extends: more.yaml", "include: starter"])
def test_a_kept_book_reads_no_other_file(folder: Path, text: str) -> None:
    (folder / "more.yaml").write_text("facts: {x: {type: flag}}\n", encoding="utf-8")
    path = str(folder / "own.yaml")
    read_book(BASE.replace("book: base", "book: own") + "include: more.yaml", path)
    with pytest.raises(BookError) as caught:
        read_kept_book(BASE + text, path)
    assert [each.code for each in caught.value.findings] == ["file-of-kept-book"]


def test_a_kept_book_is_whole(folder: Path) -> None:
    book = load_book(folder / "region.yaml")
    kept = read_kept_book(book.text, book.path)
    assert (kept.sha256, kept.text) == (book.sha256, book.text)
    assert [*kept.rules, *kept.grade_ids] == [*book.rules, *book.grade_ids]


def test_too_many_files_are_refused(folder: Path) -> None:
    for number in range(30):
        text = f"include: f{number + 1}.yaml\n" if number < 29 else "facts: {x: {type: flag}}\n"
        (folder / f"f{number}.yaml").write_text(text, encoding="utf-8")
    (folder / "own.yaml").write_text(BASE + "include: f0.yaml\n", encoding="utf-8")
    assert ("too-many-files", "f19.yaml", 1) in findings_of(folder / "own.yaml")


def test_the_resolved_text_says_where_each_part_comes_from(folder: Path) -> None:
    findings, files = Findings(), Files()
    path = str(folder / "region.yaml")
    tree = whole_tree(OVERLAY, path, findings, files)
    assert tree is not None
    shown = yaml_text(tree, origins=True)
    assert "  revenue:  # base.yaml:4\n" in shown
    assert "  size:  # region.yaml:6\n" in shown
    assert not any(f"\n{each}:" in shown for each in DIRECTIVES)
