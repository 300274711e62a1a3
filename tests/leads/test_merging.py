"""Several rows of one lead become one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.leads import OnDuplicate, Options, Reading, read_lists
from leadgrade.leads.identity.merging import merge_rows
from leadgrade.leads.terms import Rejected
from leadgrade.rules.gathering import KeyPart, Merging, Precedence
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType

MERGE = Options(on_duplicate=OnDuplicate.MERGE)
LIST = """\
Lead ID,email,size,remark,updated
1,a@b.cn,10,first,2026-01-01
,A@B.CN,,second,2026-03-01
1,,12,,2026-02-01
2,z@b.cn,,alone,
"""


@pytest.fixture
def make(fact: Callable[..., object], make_book: Callable[..., Book]) -> Callable[..., Book]:
    def made(precedence: str = "first", *, required: bool = False) -> Book:
        by = "updated" if precedence == "newest" else None
        return make_book(
            fact("email", FactType.TEXT),
            fact("size", FactType.NUMBER, required=required),
            fact("remark", FactType.TEXT),
            fact("updated", FactType.DATE),
            identity=((KeyPart("id"),), (KeyPart("email"),)),
            merging=Merging(Precedence(precedence), by),
        )

    return made


def counts(reading: Reading) -> tuple[int, int, int, int]:
    return reading.rows, reading.leads, reading.rejected, reading.merged


@pytest.mark.parametrize(
    ("precedence", "size", "remark", "line"),
    [
        ("first", 10.0, "first", 2),
        ("last", 12.0, "second", 4),
        ("newest", 12.0, "second", 3),
        ("most_complete", 10.0, "first", 2),
    ],
)
def test_a_fact_comes_from_the_first_row_that_knows_it(
    make: Callable[..., Book],
    write: Callable[..., Path],
    precedence: str,
    size: float,
    remark: str,
    line: int,
) -> None:
    with read_lists([write(LIST)], make(precedence), MERGE) as reading:
        lead, alone = [each for each in reading if isinstance(each, Lead)]
        assert counts(reading) == (4, 2, 0, 2)
        (merged,) = reading.merges
        assert [each.id for each in reading if isinstance(each, Lead)] == ["1", "2"]  # again
        assert counts(reading) == (4, 2, 0, 2)
    assert (lead.id, lead.facts["size"], lead.facts["remark"], lead.line) == (
        "1",
        size,
        remark,
        line,
    )
    assert alone.facts == {"email": "z@b.cn", "remark": "alone"}
    file = str(lead.file)
    assert merged.rows == ((file, 2), (file, 3), (file, 4))
    assert merged.keys == ("id", "email")
    of = {10.0: 2, 12.0: 4, "first": 2, "second": 3}
    assert (merged.facts["size"], merged.facts["remark"]) == ((file, of[size]), (file, of[remark]))


def test_a_fact_that_is_wanted_may_come_from_any_row(
    make: Callable[..., Book], write: Callable[..., Path]
) -> None:
    with read_lists([write(LIST)], make(required=True), MERGE) as reading:
        found = list(reading)
        assert counts(reading) == (4, 1, 1, 2)
    (rejected,) = [each for each in found if isinstance(each, Rejected)]
    assert (rejected.code, rejected.line, rejected.raw) == ("missing-fact", 5, "2,z@b.cn,,alone,")


def test_every_row_of_a_lead_that_is_none_is_rejected(
    make: Callable[..., Book], write: Callable[..., Path]
) -> None:
    path = write("id,email,size\n1,,\n1,a@b.cn,\n2,,3\n")
    with read_lists([path], make(required=True), MERGE) as reading:
        found = list(reading)
        assert counts(reading) == (3, 1, 2, 0)
    lines = [(each.line, each.raw) for each in found if isinstance(each, Rejected)]
    assert lines == [(2, "1,,"), (3, "1,a@b.cn,")]


def test_a_date_goes_with_the_oldest_fact_that_it_dates(
    fact: Callable[..., object], make_book: Callable[..., Book]
) -> None:
    dated = {"dated_by": "seen", "max_age_days": 90}
    book = make_book(
        fact("cash", FactType.MONEY, **dated),
        fact("debt", FactType.MONEY, **dated),
        fact("seen", FactType.DATE),
    )
    old, new = date(2024, 1, 1), date(2026, 1, 1)
    rows = [
        Lead("1", {"cash": 5.0, "seen": new}, file="a", line=1),
        Lead("1", {"cash": 4.0, "debt": 3.0, "seen": old}, file="a", line=2),
    ]
    lead, places = merge_rows(rows, book)
    assert lead.facts == {"cash": 5.0, "debt": 3.0, "seen": old}
    assert places["seen"] == ("a", 2)


CELLS = st.sampled_from(["", "a@b.cn", "b@b.cn", "c@b.cn", "n/a"])
NUMBERS = st.sampled_from(["", "1", "2", "3"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(NUMBERS, CELLS, st.sampled_from(["", "5", "x"])), min_size=1),
    policy=st.sampled_from(["first", "last", "newest", "most_complete"]),
    required=st.booleans(),
)
def test_rows_are_leads_rejected_or_merged(
    make: Callable[..., Book],
    write: Callable[..., Path],
    rows: list[tuple[str, ...]],
    policy: str,
    required: bool,
) -> None:
    body = "".join(",".join((*row, "remark")) + "\n" for row in rows)
    path = write(f"id,email,size,remark\n{body}")
    with read_lists([path], make(policy, required=required), MERGE) as reading:
        leads = [each for each in reading if isinstance(each, Lead)]
        assert reading.rows == len(rows) == len(leads) + reading.rejected + reading.merged
        assert reading.leads == len(leads) == len({lead.id for lead in leads})
        for merged in reading.merges:
            assert len(merged.rows) > 1
            assert set(merged.facts.values()) <= set(merged.rows)
