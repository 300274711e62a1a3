"""The facts that count: less what is too old, with what the book assumes."""

from __future__ import annotations

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import Sql, case, column, literal, null, whole
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.model import Fact


def settle_facts(layout: Layout, chain: Chain) -> None:
    """Add the facts that are not simply what was read."""
    columns = []
    for fact in layout.book.facts.values():
        name = layout.read[fact.id]
        if fact.if_unknown is not None or fact.max_age_days is not None:
            settled = layout.name("settled", fact.id)
            columns.append(Column(settled, _settled(fact, layout), _about(fact, layout)))
            name = settled
        layout.settle(fact.id, name, may_be_unknown=fact.if_unknown is None)
    chain.add("settled_facts", columns, layout.about("step-settled"))


def _settled(fact: Fact, layout: Layout) -> Sql:
    found = column(layout.read[fact.id])
    if fact.if_unknown is not None:
        found = exp.Coalesce(this=found, expressions=[literal(fact.if_unknown)])
    if fact.max_age_days is None or fact.dated_by is None:
        return found
    age = layout.dialect.days(column(layout.read[fact.dated_by]), layout.as_of.sql())
    too_old = exp.GT(this=age, expression=whole(fact.max_age_days))
    assumed = null() if fact.if_unknown is None else literal(fact.if_unknown)
    return case([(too_old, assumed)], found)


def _about(fact: Fact, layout: Layout) -> str:
    said = []
    if fact.max_age_days is not None:
        said.append(layout.about("too-old", days=fact.max_age_days, date=fact.dated_by))
    if fact.if_unknown is not None:
        said.append(layout.about("assumed", value=fact.if_unknown))
    return ", ".join(filter(None, said))
