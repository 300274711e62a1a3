from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from xlsxwriter import Workbook

from leadgrade.leads import Listing, Options, open_list
from leadgrade.leads.listing import ID_LIMIT
from leadgrade.leads.terms import ListError, Rejected
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import OnUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book

LIST = """\
线索编号,年营收,逾期占比,最近下单,意向,已拒绝,Fax
E-1,"¥1,200万",35%,2026年1月5日,比价中,否,1
E-2,N/A,0.2,,ready,yes,2
"""
FACTS = [
    {
        "annual_revenue": 12000000.0,
        "overdue_share": 0.35,
        "last_order": date(2026, 1, 5),
        "intent": "comparing",
        "refused": False,
    },
    {"overdue_share": 0.2, "intent": "ready", "refused": True},
]


def items(listing: Listing) -> list[tuple[int | None, str]]:
    """Return line and id of leads, line and code of rejections."""
    return [(each.line, each.id if isinstance(each, Lead) else each.code) for each in listing]


def refusal(path: object, book: Book, options: Options | None = None) -> ListError:
    with pytest.raises(ListError) as caught:
        open_list(str(path), book, options or Options())
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_list(write: Callable[..., Path], book: Book, encoding: str, delimiter: str) -> None:
    text = LIST.replace(",", delimiter).replace('"¥1' + delimiter, '"¥1,')
    path = write(text, encoding=encoding)
    with open_list(path, book) as listing:
        leads = list(listing)
        assert [each.facts for each in leads if isinstance(each, Lead)] == FACTS
        assert leads[0] == Lead("E-1", FACTS[0], file=str(path), line=2)
        assert (listing.rows, listing.leads, listing.rejected) == (2, 2, 0)
        assert listing.delimiter == delimiter
        assert listing.encoding == encoding
        assert listing.sheet is None
        assert listing.headers.id_header == "线索编号"
        assert listing.headers.unmapped == ("Fax",)
        assert listing.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert list(listing) == leads


def test_a_spreadsheet(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "leads.xlsx"
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet("线索")
        sheet.write_row(0, 0, ["线索编号", "年营收", "逾期占比", "最近下单", "意向", "已拒绝"])
        sheet.write_row(1, 0, [7, 12000000, 0.35])
        sheet.write_datetime(1, 3, date(2026, 1, 5), workbook.add_format({"num_format": 14}))
        sheet.write(1, 4, "比价中")
        sheet.write_boolean(1, 5, False)
        sheet.write(3, 1, "5")
    with open_list(path, book) as listing:
        first, second = list(listing)
        assert first == Lead("7", FACTS[0], file=str(path), line=2)
        assert isinstance(second, Rejected)
        assert (second.code, second.line, second.raw) == ("empty-id", 4, "\t5\t\t\t\t")
        assert (listing.encoding, listing.delimiter, listing.sheet) == (None, None, "线索")


@pytest.mark.parametrize("array", [False, True])
def test_json(write: Callable[..., Path], book: Book, array: bool) -> None:
    first = '{"lead_id": "E-1", "annual_revenue": 1.2e7, "refused": false, "overdue_share": "35%"}'
    second = '{"lead_id": 2, "annual_revenue": null, "employees": [1]}'
    text = f"[{first},\n{second}]" if array else f"{first}\n{second}\n"
    with open_list(write(text, "leads.json"), book) as listing:
        one, two = list(listing)
        assert isinstance(one, Lead)
        assert isinstance(two, Lead)
        facts = {"annual_revenue": 12000000.0, "refused": False, "overdue_share": 0.35}
        assert one.facts == facts
        assert (two.id, two.facts, two.line) == ("2", {}, 2)
        assert [each.fact for each in listing.unread] == ["employees"]


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, write: Callable[..., Path], book: Book
) -> None:
    with write(LIST).open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        with open_list("-", book) as listing:
            assert items(listing) == [(2, "E-1"), (3, "E-2")]
            assert listing.file == "-"


def test_rows_that_are_not_taken(write: Callable[..., Path], book: Book) -> None:
    text = (
        "id,remark\n\n1,a\n,b\n-,c\n,\n2\n3,d,e\n4,f\0\n5,'\n"
        + "x" * (ID_LIMIT + 1)
        + ',g\n6,"h\ni"\n7,"j\n8,k\n'
    )
    with open_list(write(text), book) as listing:
        assert items(listing) == [
            (3, "1"),
            (4, "empty-id"),
            (5, "empty-id"),
            (7, "too-few-fields"),
            (8, "too-many-fields"),
            (9, "nul-byte"),
            (10, "5"),
            (11, "id-too-long"),
            (12, "6"),
            (14, "unclosed-quote"),
            (15, "8"),
        ]
        assert (listing.rows, listing.leads, listing.rejected) == (11, 4, 7)


def test_the_raw_text_of_a_rejected_row(write: Callable[..., Path], book: Book) -> None:
    with open_list(write('id,remark\n,"a\r\nb"\r\n1,c\0\n'), book) as listing:
        first, second = list(listing)
        assert first == Rejected(listing.file, 2, "empty-id", {"column": "id"}, ',"a\r\nb"')
        assert isinstance(second, Rejected)
        assert second.raw == "1,c␀"


def test_bytes_that_are_not_in_a_said_encoding(write: Callable[..., Path], book: Book) -> None:
    path = write(b"id,remark\n1,a\n2,b\xffc\n3,d\n")
    assert refusal(path, book).details["line"] == "3"
    with open_list(path, book, Options(encoding="utf-8")) as listing:
        assert items(listing) == [(2, "1"), (3, "invalid-bytes"), (4, "3")]
        rejected = list(listing)[1]
        assert isinstance(rejected, Rejected)
        assert rejected.raw == "2,b\\xffc"


def test_unreadable_cells_are_unknown_and_counted(write: Callable[..., Path], book: Book) -> None:
    text = "id,employees,annual_revenue\n1,many,5\n2,-3,$7\n3,some,\n4,lots,1\n"
    with open_list(write(text), book) as listing:
        leads = [each for each in listing if isinstance(each, Lead)]
        assert [each.facts for each in leads] == [
            {"annual_revenue": 5.0},
            {},
            {},
            {"annual_revenue": 1.0},
        ]
        assert [(u.fact, u.code, u.count, u.line, u.text) for u in listing.unread] == [
            ("employees", "not-a-number", 3, 2, "many"),
            ("annual_revenue", "other-currency", 1, 3, "$7"),
            ("employees", "out-of-range", 1, 3, "-3"),
        ]


def test_a_book_may_reject_rows_with_unreadable_cells(
    write: Callable[..., Path], book: Book
) -> None:
    strict = replace(book.facts["employees"], on_unreadable=OnUnreadable.REJECT)
    mine = replace(book, facts={**book.facts, "employees": strict})
    with open_list(write("id,employees,remark\n1,many,x\n2,,y\n"), mine) as listing:
        rejected, lead = list(listing)
        assert isinstance(rejected, Rejected)
        assert rejected.code == "unreadable-cell"
        assert rejected.args == {"fact": "employees", "reason": "not-a-number", "text": "many"}
        assert isinstance(lead, Lead)
        assert listing.unread == ()


def test_decimal_commas_are_for_csv(write: Callable[..., Path], book: Book) -> None:
    options = Options(decimal_comma=True)
    with open_list(write("id;annual_revenue\n1;1.234,5\n"), book, options) as listing:
        assert [each.facts for each in listing if isinstance(each, Lead)] == [
            {"annual_revenue": 1234.5}
        ]
    path = write('{"id": 1, "annual_revenue": 1.234}', "a.jsonl")
    with open_list(path, book, options) as listing:
        assert [each.facts for each in listing if isinstance(each, Lead)] == [
            {"annual_revenue": 1.234}
        ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty-file"),
        ("\n\n", "empty-file"),
        ("id,remark\n", "no-rows"),
        ("id,remark\n\n , \n", "no-rows"),
        ("id,fax\n1,2\n", "nothing-mapped"),
        ("fax,remark\n1,2\n", "no-lead-id"),
        ("id,remark,Remark\n1,2,3\n", "headers-collide"),
        (b"PK\x03\x04nothing", "not-a-spreadsheet"),
        (b"PAR1", "not-parquet"),
        ("id,société\n1,é\n".encode("cp1252"), "unknown-encoding"),
        (bytes(range(256)) * 10, "unknown-encoding"),
    ],
)
def test_lists_that_cannot_be_used(
    write: Callable[..., Path], book: Book, content: str | bytes, code: str
) -> None:
    path = write(content)
    error = refusal(path, book)
    assert (error.code, error.details["file"]) == (code, str(path))


def test_the_lead_may_be_named_by_any_column(write: Callable[..., Path], book: Book) -> None:
    path = write("id,传真,remark\n1,f,x\n")
    with open_list(path, book, Options(id_column="传真")) as listing:
        assert items(listing) == [(2, "f")]
    assert refusal(path, book, Options(id_column="fix")).code == "no-such-column"


def test_the_line_may_name_the_lead(write: Callable[..., Path], book: Book) -> None:
    path = write("remark,fax\nx,1\n\ny,2\n")
    assert refusal(path, book).code == "no-lead-id"
    with open_list(path, book, Options(id_column="row")) as listing:
        assert items(listing) == [(2, "2"), (4, "4")]
        assert listing.headers.id_header == "row"
    with open_list(path, replace(book, lead_id=("Deal", "row"))) as listing:
        assert items(listing) == [(2, "2"), (4, "4")]
    with open_list(write("remark,Row\nx,7\n"), book, Options(id_column="row")) as listing:
        assert items(listing) == [(2, "7")]


def test_a_list_that_changes_is_not_taken(write: Callable[..., Path], book: Book) -> None:
    path = write("id,remark\n" + "1,abc\n" * 500_000)
    with open_list(path, book) as listing, path.open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"xyz")
        file.flush()
        with pytest.raises(ListError, match="changed-while-read"):
            list(listing)
