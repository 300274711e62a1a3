"""Places in the list, for classifications that rank: as ``engine/ranks.py`` finds them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadgrade.engine.ranks import rankings_of
from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    Sql,
    case,
    cast,
    column,
    digits,
    known,
    number,
    paren,
    whole,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.model import Ranking
from leadgrade.rules.values import LARGEST


def rank_leads(layout: Layout, chain: Chain) -> None:
    """Add the places of the leads in the list, counted over those whose fact is known."""
    rankings = rankings_of(layout.book)
    by_total = [each for each in rankings if each.by_total]
    rounding = (each for ranking in by_total for each in _products(ranking, layout))
    chain.add("in_hundredths", rounding, layout.about("step-hundredths"))
    hundredths = [
        Column(layout.name("hundredths", each.id), _hundredths(each, layout)) for each in by_total
    ]
    chain.add("rounded", hundredths, layout.about("step-rounded"))
    columns = [each for ranking in rankings for each in _places(ranking, layout)]
    chain.add("places", columns, layout.about("step-places"))


def _products(ranking: Ranking, layout: Layout) -> Iterator[Column]:
    value = column(layout.fact(ranking.fact).name)
    yield Column(layout.name("exact", ranking.id), exp.Mul(this=value, expression=number(100.0)))


def _hundredths(ranking: Ranking, layout: Layout) -> Sql:
    """Return a positive value in whole hundredths, rounded half to even; else 0."""
    fact, exact = layout.fact(ranking.fact).name, layout.name("exact", ranking.id)
    large = exp.GT(this=column(fact), expression=number(float(LARGEST)))
    positive = exp.GT(this=column(fact), expression=number(0.0))
    dialect = layout.dialect
    without_fraction = exp.Mul(
        this=dialect.whole(cast(column(fact), exp.DType.BIGINT)), expression=whole(100)
    )
    return case(
        [(large, without_fraction), (positive, dialect.whole(_rounded(exact)))],
        dialect.whole(whole(0)),
    )


def _rounded(exact: str) -> Sql:
    """Return a number below 2**63 as the nearest whole one, ties to the even one."""

    def floor() -> Sql:
        return exp.Floor(this=column(exact))

    def rest() -> Sql:
        return exp.Sub(this=column(exact), expression=floor())

    half = number(0.5)
    below = cast(floor(), exp.DType.BIGINT)
    odd = exp.NEQ(this=exp.Mod(this=paren(below), expression=whole(2)), expression=whole(0))
    up = exp.Or(
        this=exp.GT(this=rest(), expression=half),
        expression=exp.Paren(
            this=exp.And(this=exp.EQ(this=rest(), expression=number(0.5)), expression=odd)
        ),
    )
    return paren(
        exp.Add(
            this=cast(floor(), exp.DType.BIGINT),
            expression=case([(up, whole(1))], whole(0)),
        )
    )


def _places(ranking: Ranking, layout: Layout) -> Iterator[Column]:
    fact = layout.fact(ranking.fact).name

    name = layout.places[ranking.id].__getitem__
    hundredths = layout.name("hundredths", ranking.id)

    numbered = exp.Window(this=exp.RowNumber(), order=_order(fact, layout))
    yield Column(name("position"), case([(known(column(fact)), numbered)]))
    yield Column(name("of"), exp.Window(this=exp.Count(this=column(fact))))
    if ranking.by_total:
        above = exp.Window(
            this=exp.Sum(this=column(hundredths)),
            order=_order(fact, layout),
            spec=exp.WindowSpec(
                kind="ROWS",
                start="UNBOUNDED",
                start_side="PRECEDING",
                end=digits(1),
                end_side="PRECEDING",
            ),
        )
        nothing = layout.dialect.whole(whole(0))
        yield Column(name("before"), exp.Coalesce(this=above, expressions=[nothing]))
        yield Column(name("total"), exp.Window(this=exp.Sum(this=column(hundredths))))


def _order(fact: str, layout: Layout) -> exp.Order:
    lead = layout.dialect.by_code_point(column("lead"))
    return exp.Order(
        expressions=[
            exp.Ordered(this=column(fact), desc=True, nulls_first=False),
            exp.Ordered(this=lead, nulls_first=layout.dialect.nulls_are_small),
        ]
    )
