from __future__ import annotations

import csv
import io
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.formats.dialect import find_delimiter
from leadgrade.leads.formats.records import csv_table, records_of
from leadgrade.leads.formats.source import open_source
from leadgrade.leads.mapping.names import Names
from leadgrade.leads.terms import CELL_LIMIT, RAW_LIMIT, ListError, Options, Rejected, Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def records(text: str) -> list[tuple[int, object]]:
    found = records_of(io.StringIO(text, newline=""), ",", "a.csv")
    return [(each.line, each.cells if isinstance(each, Row) else each.code) for each in found]


def table_items(path: Path, options: Options | None = None) -> list[Row | Rejected]:
    with closing(open_source(path)) as source:
        return list(csv_table(source, options or Options(), Names()).rows())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file(end: str) -> None:
    text = end.join(["id,note", "", '1,"two', 'lines"', "2,x", "   ,", "3,y"])
    assert records(text) == [
        (1, ["id", "note"]),
        (3, ["1", f"two{end}lines"]),
        (5, ["2", "x"]),
        (7, ["3", "y"]),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('1,"a ""quoted"" word"\n', [(1, ["1", 'a "quoted" word'])]),
        ('1,5" pipe\n', [(1, ["1", '5" pipe'])]),
        ('1,"a"b\n2,c\n', [(1, "bad-quote"), (2, ["2", "c"])]),
        ('1,"a\n2,b\n3,c\n', [(1, "unclosed-quote"), (2, ["2", "b"]), (3, ["3", "c"])]),
        (
            '1,"a\n2,"b c",d\n3,e\n',
            [(1, "unclosed-quote"), (2, ["2", "b c", "d"]), (3, ["3", "e"])],
        ),
        ('1,"a', [(1, "unclosed-quote")]),
        ("1,a\0b\n2,c\n", [(1, "nul-byte"), (2, ["2", "c"])]),
        ("1,a\udcff\n2,c\n", [(1, "invalid-bytes"), (2, ["2", "c"])]),
        ("sep=,\n1,a\n", [(2, ["1", "a"])]),
        ("\n  \n, ,\n", []),
    ],
)
def test_what_is_no_record_costs_only_its_line(text: str, found: object) -> None:
    assert records(text) == found


def test_an_open_quote_does_not_swallow_a_large_file() -> None:
    rows = [f"{number},{'x' * 90}\n" for number in range(30_000)]
    found = records('0,"oops\n' + "".join(rows))
    assert found[0] == (1, "unclosed-quote")
    assert len(found) == 30_001
    assert found[-1][0] == 30_001


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_huge_cell_costs_only_its_row(write: Callable[..., Path], quote: str) -> None:
    before = csv.field_size_limit()
    huge = quote + "x" * 10_000_000 + quote
    items = table_items(write(f"id,note\n1,a\n2,{huge}\n3,b\n"))
    assert [item.line for item in items] == [2, 3, 4]
    rejected = items[1]
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.args) == ("cell-too-long", {"limit": str(CELL_LIMIT)})
    assert len(rejected.raw) == RAW_LIMIT + 1
    assert rejected.raw.endswith("…")
    assert csv.field_size_limit() == before


def test_a_line_beyond_all_limits_is_passed_over(write: Callable[..., Path]) -> None:
    row = ",".join(["x" * (CELL_LIMIT - 1)] * 40)
    items = table_items(write(f"id,note\n1,a\n{row}\n3,b\n"))
    assert [(item.line, getattr(item, "code", None)) for item in items] == [
        (2, None),
        (3, "row-too-long"),
        (4, None),
    ]


def test_a_cell_of_many_kilobytes_is_read(write: Callable[..., Path]) -> None:
    items = table_items(write("id,note\n1," + "x" * 500_000 + "\n"))
    assert isinstance(items[0], Row)
    assert len(items[0].cells[1]) == 500_000


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("1,a,b", ["1", "a", "b"]),
        ("1,a,b,", ["1", "a", "b"]),
        ("1,a,b,, ", ["1", "a", "b"]),
        ("1,a", "too-few-fields"),
        ("1", "too-few-fields"),
        ("1,a,b,c", "too-many-fields"),
    ],
)
def test_rows_are_as_wide_as_the_header(
    write: Callable[..., Path], row: str, found: object
) -> None:
    (item,) = table_items(write(f"id,name,note\n{row}\n"))
    assert (item.cells if isinstance(item, Row) else item.code) == found
    if isinstance(item, Rejected):
        assert item.args == {"expected": "3", "found": str(row.count(",") + 1)}
        assert item.raw == row


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id,name\n1,a\n", ","),
        ("id;name\n1;a,b\n2;c,d\n", ";"),
        ("id\tname\n1\ta,b\n", "\t"),
        ("id|name\n1|a\n", "|"),
        ('id,"a;b;c"\n1,"x;y;z"\n', ","),
        ("id;price\n1;1,5\n2;2,5\n", ";"),
        ("id\n1\n2\n", ","),
        ("sep=;\nid;a\n", ";"),
        ('"id";"note"\n"1";"a\n,b,"\n', ";"),
        ("", ","),
        ('id,note\n1,foo;"bar,x\n2,b\n3,c\n', ","),
        ('id,note\n1,a 5" pipe;"big\n2,b\n3,c\n', ","),
        ('id,note\n1,"broken; x\n2,fine\n3,fine\n', ","),
        ('id;note\n1;a, "b\n2;c\n3;d\n', ";"),
        ('id,a,b\n1,"x\n2,"y;z\n3,u;v,w\n', ","),
        ("id,tags\n1,a;b;c\n2,d;e;f\n", ","),
        ("report; all, of it\nid,note\n1,a;b\n2,c;d\n", ","),
        pytest.param("x" * 300_000, ",", id="long"),
        pytest.param("a;b" + "x" * 200_000, ";", id="long-header"),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert find_delimiter(io.StringIO(text, newline=""), None, "a.csv", Names()) == delimiter


def test_known_titles_tell_the_delimiter() -> None:
    text = "id,name\n" + "".join(f"1,x;y;z\n2,a,{n};y;z\n" for n in range(9))
    names = Names(folded=frozenset({"id", "name"}))
    assert find_delimiter(io.StringIO(text, newline=""), None, "a.csv", names) == ","
    assert find_delimiter(io.StringIO(text, newline=""), None, "a.csv", Names()) == ";"


def test_the_delimiter_may_be_said(write: Callable[..., Path]) -> None:
    items = table_items(write("id,x#note\n1,x#a\n"), Options(delimiter="#"))
    assert items == [Row(2, ["1,x", "a"], "1,x#a\n")]
    assert find_delimiter(io.StringIO(), "tab", "a", Names()) == "\t"
    for wrong in ("", ",,", '"', "\n"):
        with pytest.raises(ListError, match="bad-delimiter"):
            find_delimiter(io.StringIO(), wrong, "a", Names())


@pytest.mark.parametrize(
    ("content", "code"),
    [("\n \n\n", "empty-file"), ("\ufeff", "empty-file"), ('"id,name\n1,a\n', "bad-header")],
)
def test_files_without_a_header(write: Callable[..., Path], content: str, code: str) -> None:
    with pytest.raises(ListError, match=code):
        table_items(write(content))
