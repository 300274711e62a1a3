"""Rejected rows as cells again: what was written comes back as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads import Rejected, read_lists
from leadgrade.leads.rejects import BROKEN, REASONS, cells_of, is_whole, without_reasons
from leadgrade.leads.terms import CUT, RAW_LIMIT, Row, Table, clip
from leadgrade.reports.lists.rejects import Mendable
from leadgrade.reports.sheets import harmless
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType, OnUnreadable
from leadgrade.storage.records import RejectedRow, Source

HEADERS = ("id", "name", "note")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
CELLS = st.lists(TEXT, min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("raw", "kind", "delimiter", "want"),
    [
        ('1,"a, b",c', "CSV", ",", ["1", "a, b", "c"]),
        ("1;a;c", "CSV", ";", ["1", "a", "c"]),
        ('1,"a\n b",c', "CSV", ",", ["1", "a\n b", "c"]),
        ("1\ta\tc", "XLSX", None, ["1", "a", "c"]),
        ('{"name": "a", "id": 1, "note": null}', "JSON", None, ["1", "a", ""]),
        ('["a"]', "JSON", None, []),
        ("{", "JSON", None, []),
        ("x" * RAW_LIMIT + CUT, "CSV", ",", []),
    ],
)
def test_the_cells_of_a_row(raw: str, kind: str, delimiter: str | None, want: list[str]) -> None:
    assert cells_of(raw, HEADERS, kind, delimiter) == want


@pytest.mark.parametrize(
    ("code", "cells", "whole"),
    [
        ("missing-fact", ["1", "2", "3"], True),
        ("empty-id", ["1", "2", "3"], True),
        ("too-many-fields", ["1", "2", "3"], False),
        ("unclosed-quote", ["1", "2", "3"], False),
        ("missing-fact", ["1", "2"], False),  # a tab within a cell, say
    ],
)
def test_cells_that_may_be_wrong_are_known(code: str, cells: list[str], whole: bool) -> None:
    assert is_whole(code, cells, HEADERS) is whole


def mendable(rows: list[RejectedRow], *files: str) -> list[list[str]]:
    mapping = {"id": "id", "facts": {}, "headers": list(HEADERS), "delimiter": ","}
    sources = [Source(file, "", "CSV", "utf-8", 0, mapping) for file in files or ("a.csv",)]
    return list(Mendable(sources, "en").rows(rows))


@given(cells=CELLS)
def test_a_row_comes_back_as_it_was(cells: list[str]) -> None:
    raw = io.StringIO(newline="")
    csv.writer(raw).writerow(cells)
    row = RejectedRow("a.csv", 2, "missing-fact", {"fact": "size"}, clip(raw.getvalue()))
    header, written = mendable([row])
    harmed = tuple(map(harmless, header)), [harmless(cell) for cell in written]
    table = Table(harmed[0], lambda: iter([Row(2, harmed[1], "")]), delimiter=",")
    found = without_reasons(table, "b.csv")
    (back,) = found.rows()
    assert found.headers == HEADERS
    assert isinstance(back, Row)
    assert back.cells == cells


def test_a_table_without_our_columns_stays() -> None:
    table = Table(HEADERS, lambda: iter(()))
    assert without_reasons(table, "a.csv") is table


def test_lists_with_other_titles_share_the_columns_of_facts() -> None:
    one = {"id": "Lead", "facts": {"Firm": "company"}, "headers": ["Lead", "Firm", "x"]}
    two = {"id": "编号", "facts": {"公司": "company"}, "headers": ["公司", "编号", "y", "y"]}
    sources = [
        Source(name, "", "CSV", "utf-8", 0, {**mapping, "delimiter": ","})
        for name, mapping in (("one.csv", one), ("two.csv", two))
    ]
    rows = [
        RejectedRow("one.csv", 2, "empty-id", {"column": "Lead"}, ",Acme,1"),
        RejectedRow("two.csv", 3, "empty-id", {"column": "编号"}, "甲,,2,3"),
        RejectedRow("two.csv", 4, "too-few-fields", {"found": "1", "expected": "4"}, "乙"),
    ]
    header, *found = Mendable(sources, "en").rows(rows)
    assert header == ["Lead", "Firm", "x", "y", "y", *REASONS]
    assert [row[:5] for row in found] == [
        ["", "Acme", "1", "", ""],
        ["", "甲", "", "2", "3"],
        ["", "乙", "", "", ""],
    ]
    broken = header.index(BROKEN)
    assert [row[broken] for row in found] == ["", "", "too-few-fields"]


LIST = """\
id,name,size,note
1,Acme,5,fine
,Beta,6,no id
3,Gamma,many,unreadable
4,"Delta, ""the"" one",-1,"=cmd()"
1,Acme,7,again
6,Zeta,1,2,3
7,"Eta
"""


def rejected_of(path: Path, book: Book) -> tuple[list[Lead], list[Rejected], Source]:
    with read_lists([path], book) as reading:
        found = list(reading)
        listing = reading.listings[0]
        mapping = {
            "id": listing.named_by,
            "facts": listing.headers.mapped,
            "headers": list(listing.headers.headers),
            "delimiter": listing.delimiter,
        }
        source = Source(listing.file, "", listing.format, None, listing.rows, mapping)
    leads = [each for each in found if isinstance(each, Lead)]
    return leads, [each for each in found if isinstance(each, Rejected)], source


def written(rejected: list[Rejected], source: Source, mend: dict[str, str]) -> str:
    rows = [RejectedRow(e.file, e.line, e.code, e.args, e.raw) for e in rejected]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in Mendable([source], "en").rows(rows):
        writer.writerow([mend.get(cell, harmless(cell)) for cell in row])
    return text.getvalue()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_rejected_rows_are_rejected_again_until_they_are_mended(
    write: Callable[..., Path],
    fact: Callable[..., object],
    make_book: Callable[..., Book],
    kind: str,
) -> None:
    book = make_book(
        fact("name", FactType.TEXT),
        fact("size", FactType.NUMBER, low=0.0, high=100.0, on_unreadable=OnUnreadable.REJECT),
        fact("note", FactType.TEXT),
    )
    path = write(LIST)
    if kind == "jsonl":
        rows = list(csv.DictReader(LIST.splitlines()[:5]))
        path = write("\n".join(json.dumps(row) for row in rows) + '\n["no object"]\n', "a.jsonl")
    leads, rejected, source = rejected_of(path, book)
    assert [lead.id for lead in leads] == ["1"]
    again = write(written(rejected, source, {}), "again.csv")
    _, twice, _ = rejected_of(again, book)
    first = {each.code for each in rejected} - {"duplicate-id"}
    assert {each.code for each in twice} <= {"not-mended", "empty-id", "unreadable-cell"}
    assert len(twice) == len([each for each in rejected if each.code in first])
    mend = {"many": "8", "-1": "9", "Beta": "Beta"}
    mended, _, _ = rejected_of(write(written(rejected, source, mend), "mended.csv"), book)
    by_id = {lead.id: dict(lead.facts) for lead in mended}
    assert by_id["3"] == {"name": "Gamma", "size": 8.0, "note": "unreadable"}
    assert by_id["4"] == {"name": 'Delta, "the" one', "size": 9.0, "note": "=cmd()"}
