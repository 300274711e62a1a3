from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads import read_lists
from leadgrade.leads.formats.objects import json_array_table, json_lines_table
from leadgrade.leads.formats.source import open_source
from leadgrade.leads.mapping.names import Names
from leadgrade.leads.terms import ListError, Options, Row, Table
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book


def shown(table: Table) -> list[tuple[int, object]]:
    return [(row.line, row.cells if isinstance(row, Row) else row.code) for row in table.rows()]


def lines(path: Path, options: Options | None = None) -> tuple[Table, list[tuple[int, object]]]:
    with closing(open_source(path)) as source:
        table = json_lines_table(source, options or Options(), Names())
        return table, shown(table)


def test_headers_are_the_names_of_all_objects(write: Callable[..., Path]) -> None:
    table, found = lines(write('{"id": 1}\n\n{"年营收": "1亿", "id": "b", "x": null}\n{"x": true}'))
    assert table.headers == ("id", "年营收", "x")
    assert found == [(1, ["1", "", ""]), (3, ["b", "1亿", ""]), (4, ["", "", "true"])]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "bad-json"),
        ("[1]", "not-an-object"),
        ("5", "not-an-object"),
        ('{"id": 1, "id": 2}', "bad-json"),
        ('{"id": nan}', "bad-json"),
        ('{"id": "\\ud800"}', "bad-json"),
        ('{"id": "a\\u0000"}', "nul-byte"),
        ('{"id": "a\0"}', "bad-json"),
        pytest.param("[" * 100_000, "bad-json", id="deep"),
        pytest.param('{"id": ' + "9" * 5000 + "}", "bad-json", id="digits"),
        pytest.param('{"id": "' + "x" * 2_000_000 + '"}', "cell-too-long", id="cell"),
        pytest.param('{"id": "' + "x" * 20_000_000 + '"}', "row-too-long", id="line"),
    ],
)
def test_a_bad_line_costs_only_itself(write: Callable[..., Path], line: str, code: str) -> None:
    _, found = lines(write('{"id": 1}\n' + line + '\n{"id": 3}\n'))
    assert found == [(1, ["1"]), (2, code), (3, ["3"])]


CONSTANTS = '{"id": "a", "x": NaN, "y": -Infinity, "z": {"deep": NaN}}'
WITH_CONSTANTS = ["a", "", "-Infinity", '{"deep": null}']


def test_nan_is_nothing_and_infinity_a_text(write: Callable[..., Path]) -> None:
    _, found = lines(write(CONSTANTS + "\n"))
    assert found == [(1, WITH_CONSTANTS)]
    assert array(write(f"[{CONSTANTS}]")) == [(1, WITH_CONSTANTS)]


def test_infinity_is_no_number(write: Callable[..., Path], book: Book) -> None:
    path = write(
        '[{"id": "a", "employees": Infinity, "annual_revenue": NaN, "remark": "x"}]', "a.json"
    )
    with read_lists([path], book) as reading:
        (lead,) = reading
        assert isinstance(lead, Lead)
        assert lead.facts == {"remark": "x"}
        assert [(each.fact, each.code) for each in reading.listings[0].unread] == [
            ("employees", "not-a-number")
        ]


def test_bytes_that_are_not_in_a_said_encoding(write: Callable[..., Path]) -> None:
    _, found = lines(write(b'{"id": 1}\n{"id": "\xff"}\n'), Options(encoding="utf-8"))
    assert found == [(1, ["1"]), (2, "invalid-bytes")]


def test_no_objects(write: Callable[..., Path]) -> None:
    with pytest.raises(ListError, match="no-objects"):
        lines(write("{\n}}\n", "a.jsonl"))


def array(path: Path) -> list[tuple[int, object]]:
    with closing(open_source(path)) as source:
        return shown(json_array_table(source, Options(), Names()))


def test_an_array_of_objects(write: Callable[..., Path]) -> None:
    content = '\ufeff[\n  {"id": 1,\n   "x": {"y": 2}},\n {"id": 2}, 7\n]\n'
    assert array(write(content)) == [
        (2, ["1", '{"y": 2}']),
        (4, ["2", ""]),
        (4, "not-an-object"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '[{"id": 1}',
        '[{"id": 1} {"id": 2}]',
        "[{]",
        '[{"id": 1}] x',
        '[{"a":1,"a":2}]',
        pytest.param("[" * 99999, id="deep"),
    ],
)
def test_a_broken_array(write: Callable[..., Path], content: str) -> None:
    with pytest.raises(ListError) as caught:
        array(write(content))
    assert caught.value.code == "bad-json-file"
    assert caught.value.details["line"] == "1"
    assert caught.value.details["reason"]


def test_an_empty_array(write: Callable[..., Path]) -> None:
    with pytest.raises(ListError, match="no-objects"):
        array(write("[ ]"))
