from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.leads import ListError, OnDuplicate, Options, Reading, read_lists
from leadgrade.leads.terms import Rejected
from leadgrade.leads.values.cells import UNKNOWN, clean_text
from leadgrade.rules.lead import Lead, plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book


def items(reading: Reading) -> list[str]:
    return [
        f"{each.id} {each.facts.get('remark')}" if isinstance(each, Lead) else each.code
        for each in reading
    ]


@pytest.fixture
def paths(write: Callable[..., Path]) -> list[Path]:
    """Two lists: 1 stands three times, 3 only where it cannot be read."""
    return [
        write("id,remark,employees\n1,a,\n2,b,\n1,c,\n", "one.csv"),
        write("id,remark\n 1 ,d\n4,e\n2,f,g\n", "two.csv"),
    ]


def test_the_first_row_of_an_id_stands(paths: list[Path], book: Book) -> None:
    with read_lists(paths, book) as reading:
        found = list(reading)
        assert items(reading) == [
            "1 a",
            "2 b",
            "duplicate-id",
            "duplicate-id",
            "4 e",
            "too-many-fields",
        ]
        assert (reading.rows, reading.leads, reading.rejected) == (6, 3, 3)
    first = str(paths[0])
    args = {"id": "1", "first_file": first, "first_line": "2"}
    assert found[2] == Rejected(first, 4, "duplicate-id", args, "1,c,")
    assert found[3] == Rejected(str(paths[1]), 2, "duplicate-id", args, " 1 ,d")


def test_the_last_row_of_an_id_stands(paths: list[Path], book: Book) -> None:
    with read_lists(paths, book, Options(on_duplicate=OnDuplicate.LAST)) as reading:
        found = list(reading)
        assert items(reading) == [
            "replaced-by-later",
            "2 b",  # the later 2 was rejected: it replaces nothing
            "replaced-by-later",
            "1 d",
            "4 e",
            "too-many-fields",
        ]
        assert (reading.rows, reading.leads, reading.rejected) == (6, 3, 3)
    args = {"id": "1", "later_file": str(paths[1]), "later_line": "2"}
    assert found[0] == Rejected(str(paths[0]), 2, "replaced-by-later", args, "1,a,")


def test_a_second_row_of_an_id_may_be_an_error(paths: list[Path], book: Book) -> None:
    options = Options(on_duplicate=OnDuplicate.ERROR)
    with read_lists(paths, book, options) as reading, pytest.raises(ListError) as caught:
        list(reading)
    first = str(paths[0])
    assert caught.value.code == "duplicate-id"
    assert caught.value.details == {
        "file": first,
        "line": "4",
        "id": "1",
        "first_file": first,
        "first_line": "2",
    }


@pytest.mark.parametrize("mode", OnDuplicate)
def test_two_objects_on_one_line(write: Callable[..., Path], book: Book, mode: OnDuplicate) -> None:
    path = write('[{"id": 1, "remark": "a"}, {"id": 1, "remark": "b"}]', "a.json")
    with read_lists([path], book, Options(on_duplicate=mode)) as reading:
        if mode is OnDuplicate.ERROR:
            with pytest.raises(ListError, match="duplicate-id"):
                list(reading)
        else:
            list(reading)
            merged = mode is OnDuplicate.MERGE
            counts = (reading.leads, reading.rejected, reading.merged)
            assert counts == (1, int(not merged), int(merged))


def test_every_list_is_checked_before_the_first_row(
    paths: list[Path], write: Callable[..., Path], book: Book
) -> None:
    with pytest.raises(ListError, match="no-rows"):
        read_lists([*paths, write("id,remark\n", "three.csv")], book)


_AMOUNTS = st.decimals(-(10**12), 10**12, places=2).map(float)
_TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    .map(clean_text)
    .filter(lambda text: unicodedata.normalize("NFKC", text).strip().lower() not in UNKNOWN)
    .filter(lambda text: not text.startswith("#"))
)
_LEADS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "annual_revenue": _AMOUNTS,
            "employees": st.floats(0, 1e6),
            "overdue_share": st.floats(-1, 1),
            "payment_days": st.integers(0, 1000).map(float),
            "last_order": st.dates(date(1900, 1, 1)),
            "intent": st.sampled_from(["none", "comparing", "ready"]),
            "refused": st.booleans(),
            "remark": _TEXTS,
        },
    ),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    leads=_LEADS,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_facts_written_as_a_list_are_read_as_they_were(
    write: Callable[..., Path], book: Book, leads: list[Any], delimiter: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["id", *book.facts])
    for number, facts in enumerate(leads):
        cells = (plain(facts[name]) if name in facts else "" for name in book.facts)
        writer.writerow([f"L{number}", *cells])
    path = write(text.getvalue(), encoding=encoding)
    options = Options(encoding=encoding, delimiter=delimiter)
    with read_lists([path], book, options) as reading:
        found = list(reading)
        assert reading.listings[0].unread == ()
    assert [each.facts for each in found if isinstance(each, Lead)] == [
        {name: facts[name] for name in book.facts if name in facts} for facts in leads
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_rows_or_an_error(write: Callable[..., Path], book: Book, body: str) -> None:
    try:
        with read_lists([write("id,remark\n" + body)], book) as reading:
            found = list(reading)
    except ListError:
        return
    assert len(found) == reading.rows == reading.leads + reading.rejected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), name=st.sampled_from(["a.csv", "a.xlsx", "a.json", "a"]))
def test_any_bytes_are_rows_or_an_error(
    write: Callable[..., Path], book: Book, content: bytes, name: str
) -> None:
    try:
        with read_lists([write(content, name)], book) as reading:
            list(reading)
    except ListError as error:
        assert error.details["file"].endswith(name)  # noqa: PT017 (rows are as good)
