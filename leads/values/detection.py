"""What the cells of a column, taken together, say about those that alone could mean two things.

Detected is only what no cell of the sample contradicts. A cell further down that does is read as
unreadable, never the other way round.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadgrade.leads.terms import BarePercent, DateOrder
from leadgrade.leads.values.decimals import LONGEST
from leadgrade.leads.values.policy import Policy
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLE = 1000
"""So many rows of a list are looked at."""

_ENOUGH_PERCENTS = 3

_BARE = re.compile(r"[+-]?(\d+(?:[.,]\d+)?)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2\d{4}(?:\D.*)?", re.ASCII | re.DOTALL)


def detect(fact: Fact, cells: Iterable[str], *, decimal_comma: bool) -> Policy:
    """Return what the cells of a fact's column settle. ``decimal_comma``: its numbers have one."""
    folded = (fold(cell) for cell in cells if 0 < len(cell) < LONGEST)
    order = _date_order(folded) if fact.type is FactType.DATE else None
    percent = None
    if fact.type is FactType.PERCENT:
        percent = _percent(folded, decimal_comma=decimal_comma)
    return Policy(percent, order, decimal_comma or None)


def _percent(cells: Iterable[str], *, decimal_comma: bool) -> BarePercent | None:
    """Return whether bare numbers are percents: several above 1, none between 0 and 1."""
    bare = [found[1] for cell in cells if (found := _BARE.fullmatch(cell))]
    numbers = [_number(each, decimal_comma=decimal_comma) for each in bare]
    if any(0 < number < 1 for number in numbers):
        return None
    above = sum(number > 1 for number in numbers)
    return BarePercent.COLUMN if above >= _ENOUGH_PERCENTS else None


def _number(digits: str, *, decimal_comma: bool) -> float:
    return float(digits.replace(",", "." if decimal_comma else ""))


def _date_order(cells: Iterable[str]) -> DateOrder | None:
    """Return the order that the days above 12 tell, where they all tell the same."""
    seen = set()
    for cell in cells:
        if found := _YEAR_LAST.fullmatch(cell):
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                seen.add(DateOrder.DAY_FIRST)
            elif second > 12 >= first:
                seen.add(DateOrder.MONTH_FIRST)
    return seen.pop() if len(seen) == 1 else None
