"""Which class of a classification a lead belongs to: exactly one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leadgrade.engine.kleene import Values
from leadgrade.rules.lead import Rank
from leadgrade.rules.model import UNKNOWN_CLASS, Classification, Matrix


def classify(classification: Classification, values: Values, ranks: Mapping[str, Rank]) -> str:
    """Return the class of a lead to which the classification applies."""
    if isinstance(classification, Matrix):
        row, column = values.get(classification.rows), values.get(classification.columns)
        if row is None or column is None:
            return UNKNOWN_CLASS
        return classification.table[row][column]
    rank = ranks.get(classification.id)
    if rank is None:
        return UNKNOWN_CLASS
    for share, name in classification.shares:
        if rank.position <= math.ceil(share * rank.of):
            return name
    return classification.rest
