"""Canonical JSON in DuckDB, byte for byte what Python's ``json`` writes of the same values.

DuckDB's shortest text of a number with a fraction is Python's. A whole number is written without
a dot, one beyond 64 bits in all its digits. A text is escaped by DuckDB, which is mended where it
holds a control character that DuckDB writes with capital digits.
"""

from __future__ import annotations

import json

from sqlglot import exp

from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    case,
    cast,
    column,
    digits,
    number,
    text,
)

_LONG = 2.0**63
_CONTROL = r"\u00"
"""How DuckDB begins a control character."""

_CAPITAL = [code for code in range(0x20) if f"{code:x}" != f"{code:X}"]


def json_of(value: object) -> str:
    """Return a value as Python writes it."""
    return json.dumps(value, ensure_ascii=False)


def as_text(sql: Sql) -> Sql:
    """Return a value as DuckDB writes it."""
    return cast(sql, exp.DType.VARCHAR)


def number_json(name: str) -> Sql:
    """Return a column of finite numbers as JSON."""
    has_fraction = exp.NEQ(this=column(name), expression=call("TRUNC", column(name)))
    short = exp.LT(this=exp.Abs(this=column(name)), expression=number(_LONG))
    bignum = exp.DataType(this=exp.DType.USERDEFINED, kind="BIGNUM")
    return case(
        [
            (has_fraction, as_text(column(name))),
            (short, as_text(cast(column(name), exp.DType.BIGINT))),
        ],
        as_text(exp.Cast(this=column(name), to=bignum)),
    )


def quoted(name: str) -> Sql:
    """Return a column of texts as DuckDB's JSON; see ``mended``."""
    return as_text(call("TO_JSON", column(name)))


def mended(name: str) -> Sql:
    """Return a column of DuckDB's JSON of texts as Python writes it."""
    controls = call("CONTAINS", column(name), text(_CONTROL))
    return case([(controls, _in_small(name))], column(name))


def _in_small(name: str) -> Sql:
    """Return JSON with the digits of its control characters in small letters.

    An escaped backslash before such letters is put aside first: it is the text's own.
    """
    aside = call("CHR", digits(1))
    found = call("REPLACE", column(name), text(r"\\"), aside)
    for code in _CAPITAL:
        found = call("REPLACE", found, text(f"\\u{code:04X}"), text(f"\\u{code:04x}"))
    return call("REPLACE", found, aside.copy(), text(r"\\"))
