"""Rows that add up others are set aside; a company that is called so is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadgrade.engine.duck import connect
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.leads.columns import fill
from leadgrade.leads.totals import adds_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from leadgrade.rules.model import Book


@pytest.mark.parametrize(
    ("lead", "others", "want"),
    [
        ("合计", ["共6条", "14.25亿", ""], True),
        ("合 计", ["由财务部核对"], True),
        ("小计：", [], True),
        ("总计（元）", [], True),
        ("Grand Total", ["checked by Ann"], True),
        ("SUBTOTAL (Europe):", ["checked"], True),
        ("Total", ["4 records", "", "¥1,200万", "35%", "N/A", "EUR 98.001,5", "-3"], True),
        ("total:", [], True),
        ("Sum", ["12"], True),
        ("Total", ["Paris", "12"], False),
        ("Total", ["2026-03-01"], False),
        ("Total", ["E-104"], False),
        ("TotalEnergies", ["12"], False),
        ("Total Solutions", ["12"], False),
        ("合计公司", [], False),
        ("A1", ["12"], False),
    ],
)
def test_what_adds_up_others(lead: str, others: list[str], want: bool) -> None:
    assert adds_up(lead, others) is want


LIST = """Lead ID,remark,annual_revenue,employees
A1,Acme,5,1
小计,,5,1
Total,see Ann,7,2
合 计,共2条,1.2亿,3
Total,,12,4
"""
WANT = [(3, "totals-row"), (5, "totals-row"), (6, "totals-row")]


def test_rows_of_totals_are_set_aside(write: Callable[..., Path], book: Book) -> None:
    with read_lists([write(LIST)], book, Options()) as reading:
        items = list(reading)
    rejected = [item for item in items if isinstance(item, Rejected)]
    assert [(each.line, each.code) for each in rejected] == WANT
    assert rejected[1].args == {"id": "合 计"}
    assert [item.id for item in items if not isinstance(item, Rejected)] == ["A1", "Total"]


def test_by_columns_as_well(write: Callable[..., Path], book: Book) -> None:
    with read_lists([write(LIST)], book, Options()) as reading, connect("200MB") as connection:
        filled = fill(connection, reading, book)
        assert [(each.line, each.code) for each in filled.rejected()] == WANT
        assert [lead.id for lead in filled.leads()] == ["A1", "Total"]
