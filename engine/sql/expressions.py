"""SQL expressions in few words. Every one is new and is used once: SQLGlot's trees have parents.

Nothing is copied, every name is quoted and every literal cast, so that no dialect guesses a type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

from sqlglot import exp

from leadgrade.rules.conditions import Value

Sql = exp.Expr

FEW = 16
"""So many terms stand in one row; more are grouped, since deep trees overflow stacks."""

LARGEST_DOUBLE = 1.7976931348623157e308
_EXACT = 2.0**53
_LONG = 2**31
_ATOMS = (exp.Column, exp.Literal, exp.Cast, exp.Boolean, exp.Null, exp.Paren, exp.Func)
_Joining = TypeVar("_Joining", bound=exp.Binary)


def identifier(name: str) -> exp.Identifier:
    """Return a quoted name."""
    return exp.Identifier(this=name, quoted=True)


def column(name: str) -> Sql:
    """Return a reference to a column."""
    return exp.Column(this=identifier(name))


def null() -> Sql:
    """Return NULL, the unknown."""
    return exp.Null()


def truth(value: bool) -> Sql:  # noqa: FBT001 - the value itself
    """Return TRUE or FALSE."""
    return exp.Boolean(this=value)


def digits(value: int) -> Sql:
    """Return a number that is not negative, as it stands in a call."""
    return exp.Literal(this=str(value), is_string=False)


def whole(value: int) -> Sql:
    """Return a whole number: within 32 bits an INTEGER in every dialect, beyond them a BIGINT."""
    literal = _signed(digits(abs(value)), negative=value < 0)
    return literal if abs(value) < _LONG else cast(literal, exp.DType.BIGINT)


def number(value: float) -> Sql:
    """Return a number as a DOUBLE; one with a fraction is read from its shortest text."""
    if value.is_integer() and abs(value) <= _EXACT:
        literal = _signed(digits(int(abs(value))), negative=value < 0)
    else:
        literal = _string(repr(value))
    return cast(literal, exp.DType.DOUBLE)


def text(value: str) -> Sql:
    """Return a text."""
    return _string(value)


def day(value: date) -> Sql:
    """Return a date."""
    return cast(_string(value.isoformat()), exp.DType.DATE)


def literal(value: Value) -> Sql:
    """Return the literal of a fact's value."""
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, float | int):
        return number(float(value))
    return day(value) if isinstance(value, date) else text(value)


def cast(sql: Sql, kind: exp.DType) -> Sql:
    """Return an expression as another type."""
    return exp.Cast(this=sql, to=exp.DataType(this=kind))


def wrapped(sql: Sql) -> Sql:
    """Return an expression that can stand beside any operator."""
    return sql if isinstance(sql, _ATOMS) and not isinstance(sql, exp.Connector) else paren(sql)


def paren(sql: Sql) -> Sql:
    """Return an expression in parentheses."""
    return exp.Paren(this=sql)


def known(sql: Sql, *, negated: bool = False) -> Sql:
    """Return whether something is known; ``negated`` whether it is unknown."""
    return exp.Is(this=wrapped(sql), expression=exp.Null(), negate=not negated)


def certain(sql: Sql) -> Sql:
    """Return whether something is true: false also where it is unknown."""
    return exp.Coalesce(this=sql, expressions=[truth(False)])  # noqa: FBT003


def opposite(sql: Sql) -> Sql:
    """Return the opposite of a condition; unknown stays unknown."""
    if isinstance(sql, exp.Boolean):
        return truth(not sql.this)
    return exp.Not(this=wrapped(sql))


def all_of(parts: Iterable[Sql]) -> Sql:
    """Return whether all of these are true, in three-valued logic."""
    return _connected(parts, exp.And, neutral=True)


def any_of(parts: Iterable[Sql]) -> Sql:
    """Return whether any of these is true, in three-valued logic."""
    return _connected(parts, exp.Or, neutral=False)


def _connected(parts: Iterable[Sql], kind: type[exp.Connector], *, neutral: bool) -> Sql:
    """Return parts joined. One that is ``neutral`` says nothing, its opposite decides."""
    left: list[Sql] = []
    for part in parts:
        if not isinstance(part, exp.Boolean):
            left.append(paren(part) if isinstance(part, exp.Connector) else part)
        elif part.this is not neutral:
            return part
    return _folded(left, kind) if left else truth(neutral)


def total(terms: Iterable[Sql], most: int = 0) -> Sql:
    """Return the sum of whole numbers as a BIGINT, 0 where there are none.

    ``most`` is how far from 0 some of the terms may come to. Engines add INTEGERs as INTEGERs, and
    refuse sums that are none, so where there is no room the terms are made BIGINTs before.
    """
    found = list(terms)
    if most >= _LONG:
        found = [cast(each, exp.DType.BIGINT) for each in found]
    return cast(_folded(found, exp.Add) if found else whole(0), exp.DType.BIGINT)


def concatenated(parts: Iterable[Sql]) -> Sql:
    """Return texts, none of them NULL, one behind the other.

    A call makes one text of many; a row of ``||`` makes each of its beginnings, too.
    """
    found = list(_joined(parts))
    while len(found) > FEW:
        groups = [found[start : start + FEW] for start in range(0, len(found), FEW)]
        found = [call("CONCAT", *group) if len(group) > 1 else group[0] for group in groups]
    if len(found) > 1:
        return call("CONCAT", *found)
    return found[0] if found else text("")


def _joined(parts: Iterable[Sql]) -> Iterator[Sql]:
    """Yield texts, neighbours that are constant as one."""
    for constant, some in groupby(parts, key=lambda part: isinstance(part, exp.Literal)):
        if not constant:
            yield from some
        elif joined := "".join(part.this for part in some):
            yield text(joined)


def _folded(terms: Sequence[Sql], kind: type[exp.Binary]) -> Sql:
    """Join terms by an operator: few in a row, many in groups, so that no tree is deep."""
    while len(terms) > FEW:
        groups = [terms[start : start + FEW] for start in range(0, len(terms), FEW)]
        terms = [paren(_row(group, kind)) if len(group) > 1 else group[0] for group in groups]
    return _row(terms, kind)


def _row(terms: Sequence[Sql], kind: type[exp.Binary]) -> Sql:
    found, *more = terms
    for term in more:
        found = kind(this=found, expression=term)
    return found


def case(branches: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """Return the value of the first branch whose condition is true, else ``otherwise`` or NULL."""
    ifs = [exp.If(this=when, true=value) for when, value in branches]
    if not ifs:
        return null() if otherwise is None else otherwise
    return exp.Case(ifs=ifs, default=otherwise)


def switch(subject: Sql, values: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """Return the value that goes with what the subject is equal to, else ``otherwise`` or NULL."""
    ifs = [exp.If(this=key, true=value) for key, value in values]
    return exp.Case(this=subject, ifs=ifs, default=otherwise)


def if_known(sql: Sql, *, value: bool) -> Sql:
    """Return a truth where something is known, else unknown."""
    return case([(known(sql), truth(value))])


def among(sql: Sql, values: Sequence[Sql]) -> Sql:
    """Return whether something is one of some values; unknown where it is unknown."""
    if not values:
        return if_known(sql, value=False)
    if len(values) == 1:
        return exp.EQ(this=sql, expression=values[0])
    return exp.In(this=sql, expressions=list(values))


def greatest(first: Sql, *others: Sql) -> Sql:
    """Return the greatest of values that are all known."""
    return call("GREATEST", first, *others) if others else first


def least(first: Sql, *others: Sql) -> Sql:
    """Return the least of values that are all known."""
    return call("LEAST", first, *others) if others else first


def call(function: str, *arguments: Sql) -> Sql:
    """Return a call of a function by the name that it has in the dialect."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def finite(sql: Sql) -> Sql:
    """Return whether a number is finite: where it is NaN or infinite no comparison holds."""
    return exp.LTE(this=exp.Abs(this=sql), expression=number(LARGEST_DOUBLE))


def _string(value: str) -> Sql:
    return exp.Literal(this=value, is_string=True)


def _signed(literal: Sql, *, negative: bool) -> Sql:
    return exp.Neg(this=literal) if negative else literal
