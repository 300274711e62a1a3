"""Which class of a classification a lead belongs to: exactly one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from leadgrade.engine.kleene import Values
from leadgrade.rules.lead import Rank
from leadgrade.rules.model import UNKNOWN_CLASS, Classification, FirstMatch, Matrix, Ranking


def classify(
    classification: Classification,
    values: Values,
    ranks: Mapping[str, Rank],
    verdicts: Iterable[bool | None] = (),
) -> str:
    """Return the class of a lead to which the classification applies.

    ``values`` has the facts and the earlier classes; ``verdicts`` are what the cases of a
    ``FirstMatch`` say, in their order.
    """
    match classification:
        case Matrix(rows=rows, columns=columns, table=table):
            row, column = values.get(rows), values.get(columns)
            return table.get(row, {}).get(column, UNKNOWN_CLASS)  # type: ignore[arg-type]
        case FirstMatch():
            return _first_match(classification, verdicts)
        case Ranking():
            rank = ranks.get(classification.id)
            return UNKNOWN_CLASS if rank is None else _by_rank(classification, rank)


def _first_match(classification: FirstMatch, verdicts: Iterable[bool | None]) -> str:
    """Return the class of the first true case; unknown where none is and one may be."""
    is_open = False
    for verdict, (_, name) in zip(verdicts, classification.cases, strict=True):
        if verdict:
            return name
        is_open = is_open or verdict is None
    return UNKNOWN_CLASS if is_open else classification.otherwise


def _by_rank(ranking: Ranking, rank: Rank) -> str:
    for share, name in ranking.shares:
        if _belongs(ranking, rank, share):
            return name
    return ranking.rest


def _belongs(ranking: Ranking, rank: Rank, share: Fraction) -> bool:
    if ranking.by_total:
        return rank.before < share * rank.total
    return rank.position <= math.ceil(share * rank.of)
