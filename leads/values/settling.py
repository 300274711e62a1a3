"""How each column of a list is read: as declared for it, as said for all, as its cells show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from leadgrade.leads.terms import Row
from leadgrade.leads.values.decimals import DECLARED, Evidence, marks_of
from leadgrade.leads.values.detection import SAMPLE, detect
from leadgrade.leads.values.policy import Policy
from leadgrade.rules.model import NUMERIC

if TYPE_CHECKING:
    from leadgrade.leads.mapping.headers import HeaderMap
    from leadgrade.leads.terms import Table
    from leadgrade.rules.model import Book


@dataclass(frozen=True, slots=True)
class Settled:
    """The policies of the columns by fact, and what of them was detected.

    ``open``: the facts whose numbers are all like ``1.200``, where nothing says what that is.
    """

    policies: dict[str, Policy]
    detected: dict[str, Policy]
    open: tuple[str, ...] = ()


def settle(table: Table, headers: HeaderMap, book: Book, said: Policy) -> Settled:
    """Settle how the columns of a list are read; its first rows are looked at."""
    sample = [row.cells for row in islice(table.rows(), SAMPLE) if isinstance(row, Row)]
    cells = {name: [row[at] for row in sample] for name, at in headers.facts.items()}
    said = fitting_format(said, table)
    declared = {
        name: headers.policies.get(name, Policy()).over(said).fitting(book.facts[name].type)
        for name in cells
    }
    marks = {
        name: DECLARED if declared[name].decimal_comma else marks_of(cells[name])
        for name in cells
        if book.facts[name].type in NUMERIC
    }
    evidence = Evidence(marks.values(), table.delimiter)
    comma = {name: evidence.decimal_comma(marks[name]) for name in marks}
    seen = {
        name: detect(book.facts[name], cells[name], decimal_comma=bool(comma.get(name)))
        for name in cells
    }
    return Settled(
        {name: declared[name].over(seen[name]) for name in cells},
        {name: seen[name].without(declared[name]) for name in cells},
        tuple(name for name in marks if comma[name] is None),
    )


def fitting_format(said: Policy, table: Table) -> Policy:
    """Return what was said for all columns as far as it fits: numbers of no CSV have a point."""
    return said if table.delimiter is not None else replace(said, decimal_comma=None)
