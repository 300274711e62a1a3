"""What conditions speak of, as SQL: each kind of subject reads the tests on it.

A test on an unknown subject is NULL, so that SQL's own logic is the three-valued logic of the
rule language. Points are whole hundredths: a test on them is turned into one on whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlglot import exp

from leadgrade.engine.kleene import COMPARE
from leadgrade.engine.sql.expressions import (
    Sql,
    among,
    any_of,
    case,
    column,
    if_known,
    known,
    literal,
    opposite,
    truth,
    whole,
)
from leadgrade.rules.conditions import (
    NEGATED,
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
)
from leadgrade.rules.model import Fact, FactType

OPERATORS: dict[Op, type[exp.Binary]] = {
    Op.EQ: exp.EQ,
    Op.NE: exp.NEQ,
    Op.LT: exp.LT,
    Op.LE: exp.LTE,
    Op.GT: exp.GT,
    Op.GE: exp.GTE,
}


class Subject(Protocol):
    """Something that a condition may test."""

    @property
    def may_be_unknown(self) -> bool:
        """Whether a test on it may be unknown."""
        ...

    def test(self, test: Test) -> Sql:
        """Return what a test says of it."""
        ...


@dataclass(frozen=True)
class FactColumn:
    """A fact in a column of its type; NULL where it is unknown. ``contains`` is the dialect's."""

    name: str
    fact: Fact
    may_be_unknown: bool
    contains: Callable[[Sql, str], Sql]

    def test(self, test: Test) -> Sql:
        """Return what a test says of the fact."""
        match test:
            case Presence(_, wanted):
                return (
                    known(self._sql(), negated=not wanted) if self.may_be_unknown else truth(wanted)
                )
            case Contains(_, needle, _, negated):
                found = self.contains(self._sql(), needle)
            case OneOf(_, values, _, negated):
                found = among(self._sql(), [literal(each) for each in dict.fromkeys(values)])
            case Compare() | Between() if self.fact.ordered and self.fact.type is FactType.CHOICE:
                return self._by_position(test)
            case Compare(_, op, value):
                return self._compared(op, value)
            case Between(_, low, high, _, negated):
                found = exp.Between(this=self._sql(), low=literal(low), high=literal(high))
        return opposite(found) if negated else found

    def _sql(self) -> Sql:
        return column(self.name)

    def _compared(self, op: Op, value: Any) -> Sql:
        if self.fact.type is FactType.FLAG:
            return self._sql() if (op is Op.EQ) is value else opposite(self._sql())
        return OPERATORS[op](this=self._sql(), expression=literal(value))

    def _by_position(self, test: Compare | Between) -> Sql:
        """Return whether the choice is one of those that stand where the test wants it."""
        place = {each.id: position for position, each in enumerate(self.fact.choices)}
        match test:
            case Compare(_, op, value):
                fits = {each for each in place if COMPARE[op](place[each], place[str(value)])}
            case Between(_, low, high, _, negated):
                first, last = place[str(low)], place[str(high)]
                fits = {each for each in place if (first <= place[each] <= last) is not negated}
        if len(fits) == len(place):
            return if_known(self._sql(), value=True)
        return among(self._sql(), [literal(each) for each in place if each in fits])


@dataclass(frozen=True)
class Points:
    """Points in whole hundredths, always known."""

    name: str
    may_be_unknown = False

    def test(self, test: Test) -> Sql:
        """Return what a test says of the points."""
        negated = False
        match test:
            case Compare(_, op, value):
                return _compared(self.name, op, float(value))  # type: ignore[arg-type]
            case Between(_, low, high, _, negated):
                ends = whole(_up(low)), whole(_down(high))
                found: Sql = exp.Between(this=column(self.name), low=ends[0], high=ends[1])
            case OneOf(_, values, _, negated):
                found = _one_of(self.name, values)
            case _:
                return truth(True)  # noqa: FBT003 - points are always known
        return opposite(found) if negated else found


@dataclass(frozen=True)
class PointsBetween:
    """Points that may lie anywhere between two columns: what ``engine/bounds.py`` says of them."""

    low: str
    high: str
    may_be_unknown = True

    def test(self, test: Test) -> Sql:
        """Return whether a test holds for all points that are possible, for none, or NULL."""
        match test:
            case Compare(_, Op.EQ | Op.NE as op, value):
                return self._inside(value, value, negated=op is Op.NE)
            case Compare(_, op, value):
                return self._beyond(op, value)
            case Between(_, first, last, _, negated):
                return self._inside(first, last, negated=negated)
            case OneOf(_, values, _, negated):
                return self._one_of(values, negated=negated)
        return truth(True)  # noqa: FBT003 - points are always known

    def _beyond(self, op: Op, value: Any) -> Sql:
        upwards = op in (Op.GE, Op.GT)
        sure, never = (self.low, self.high) if upwards else (self.high, self.low)
        return case(
            [
                (_compared(sure, op, value), truth(True)),  # noqa: FBT003
                (_compared(never, NEGATED[op], value), truth(False)),  # noqa: FBT003
            ]
        )

    def _inside(self, first: Any, last: Any, *, negated: bool) -> Sql:
        if first > last:
            return truth(negated)
        low, high = column(self.low), column(self.high)
        inside = exp.And(
            this=exp.GTE(this=low, expression=whole(_up(first))),
            expression=exp.LTE(this=high, expression=whole(_down(last))),
        )
        outside = any_of(
            [
                exp.LT(this=column(self.high), expression=whole(_up(first))),
                exp.GT(this=column(self.low), expression=whole(_down(last))),
            ]
        )
        return case([(inside, truth(not negated)), (outside, truth(negated))])

    def _one_of(self, values: Any, *, negated: bool) -> Sql:
        same = exp.EQ(this=column(self.low), expression=column(self.high))
        member = _one_of(self.low, values)
        near = [
            exp.And(
                this=exp.LTE(this=column(self.low), expression=whole(_down(value))),
                expression=exp.GTE(this=column(self.high), expression=whole(_up(value))),
            )
            for value in values
        ]
        return case(
            [
                (same, opposite(member) if negated else member),
                (opposite(any_of(near)), truth(negated)),
            ]
        )


@dataclass(frozen=True)
class Numbered:
    """A grade or class by its number in a column, always known.

    ``numbers`` are those of the names; those of the grades rise from the worst to the best.
    """

    name: str
    numbers: Mapping[str, int]
    may_be_unknown = False

    def test(self, test: Test) -> Sql:
        """Return what a test says of the grade or class."""
        negated = False
        match test:
            case Compare(_, op, value):
                return OPERATORS[op](this=column(self.name), expression=self._number(value))
            case Between(_, low, high, _, negated):
                found: Sql = exp.Between(
                    this=column(self.name), low=self._number(low), high=self._number(high)
                )
            case OneOf(_, values, _, negated):
                found = among(column(self.name), [self._number(v) for v in dict.fromkeys(values)])
            case _:
                return truth(True)  # noqa: FBT003 - results are always known
        return opposite(found) if negated else found

    def _number(self, name: Any) -> Sql:
        return whole(self.numbers[str(name)])


@dataclass(frozen=True)
class Verdict:
    """A result that is true or false, never unknown."""

    sql: Callable[[], Sql]
    may_be_unknown = False

    def test(self, test: Test) -> Sql:
        """Return what a test says of it."""
        match test:
            case Compare(_, op, value):
                wanted = (op is Op.EQ) is value
            case OneOf(_, values, _, negated):
                return self._one_of(values, negated=negated)
            case _:
                return truth(True)  # noqa: FBT003 - results are always known
        return self.sql() if wanted else opposite(self.sql())

    def _one_of(self, values: Any, *, negated: bool) -> Sql:
        wanted = {value for value in (True, False) if (value in values) is not negated}
        if len(wanted) != 1:
            return truth(bool(wanted))
        return self.sql() if True in wanted else opposite(self.sql())


@dataclass(frozen=True)
class Ids:
    """A result that holds ids, such as ``fired``; those that are not here it never holds."""

    holds: Mapping[str, Callable[[], Sql]]
    may_be_unknown: bool = field(default=False)

    def test(self, test: Test) -> Sql:
        """Return whether it holds the id that the test names."""
        if not isinstance(test, Contains):
            raise TypeError(f"{test.subject} is only asked what it contains")
        found = self.holds[test.needle]() if test.needle in self.holds else truth(False)  # noqa: FBT003
        return opposite(found) if test.negated else found


def _compared(name: str, op: Op, value: float) -> Sql:
    """Return a comparison of whole points with a number, as one with a whole number."""
    if op in (Op.EQ, Op.NE) and not value.is_integer():
        return truth(op is Op.NE)
    end = _up(value) if op in (Op.GE, Op.LT) else _down(value)
    return OPERATORS[op](this=column(name), expression=whole(end))


def _one_of(name: str, values: Any) -> Sql:
    fits = [whole(int(value)) for value in dict.fromkeys(values) if float(value).is_integer()]
    return among(column(name), fits) if fits else truth(False)  # noqa: FBT003


def _up(value: Any) -> int:
    found: int = math.ceil(value)
    return found


def _down(value: Any) -> int:
    found: int = math.floor(value)
    return found
