"""Broken lists of every format: each is read or refused, and no row is lost.

A few seconds in the usual run; ``pytest -m soak`` runs much longer.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from leadgrade.leads.listing import open_list
from leadgrade.leads.terms import BarePercent, DateOrder, ListError, Options, Rejected
from leadgrade.leads.values.cells import Column, Unreadable
from leadgrade.leads.values.policy import Policy, Ranges, Several

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadgrade.rules.model import Book

CORPUS = Path(__file__).parent / "corpus"

FEW = 60
MANY = int(os.environ.get("LEADGRADE_CASES", "5000"))
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

ROWS = [
    ["id", "annual_revenue", "employees", "overdue_share", "last_order", "intent", "remark"],
    ["A", "¥1,200万", "51-200", "35%", "2026年1月5日", "Comparing", 'he said "x"'],
    ["B", "1.250,50", "5", "0.35", "03/04/2026", "ready; none", "line\nbreak"],
    ["", "x", "", "n/a", "46027", "?", "客户"],
]


def as_csv(delimiter: str = ",") -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",;\n\t') else cell

    return "".join(delimiter.join(map(quoted, row)) + "\n" for row in ROWS)


def as_xlsx() -> bytes:
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for line, row in enumerate(ROWS):
            sheet.write_row(line, 0, row)
        sheet.write_row(9, 0, ["C", 5, 7.5, 0.35])
    return made.getvalue()


def as_json() -> str:
    return json.dumps([dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]])


def as_parquet(folder: Path) -> bytes:
    duckdb = pytest.importorskip("duckdb")
    path = folder / "seed.parquet"
    duckdb.sql("select 'A' as id, 5 as employees, date '2026-01-05' as last_order").write_parquet(
        str(path)
    )
    return path.read_bytes()


SEEDS: dict[str, Callable[[Path], bytes]] = {
    "a.csv": lambda _: as_csv().encode(),
    "b.csv": lambda _: as_csv(";").encode("gb18030"),
    "c.csv": lambda _: as_csv("\t").encode("utf-16"),
    "d.csv.gz": lambda _: gzip.compress(as_csv().encode(), mtime=0),
    "e.json": lambda _: as_json().encode(),
    "f.jsonl": lambda _: "\n".join(json.dumps(each) for each in json.loads(as_json())).encode(),
    "g.xlsx": lambda _: as_xlsx(),
    "h.parquet": as_parquet,
}

PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")
"""Parts of a workbook that are broken inside, with their checksums right again."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "double", "zero"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=6),
    ),
    max_size=6,
)


def mutated(content: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    data = bytearray(content)
    for what, share, extra in steps:
        at = int(share * len(data))
        end = at + len(extra)
        match what:
            case "flip":
                data[at:end] = extra
            case "cut":
                del data[at : at + 20 * len(extra)]
            case "insert":
                data[at:at] = extra
            case "double":
                data[at:at] = data[at : at + 50]
            case _:
                data[at:end] = bytes(len(extra))
    return bytes(data)


def broken_inside(content: bytes, part: str, steps: list[tuple[str, float, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, mutated(data, steps) if member.filename == part else data)
    return made.getvalue()


def check(path: Path, book: Book, options: Options) -> None:
    """Read a list: it is refused as a whole, or every row is a lead or a rejection."""
    try:
        with open_list(path, book, options) as listing:
            items = list(listing)
    except ListError:
        return
    rejected = sum(isinstance(each, Rejected) for each in items)
    assert listing.rows == len(items) == listing.leads + listing.rejected
    assert listing.rejected == rejected
    assert all(each.line and each.line > 0 for each in items)


OPTIONS = st.builds(
    Options,
    id_column=st.sampled_from([None, "row"]),
    encoding=st.sampled_from([None, None, "utf-8", "latin-1"]),
    decimal_comma=st.booleans(),
    header_row=st.sampled_from([None, None, 1, 3]),
)


def test_broken_old_workbooks(book: Book, tmp_path: Path) -> None:
    broken_lists("old.xls", book, tmp_path, FEW // 10)  # each is opened in a process of its own


@pytest.mark.soak
def test_many_broken_old_workbooks(book: Book, tmp_path: Path) -> None:
    broken_lists("old.xls", book, tmp_path, MANY // 20)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_broken_lists(name: str, book: Book, tmp_path: Path) -> None:
    broken_lists(name, book, tmp_path, FEW)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(SEEDS))
def test_many_broken_lists(name: str, book: Book, tmp_path: Path) -> None:
    broken_lists(name, book, tmp_path, MANY)


def broken_lists(name: str, book: Book, folder: Path, cases: int) -> None:
    content = SEEDS[name](folder) if name in SEEDS else (CORPUS / "old-format.xls").read_bytes()
    path = folder / name

    @settings(max_examples=cases, deadline=None, suppress_health_check=CALM)
    @given(STEPS, OPTIONS)
    def run(steps: list[tuple[str, float, bytes]], options: Options) -> None:
        path.write_bytes(mutated(content, steps))
        check(path, book, options)

    run()


@pytest.mark.parametrize("part", PARTS)
def test_broken_workbooks(part: str, book: Book, tmp_path: Path) -> None:
    broken_workbooks(part, book, tmp_path, FEW)


@pytest.mark.soak
@pytest.mark.parametrize("part", PARTS)
def test_many_broken_workbooks(part: str, book: Book, tmp_path: Path) -> None:
    broken_workbooks(part, book, tmp_path, MANY)


def broken_workbooks(part: str, book: Book, folder: Path, cases: int) -> None:
    content = as_xlsx()
    path = folder / "broken.xlsx"

    @settings(max_examples=cases, deadline=None, suppress_health_check=CALM)
    @given(STEPS, OPTIONS)
    def run(steps: list[tuple[str, float, bytes]], options: Options) -> None:
        path.write_bytes(broken_inside(content, part, steps))
        check(path, book, options)

    run()


@settings(max_examples=FEW, deadline=None, suppress_health_check=CALM)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8")),
    st.sampled_from(["a.csv", "a.jsonl", "a.json", "a", "a.gz", "a.parquet", "a.xlsx"]),
    OPTIONS,
)
def test_any_bytes(tmp_path: Path, book: Book, content: bytes, name: str, options: Options) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    check(path, book, options)


POLICIES = st.builds(
    Policy,
    bare_percent=st.sampled_from([None, *BarePercent]),
    date_order=st.sampled_from([None, *DateOrder]),
    decimal_comma=st.booleans(),
    unit=st.sampled_from(["", "万元", "k", "年", "元"]),
    ranges=st.sampled_from([None, *Ranges]),
    several=st.sampled_from([None, *Several]),
)
CELLS = (
    st.text(max_size=30)
    | st.text("0123456789.,-+~%¥$€万亿kM元人年月日天/: ()以上下<>≤e", max_size=20)
    | st.sampled_from([cell for row in ROWS for cell in row])
)
FACTS = ["annual_revenue", "employees", "overdue_share", "payment_days", "last_order", "intent"]


def cells(book: Book, fact: str, text: str, policy: Policy) -> None:
    value: Any = Column(book.facts[fact], book, policy)[text]
    if isinstance(value, Unreadable):
        assert value.code
    elif isinstance(value, float):
        assert value == value and abs(value) <= 2**53  # noqa: PLR0124, PT018 - not NaN


@settings(max_examples=4 * FEW, deadline=None, suppress_health_check=CALM)
@given(st.sampled_from(FACTS), CELLS, POLICIES)
def test_any_cell(book: Book, fact: str, text: str, policy: Policy) -> None:
    cells(book, fact, text, policy)


@pytest.mark.soak
def test_many_cells(book: Book) -> None:
    run = given(st.sampled_from(FACTS), CELLS, POLICIES)(
        lambda fact, text, policy: cells(book, fact, text, policy)
    )
    settings(max_examples=20 * MANY, deadline=None)(run)()
