"""A rule book as one statement: a chain of steps from the facts of a list to its decisions."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Writer

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.classes import classify_leads
from leadgrade.engine.sql.deriving import derive_facts
from leadgrade.engine.sql.evidence import write_evidence
from leadgrade.engine.sql.expressions import Sql, column, identifier, text
from leadgrade.engine.sql.facts import settle_facts
from leadgrade.engine.sql.grades import grade_leads
from leadgrade.engine.sql.layout import Layout
from leadgrade.engine.sql.places import rank_leads
from leadgrade.engine.sql.rules import add_points, fire_rules


def written(statement: exp.Select, layout: Layout, *, comments: bool = False) -> str:
    """Return a statement as text in the layout's dialect."""
    writer = Writer.get_or_raise(layout.dialect.name)
    return writer.generate(statement, copy=False, comments=comments, pretty=comments)


def decide_leads(layout: Layout, chain: Chain) -> None:
    """Add all that a decision is made of, behind the derived facts and the places."""
    fire_rules(layout, chain)
    add_points(layout, chain)
    grade_leads(layout, chain)
    classify_leads(layout, chain)


def places_statement(layout: Layout, table: str) -> exp.Select:
    """Return the query of the places in a list, by ``n``: columns as in ``layout.places``."""
    chain = Chain(exp.Table(this=identifier(table)))
    settle_facts(layout, chain)
    derive_facts(layout, chain)
    rank_leads(layout, chain)
    names = [name for each in layout.places.values() for name in each.values()]
    return chain.end([Column(name, column(name)) for name in ("n", *names)], narrow=True)


def evidence_statement(layout: Layout, table: str) -> exp.Select:
    """Return the query of what is kept of each decision, given the places in the list.

    Its columns are those of ``engine/legend.py:Result`` and the evidence, by ``n``.
    """
    chain = Chain(exp.Table(this=identifier(table)))
    settle_facts(layout, chain)
    derive_facts(layout, chain)
    decide_leads(layout, chain)
    evidence = write_evidence(layout, chain)
    columns = [Column("n", column("n")), *results(layout), Column("evidence", evidence)]
    return chain.end(columns, narrow=True)


def results(layout: Layout) -> list[Column]:
    """Return the columns of ``engine/legend.py:Result``, grades by name."""
    grades = [text(each) for each in reversed(layout.legend.grades)]

    def grade(way: str = "") -> Sql:
        number = column(layout.name("grade", way))
        return layout.dialect.pick(number, [each.copy() for each in grades])

    return [
        Column("qualified", column(layout.name("qualified"))),
        Column("grade", grade()),
        Column("score", column(layout.name("score"))),
        Column("low", column(layout.name("score_low"))),
        Column("high", column(layout.name("score_high"))),
        Column("worst", grade("worst")),
        Column("best", grade("best")),
    ]
