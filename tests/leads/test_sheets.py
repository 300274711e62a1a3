from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from xlsxwriter import Workbook

from leadgrade.leads.formats.sheets import sheet_table
from leadgrade.leads.formats.source import open_source
from leadgrade.leads.formats.texts import as_text
from leadgrade.leads.mapping.names import Names
from leadgrade.leads.terms import ListError, Options, Row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """An empty sheet, one with a list that begins at B3, and another."""
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("Leads")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row("B3", ["编号", "Revenue", "Since", "Refused", "Share"])
        sheet.write_row("B4", [1001, 12.5])
        sheet.write_datetime("D4", datetime(2026, 1, 5), day)
        sheet.write_boolean("E4", True)
        sheet.write_number("F4", 0.35)
        sheet.write_row("B6", ["E-2", "120万", "2026年1月5日"])
        book.add_worksheet("Other").write_row(0, 0, ["id", "x"])
    return path


def test_the_first_sheet_with_anything_in_it(workbook: Path) -> None:
    source = open_source(workbook)
    table = sheet_table(source, Options(), Names())
    source.close()
    assert table.sheet == "Leads"
    assert table.headers == ("编号", "Revenue", "Since", "Refused", "Share")
    cells = ["1001", "12.5", "2026-01-05", "true", "0.35"]
    assert list(table.rows()) == [
        Row(4, cells, "\t".join(cells)),
        Row(6, ["E-2", "120万", "2026年1月5日", "", ""], "E-2\t120万\t2026年1月5日\t\t"),
    ]
    assert len(list(table.rows())) == 2


def test_a_sheet_may_be_said(workbook: Path) -> None:
    source = open_source(workbook)
    assert sheet_table(source, Options(sheet="Other"), Names()).headers == ("id", "x")
    with pytest.raises(ListError) as caught:
        sheet_table(source, Options(sheet="Leeds"), Names())
    source.close()
    assert caught.value.code == "no-such-sheet"
    assert caught.value.details["sheets"] == "空, Leads, Other"


def test_a_merged_cell_stands_in_each_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row("C2", ["Trade", "City"])
        sheet.merge_range("B2:B3", "Lead")  # a header of two rows
        sheet.write_row("C3", ["(main)", "(seat)"])
        sheet.merge_range("B4:B5", "A")
        sheet.write_row("C4", ["one", "Bonn"])
        sheet.write("C5", "two")
        sheet.write_row("B6", ["B", "three"])
        sheet.merge_range("D6:D8", "Köln")
        sheet.write_row("B7", ["C", "four"])  # line 8 is only higher
        sheet.merge_range("B9:C9", "D")  # to the right: one cell
        sheet.write("B10", "E")
    source = open_source(path)
    table = sheet_table(source, Options(header_row=2), Names())
    rows = [(row.line, row.cells) for row in table.rows() if isinstance(row, Row)]
    source.close()
    assert table.headers == ("Lead", "Trade", "City")
    assert rows == [
        (3, ["", "(main)", "(seat)"]),
        (4, ["A", "one", "Bonn"]),
        (5, ["A", "two", ""]),
        (6, ["B", "three", "Köln"]),
        (7, ["C", "four", "Köln"]),
        (9, ["D", "", ""]),
        (10, ["E", "", ""]),
    ]


def test_workbooks_without_a_list(tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    with Workbook(empty) as book:
        book.add_worksheet()
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"x" * 100)
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(empty.read_bytes()[:-200])
    for path, code in ((empty, "empty-file"), (broken, "not-a-sp"), (cut, "not-a-sp")):
        source = open_source(path)
        with pytest.raises(ListError, match=code):
            sheet_table(source, Options(), Names())
        source.close()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("a", "a"),
        (True, "true"),
        (False, "false"),
        (1001.0, "1001"),
        (12.5, "12.5"),
        (1e-07, "1e-07"),
        (1e22, "10000000000000000000000"),
        (float("inf"), "inf"),
        pytest.param(10**5000, "inf", id="huge"),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 9, 30), "2026-01-05 09:30:00"),
        (timedelta(days=2), "2"),
        ({"a": "年"}, '{"a": "年"}'),
        ([1], "[1]"),
    ],
)
def test_typed_values_as_texts(value: object, text: str) -> None:
    assert as_text(value) == text
