"""The SQL dialects that a book can be written in, and what each of them can do.

A dialect is a set of flags and a few functions that are called differently. What it cannot do is
refused by name; nothing is approximated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    cast,
    digits,
    identifier,
    switch,
    text,
    whole,
    wrapped,
)
from leadgrade.rules.problem import Problem

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


class SqlError(Problem):
    """A book that cannot be said in a dialect."""

    texts: ClassVar[str] = "sql"


def _contains(sql: Sql, needle: str) -> Sql:
    return call("CONTAINS", sql, text(needle))


def _strpos(sql: Sql, needle: str) -> Sql:
    return exp.GT(this=call("STRPOS", sql, text(needle)), expression=digits(0))


def _padded(function: str, *more: int) -> Callable[[Sql, int], Sql]:
    def padded(sql: Sql, count: int) -> Sql:
        return call("LPAD", call(function, sql, *map(digits, more)), digits(count), text("0"))

    return padded


def _to_base(sql: Sql, count: int) -> Sql:
    return call("TO_BASE", sql, digits(16), digits(count))


def _days(first: Sql, last: Sql) -> Sql:
    return exp.DateDiff(this=last, expression=first, unit=exp.Var(this="DAY"))


def _minus(first: Sql, last: Sql) -> Sql:
    return exp.Paren(this=exp.Sub(this=last, expression=first))


def _as_it_is(sql: Sql) -> Sql:
    return sql


def _collated(sql: Sql) -> Sql:
    return exp.Collate(this=sql, expression=identifier("C"))


_SIGNS: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_SAFE = {"+": "SAFE_ADD", "-": "SAFE_SUBTRACT", "*": "SAFE_MULTIPLY", "/": "SAFE_DIVIDE"}


def _ieee(left: Sql, sign: str, right: Sql) -> Sql:
    """Return a result that is infinite where it overflows."""
    typed = {"typed": True} if sign == "/" else {}
    return _SIGNS[sign](this=wrapped(left), expression=wrapped(right), **typed)


def _safe(left: Sql, sign: str, right: Sql) -> Sql:
    """Return a result that is NULL where it overflows; without it the query would stop."""
    return call(_SAFE[sign], left, right)


@dataclass(frozen=True)
class Dialect:
    """One dialect."""

    name: str
    """As SQLGlot calls it."""
    title: str
    contains: Callable[[Sql, str], Sql] = _contains
    days: Callable[[Sql, Sql], Sql] = _days
    """The whole days from the first date to the second."""
    arithmetic: Callable[[Sql, str, Sql], Sql] = _ieee
    by_code_point: Callable[[Sql], Sql] = _as_it_is
    """A text in the order of Unicode, whatever the database's own order is."""
    hex_digits: Callable[[Sql, int], Sql] | None = None
    """So many digits in hex, in any case; None where marks cannot be written so."""
    json: bool = False
    """Whether facts can be written as JSON, byte for byte what Python writes."""
    lists: bool = False
    """Whether an element of a list of constants is found faster than by a CASE."""
    widest: exp.DType = exp.DType.DECIMAL
    """The type of whole numbers with 38 digits."""
    folds_up: bool = False
    """Whether names that were not quoted when a table was made are in capitals."""
    nulls_are_small: bool = False
    """Whether NULL comes first in a rising order."""
    merges_steps: bool = False
    """Whether it puts what a step calculates wherever that is used, again and again.

    A chain of steps then grows beyond all bounds. ``OFFSET 0`` keeps a step as it is.
    """
    note: str = ""
    """The code of what has to be known of it by whoever runs a statement."""
    most_columns: int | None = None
    longest: int | None = None
    """Characters that a statement may have."""

    def whole(self, sql: Sql) -> Sql:
        """Return a whole number with room for 38 digits."""
        if self.widest is not exp.DType.DECIMAL:
            return cast(sql, self.widest)
        size = [exp.DataTypeParam(this=digits(each)) for each in (38, 0)]
        return exp.Cast(this=sql, to=exp.DataType(this=self.widest, expressions=size))

    def pick(self, number: Sql, values: Sequence[Sql]) -> Sql:
        """Return the value at a place that is counted from 0."""
        if self.lists:
            place = exp.Add(this=number, expression=digits(1))
            return call("LIST_EXTRACT", call("LIST_VALUE", *values), place)
        return switch(number, [(whole(at), value) for at, value in enumerate(values)])

    def source_name(self, name: str) -> str:
        """Return the name of a column or table that was made without quotes by this name."""
        return name.upper() if self.folds_up and _PLAIN.fullmatch(name) else name


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
            by_code_point=_collated,
            hex_digits=_padded("TO_HEX"),
            merges_steps=True,
            note="note-overflow",
            most_columns=1600,
        ),
        Dialect(
            "spark",
            "Spark SQL",
            hex_digits=_padded("HEX"),
            nulls_are_small=True,
            note="note-ansi",
        ),
        Dialect("snowflake", "Snowflake", folds_up=True, longest=1_000_000),
        Dialect(
            "bigquery",
            "BigQuery",
            contains=_strpos,
            arithmetic=_safe,
            widest=exp.DType.BIGDECIMAL,
            nulls_are_small=True,
            most_columns=10_000,
            longest=1_000_000,
        ),
        Dialect(
            "trino",
            "Trino",
            contains=_strpos,
            hex_digits=_padded("TO_BASE", 16),
            longest=1_000_000,
        ),
    )
}
