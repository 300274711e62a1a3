"""The facts of a table that leadgrade did not make, as its reader of lists would have them.

The table has a column for each fact, by its id, and one that names the lead. Numbers that are not
finite or out of the fact's range, and choices that the book does not have, are unknown; where the
book rejects a row for such a value, or for one that is missing, the row is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    LARGEST_DOUBLE,
    Sql,
    all_of,
    among,
    any_of,
    case,
    cast,
    column,
    finite,
    known,
    number,
    text,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.model import NUMERIC, Fact, FactType, OnUnreadable

_TYPES = {
    FactType.DATE: exp.DType.DATE,
    FactType.CHOICE: exp.DType.VARCHAR,
    FactType.TEXT: exp.DType.VARCHAR,
    FactType.FLAG: exp.DType.BOOLEAN,
}


def read_table(layout: Layout, chain: Chain, lead: str) -> None:
    """Add the typed facts of a table whose column ``lead`` names the lead."""
    facts = layout.book.facts.values()
    source = layout.dialect.source_name
    typed = [Column("lead", cast(column(source(lead)), exp.DType.VARCHAR))]
    typed += [
        Column(
            layout.name("typed", fact.id),
            cast(column(source(fact.id)), _type_of(fact)),
            layout.about(f"fact-{fact.type}", fact.label, name=fact.id),
        )
        for fact in facts
    ]
    chain.add("typed", typed, layout.about("step-typed"), alone=True)
    read = [Column("lead", column("lead"))]
    read += [Column(layout.read[fact.id], _allowed(fact, layout)) for fact in facts]
    kept = list(_kept(layout))
    about = layout.about("step-facts")
    chain.add("facts", read, about, alone=True, where=all_of(kept) if kept else None)


def _type_of(fact: Fact) -> exp.DType:
    return _TYPES.get(fact.type, exp.DType.DOUBLE)


def _allowed(fact: Fact, layout: Layout) -> Sql:
    """Return the value of a fact where its type and range allow it, else NULL."""
    name = layout.name("typed", fact.id)
    test = _test(fact, name)
    return column(name) if test is None else case([(test, column(name))])


def _test(fact: Fact, name: str) -> Sql | None:
    """Return whether a known value is allowed; None where every one is."""
    if fact.type in NUMERIC and fact.low is None and fact.high is None:
        return finite(column(name))
    if fact.type in NUMERIC:
        low = -LARGEST_DOUBLE if fact.low is None else fact.low
        high = LARGEST_DOUBLE if fact.high is None else fact.high
        return exp.Between(this=column(name), low=number(low), high=number(high))
    if fact.type is FactType.CHOICE:
        return among(column(name), [text(each.id) for each in fact.choices])
    return None


def _kept(layout: Layout) -> Iterator[Sql]:
    """Yield what a row must have to be decided at all."""
    for fact in layout.book.facts.values():
        name = layout.name("typed", fact.id)
        test = _test(fact, name)
        if fact.required:
            yield known(column(name)) if test is None else test
        elif fact.on_unreadable is OnUnreadable.REJECT and test is not None:
            yield any_of([known(column(name), negated=True), test])
