"""Values that a fact's type does not allow: a decision on them would mean nothing."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    Sql,
    among,
    any_of,
    case,
    cast,
    column,
    day,
    digits,
    finite,
    identifier,
    opposite,
    text,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.model import NUMERIC, Fact, FactType


def check_statement(layout: Layout, table: str) -> exp.Select | None:
    """Return the query of one lead with a value that is not allowed: lead, fact id, the value.

    None where every value of the columns' types is allowed.
    """
    facts = [each for each in layout.book.facts.values() if _wrong(each, layout) is not None]
    if not facts:
        return None
    wrong = [(_sure(each, layout), each) for each in facts]
    chain = Chain(exp.Table(this=identifier(table)))
    query = chain.end(
        [
            Column("lead", column("lead")),
            Column("fact", case([(when, text(fact.id)) for when, fact in wrong])),
            Column("value", case([(_sure(each, layout), _shown(each, layout)) for each in facts])),
        ]
    )
    query.set("where", exp.Where(this=any_of(_sure(each, layout) for each in facts)))
    query.set("limit", exp.Limit(expression=digits(1)))
    return query


def _shown(fact: Fact, layout: Layout) -> Sql:
    return cast(column(layout.read[fact.id]), exp.DType.VARCHAR)


def _sure(fact: Fact, layout: Layout) -> Sql:
    found = _wrong(fact, layout)
    assert found is not None  # noqa: S101 - the caller has looked
    return found


def _wrong(fact: Fact, layout: Layout) -> Sql | None:
    """Return whether a value is not allowed; None where every one is."""
    value = column(layout.read[fact.id])
    if fact.type in NUMERIC:
        return opposite(finite(value))
    if fact.type is FactType.CHOICE:
        return opposite(among(value, [text(each.id) for each in fact.choices]))
    if fact.type is FactType.DATE:
        return opposite(exp.Between(this=value, low=day(date.min), high=day(date.max)))
    return None
