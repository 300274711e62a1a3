"""The values that a file has with their types, taken as they are: what their texts would say.

A list is texts, whatever file it is in, and that stays its meaning. But where the text of a number,
a date or a flag could only be read as that value again, there is no need to write it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadgrade.leads.terms import BarePercent
from leadgrade.leads.values.cells import Column, unknown_keys
from leadgrade.rules.model import NUMERIC, FactType

if TYPE_CHECKING:
    from leadgrade.leads.values.policy import Policy
    from leadgrade.rules.model import Book, Fact

_WHOLE = {f"{sign}{size}" for sign in ("", "U") for size in
          ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")}  # fmt: skip
_DECIMAL = re.compile(r"DECIMAL\((\d+),\d+\)")
_DIGITS = 15
"""A decimal of so many digits is the double nearest to it, and that one's shortest text."""


def typed_fact(fact: Fact, book: Book, policy: Policy, cell: str, kind: str) -> str | None:
    """Return the SQL of a fact's value in a column of a type, NULL where its text has to be read.

    None: of this column all texts have to be read. A FLOAT is written shorter than it is.
    """
    if any(re.search("[0-9]", key) for key in unknown_keys(fact, book)):
        return None
    if fact.type in NUMERIC and not (policy.unit or policy.decimal_comma):
        return _number(fact, policy, kind, cell)
    if fact.type is FactType.DATE and kind in {"DATE", "TIMESTAMP"}:
        years = "DATE '1000-01-01' AND DATE '2999-12-31'"
        return f"CASE WHEN {cell}::DATE BETWEEN {years} THEN {cell}::DATE END"
    if fact.type is FactType.FLAG and kind == "BOOLEAN":
        column = Column(fact, book, policy)
        return cell if (column["true"], column["false"]) == (True, False) else None
    return None


def text_of(cell: str) -> str:
    """Return the SQL of the text of such a value, as ``ParquetFile.texts`` has it."""
    return f"coalesce({cell}::VARCHAR, '')"


def _number(fact: Fact, policy: Policy, kind: str, cell: str) -> str | None:
    """Return the SQL of a number whose text has neither an exponent nor a sign of its own."""
    decimal = _DECIMAL.fullmatch(kind)
    if not (kind == "DOUBLE" or kind in _WHOLE or (decimal and int(decimal[1]) <= _DIGITS)):
        return None
    most, least = "1e15::DOUBLE", "1e-4::DOUBLE"
    if fact.type is FactType.PERCENT:
        if policy.bare_percent not in {None, BarePercent.SHARE}:
            return None
        most = most if policy.bare_percent else "1::DOUBLE"
    value = f"{cell}::DOUBLE"
    written = f"{value} = 0 OR abs({value}) BETWEEN {least} AND {most}"
    return f"CASE WHEN {written} THEN {value} END"
