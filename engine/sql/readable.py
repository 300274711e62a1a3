"""A rule book as one statement for people: over a table of theirs, with the reasons in words.

Each row says of a lead what the decision is, which rules fired with how many points, what is open,
and what is still possible. Points are decimals with two places; lists of ids are texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlglot import exp

from leadgrade.engine.decision import points_text
from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.classes import numbers_of
from leadgrade.engine.sql.deriving import derive_facts
from leadgrade.engine.sql.dialects import Dialect
from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    case,
    cast,
    column,
    concatenated,
    digits,
    identifier,
    known,
    number,
    switch,
    text,
    whole,
)
from leadgrade.engine.sql.facts import settle_facts
from leadgrade.engine.sql.grades import verdict_of
from leadgrade.engine.sql.layout import AsOf, Layout, RuleColumn, Words
from leadgrade.engine.sql.names import Names
from leadgrade.engine.sql.places import rank_leads
from leadgrade.engine.sql.reading import read_table
from leadgrade.engine.sql.room import check_length, check_room, check_texts
from leadgrade.engine.sql.statement import decide_leads, written
from leadgrade.rules.model import Book, KnockOut, Limit

BETWEEN = ", "
"""What stands between the ids of a list."""


@dataclass(frozen=True)
class Source:
    """The table of the leads, its parts separated by dots, and the column that names the lead."""

    table: str = "leads"
    lead: str = "lead"


class Given(NamedTuple):
    """A column of what a statement gives. ``values`` are all that it can have, where they are few.

    ``about`` says what it is. None is ever NULL.
    """

    name: str
    sql: Sql
    about: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readable:
    """A statement, and the columns that it gives."""

    text: str
    columns: tuple[Given, ...]


def readable_statement(
    book: Book, as_of: AsOf, dialect: Dialect, source: Source, words: Words, lang: str
) -> Readable:
    """Return a book as one statement with comments. ``words`` say where a part comes from.

    Raises:
        SqlError: the dialect cannot say the book.
    """
    check_texts(book)
    layout = Layout.of(book, as_of, replace(dialect, lists=False), words, lang)
    chain = Chain(_table(source.table, dialect), apart=dialect.merges_steps)
    read_table(layout, chain, source.lead)
    settle_facts(layout, chain)
    derive_facts(layout, chain)
    rank_leads(layout, chain)
    decide_leads(layout, chain)
    columns = tuple(_columns(layout))
    check_room(dialect, book, max(chain.widest, len(columns)))
    statement = chain.end([Column(each.name, each.sql, each.about) for each in columns])
    found = written(statement, layout, comments=True)
    check_length(dialect, book, found)
    return Readable(found, columns)


def _table(name: str, dialect: Dialect) -> exp.Table:
    *homes, table = [identifier(dialect.source_name(part)) for part in name.split(".")]
    places = dict(zip(("db", "catalog"), reversed(homes), strict=False))
    return exp.Table(this=table, **places)


def _columns(layout: Layout) -> Iterator[Given]:
    """Yield what the statement gives, under names of which no two are alike."""
    names = Names()
    for each in _results(layout):
        yield each._replace(name=layout.dialect.source_name(names.give(each.name)))


def _results(layout: Layout) -> Iterator[Given]:
    def given(name: str, sql: Sql, *values: str) -> Given:
        return Given(name, sql, layout.about(f"gives-{name}"), values)

    yield given("lead", column("lead"))
    yield given("qualified", column(layout.name("qualified")))
    grades = {"grade": layout.name("grade"), "grade_earned": layout.name("earned")}
    grades |= {f"grade_{way}": layout.name("grade", way) for way in ("worst", "best")}
    for name, numbered in grades.items():
        yield given(name, _grade(numbered, layout), *layout.legend.grades)
    for end in ("score", "score_low", "score_high"):
        yield given(end, _points(layout.name(end)))
    yield given("next_steps", _listed(_steps(layout)))
    yield given("fired", _listed(_fired(each) for each in layout.rules.values()))
    yield given("open", _listed(_opened(layout)))
    for kind, parts in (("knock_outs", layout.book.knock_outs), ("limits", layout.book.limits)):
        applied = [_if(column(verdict_of(each, layout)), each.id) for each in parts]
        yield given(kind, _listed(applied))
    for crit in layout.book.criteria.values():
        about = layout.about("criterion", crit.label, name=crit.id)
        yield Given(crit.id, _points(layout.name("points", crit.id)), about)
    for each in layout.book.classes.values():
        about = layout.about("gives-class", each.label, name=each.id)
        yield Given(each.id, _class(each.id, layout), about, tuple(numbers_of(layout, each.id)))


def _grade(name: str, layout: Layout) -> Sql:
    grades = [text(each) for each in reversed(layout.legend.grades)]
    return layout.dialect.pick(column(name), grades)


def _class(label: str, layout: Layout) -> Sql:
    names = {number: name for name, number in numbers_of(layout, label).items()}
    values = [(whole(place), text(name)) for place, name in sorted(names.items())]
    return switch(column(layout.name("class", label)), values)


def _points(name: str) -> Sql:
    """Return points with two places: the nearest decimal of a quotient that is one."""
    size = [exp.DataTypeParam(this=digits(each)) for each in (18, 2)]
    hundredths = cast(column(name), exp.DType.DOUBLE)
    quotient = exp.Div(this=hundredths, expression=number(100.0), typed=True)
    return exp.Cast(this=quotient, to=exp.DataType(this=exp.DType.DECIMAL, expressions=size))


def _listed(items: Iterable[Sql]) -> Sql:
    """Return texts, each behind ``BETWEEN`` or empty, as one; the first without it."""
    found = list(items)
    return call("SUBSTR", concatenated(found), digits(len(BETWEEN) + 1)) if found else text("")


def _if(condition: Sql, item: str) -> Sql:
    return case([(condition, text(BETWEEN + item))], text(""))


def _steps(layout: Layout) -> Iterator[Sql]:
    for step in layout.book.next_steps:
        yield _if(layout.reader.read(step.when), step.id)


def _fired(found: RuleColumn) -> Sql:
    """Return a rule that fired with its points."""
    items = [_item(found.rule.id, outcome.points) for outcome in found.rule.outcomes]
    if found.is_truth:
        return _if(column(found.name), items[0])
    values = [(whole(place), text(BETWEEN + item)) for place, item in enumerate(items, start=1)]
    return switch(column(found.name), values, text("")) if values else text("")


def _item(rule: str, points: int) -> str:
    sign = "+" if points >= 0 else ""
    return f"{rule} {sign}{points_text(points)}"


def _opened(layout: Layout) -> Iterator[Sql]:
    for found in layout.rules.values():
        if found.may_be_open:
            yield _if(found.is_open(), found.rule.id)
    parts: list[KnockOut | Limit] = [*layout.book.knock_outs, *layout.book.limits]
    for part in parts:
        if layout.reader.may_be_unknown(part.when):
            yield _if(known(column(verdict_of(part, layout)), negated=True), part.id)
