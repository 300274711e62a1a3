"""Lists that Spark reads: they say what they would say if they lay here."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadgrade import fetching
from leadgrade.engine.backends.base import EngineFault, why_unavailable
from leadgrade.engine.backends.spark_session import url_of
from leadgrade.fetching import fetched
from leadgrade.leads import ListError, Options, Rejected, read_lists
from leadgrade.rules.loader import load_book

REASON = why_unavailable("spark")
BOOK = load_book(Path(__file__).parent / "commands" / "data" / "book.yaml")
ROWS = [
    ["Lead", "公司", "Revenue", "逾期占比", "Intent", "Last order"],
    ["L-1", '青屿 "quoted", name', "1,200万", "20%", "有", "2026-01-05"],
    ["L-2", "two\nlines\\", "12000000", "", "ready", "5 Jan 2026"],
    ["", "nobody", "1", "1%", "none", ""],
    ["L-1", " again ", "2", "many", "", ""],
]
MASTER = "local[2]"
DEFAULTS = Options()


def needs_spark(test: Any) -> Any:
    return pytest.mark.spark(pytest.mark.skipif(REASON is not None, reason=str(REASON))(test))


def read(files: list[str], options: Options = DEFAULTS, engine: str = "spark") -> list[Any]:
    """All that lists say, but for the lines: those that Spark reads are counted by rows."""
    with (
        fetched(files, options, engine, MASTER) as (lists, left),
        read_lists(lists, BOOK, left) as reading,
    ):
        return [
            (item.code, {**item.args, "first_line": ""})
            if isinstance(item, Rejected)
            else (item.id, item.facts, item.file)
            for item in reading
        ]


def written(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return url_of(path)


def here(url: str) -> str:
    return str(Path(url.removeprefix("file://")))


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (["near.csv", "s3a://key:secret@bucket/leads"], Options()),
        ([], Options(from_sql=(("jdbc:x://user:secret@host/db?password=p", "SELECT 1"),))),
        ([], Options(from_sql=(("jdbc:oracle:thin:scott/tiger@//host", "SELECT 1"),))),
    ],
)
def test_without_spark_far_lists_are_refused_without_their_secrets(
    files: list[str], options: Options
) -> None:
    with pytest.raises(ListError) as caught, fetched(files, options, "auto", None):
        pass
    assert caught.value.code == "far-list"
    name = caught.value.details["file"]
    assert name.endswith(("//***@bucket/leads", "//***@host/db", "thin:***@//host"))


def test_what_spark_says_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "s3a://AK:ab/c%40d@bucket/leads.parquet"

    class Fails:
        """A session that tells what it was given, as Hadoop does."""

        def __getattr__(self, name: str) -> Any:
            return self

        def parquet(self, url: str) -> None:
            raise EngineFault(f"Path does not exist: {url}: the key ab/c@d is none")

    monkeypatch.setattr(fetching, "session", lambda _: Fails())
    monkeypatch.setattr(fetching, "spark_faults", nullcontext)
    with pytest.raises(ListError) as caught:
        read([url])
    assert caught.value.details == {
        "file": "s3a://***@bucket/leads.parquet",
        "reason": "Path does not exist: s3a://***bucket/leads.parquet: the key *** is none",
    }


def test_lists_that_are_near_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "session", None)  # nothing is started
    said = Options(from_sql=(("sqlite:///x.db", "SELECT 1"),))
    with fetched(["a.csv", "-", "C:/b.csv"], said, "spark", None) as (lists, left):
        assert (lists, left) == (["a.csv", "-", "C:/b.csv"], said)


@needs_spark
def test_a_list_says_what_it_says_here(tmp_path: Path) -> None:
    plain = written(tmp_path / "leads.csv", ROWS)
    chinese = written(tmp_path / "名单.csv", ROWS, "gb18030")
    expected = read([here(plain)], engine="auto")
    assert [each[0] for each in expected] == ["L-1", "L-2", "empty-id", "duplicate-id"]

    def named(url: str) -> list[Any]:
        renamed = {"first_file": url}
        return [
            (one[0], {**one[1], **renamed} if "first_file" in one[1] else one[1])
            if len(one) == 2
            else (*one[:2], url)
            for one in expected
        ]

    assert read([plain]) == named(plain)
    assert read([chinese], Options(encoding="GB18030")) == named(chinese)

    folder = tmp_path / "leads.parquet"
    folder.mkdir()
    query = "SELECT * FROM read_csv(?, all_varchar = true, parallel = false)"
    for part, limit in (("a", "LIMIT 2"), ("b", "OFFSET 2")):
        duckdb.execute(f"COPY ({query} {limit}) TO '{folder}/{part}.parquet'", [here(plain)])
    assert read([url_of(folder)]) == named(url_of(folder))


@needs_spark
@pytest.mark.parametrize("rows", [ROWS, [["Lead", "Revenue"], ["青屿", "1"]]])
def test_another_encoding_than_was_said(tmp_path: Path, rows: list[list[str]]) -> None:
    url = written(tmp_path / "leads.csv", rows, "gb18030")
    with pytest.raises(ListError) as caught:
        read([url])
    reason = caught.value.details["reason"]
    assert "it is not in the encoding UTF-8: say --encoding" in reason


@needs_spark
def test_lists_keep_their_order(tmp_path: Path) -> None:
    far = written(tmp_path / "far.csv", [ROWS[0], ROWS[1]])
    near = written(tmp_path / "near.csv", [ROWS[0], ROWS[4]])
    assert [each[0] for each in read([far, here(near)])] == ["L-1", "duplicate-id"]
    first, second = read([here(near), far])
    assert (first[0], first[2], second[0]) == ("L-1", here(near), "duplicate-id")


@needs_spark
def test_the_rows_of_a_database(tmp_path: Path) -> None:
    from leadgrade.engine.backends.spark_session import session  # noqa: PLC0415

    url = f"jdbc:derby:{tmp_path / 'db'}"
    spark = session(MASTER)
    spark._jvm.java.lang.System.setProperty("derby.stream.error.file", f"{tmp_path}/derby.log")
    frame = spark.sql("""
        SELECT * FROM VALUES ('L-1', 12000000L, DATE '2026-01-05'), ('L-2', NULL, NULL)
        AS t(lead, revenue, last_order)
    """)
    frame.write.jdbc(f"{url};create=true", "leads")
    query = 'SELECT "lead", "revenue", "last_order" FROM leads'
    found = read([], Options(from_sql=((url, query),)))
    assert sorted(found) == [
        ("L-1", {"revenue": 12_000_000.0, "last_order": date(2026, 1, 5)}, url),
        ("L-2", {}, url),
    ]


@needs_spark
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("nothing.parquet", None),
        ("nothing.csv", None),
        ("wide.csv", [["Lead", "Revenue"], ["L-1", "1", "too many"]]),
        ("leads.parquet", [["Lead"], ["L-1"]]),
    ],
)
def test_what_spark_cannot_read(tmp_path: Path, name: str, rows: list[list[str]] | None) -> None:
    path = tmp_path / name
    if rows is not None:
        written(path, rows)
    with pytest.raises(ListError) as caught:
        read([url_of(path)])
    assert caught.value.code == "far-unreadable"
    assert caught.value.details["file"] == url_of(path)
    assert caught.value.details["reason"]
    assert "\n" not in caught.value.details["reason"]
