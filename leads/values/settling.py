"""How each column of a list is read: as declared for it, as said for all, as its cells show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from leadgrade.leads.terms import Row
from leadgrade.leads.values.detection import SAMPLE, detect
from leadgrade.leads.values.policy import Policy

if TYPE_CHECKING:
    from leadgrade.leads.mapping.headers import HeaderMap
    from leadgrade.leads.terms import Table
    from leadgrade.rules.model import Book


@dataclass(frozen=True, slots=True)
class Settled:
    """The policies of the columns by fact, and what of them was detected."""

    policies: dict[str, Policy]
    detected: dict[str, Policy]


def settle(table: Table, headers: HeaderMap, book: Book, said: Policy) -> Settled:
    """Settle how the columns of a list are read; its first rows are looked at."""
    sample = [row.cells for row in islice(table.rows(), SAMPLE) if isinstance(row, Row)]
    csv = table.delimiter is not None
    if not csv:  # numbers of other formats have a point
        said = replace(said, decimal_comma=None)
    found = Settled({}, {})
    for name, at in headers.facts.items():
        fact = book.facts[name]
        declared = headers.policies.get(name, Policy()).over(said).fitting(fact.type)
        seen = detect(fact, (cells[at] for cells in sample), comma=csv)
        found.policies[name] = declared.over(seen)
        found.detected[name] = seen.without(declared)
    return found
