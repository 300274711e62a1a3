"""Which class of each classification a lead belongs to: exactly one."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from leadgrade.engine.kleene import Values
from leadgrade.rules.conditions import Condition
from leadgrade.rules.lead import Rank
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    UNKNOWN_CLASS,
    Book,
    Classification,
    FirstMatch,
    Matrix,
    Ranking,
)


class Found(NamedTuple):
    """What is known of a lead when its classes are looked up."""

    values: Values
    """The facts and the earlier classes."""
    ranks: Mapping[str, Rank]
    cases: Mapping[str, str]
    """By id of a ``FirstMatch``: the class of its first case that is true."""
    unknown: Collection[str]
    """The ``FirstMatch`` none of whose cases is true while one may be."""


def cases_of(classification: Classification) -> tuple[tuple[Condition, str], ...]:
    """Return the conditions of a ``FirstMatch`` with their classes; others have none."""
    return classification.cases if isinstance(classification, FirstMatch) else ()


class Classes:
    """Looks up the classes of leads by one book."""

    def __init__(self, book: Book) -> None:
        self._readers = [(name, _reader(each)) for name, each in book.classes.items()]

    def add(
        self,
        values: dict[str, Any],
        ranks: Mapping[str, Rank],
        applying: Collection[str],
        cases: Mapping[str, str],
        unknown: Collection[str],
    ) -> dict[str, str]:
        """Return the class of each classification, and add it to what is known.

        ``applying`` are the classifications that apply; ``cases`` has the class of the first true
        case, ``unknown`` the classifications where none is true and one may be.
        """
        found = Found(values, ranks, cases, unknown)
        classes: dict[str, str] = {}
        for name, read in self._readers:
            classes[name] = values[name] = read(found) if name in applying else NOT_APPLICABLE
        return classes


def _reader(classification: Classification) -> Callable[[Found], str]:
    """Return the function that gives the class where the classification applies."""
    name = classification.id
    match classification:
        case Matrix(rows=rows, columns=columns, table=table):
            cells = {
                (row, column): each
                for row, of_row in table.items()
                for column, each in of_row.items()
            }

            def by_matrix(found: Found) -> str:
                known = found.values.get
                return cells.get((known(rows), known(columns)), UNKNOWN_CLASS)  # type: ignore[arg-type]

            return by_matrix
        case FirstMatch(otherwise=otherwise):

            def by_cases(found: Found) -> str:
                label = found.cases.get(name)
                if label is not None:
                    return label
                return UNKNOWN_CLASS if name in found.unknown else otherwise

            return by_cases
        case Ranking():

            def by_rank(found: Found) -> str:
                rank = found.ranks.get(name)
                return UNKNOWN_CLASS if rank is None else _by_rank(classification, rank)

            return by_rank


def _by_rank(ranking: Ranking, rank: Rank) -> str:
    for share, name in ranking.shares:
        if _belongs(ranking, rank, share):
            return name
    return ranking.rest


def _belongs(ranking: Ranking, rank: Rank, share: Fraction) -> bool:
    if ranking.by_total:
        return rank.before < share * rank.total
    return rank.position <= math.ceil(share * rank.of)
