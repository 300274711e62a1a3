"""A statement as a chain of steps: each is a query that adds columns to what it selects from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlglot import exp

from leadgrade.engine.sql.expressions import Sql, column, digits, identifier


class Column(NamedTuple):
    """A column that a step adds. ``about`` says where in the book it comes from."""

    name: str
    sql: Sql
    about: str = ""


@dataclass(frozen=True)
class _Step:
    name: str
    columns: list[Column]
    about: str
    alone: bool
    """Whether it has only these columns, not all before as well."""
    where: Sql | None


class Chain:
    """The steps of one statement, in order, from a table or query on."""

    def __init__(self, source: exp.Table, *, apart: bool = False) -> None:
        self._source = source
        self._apart = apart
        """Whether steps have to be kept apart; see ``Dialect.merges_steps``."""
        self._steps: list[_Step] = []

    def add(
        self,
        name: str,
        columns: Iterable[Column],
        about: str = "",
        *,
        alone: bool = False,
        where: Sql | None = None,
    ) -> None:
        """Add a step that has all columns so far, and these; none where there is nothing to add.

        One that stands ``alone`` has only these. Rows on which ``where`` does not hold are left
        out.
        """
        found = list(columns)
        if found:
            self._steps.append(_Step(name, found, about, alone, where))

    @property
    def widest(self) -> int:
        """The most columns that a step has. A first one with all columns of a table is missing."""
        widest = width = 0
        for step in self._steps:
            width = len(step.columns) + (0 if step.alone else width)
            widest = max(widest, width)
        return widest

    def end(
        self, columns: Iterable[Column], order: Sequence[Sql] = (), *, narrow: bool = False
    ) -> exp.Select:
        """Return the whole statement, which gives these columns.

        Where it is to be ``narrow``, each step has only columns that a later one asks for: less
        to read for an engine, more for a person.
        """
        last = list(columns)
        wanted = set(_names_in(each.sql for each in last)) | set(_names_in(order))
        ctes: list[exp.CTE] = []
        for place in range(len(self._steps) - 1, -1, -1):
            step = self._steps[place]
            kept = [each for each in step.columns if not narrow or each.name in wanted]
            wanted -= {each.name for each in kept}
            carried = [column(each) for each in sorted(wanted)] if narrow else [exp.Star()]
            wanted |= set(_names_in(each.sql for each in kept)) if narrow else set()
            selected = [*([] if step.alone else carried), *map(_aliased, kept)]
            ctes.append(self._cte(step, place, selected))
        query = self._select(list(map(_aliased, last)), len(self._steps))
        if order:
            query.set("order", exp.Order(expressions=[exp.Ordered(this=each) for each in order]))
        if ctes:
            query.set("with_", exp.With(expressions=ctes[::-1]))
        return query

    def _cte(self, step: _Step, place: int, columns: list[Sql]) -> exp.CTE:
        query = self._select(columns, place)
        if step.where is not None:
            query.set("where", exp.Where(this=step.where))
        if self._apart:
            query.set("offset", exp.Offset(expression=digits(0)))
        if step.about:
            query.add_comments([step.about])
        return exp.CTE(this=query, alias=exp.TableAlias(this=identifier(step.name)))

    def _select(self, columns: list[Sql], place: int) -> exp.Select:
        """Return a query of what the step before a place gives."""
        before = self._steps[place - 1].name if place else None
        table = exp.Table(this=identifier(before)) if before else self._source
        return exp.Select(expressions=columns, from_=exp.From(this=table))


def _names_in(expressions: Iterable[Sql]) -> Iterator[str]:
    """Yield the columns that expressions refer to."""
    left: list[object] = list(expressions)
    while left:
        node = left.pop()
        if isinstance(node, exp.Column):
            yield node.this.this
        elif isinstance(node, exp.Expr):
            left.extend(node.args.values())
        elif isinstance(node, list):
            left.extend(node)


def _aliased(column: Column) -> Sql:
    alias = exp.Alias(this=column.sql, alias=identifier(column.name))
    if column.about:
        alias.add_comments([column.about])
    return alias
