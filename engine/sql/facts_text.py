"""The facts of a lead as canonical JSON, byte for byte what ``rules/lead.py:facts_to_json`` writes.

DuckDB only. Its shortest text of a number with a fraction is Python's; a whole number is written
without a dot, one beyond 64 bits in all its digits. Texts are escaped as Python's JSON does it.
"""

from __future__ import annotations

import json

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    case,
    cast,
    column,
    concatenated,
    digits,
    number,
    switch,
    text,
    truth,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.conditions import Value
from leadgrade.rules.model import Fact, FactType

_LONG = 2.0**63
_ESCAPED = r"\u00"
"""How DuckDB begins a control character. Some have capital digits, unlike Python's."""


def write_facts(layout: Layout, chain: Chain) -> Sql:
    """Return the facts as they were read, as JSON; unknown ones are left out."""
    facts = sorted(layout.book.facts.values(), key=lambda fact: fact.id)
    texts = [
        Column(_quoted(fact, layout), _as_text(call("TO_JSON", column(layout.read[fact.id]))))
        for fact in facts
        if fact.type is FactType.TEXT
    ]
    chain.add("quoted_texts", texts)
    members = [_member(fact, layout) for fact in facts]
    listed = call("CONCAT_WS", text(","), *members) if members else text("")
    return concatenated([text("{"), listed, text("}")])


def _quoted(fact: Fact, layout: Layout) -> str:
    return layout.name("quoted", fact.id)


def _member(fact: Fact, layout: Layout) -> Sql:
    """Return ``"id":value``, NULL where the fact is unknown."""
    name, key = layout.read[fact.id], f"{_json(fact.id)}:"
    match fact.type:
        case FactType.FLAG:
            return switch(
                column(name), [(truth(it), text(key + _json(it))) for it in (True, False)]
            )
        case FactType.CHOICE:
            ids = [each.id for each in fact.choices]
            return switch(column(name), [(text(each), text(key + _json(each))) for each in ids])
        case FactType.DATE:
            return concatenated([text(f'{key}"'), _as_text(column(name)), text('"')])
        case FactType.TEXT:
            return concatenated([text(key), _escaped(_quoted(fact, layout))])
    return concatenated([text(key), _number(name)])


def _number(name: str) -> Sql:
    has_fraction = exp.NEQ(this=column(name), expression=call("TRUNC", column(name)))
    short = exp.LT(this=exp.Abs(this=column(name)), expression=number(_LONG))
    bignum = exp.DataType(this=exp.DType.USERDEFINED, kind="BIGNUM")
    return case(
        [
            (has_fraction, _as_text(column(name))),
            (short, _as_text(cast(column(name), exp.DType.BIGINT))),
        ],
        _as_text(exp.Cast(this=column(name), to=bignum)),
    )


def _escaped(quoted: str) -> Sql:
    """Return a text as JSON: as DuckDB writes it, mended where it holds a control character."""
    controls = call("CONTAINS", column(quoted), text(_ESCAPED))
    return case([(controls, _in_small(quoted))], column(quoted))


def _in_small(quoted: str) -> Sql:
    """Return JSON of DuckDB with the digits of control characters as Python writes them.

    An escaped backslash before such letters is put aside first: it is the text's own.
    """
    aside = call("CHR", digits(1))
    found = call("REPLACE", column(quoted), text(r"\\"), aside)
    for code in (code for code in range(0x20) if f"{code:x}" != f"{code:X}"):
        found = call("REPLACE", found, text(f"\\u{code:04X}"), text(f"\\u{code:04x}"))
    return call("REPLACE", found, aside.copy(), text(r"\\"))


def _as_text(sql: Sql) -> Sql:
    return cast(sql, exp.DType.VARCHAR)


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
