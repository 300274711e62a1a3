"""Formats beyond CSV, XLSX and JSON: packed files, Parquet, folders, database queries."""

from __future__ import annotations

import gzip
import io
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.formats import packed
from leadgrade.leads.formats.parquet import reason_of
from leadgrade.leads.reading import read_lists
from leadgrade.leads.terms import ListError, Options, Rejected
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book

duckdb = pytest.importorskip("duckdb")
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    zstd = pytest.importorskip("backports.zstd")

CSV = "id,employees,remark\nA,5,first\nB,7,second\n"
FACTS = {"A": {"employees": 5.0, "remark": "first"}, "B": {"employees": 7.0, "remark": "second"}}


def facts(reading: object) -> dict[str, object]:
    return {each.id: dict(each.facts) for each in reading if isinstance(each, Lead)}  # type: ignore[attr-defined]


def read(book: Book, *paths: Path | str, **options: object) -> dict[str, object]:
    with read_lists(paths, book, Options(**options)) as reading:  # type: ignore[arg-type]
        return facts(reading)


def refused(book: Book, *paths: Path | str, **options: object) -> str:
    with pytest.raises(ListError) as caught:
        read(book, *paths, **options)
    return caught.value.code


def to_parquet(path: Path, query: str) -> Path:
    duckdb.sql(query).write_parquet(str(path))
    return path


@pytest.mark.parametrize("name", ["leads.csv.gz", "leads.gz", "leads.csv"])
def test_a_list_packed_with_gzip(
    write: Callable[..., Path], book: Book, name: str, tmp_path: Path
) -> None:
    content = gzip.compress(CSV.encode())
    path = write(content, name)
    with read_lists([path], book) as reading:
        assert facts(reading) == FACTS
        assert reading.listings[0].format == "CSV"
        assert reading.listings[0].sha256 == __import__("hashlib").sha256(content).hexdigest()


def test_what_is_packed_is_recognised_by_its_own_name_and_bytes(
    write: Callable[..., Path], book: Book, tmp_path: Path
) -> None:
    lines = b'{"id": "A", "employees": 5}\n'
    assert read(book, write(gzip.compress(lines), "a.jsonl.gz")) == {"A": {"employees": 5.0}}
    file = to_parquet(tmp_path / "b.parquet", "select 'A' as id, 5 as employees")
    packed_file = write(gzip.compress(file.read_bytes()), "b.parquet.gz")
    assert read(book, packed_file) == {"A": {"employees": 5.0}}


def test_gzip_of_several_members(write: Callable[..., Path], book: Book) -> None:
    halves = CSV.encode()[:25], CSV.encode()[25:]
    assert read(book, write(b"".join(map(gzip.compress, halves)), "a.csv.gz")) == FACTS


def test_a_list_packed_with_zstd(write: Callable[..., Path], book: Book) -> None:
    assert read(book, write(zstd.compress(CSV.encode()), "leads.csv.zst")) == FACTS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(CSV.encode())[:-9], "damaged-archive"),
        (gzip.compress(CSV.encode())[:20], "damaged-archive"),
        (b"\x1f\x8b....", "damaged-archive"),
        (gzip.compress(CSV.encode()) + b"tail", "damaged-archive"),
        (zstd.compress(CSV.encode())[:-3], "damaged-archive"),
        (b"\x28\xb5\x2f\xfd\xff\xff\xff\xff", "damaged-archive"),
        (gzip.compress(b""), "empty-file"),
        (gzip.compress(gzip.compress(CSV.encode())), "unsupported-kind"),
    ],
    ids=lambda value: "packed" if isinstance(value, bytes) else value,
)
def test_packed_lists_that_cannot_be_used(
    write: Callable[..., Path], book: Book, content: bytes, code: str
) -> None:
    assert refused(book, write(content, "a.csv.gz")) == code


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_a_bomb_is_refused_before_it_fills_the_disk(
    write: Callable[..., Path], book: Book, pack: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(packed, "ALWAYS_ALLOWED", 1 << 20)
    monkeypatch.setattr(packed, "MOST_RATIO", 2)
    bomb = pack(b"id,remark\n" + b"0" * (8 << 20))
    assert refused(book, write(bomb, "bomb.csv.gz")) == "unpacks-too-large"


def test_parquet_with_every_type(book: Book, tmp_path: Path) -> None:
    path = to_parquet(
        tmp_path / "leads [1]*.parquet",
        """select * from (values
          ('A', 1200000.5::double, 5::integer, 0.35::decimal(9,4), date '2026-01-05', true, ['x']),
          ('B', null, null, null, null, false, null)
        ) t(id, annual_revenue, employees, overdue_share, last_order, refused, remark)""",
    )
    with read_lists([path], book) as reading:
        assert facts(reading) == {
            "A": {
                "annual_revenue": 1200000.5,
                "employees": 5.0,
                "overdue_share": 0.35,
                "last_order": __import__("datetime").date(2026, 1, 5),
                "refused": True,
                "remark": '["x"]',
            },
            "B": {"refused": False},
        }
        assert reading.listings[0].format == "Parquet"


def test_parquet_is_read_in_batches_in_order(book: Book, tmp_path: Path) -> None:
    path = to_parquet(
        tmp_path / "a.parquet", "select i as id, i as employees from range(5000) t(i)"
    )
    with read_lists([path], book) as reading:
        items = list(reading)
    assert [each.line for each in items] == list(range(1, 5001))
    assert [each.id for each in items if isinstance(each, Lead)] == [str(i) for i in range(5000)]


def test_a_parquet_row_with_a_nul_is_rejected(book: Book, tmp_path: Path) -> None:
    path = to_parquet(tmp_path / "a.parquet", "select 'A' as id, 'x' || chr(0) as remark")
    with read_lists([path], book) as reading:
        assert [(each.code, each.raw) for each in reading if isinstance(each, Rejected)] == [
            ("nul-byte", "A\tx␀")
        ]


@pytest.mark.parametrize("cut", [4, 100, -1])
def test_damaged_parquet_is_refused(book: Book, tmp_path: Path, cut: int) -> None:
    path = to_parquet(tmp_path / "a.parquet", "select 'A' as id, 5 as employees")
    path.write_bytes(path.read_bytes()[:cut])
    assert refused(book, path) == "not-parquet"


def test_errors_of_parquet_name_the_file_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/tmp/x y")  # noqa: S108 - it is not made
    said = "Failed to read file '/tmp/x y/leadgrade-a_b1/list.parquet': decompression failure."
    assert reason_of(ValueError(said + "\nmore"), "leads.parquet") == (
        "Failed to read file 'leads.parquet': decompression failure."
    )


def test_packed_damaged_parquet_is_told_by_its_name(book: Book, tmp_path: Path) -> None:
    path = to_parquet(tmp_path / "a.parquet", "select 'A' as id, 5 as employees")
    packed_file = tmp_path / "leads.parquet.gz"
    packed_file.write_bytes(gzip.compress(path.read_bytes()[:-1]))  # DuckDB is given a copy
    with pytest.raises(ListError) as caught, read_lists([packed_file], book):
        pass
    assert str(packed_file) in caught.value.details["reason"]
    assert "list.parquet" not in caught.value.details["reason"]


def test_a_folder_stands_for_its_lists_by_name(write: Callable[..., Path], book: Book) -> None:
    folder = write("id,employees\nB,2\n", "b.csv").parent
    write('{"id": "A", "employees": 1}\n', "a.jsonl")
    write("not a list", ".hidden")
    with read_lists([folder], book) as reading:
        assert [each.id for each in reading if isinstance(each, Lead)] == ["A", "B"]


def test_folders_that_cannot_be_used(
    write: Callable[..., Path], book: Book, tmp_path: Path
) -> None:
    assert refused(book, tmp_path) == "empty-folder"
    write("%PDF-1.7", "a.pdf")
    assert refused(book, tmp_path) == "unsupported-kind"
    (tmp_path / "a.pdf").unlink()
    (tmp_path / "more").mkdir()
    assert refused(book, tmp_path) == "folder-in-folder"


def test_several_lists_and_standard_input(
    write: Callable[..., Path], book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = io.TextIOWrapper(io.BytesIO(gzip.compress(b"id,employees\nC,3\n")))
    monkeypatch.setattr(sys, "stdin", text)
    found = read(book, write("id,employees\nA,1\n", "a.csv"), "-")
    assert found == {"A": {"employees": 1.0}, "C": {"employees": 3.0}}


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table lead (id, employees, remark)")
        connection.executemany(
            "insert into lead values (?, ?, ?)",
            [("A", 5, "first"), ("B", 7, "50% of: it"), ("C", None, "line\nbreak")],
        )
    connection.close()
    return f"sqlite:///{path}"


def test_the_rows_of_a_query(book: Book, database: str) -> None:
    query = "select * from lead where remark like '%' and id <> ':x' order by id"
    with read_lists([], book, Options(from_sql=((database, query),))) as reading:
        items = list(reading)
        assert [(each.id, each.line) for each in items if isinstance(each, Lead)] == [
            ("A", 1),
            ("B", 2),
            ("C", 3),
        ]
        assert reading.listings[0].format == "SQL"
        assert items[2].facts == {"remark": "line\nbreak"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("delete from lead", "not-a-query"),
        ("-- select\nupdate lead set id = 1", "not-a-query"),
        ("with x as (select 1) delete from lead", "database-failed"),
        ("select * from nothing", "database-failed"),
        ("select * from lead where 0", "no-rows"),
        ("select", "database-failed"),
        ("", "not-a-query"),
    ],
)
def test_queries_that_cannot_be_used(book: Book, database: str, query: str, code: str) -> None:
    assert refused(book, from_sql=((database, query),)) == code
    assert len(read(book, from_sql=((database, "select * from lead"),))) == 3


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql+nosuch://ann:geheim@localhost/crm", "bad-database-url"),
        ("ann:geheim", "bad-database-url"),
        ("sqlite:///no/such/file.db", "no-such-file"),
        ("oracle+oracledb://ann:geheim@localhost/crm?wallet_password=geheim", "needs-library"),
        ("oracle+oracledb://ann:g@geheim@localhost/crm", "needs-library"),
    ],
)
def test_no_message_shows_a_password(book: Book, url: str, code: str) -> None:
    with pytest.raises(ListError) as caught:
        read(book, from_sql=((url, "select 1"),))
    assert caught.value.code == code
    assert "geheim" not in str(caught.value)
