"""Rows that add up others: ``合计``, ``Subtotal``. They stand in lists, and are no leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadgrade.leads.values.cells import unknown_text
from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_SURE = [
    *(
        "合计",
        "总计",
        "小计",
        "共计",
        "总合计",
        "本页合计",
        "本页小计",
        "累计",
        "汇总",
        "总数",
        "总额",
    ),
    *("合計", "總計", "小計", "共計", "grand totals?", "sub-? ?totals?"),
]
"""What nobody is called."""

_PERHAPS = ["totals?", "sum", "summe", "gesamt"]
"""What a company may be called."""

_LONGEST = 60


def _like(words: Iterable[str]) -> str:
    """Return what an id is like that says one of these, a remark in brackets behind it or not."""
    spaced = (" ?".join(word) if not word.isascii() else word for word in words)
    return rf"(?i:{'|'.join(spaced)}) ?(?:[(（].*)?[:：]?"


TOTALS = _like([*_SURE, *_PERHAPS])
"""The expression of an id that may be that of such a row, for Python and for DuckDB."""

_TOTALS = re.compile(TOTALS)
_FOR_SURE = re.compile(_like(_SURE))
_COUNT = re.compile(r"[共计]?(?:[^\w\s]|[a-z]{3})?\s*-?\d[\d.,' ]*(?:[^\W\d_]{0,9}|%)")


def adds_up(lead: str, others: Iterable[str]) -> bool:
    """Whether a row adds up others, by its id and its other cells.

    A company may be called Total. Then some other cell says something else than a number: a
    contact, a town, a date.
    """
    if len(lead) > _LONGEST or _TOTALS.fullmatch(lead) is None:
        return False
    return _FOR_SURE.fullmatch(lead) is not None or all(map(_only_counts, others))


def _only_counts(cell: str) -> bool:
    return unknown_text(cell) or _COUNT.fullmatch(fold(cell).lower()) is not None
