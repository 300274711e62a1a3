"""The SQL dialects that a book can be written in, and what each of them can do.

A dialect is a set of flags and a few functions that are called differently. What it cannot do is
refused by name; nothing is approximated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from leadgrade.engine.sql.expressions import Sql, call, cast, digits, switch, text, whole
from leadgrade.rules.problem import Problem


class SqlError(Problem):
    """A book that cannot be said in a dialect, or a dialect that is not known."""

    texts: ClassVar[str] = "sql"


def _contains(sql: Sql, needle: str) -> Sql:
    return call("CONTAINS", sql, text(needle))


def _strpos(sql: Sql, needle: str) -> Sql:
    return exp.GT(this=call("STRPOS", sql, text(needle)), expression=digits(0))


def _padded(function: str, *more: Sql) -> Callable[[Sql, int], Sql]:
    def padded(sql: Sql, count: int) -> Sql:
        arguments = [each.copy() for each in more]
        written = call(function, sql, *arguments)
        return call("LPAD", written, digits(count), text("0"))

    return padded


def _to_base(sql: Sql, count: int) -> Sql:
    return call("TO_BASE", sql, digits(16), digits(count))


def _days(first: Sql, last: Sql) -> Sql:
    return exp.DateDiff(this=last, expression=first, unit=exp.Var(this="DAY"))


def _minus(first: Sql, last: Sql) -> Sql:
    return exp.Paren(this=exp.Sub(this=last, expression=first))


@dataclass(frozen=True)
class Dialect:
    """One dialect."""

    name: str
    """As SQLGlot calls it."""
    title: str
    contains: Callable[[Sql, str], Sql] = _contains
    days: Callable[[Sql, Sql], Sql] = _days
    """The whole days from the first date to the second."""
    hex_digits: Callable[[Sql, int], Sql] | None = None
    """So many digits in hex, in any case; None where marks cannot be written so."""
    json: bool = False
    """Whether facts can be written as JSON, byte for byte what Python writes."""
    lists: bool = False
    """Whether an element of a list of constants is found faster than by a CASE."""
    widest: exp.DType = exp.DType.DECIMAL
    """The type of whole numbers with 38 digits."""
    most_columns: int | None = None
    longest: int | None = None
    """Characters that a statement may have."""

    def whole(self, sql: Sql) -> Sql:
        """Return a whole number with room for 38 digits."""
        if self.widest is exp.DType.INT128:
            return cast(sql, self.widest)
        size = [exp.DataTypeParam(this=digits(each)) for each in (38, 0)]
        return exp.Cast(this=sql, to=exp.DataType(this=self.widest, expressions=size))

    def pick(self, number: Sql, values: Sequence[Sql]) -> Sql:
        """Return the value at a place that is counted from 0."""
        if self.lists:
            place = exp.Add(this=number, expression=digits(1))
            return call("LIST_EXTRACT", call("LIST_VALUE", *values), place)
        return switch(number, [(whole(at), value) for at, value in enumerate(values)])


DIALECTS = {
    each.name: each
    for each in (
        Dialect(
            "duckdb",
            "DuckDB",
            days=_minus,
            hex_digits=_to_base,
            json=True,
            lists=True,
            widest=exp.DType.INT128,
        ),
        Dialect(
            "postgres",
            "PostgreSQL",
            contains=_strpos,
            days=_minus,
            hex_digits=_padded("TO_HEX"),
            most_columns=1600,
        ),
        Dialect("spark", "Spark SQL", hex_digits=_padded("HEX")),
        Dialect("snowflake", "Snowflake", longest=1_000_000),
        Dialect(
            "bigquery",
            "BigQuery",
            contains=_strpos,
            widest=exp.DType.BIGDECIMAL,
            most_columns=10_000,
            longest=1_000_000,
        ),
        Dialect(
            "trino",
            "Trino",
            contains=_strpos,
            hex_digits=_padded("TO_BASE", digits(16)),
            longest=1_000_000,
        ),
    )
}
