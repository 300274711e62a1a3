"""Examples as tables, and the properties of a book."""

from __future__ import annotations

import pytest

from leadgrade.engine.examples import run_examples
from leadgrade.reports.properties import tried_of_book
from leadgrade.rules.loader import read_book
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
    book = read_book(BOOK.replace("no, out", "false, out"))
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
        ("no, out", "want-true-or-false"),
        ("Z, 0", "unknown-id"),
        ("south, B, 0, 0, far, false, out, 7", "rows-form"),
    ],
)
def test_a_mistake_in_a_row_is_told_at_its_line(wrong: str, code: str) -> None:
    right = {"no, out": "no, out", "Z, 0": "B, 0"}.get(wrong, "south, B, 0, 0, far, no, out")
    with pytest.raises(BookError) as error:
        read_book(
            BOOK.replace(right, wrong).replace(
                "no, out", "false, out" if code != "want-true-or-false" else "no, out"
            )
        )
    assert [(each.code, each.span.line) for each in error.value.findings] == [(code, 26)]


def test_the_properties_of_a_book_are_tried() -> None:
    book = read_book(BOOK.replace("no, out", "false, out"))
    assert book.properties == (Property("monotone", "revenue"), Property("knock-out always wins"))
    said, good = tried_of_book(book, "en")
    assert good
    assert len(said) == 2


def test_a_property_about_a_fact_without_order_is_refused() -> None:
    with pytest.raises(BookError) as error:
        read_book(
            BOOK.replace("no, out", "false, out").replace("monotone: revenue", "monotone: branch")
        )
    assert [each.code for each in error.value.findings] == ["unknown-property"]
