"""Headers below titles, notes and merged cells; sheets to choose from; hostile workbooks."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from xlsxwriter import Workbook

from leadgrade.leads.listing import open_list
from leadgrade.leads.terms import ListError, Options
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book


def leads(path: Path, book: Book, **options: object) -> dict[str, dict[str, object]]:
    with open_list(path, book, Options(**options)) as listing:  # type: ignore[arg-type]
        return {each.id: dict(each.facts) for each in listing if isinstance(each, Lead)}


def refused(path: Path, book: Book, **options: object) -> ListError:
    with pytest.raises(ListError) as caught:
        leads(path, book, **options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "above"),
    [
        ("id,employees\nA,5\n", 1, ()),
        ("# a comment\nid,employees\nA,5\n", 2, ("# a comment",)),
        ("Customers\n\n3 May\nid,employees\nA,5\n", 4, ("Customers", "3 May")),
        ("Report, May 2026\nid;employees;x\nA;5;1\nB;6;1\n", 2, ("Report, May 2026",)),
        (",,\nid,employees,\nA,5,\n", 2, ()),
        ("one,two\nid,employees\nA,5\n", 2, ("one,two",)),
        ("id,x\nemployees,remark\nA,5\n", 1, None),  # the first row has a known name
        ("lead,x\nid,y\n", 1, None),
    ],
)  # fmt: skip
def test_the_header_is_the_first_row_with_known_names(
    write: Callable[..., Path], book: Book, text: str, line: int, above: tuple[str, ...] | None
) -> None:
    if above is None:
        assert refused(write(text), book).code == "nothing-mapped"
        return
    with open_list(write(text), book) as listing:
        assert (listing.header_line, listing.above) == (line, above)
        assert next(iter(listing)).line == line + 1
        assert listing.leads == 1


def test_the_header_row_may_be_said(write: Callable[..., Path], book: Book) -> None:
    path = write("id,remark\nid,employees\nA,5\n")
    assert leads(path, book, header_row=2) == {"A": {"employees": 5.0}}
    assert refused(path, book, header_row=9).code == "no-such-row"
    assert refused(write("\n\nid,employees\nA,5"), book, header_row=2).code == "no-such-row"


def test_columns_have_a_limit(write: Callable[..., Path], book: Book) -> None:
    wide = ",".join(["id", "employees", *(f"c{at}" for at in range(9_998))])
    row = ",".join(["A", "5", *["x"] * 9_998])
    assert leads(write(f"{wide}\n{row}\n"), book) == {"A": {"employees": 5.0}}
    assert refused(write(",".join(["id"] * 20_000) + "\n1\n"), book).code == "too-many-columns"


def test_merged_headers_and_titles_in_a_sheet(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range("A1:D1", "Customers of 2026")
        sheet.merge_range("A3:A4", "id")
        sheet.merge_range("B3:C3", "Size")
        sheet.write_row("B4", ["employees", "annual revenue"])
        sheet.write_row("A5", ["A", 5, 1200])
    assert leads(path, book) == {"A": {"employees": 5.0, "annual_revenue": 1200.0}}
    assert leads(path, book, header_row=4) == {"A": {"employees": 5.0, "annual_revenue": 1200.0}}


def test_formulas_give_their_values_and_booleans_are_flags(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        share = workbook.add_format({"num_format": "0%"})
        sheet.write_row("A1", ["id", "employees", "refused", "overdue share"])
        sheet.write("A2", "A")
        sheet.write_formula("B2", "=2+3", None, 5)
        sheet.write_formula("C2", "=1=1", None, True)
        sheet.write_number("D2", 0.35, share)
    assert leads(path, book) == {"A": {"employees": 5.0, "refused": True, "overdue_share": 0.35}}


def test_one_sheet_that_is_a_list_is_found(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as workbook:
        workbook.add_worksheet("Cover").write("A1", "Our customers")
        workbook.add_worksheet("List").write_column("A1", ["id", "A"])
        workbook.get_worksheet_by_name("List").write_column("B1", ["employees", 5])
        workbook.add_worksheet("Old").write_row("A1", ["id", "employees"])
        workbook.get_worksheet_by_name("Old").hide()
    assert leads(path, book) == {"A": {"employees": 5.0}}
    assert refused(path, book, sheet="Old").code == "no-rows"


def test_two_sheets_that_are_lists_are_not_chosen_between(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as workbook:
        for name in ("Mai", "Juni"):
            sheet = workbook.add_worksheet(name)
            sheet.write_row("A1", ["id", "employees"])
            sheet.write_row("A2", [name, 5])
    error = refused(path, book)
    assert (error.code, error.details["sheets"]) == ("several-sheets", "Mai, Juni")
    assert leads(path, book, sheet="Juni") == {"Juni": {"employees": 5.0}}


def workbook_with(sheet: str, tmp_path: Path, **parts: str) -> Path:
    """A workbook whose only sheet has this XML as its data."""
    made = io.BytesIO()
    with Workbook(made) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["id", "employees"])
    path = tmp_path / "made.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            text = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                head = b'<?xml version="1.0"?>' + parts.get("doctype", "").encode()
                space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
                text = head + b"<worksheet " + space + b"><sheetData>" + sheet.encode()
                text += b"</sheetData></worksheet>"
            new.writestr(member.filename, text)
        for name, text in parts.items():
            if name != "doctype":
                new.writestr(name, text)
    return path


def a_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{a_cell("A1", "id")}{a_cell("B1", "employees")}</row>'
ROW = f'<row r="2">{a_cell("A2", "A")}{a_cell("B2", "5")}</row>'


def test_a_made_workbook_is_read(tmp_path: Path, book: Book) -> None:
    assert leads(workbook_with(HEADER + ROW, tmp_path), book) == {"A": {"employees": 5.0}}


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ1048576", "AAA99999", "xfd1048576"])
def test_a_cell_far_outside_does_not_fill_the_memory(tmp_path: Path, book: Book, far: str) -> None:
    path = workbook_with(f"{HEADER}{ROW}<row>{a_cell(far, 'x')}</row>", tmp_path)
    assert refused(path, book).code == "sheet-too-large"


def test_rows_far_below_wide_ones_are_noticed_without_references(
    tmp_path: Path, book: Book
) -> None:
    wide = f'<row r="2">{a_cell("ZZ2", "x")}</row><row r="1048576"><c><v>1</v></c></row>'
    assert refused(workbook_with(HEADER + wide, tmp_path), book).code == "sheet-too-large"


def test_entities_of_a_document_are_not_expanded(tmp_path: Path, book: Book) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    row = f'<row r="2">{a_cell("A2", "A")}{a_cell("B2", "&b;")}</row>'
    path = workbook_with(HEADER + row, tmp_path, doctype=doctype)
    try:
        found = leads(path, book)
    except ListError as error:
        assert error.code in {"not-a-spreadsheet", "no-rows"}  # noqa: PT017
    else:
        assert "aaaaaaaaaa" not in str(found)


def test_a_workbook_bomb_is_refused(tmp_path: Path, book: Book) -> None:
    path = workbook_with(HEADER + ROW, tmp_path, **{"xl/bomb.xml": "0" * (100 << 20)})
    assert refused(path, book).code == "unpacks-too-large"


def test_names_that_climb_out_of_a_workbook_are_only_names(tmp_path: Path, book: Book) -> None:
    outside = tmp_path / "outside.xml"
    parts = {"../outside.xml": "x", "/etc/outside.xml": "x", "..\\outside.xml": "x"}
    assert leads(workbook_with(HEADER + ROW, tmp_path, **parts), book)
    assert not outside.exists()


def test_a_long_cell_costs_its_row_only(tmp_path: Path, book: Book) -> None:
    long = f'<row r="3">{a_cell("A3", "B")}{a_cell("B3", "x" * (10 << 20))}</row>'
    path = workbook_with(HEADER + ROW + long, tmp_path)
    with open_list(path, book) as listing:
        codes = [getattr(each, "code", each.line) for each in listing]
    assert codes == [2, "cell-too-long"]


def opendocument(path: Path, rows: str) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = f'<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        content = f"{body}</office:spreadsheet></office:body>"
        archive.writestr(
            "content.xml", f'<?xml version="1.0"?><office:document-content {spaces}>{content}'
            "</office:document-content>"
        )  # fmt: skip
    return path


def ods_cell(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


EMPTY_END = ods_row('<table:table-cell table:number-columns-repeated="16384"/>', 1048573)


def test_an_opendocument_sheet(tmp_path: Path, book: Book) -> None:
    header = ods_row(ods_cell("id") + ods_cell("overdue share"))
    share = '<table:table-cell office:value-type="percentage" office:value="0.35"/>'
    path = opendocument(tmp_path / "a.ods", header + ods_row(ods_cell("A") + share) + EMPTY_END)
    with open_list(path, book) as listing:
        assert [dict(each.facts) for each in listing if isinstance(each, Lead)] == [
            {"overdue_share": 0.35}
        ]
        assert listing.format == "ODS"


@pytest.mark.parametrize(
    "rows",
    [
        ods_row(ods_cell("x", 1000), 1_000_000),
        EMPTY_END + ods_row(ods_cell("x", 1000)),
        ods_row(ods_cell("x"), 2_000_000_000),
    ],
)
def test_repeated_cells_do_not_fill_the_memory(tmp_path: Path, book: Book, rows: str) -> None:
    header = ods_row(ods_cell("id") + ods_cell("employees"))
    path = opendocument(tmp_path / "a.ods", header + rows)
    assert refused(path, book).code == "sheet-too-large"
