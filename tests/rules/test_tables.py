"""Examples as tables, and the properties of a book."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadgrade.engine.examples import run_examples
from leadgrade.reports.checking.properties import tried_of_book
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.properties import Property
from leadgrade.rules.source import BookError

BOOK = """\
book: small
facts:
  revenue: {type: money, label: {zh: 年营收}}
  branch: {type: choice, values: [north, south]}
criteria:
  power:
    range: [0, 30]
    rules:
      - {id: big, when: revenue >= 500万, points: 5}
      - {id: far, when: branch = south, points: -2}
knock_outs:
  - {id: out, when: branch = south and revenue < 100, grade: B}
grades:
  A: {from: 5}
  B: {}
qualified: grade = A
examples:
  - name: sizes
    given: {branch: north}
    expect: {qualified: true}
    rows: |
      年营收, branch, grade, score, power, fired, qualified, knock_outs

      500万,,A,5,5,big,,-
      "499万",south,B,0,0,far,false,
      50, south, B, 0, 0, far, no, out
properties:
  - monotone: revenue
  - knock-out always wins
"""


def test_each_row_is_an_example() -> None:
    book = read_book(BOOK)
    assert [each.name for each in book.examples] == ["sizes (1)", "sizes (2)", "sizes (3)"]
    first, second, third = book.examples
    assert first.given == {"branch": "north", "revenue": 5_000_000.0}
    assert first.expect.qualified is True
    assert first.expect.knock_outs == ()
    assert first.expect.criteria == {"power": 500}
    assert second.given == {"branch": "south", "revenue": 4_990_000.0}
    assert second.expect.knock_outs is None
    assert third.expect.knock_outs == ("out",)
    assert not any(each.differences for each in run_examples(book, "explainer"))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("nein, out", "want-true-or-false"),
        ("Z, 0", "unknown-id"),
        ("south, B, 0, 0, far, false, out, 7", "row-too-long"),
    ],
)
def test_a_mistake_in_a_row_is_told_at_its_line(wrong: str, code: str) -> None:
    right = {"nein, out": "no, out", "Z, 0": "B, 0"}.get(wrong, "south, B, 0, 0, far, no, out")
    with pytest.raises(BookError) as error:
        read_book(BOOK.replace(right, wrong))
    assert [(each.code, each.span.line) for each in error.value.findings] == [(code, 26)]


FILES = """\
examples:
  - {file: tables/edges.csv}
  - {file: tables/edges.csv, name: again, given: {branch: south}, expect: {qualified: false}}
  - file: tables/more.yaml
properties:
"""
EDGES = '年营收,grade,score,qualified\r\n500万,A,5,TRUE\r\n"499,000",B,0,FALSE\r\n'
MORE = """\
- name: one in a file
  given: {revenue: 600万}
  expect: {grade: A, ask: branch}
- name: nothing to ask
  given: {revenue: 600万, branch: south}
  expect: {ask: []}
"""


@pytest.fixture
def book_with_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    start, end = BOOK.index("examples:"), BOOK.index("  - monotone")
    Path("tables").mkdir()
    Path("book.yaml").write_text(BOOK[:start] + FILES + BOOK[end:], encoding="utf-8")
    Path("tables/edges.csv").write_text(EDGES.replace('"499,000"', "499000"), "utf-8-sig")
    Path("tables/more.yaml").write_text(MORE, encoding="utf-8")
    return Path("book.yaml")


def test_examples_stand_in_files_beside_the_book(book_with_files: Path) -> None:
    book = load_book(book_with_files)
    places = [(each.name, each.span.file, each.span.line) for each in book.examples]
    assert places == [
        ("edges (1)", "tables/edges.csv", 2),
        ("edges (2)", "tables/edges.csv", 3),
        ("again (1)", "tables/edges.csv", 2),
        ("again (2)", "tables/edges.csv", 3),
        ("one in a file", "tables/more.yaml", 1),
        ("nothing to ask", "tables/more.yaml", 4),
    ]
    assert book.examples[2].given == {"branch": "south", "revenue": 5_000_000.0}
    failed = [each.example.name for each in run_examples(book, "explainer") if each.differences]
    assert failed == ["again (1)"]


def test_the_kept_text_of_a_book_holds_the_examples_of_its_files(book_with_files: Path) -> None:
    book = load_book(book_with_files)
    kept = read_book(book.text)
    assert [each.given for each in kept.examples] == [each.given for each in book.examples]
    assert [each.expect for each in kept.examples] == [each.expect for each in book.examples]


def test_a_mistake_in_a_file_of_examples_is_told_there(book_with_files: Path) -> None:
    Path("tables/edges.csv").write_text(EDGES, encoding="utf-8")  # 499,000: no such number
    Path("tables/more.yaml").write_text(MORE.replace("600万", "six", 1), encoding="utf-8")
    with pytest.raises(BookError) as error:
        load_book(book_with_files)
    assert [
        (each.code, each.span.file, each.span.line, each.span.column, each.span.end_column)
        for each in error.value.findings
    ] == [
        ("value-not-a-number", "tables/more.yaml", 2, 20, 23),
        ("value-not-a-number", "tables/edges.csv", 3, 2, 9),
    ]


@pytest.mark.parametrize(
    ("file", "text", "code", "place"),
    [
        ("tables/gone.csv", None, "book-unreadable", ("book.yaml", 18)),
        ("tables/flat.yaml", "flat: 5\n", "want-list", ("tables/flat.yaml", 1)),
    ],
)
def test_a_file_that_has_no_examples_is_told(
    file: str, text: str | None, code: str, place: tuple[str, int], book_with_files: Path
) -> None:
    if text is not None:
        Path(file).write_text(text, encoding="utf-8")
    written = book_with_files.read_text(encoding="utf-8")
    book_with_files.write_text(written.replace("tables/edges.csv", file, 1), encoding="utf-8")
    with pytest.raises(BookError) as error:
        load_book(book_with_files)
    assert [(each.code, (each.span.file, each.span.line)) for each in error.value.findings] == [
        (code, place)
    ]


def test_what_is_asked_is_compared_from_the_first_on() -> None:
    expecting = "expect: {qualified: true, ask: []}\n"
    book = read_book(BOOK.replace("expect: {qualified: true}\n", expecting))
    assert not any(
        part.what == "ask" for each in run_examples(book, "explainer") for part in each.differences
    )
    book = read_book(
        BOOK.replace("    given: {branch: north}\n    expect: {qualified: true}\n", "")
        .replace("500万,,A,5,5,big,,-", "500万,,A,5,5,big,,-,年营收")
        .replace("knock_outs\n", "knock_outs, ask\n")
    )
    (found,) = run_examples(book, "explainer")[0].differences
    assert (found.what, found.expected, found.got) == ("ask", "[revenue]", "[branch]")


def test_the_properties_of_a_book_are_tried() -> None:
    book = read_book(BOOK)
    assert book.properties == (Property("monotone", "revenue"), Property("knock-out always wins"))
    said, good = tried_of_book(book, "en")
    assert good
    assert len(said) == 2


def test_a_property_about_a_fact_without_order_is_refused() -> None:
    with pytest.raises(BookError) as error:
        read_book(BOOK.replace("monotone: revenue", "monotone: branch"))
    assert [each.code for each in error.value.findings] == ["unknown-property"]
