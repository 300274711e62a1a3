"""Points and commas in numbers: what a column shows, and what the list says of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli
from leadgrade.leads import Options, read_lists
from leadgrade.leads.mapping.proposal import propose
from leadgrade.leads.values.decimals import Evidence, marks_of
from leadgrade.reports.lists.mapping import mapping_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book


@pytest.mark.parametrize(
    ("cells", "want"),
    [
        (["1.234", "1.250,50"], True),
        (["12,5", "1.234"], True),
        (["12,5", "12.5"], None),
        (["1,234", "1.234"], None),
        (["1,234,567", "12,5"], None),
        (["1.234.567", "1.234"], True),
        (["1 234 567,80"], True),
        (["1\u202f234\u202f567,80", "12"], True),
        (["1'234'567,80"], True),
        (["1 234 567.80"], False),
        (["0,125"], True),
        (["0.125"], False),
        (["€ 1.250,50"], True),
        (["1,200", "2,300"], None),
        (["x" * 60 + "12,5"], None),
        ([], None),
    ],
)
def test_what_the_numbers_of_a_column_show(cells: list[str], want: bool | None) -> None:
    assert marks_of(cells).decimal_comma is want


COMMA, POINT, BOTH = ["12,5"], ["12.5"], ["12,5", "12.5"]
OPEN, WHOLE, GROUPED = ["1.200", "2.300"], ["1200"], ["1,200"]


@pytest.mark.parametrize(
    ("others", "delimiter", "cells", "want"),
    [
        ([COMMA], ",", OPEN, True),
        ([COMMA], ",", WHOLE, True),
        ([COMMA], ",", POINT, False),
        ([COMMA], ",", BOTH, False),
        ([POINT], ";", OPEN, False),
        ([COMMA, POINT], ";", OPEN, None),
        ([COMMA, POINT], ";", WHOLE, False),
        ([BOTH], ";", OPEN, None),
        ([WHOLE], ";", OPEN, True),
        ([WHOLE], ",", OPEN, None),
        ([GROUPED], ";", OPEN, None),
        ([GROUPED], ";", GROUPED, False),
        ([COMMA], None, OPEN, False),
    ],
)
def test_what_the_list_says_of_a_column(
    others: list[list[str]], delimiter: str | None, cells: list[str], want: bool | None
) -> None:
    column = marks_of(cells)
    evidence = Evidence([column, *map(marks_of, others)], delimiter)
    assert evidence.decimal_comma(column) is want


def facts(path: Path, book: Book) -> dict[str, dict[str, object]]:
    with read_lists([path], book, Options()) as reading:
        return {item.id: item.facts for item in reading}  # type: ignore[union-attr]


EUROPEAN = "Lead ID;annual_revenue;employees\nA;1 234 567,80;1.200\nB;85.000;2.300\n"
NOTHING = "Lead ID;annual_revenue;employees\nA;10.000;1.200\nB;85.000;2.300\n"


def test_a_column_is_read_as_the_others_show(write: Callable[..., Path], book: Book) -> None:
    assert facts(write(EUROPEAN), book)["A"] == {"annual_revenue": 1234567.8, "employees": 1200.0}
    assert facts(write(EUROPEAN), book)["B"] == {"annual_revenue": 85000.0, "employees": 2300.0}
    assert facts(write(NOTHING), book)["B"] == {"annual_revenue": 85000.0, "employees": 2300.0}


@pytest.mark.parametrize("text", [EUROPEAN, NOTHING])
def test_a_mapping_says_how_they_are_read(
    write: Callable[..., Path], book: Book, text: str
) -> None:
    found = propose(write(text), book)
    policies = [column["policy"] for column in mapping_json(found)["columns"]]
    assert policies == [{}, {"decimal_comma": "yes"}, {"decimal_comma": "yes"}]
    assert not any(column.open for column in found.columns)


def test_numbers_that_nothing_settles_are_told(write: Callable[..., Path], book: Book) -> None:
    path = write(NOTHING.replace(";", ","))
    assert facts(path, book)["B"] == {"annual_revenue": 85.0, "employees": 2.3}
    assert [column.open for column in propose(path, book).columns] == [False, True, True]
    said = propose(path, book, Options(decimal_comma=True))
    assert not any(column.open for column in said.columns)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "1.200 is read as 1.2"), ("zh", "1.200 按 1.2")]
)
def test_a_run_and_a_mapping_name_columns_that_nothing_settles(
    write: Callable[..., Path], tmp_path: Path, lang: str, words: str
) -> None:
    text = "Lead ID,Budget,Deal Amount\nA,10.000,12.000\n"
    for path, told in ((write(text), True), (write(text.replace(",", ";"), "b.csv"), False)):
        for command in (
            ("map", path),
            ("profile", path),
            ("qualify", path, "--db", tmp_path / f"{told}.db"),
        ):
            done = CliRunner().invoke(cli, [*map(str, command), "--lang", lang])
            assert (words in done.output.replace("\n", " ")) is told
