"""Lists read by columns: what comes out is what the ordinary reader gives, row by row."""

# ruff: noqa: S608 - queries of constants

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from leadgrade.engine.duck import connect
from leadgrade.leads import (
    BarePercent,
    DateOrder,
    ListError,
    OnDuplicate,
    Options,
    Reading,
    Rejected,
    read_lists,
)
from leadgrade.leads.columns import (
    Names,
    blocks,
    by_position,
    csv_batches,
    fill,
    loading,
    parquet_batches,
    portions,
    why_not,
)
from leadgrade.leads.columns.batches import Batch
from leadgrade.leads.columns.plain import STABLE, WIDE, kept, plain_fact, plain_id
from leadgrade.leads.columns.typed import text_of, typed_fact
from leadgrade.leads.formats.encoding import UNDECODED
from leadgrade.leads.values.cells import UNKNOWN, Column, clean_id
from leadgrade.leads.values.policy import Policy
from leadgrade.rules.gathering import KeyPart
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType, OnUnreadable

FEW = 60
MANY = int(os.environ.get("LEADGRADE_CASES", "5000"))
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def strict(book: Book) -> Book:
    """A book that wants to know the employees, and minds amounts that cannot be read."""
    facts = dict(book.facts)
    facts["employees"] = replace(facts["employees"], required=True)
    facts["annual_revenue"] = replace(facts["annual_revenue"], on_unreadable=OnUnreadable.REJECT)
    return replace(book, facts=facts)


def counts(reading: Reading) -> list[Any]:
    lists = [(each.leads, each.rejected, each.unread) for each in reading.listings]
    return [reading.rows, reading.leads, reading.rejected, reading.merged, lists]


def by_rows(paths: Sequence[Path], book: Book, options: Options) -> tuple[Any, ...]:
    try:
        with read_lists(paths, book, options) as reading:
            items = list(reading)
            told = counts(reading)
    except ListError as error:
        return error.code, error.details
    leads = [item for item in items if isinstance(item, Lead)]
    return leads, [item for item in items if isinstance(item, Rejected)], told


def by_columns(paths: Sequence[Path], book: Book, options: Options) -> tuple[Any, ...]:
    try:
        with (
            read_lists(paths, book, options) as reading,
            connect("200MB", threads=1) as connection,
        ):
            filled = fill(connection, reading, book)
            return list(filled.leads()), list(filled.rejected()), counts(reading)
    except ListError as error:
        return error.code, error.details


def check(paths: Sequence[Path], book: Book, options: Options | None = None) -> tuple[Any, ...]:
    options = options or Options()
    want = by_rows(paths, book, options)
    assert by_columns(paths, book, options) == want
    return want


HEADER = (
    "Lead ID,annual_revenue,employees,overdue_share,payment_days,last_order,intent,refused,remark"
)
PLAIN = f"""{HEADER}
A1,1200,5,35%,90,2026-01-05,ready,yes,called twice
A2,"¥1,200万",12,0.35,90 days,2026/1/5,比价中,否,"said: ""no"", twice"
A3,,N/A,-,2周,15 Apr 2021,none,没有,
"""


def test_a_plain_list(write: Callable[..., Path], book: Book) -> None:
    leads, rejected, told = check([write(PLAIN)], book)
    assert [lead.id for lead in leads] == ["A1", "A2", "A3"]
    assert leads[1].facts["annual_revenue"] == 12_000_000
    assert leads[2].facts["last_order"] == date(2021, 4, 15)
    assert rejected == []
    assert told[:3] == [3, 3, 0]


def test_types_and_names_of_the_tables(write: Callable[..., Path], book: Book) -> None:
    names = Names({fact: f"fact {fact}" for fact in book.facts}, "the leads", "the others")
    with read_lists([write(PLAIN)], book) as reading, connect("512MB") as connection:
        filled = fill(connection, reading, book, names)
        described = connection.execute('DESCRIBE "the leads"').fetchall()
        assert [tuple(row[:2]) for row in described] == [
            ("n", "BIGINT"), ("lead", "VARCHAR"), ("source", "INTEGER"), ("line", "BIGINT"),
            ("fact annual_revenue", "DOUBLE"), ("fact employees", "DOUBLE"),
            ("fact overdue_share", "DOUBLE"), ("fact payment_days", "DOUBLE"),
            ("fact last_order", "DATE"), ("fact intent", "VARCHAR"),
            ("fact refused", "BOOLEAN"), ("fact remark", "VARCHAR"),
        ]  # fmt: skip
        assert connection.execute('SELECT count(*) FROM "the others"').fetchall() == [(0,)]
        found = connection.execute('SELECT n, line, source FROM "the leads" ORDER BY n').fetchall()
        assert found == [(2, 2, 0), (3, 3, 0), (4, 4, 0)]
        assert filled.files == tuple(each.file for each in reading.listings)
        kept = "SELECT table_name FROM duckdb_tables() ORDER BY 1"
        assert connection.execute(kept).fetchall() == [("the leads",), ("the others",)]
    assert by_position(book)["employees"] == "f1"


IDS = st.sampled_from(
    [
        "A1",
        "A2",
        "A3",
        "B 7",
        " A1",
        "n/a",
        "",
        "编号1",
        "x" * 501,
        "A\u200b1",
        "-",
        "合 计",
        "Total",
        "ＴＯＴＡＬ",
        "Grand  TOTAL (3)",
    ]
)
CELLS = st.sampled_from(
    ["", " ", "5", "12", "-0", "1,234", "¥1,200万", "1.5k", "35%", "0.35", "35",
     "90 days", "2026-01-05", "2026-02-30", "03/04/2026", "2026-01-05 12:30", "ready", "比价中",
     "7.5", "12,5", "abc", "Web; Fair", "yes", "否", "maybe", "none", "N/A", "未知",
     "1.200", "1.200,50", "#REF!", "two\nlines", "tab\there",
     'say "x"', "a;b", "\u3000", "1e400", "9" * 17, "é" * 3, "ＡＢ", "e\u0301", "z" * 60,
     "1-5", "$5", "300w", "约300万", "七成", "月结30天", "2026年3月1日 星期日"]
)  # fmt: skip
JUNK = st.text('",;\t\n\r A15%é中', max_size=12)
ENDS = st.sampled_from(["\n"] * 6 + ["\r\n"] * 3 + ["\r"])


@st.composite
def rows(draw: Callable[..., Any], delimiter: str) -> str:
    """Return a row as people, and programs with errors, write them."""
    width = draw(st.sampled_from([9] * 12 + [8, 10, 1]))
    cells = [draw(IDS), *(draw(CELLS) for _ in range(width - 1))]
    match draw(st.integers(0, 15)):
        case 0:
            return draw(JUNK)
        case 1:
            return delimiter * 8 + draw(st.sampled_from(["", " ", '""', "\u00a0"]))
        case 2:  # a quote that is never closed, or stands where none may
            at = draw(st.integers(0, len(cells) - 1))
            cells[at] = draw(st.sampled_from(['"open', 'in"ch', '"shut"x', ' "a"', '"']))
            return delimiter.join(cells)
        case 3:
            return delimiter.join([*cells[:-1], cells[-1] + "\0"])
        case 4:
            return ""
        case each:
            every = each > 10
            return delimiter.join(_quoted(cell, delimiter, every=every) for cell in cells)


def _quoted(cell: str, delimiter: str, *, every: bool) -> str:
    if every or any(sign in cell for sign in f'"\n\r{delimiter}'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@st.composite
def lists(draw: Callable[..., Any], delimiter: str, encoding: str) -> bytes:
    """Return a list with a header that is known."""
    lines = [HEADER.replace(",", delimiter), *draw(st.lists(rows(delimiter), max_size=12))]
    if draw(st.booleans()):
        lines.insert(0, draw(st.sampled_from(["", "sep=" + delimiter, "A title"])))
    text = "".join(line + draw(ENDS) for line in lines)
    if draw(st.integers(0, 3)) == 0:
        text = text.rstrip("\r\n")
    content = text.encode(encoding, "replace")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(len(HEADER) * 2 + 8, len(HEADER) * 2 + 60))
        content = content[:at] + b"\xff" + content[at:]
    return content


OPTIONS = st.builds(
    Options,
    on_duplicate=st.sampled_from(list(OnDuplicate)),
    id_column=st.sampled_from([None, None, None, "row", "remark", "annual_revenue"]),
    decimal_comma=st.booleans(),
    encoding=st.none(),
)
ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"]


def test_messy_lists(
    tmp_path: Path, strict: Book, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    messy_lists(FEW, tmp_path, strict, book, monkeypatch)


@pytest.mark.soak
def test_many_messy_lists(
    tmp_path: Path, strict: Book, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    messy_lists(MANY, tmp_path, strict, book, monkeypatch)


def messy_lists(
    cases: int, folder: Path, strict: Book, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=CALM)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        with monkeypatch.context() as small:
            messy_list(data, folder, strict, book, small)

    run()


def messy_list(
    data: st.DataObject, folder: Path, strict: Book, book: Book, small: pytest.MonkeyPatch
) -> None:
    delimiter, encoding = data.draw(st.sampled_from(",;\t")), data.draw(st.sampled_from(ENCODINGS))
    options = data.draw(OPTIONS)
    if data.draw(st.booleans()):
        options = replace(options, encoding=encoding, delimiter=delimiter)
    paths = []
    for name in ("a.csv", "b.csv")[: data.draw(st.integers(1, 2))]:
        path = folder / name
        path.write_bytes(data.draw(lists(delimiter, encoding)))
        paths.append(path)
    small.setattr(csv_batches, "BLOCK", data.draw(st.sampled_from([7, 60, 400, 1 << 18])))
    small.setattr(csv_batches, "BATCH", data.draw(st.sampled_from([1, 200, 1 << 20])))
    small.setattr(csv_batches, "WIDEST", data.draw(st.sampled_from([150, 500, 4 << 20])))
    small.setattr(csv_batches, "MOST_ROWS", data.draw(st.sampled_from([1, 20_000])))
    small.setattr(blocks, "CELL_LIMIT", data.draw(st.sampled_from([40, 1 << 20])))
    small.setattr(blocks, "LONGEST", 30)
    check(paths, strict if data.draw(st.booleans()) else book, options)


ELEMENTS = st.one_of(
    st.fixed_dictionaries({"Lead ID": IDS}, optional=dict.fromkeys(HEADER.split(",")[1:], CELLS)),
    st.fixed_dictionaries({"Lead ID": IDS, "employees": st.integers(-5, 10**6)}),
    st.sampled_from([7, None, "text", [1], {}, {"Lead ID": {"a": 1}}]),
)


@settings(max_examples=FEW, deadline=None, suppress_health_check=CALM)
@given(
    lists=st.lists(st.lists(ELEMENTS, min_size=1, max_size=9), min_size=1, max_size=2),
    gaps=st.lists(st.sampled_from([",", ", ", ",\n"]), min_size=9, max_size=9),
    on_duplicate=st.sampled_from(list(OnDuplicate)),
    mind=st.booleans(),
)
def test_json_with_line_ends_anywhere(
    tmp_path: Path, strict: Book, book: Book, lists: list[list[Any]], gaps: list[str],
    on_duplicate: OnDuplicate, mind: bool,
) -> None:  # fmt: skip
    paths = []
    for number, elements in enumerate(lists):
        texts = [json.dumps(each) + gap for each, gap in zip(elements, gaps, strict=False)]
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text("[" + "".join(texts).rstrip(", \n") + "]", "utf-8")
    check(paths, strict if mind else book, Options(on_duplicate=on_duplicate))


def test_lists_with_every_kind_of_rejection(write: Callable[..., Path], strict: Book) -> None:
    blank = "," * 8
    text = "\n".join(
        [HEADER, "A1,5,5,,,,,,", "A1,6,6,,,,,,", ",1,1,,,,,,x", "A2,abc,1,,,,,,", "A3,1,,,,,,,",
         f"{'x' * 501},1,1,,,,,,", "A4,1,1", "A5,1,1,,,,,,,,7", blank, '"A6,1,1,,,,,,',
         "A\0,1,1,,,,,,", 'A7,1,1,,,,,,"two', 'lines"', "A8,1,1,,,,,,", '"A9"x,1,1,,,,,,',
         "A1,7,7,,,,,,"]
    )  # fmt: skip
    leads, rejected, _ = check([write(text)], strict)
    assert [(lead.id, lead.line) for lead in leads] == [("A1", 2), ("A7", 13), ("A8", 15)]
    assert [(each.line, each.code) for each in rejected] == [
        (3, "duplicate-id"), (4, "empty-id"), (5, "unreadable-cell"), (6, "missing-fact"),
        (7, "id-too-long"), (8, "too-few-fields"), (9, "too-many-fields"), (11, "unclosed-quote"),
        (12, "nul-byte"), (16, "bad-quote"), (17, "duplicate-id"),
    ]  # fmt: skip


@pytest.mark.parametrize("on_duplicate", list(OnDuplicate))
def test_leads_that_come_twice(
    write: Callable[..., Path], book: Book, on_duplicate: OnDuplicate
) -> None:
    first = write(f"{HEADER}\nA1,1,,,,,,,\nA2,2,,,,,,,\nA1,3,x,,,,,,\n", "a.csv")
    second = write(f"{HEADER}\nA2,4,,,,,,,\nA3,5,,,,,,,\n\nA1,6,,,,,,,\n", "b.csv")
    check([first, second], book, Options(on_duplicate=on_duplicate))
    check([first, first], book, Options(on_duplicate=on_duplicate))


def as_json(path: Path) -> None:
    rows: list[Any] = [
        {"Lead ID": f"A{n}", "annual_revenue": n * 1.5, "refused": n % 2 == 0, "remark": "中"}
        for n in range(30)
    ]
    path.write_text("\n".join([*map(json.dumps, rows), "[1]", "{", '{"Lead ID": "A3"}']), "utf-8")


def as_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(PLAIN.encode()))


def as_xlsx(path: Path) -> None:
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["A title"])
        for line, row in enumerate(csv.reader(PLAIN.splitlines()), start=2):
            sheet.write_row(line, 0, row)
        sheet.write_row(9, 0, ["A3", 5, 7.5, 0.35])


def as_parquet(path: Path) -> None:
    text = path.with_suffix(".csv")
    text.write_text(PLAIN, "utf-8")
    rows = f"""SELECT * FROM read_csv('{text}', all_varchar = true) UNION ALL
        SELECT 'B' || range, (range * 1.5)::VARCHAR, (range % 7)::VARCHAR, '3' || chr(0) || '5%',
        NULL, (DATE '2026-01-01' + range::INTEGER)::VARCHAR, 'ready', 'yes', repeat('x', range)
        FROM range(9) UNION ALL SELECT 'A1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"""
    duckdb.sql(rows).write_parquet(str(path))


def as_typed_parquet(path: Path) -> None:
    duckdb.sql(
        """SELECT 'T' || range AS "Lead ID", range * 1.5 AS annual_revenue, range AS employees,
        range / 10 AS overdue_share, DATE '2026-01-01' + range::INTEGER AS last_order,
        range % 2 = 0 AS refused, [range, 2] AS remark, TIMESTAMP '2026-01-05 12:00:00' AS noted
        FROM range(50)"""
    ).write_parquet(str(path))


def as_minified(path: Path) -> None:
    """All leads on one line, as programs write them, some of them none or twice."""
    rows = [{"Lead ID": f"A{n}", "annual_revenue": n, "employees": 5, "remark": "x" * n}
            for n in (1, 2, 3, 1, 4, 5, 2, 6, 7, 8)]  # fmt: skip
    some = ", ".join([*map(json.dumps, rows[:4]), "7", '{"Lead ID": "A9\u0000"}', '["A1"]'])
    more = ", ".join([*map(json.dumps, rows[4:]), "null", '{"Lead ID": ""}'])
    path.write_text(f"[{some},\n{more}]", "utf-8")


def as_parquet_with_row_numbers(path: Path) -> None:
    duckdb.sql(
        """SELECT 'T' || range AS "Lead ID", range AS employees, range * 2 AS File_Row_Number
        FROM range(5)"""
    ).write_parquet(str(path))


def as_lone_returns(path: Path) -> None:
    path.write_bytes(PLAIN.replace("\n", "\r").encode())


def as_mended(path: Path) -> None:
    path.write_text(
        f"{HEADER},leadgrade_broken\nA1,'5,,,,,,,'=x,\nA2,5,,,,,,,y,bad-quote\nA1,,,,,,,,,\n",
        "utf-8",
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("list.jsonl", as_json),
        ("list.csv.gz", as_gzip),
        ("list.xlsx", as_xlsx),
        ("list.parquet", as_parquet),
        ("typed.parquet", as_typed_parquet),
        ("numbered.parquet", as_parquet_with_row_numbers),
        ("minified.json", as_minified),
        ("list.csv", as_lone_returns),
        ("rejects.csv", as_mended),
    ],
)
def test_every_format(
    tmp_path: Path, book: Book, strict: Book, name: str, make: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = tmp_path / name
    make(path)
    for at_once in (4, 20_000):
        monkeypatch.setattr(portions, "AT_ONCE", at_once)
        monkeypatch.setattr(portions, "REJECTED_AT_ONCE", at_once)
        monkeypatch.setattr(parquet_batches, "AT_ONCE", at_once)
        for last in (OnDuplicate.REJECT, OnDuplicate.LAST):
            leads, *_ = check([path], book, Options(on_duplicate=last))
            assert leads
            check([path, path], strict, Options(on_duplicate=last))


@pytest.mark.parametrize(
    ("what", "options", "more"),
    [
        (None, Options(), {}),
        ("merge", Options(on_duplicate=OnDuplicate.MERGE), {}),
        ("keys", Options(), {"identity": ((KeyPart("remark"),),)}),
        (None, Options(id_column="Lead ID"), {"identity": ((KeyPart("remark"),),)}),
    ],
)
def test_what_keeps_rows_from_being_typed_by_columns(
    write: Callable[..., Path], book: Book, what: str | None, options: Options, more: dict[str, Any]
) -> None:
    book = replace(book, **more)
    path = write(PLAIN + "A1,7,,,,,,,called twice\n")
    with read_lists([path], book, options) as reading:
        assert why_not(reading) == what
    check([path], book, options)


@pytest.mark.parametrize("change", [b"A1,999", b"A9,12"])
def test_a_list_that_changes_meanwhile(
    write: Callable[..., Path], book: Book, change: bytes
) -> None:
    path = write(PLAIN)
    with read_lists([path], book) as reading, connect("512MB") as connection:
        path.write_bytes(path.read_bytes().replace(b"A1,1200", change))
        with pytest.raises(ListError, match="changed-while-read"):
            fill(connection, reading, book)


def test_nothing_is_left_behind(
    write: Callable[..., Path], book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "temporary"
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here))
    path = write(PLAIN)
    seen = []
    with read_lists([path], book) as reading, connect("512MB") as connection:
        fill(connection, reading, book, progress=lambda _: seen.append(list(here.iterdir())))
    assert all(seen)
    with (
        pytest.raises(ZeroDivisionError),
        read_lists([path], book) as reading,
        connect("512MB") as connection,
    ):
        fill(connection, reading, book, progress=lambda rows: rows // 0)
    assert list(here.iterdir()) == []


def test_too_little_memory_is_told(write: Callable[..., Path], book: Book) -> None:
    rows = "".join(f"{n},{n},{n},,,,,,{'long text ' * 20}{n}\n" for n in range(60_000))
    path = write(f"{HEADER}\n{rows}")
    with read_lists([path], book) as reading, connect("3MB", threads=1) as connection:
        with pytest.raises(ListError) as caught:
            fill(connection, reading, book)
        assert caught.value.code == "no-room"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_many_rows_keep_their_lines(tmp_path: Path, book: Book, ending: str) -> None:
    """Each is read by one of several threads, and is numbered by where it stands then."""
    count, header = 300_000, 1 if ending == "csv" else 0
    path = tmp_path / f"list.{ending}"
    duckdb.execute(f"""
        COPY (SELECT 'A' || n AS "Lead ID", n AS annual_revenue, n % 900 AS employees,
            0.5 AS overdue_share, 'ready' AS intent, n % 2 = 0 AS refused,
            DATE '2026-01-05' AS last_order, 'Lead ' || n AS remark
            FROM range(1, {count + 1}) AS numbers(n)) TO '{path}'
    """)
    with read_lists([path], book) as reading, connect("512MB", threads=3) as connection:
        fill(connection, reading, book)
        found = connection.execute(
            f"SELECT count(*), count_if(lead = 'A' || line - {header} AND f0 = line - {header})"
            " FROM leads"
        ).fetchall()
    assert found == [(count, count)]


@pytest.mark.parametrize("write_as", [None, as_parquet])
def test_rows_are_numbered_without_a_join(
    write: Callable[..., Path],
    book: Book,
    monkeypatch: pytest.MonkeyPatch,
    write_as: Callable[[Path], None] | None,
) -> None:
    """DuckDB does not keep the order of rows behind a join, and would not say so."""
    path = write(PLAIN)
    if write_as:
        path = path.with_suffix(".parquet")
        write_as(path)
    plans = []

    def explained(self: loading.Loader, batch: Batch) -> None:
        run = self._run

        def noted(query: str, *more: Any) -> Any:
            if "list_cells AS" in query:
                plans.append(run(f"EXPLAIN {query}", *more).fetchall()[0][1])
            return run(query, *more)

        monkeypatch.setattr(self, "_run", noted)
        read(self, batch)
        monkeypatch.setattr(self, "_run", run)

    read = loading.Loader._read
    monkeypatch.setattr(loading.Loader, "_read", explained)
    with read_lists([path], book) as reading, duckdb.connect() as connection:
        fill(connection, reading, book)
    assert plans
    assert not [plan for plan in plans if "join" in plan.lower()]


def test_progress_counts_rows(write: Callable[..., Path], book: Book) -> None:
    told: list[int] = []
    with read_lists([write(PLAIN + "A1,1\n")], book) as reading, connect("512MB") as connection:
        fill(connection, reading, book, progress=told.append)
    assert sum(told) == 4


def test_rows_that_duckdb_does_not_find_are_given_to_it(
    write: Callable[..., Path], book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should its reader ever disagree about a file of plain records, the rows are unrolled."""
    select = csv_batches.CsvBatch.select

    def one_less(
        self: csv_batches.CsvBatch, columns: Sequence[int], _: object
    ) -> tuple[str, list[Any]]:
        query, parameters = select(self, columns)
        return f"FROM ({query}) LIMIT {self.count - 1}", parameters

    monkeypatch.setattr(csv_batches.CsvBatch, "select", one_less)
    monkeypatch.setattr(loading, "ONE_BY_ONE", 2)
    leads, *_ = check([write(PLAIN)], book)
    assert len(leads) == 3


NUMBERS = st.from_regex(
    r"[-+(¥$ ]{0,2}[0-9]{0,10}([.,][0-9]{1,4}){0,3}[ 万亿kKmMbn%元人天)]{0,3}", fullmatch=True
)
DATES = st.from_regex(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T][0-9:.Z+]{0,9})?", fullmatch=True
)
TEXTS = st.text(max_size=12) | st.text("ab中é（）·😀 #", max_size=25)
UNKNOWNS = st.sampled_from(
    [*sorted(UNKNOWN), "99", "1k", "２０２６-01-01", "无所谓", "N/A ", "ＮＡ"]
)
POLICIES = st.builds(
    Policy,
    bare_percent=st.sampled_from([None, *BarePercent]),
    date_order=st.sampled_from([None, *DateOrder]),
    decimal_comma=st.booleans(),
    unit=st.sampled_from(["", "", "万", "k", "年"]),
)


def test_plain_cells_say_what_the_reader_of_cells_says(book: Book) -> None:
    plain_cells(FEW, book)


@pytest.mark.soak
def test_many_plain_cells(book: Book) -> None:
    plain_cells(MANY, book)


def plain_cells(cases: int, book: Book) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=CALM)
    @given(
        st.lists(NUMBERS | DATES | TEXTS | UNKNOWNS, min_size=1, max_size=60),
        POLICIES,
        st.sampled_from(["CNY", "USD", "JPY"]),
    )
    def run(texts: list[str], policy: Policy, currency: str) -> None:
        some_plain_cells(book, texts, policy, currency)

    run()


def some_plain_cells(book: Book, texts: list[str], policy: Policy, currency: str) -> None:
    texts = [text for text in texts if "\0" not in text and not UNDECODED.search(text)]
    unknown = frozenset({"99", "1k", "2026-01-01", "无所谓"})
    book = replace(book, currency=currency, unknown_values=unknown)
    for fact in book.facts.values():
        fitting = policy.fitting(fact.type)
        plain = plain_fact(fact, book, fitting, "cell")
        column = Column(fact, book, fitting)
        for text, found in plain_values(plain, kept(fact, "plain"), texts):
            if found is not None:
                assert (text, found) == (text, column[text])
                assert repr(found) == repr(column[text])  # no negative zero
    for text, found in plain_values(plain_id("cell"), "plain", texts):
        assert found is None or found == clean_id(text)


VALUES = {
    "DOUBLE": st.floats(),
    "FLOAT": st.floats(width=32),
    "TINYINT": st.integers(-128, 127),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "HUGEINT": st.integers(-(2**126), 2**126),
    "DECIMAL(15,3)": st.decimals(-(10**11), 10**11, places=3),
    "DECIMAL(20,6)": st.decimals(-(10**13), 10**13, places=6),
    "DATE": st.dates(),
    "TIMESTAMP": st.datetimes(),
    "BOOLEAN": st.booleans(),
}
WHOLE = st.integers(-100, 100)
NEAR = {
    "DOUBLE": WHOLE.map(lambda number: number / 8),
    "TINYINT": WHOLE,
    "BIGINT": WHOLE,
    "UBIGINT": WHOLE.map(abs),
    "HUGEINT": WHOLE,
    "DECIMAL(15,3)": WHOLE.map(lambda number: number / 8),
}


@pytest.mark.parametrize("kind", VALUES)
def test_typed_values_are_what_their_texts_say(book: Book, kind: str) -> None:
    values = st.one_of(NEAR[kind], VALUES[kind]) if kind in NEAR else VALUES[kind]

    @settings(max_examples=FEW, deadline=None, suppress_health_check=CALM)
    @given(st.lists(values, min_size=1, max_size=40), POLICIES, st.sampled_from(["", "1", "true"]))
    def run(values: list[Any], policy: Policy, unknown: str) -> None:
        known = replace(book, unknown_values=frozenset({unknown} - {""}))
        for fact in known.facts.values():
            fitting = policy.fitting(fact.type)
            typed = typed_fact(fact, known, fitting, "cell", kind)
            if typed is None:
                continue
            taken.add(fact.type)
            column = Column(fact, known, fitting)
            rows = duckdb.execute(
                f"SELECT {text_of('cell')}, {kept(fact, 'typed')}"
                f" FROM (SELECT cell, {typed} AS typed FROM (SELECT unnest(?::{kind}[]) AS cell))",
                [values],
            ).fetchall()
            for text, found in rows:
                if found is not None:
                    assert (text, repr(found)) == (text, repr(column[text]))

    taken = set[FactType]()
    run()
    assert bool(taken) == (kind not in {"FLOAT", "DECIMAL(20,6)"})


def plain_values(plain: str, value: str, texts: list[str]) -> list[tuple[str, Any]]:
    query = f"""SELECT cell, {value} FROM
        (SELECT cell, {plain} AS plain FROM (SELECT unnest(?::VARCHAR[]) AS cell))"""
    found: list[tuple[str, Any]] = duckdb.execute(query, [texts]).fetchall()
    return found


@pytest.mark.parametrize(
    ("fact", "cells"),
    [
        ("annual_revenue", ["1200", "-5", "1,234,567.89", "¥1,200万", "RMB 5,000", "1.2亿", "300k",
                            "2.5M", "5 million", "5000元", "￥12", "0", "-0"]),
        ("employees", ["12", "1,200", "1.5k", "3万"]),
        ("overdue_share", ["35%", "0.35", "0", "1", "-0.1", "12.5%"]),
        ("payment_days", ["90", "1,000"]),
        ("last_order", ["2026-01-05", "2026-01-05 12:30:00", "2026-01-05T00:00:00Z"]),
        ("intent", ["ready", "comparing", "比价中"]),
        ("refused", ["yes", "Yes", "TRUE", "false", "是", "否", "1", "0"]),
        ("remark", ["called twice", "深圳市某某科技有限公司", "Müller & Söhne", "Ёлка", "한국어",
                    "ひらがな", "某某（北京）投资控股集团股份有限公司第一分公司 · 总部（浦东）"]),
    ],
)  # fmt: skip
def test_usual_cells_are_plain(book: Book, fact: str, cells: list[str]) -> None:
    """What this saves: every other text of a column costs a call of the reader of cells."""
    plain = plain_fact(book.facts[fact], book, Policy(), "cell")
    for text, found in plain_values(plain, kept(book.facts[fact], "plain"), cells):
        assert found == Column(book.facts[fact], book, Policy())[text], text
        assert found is not None, text


def test_plain_texts_are_not_changed_by_folding() -> None:
    """Two lists of characters claim that; all that there is in Unicode is looked at."""
    stable, wide = characters(STABLE), characters(WIDE)
    assert all(unicodedata.normalize("NFKC", each) == each for each in stable)
    assert all(unicodedata.normalize("NFC", each) == each for each in wide)
    assert all(unicodedata.normalize("NFKC", each).strip() for each in wide)
    assert not any(map(unicodedata.combining, wide))
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Zs", "Zl", "Zp") for each in wide)
    assert all(len(each.lower()) == 1 for each in stable)
    melting = {
        chr(int(parts[1], 16))
        for code in range(sys.maxunicode + 1)
        if len(parts := unicodedata.decomposition(chr(code)).split()) == 2 and parts[0][0] != "<"
    }
    assert not melting & set(wide)


def characters(listed: str) -> list[str]:
    """Return the characters of a class as ``plain`` writes it."""
    plain = re.sub(r"\\x\{([0-9A-F]+)\}", lambda code: chr(int(code[1], 16)), listed)
    found = [
        chr(each)
        for first, dash, last in re.findall("(.)(?:(-)(.))?", plain)
        for each in range(ord(first), ord(last if dash else first) + 1)
    ]
    assert len(found) > 30_000
    return found
