"""How a formula follows one of its facts: the stretches on which it rises, falls or stands still.

IEEE rounding keeps order, so what rises in exact arithmetic never falls in doubles. On such a
stretch a bisection finds the exact double at which a threshold is met. Where rising and falling
parts mix, as in ``x / (x + y)``, nothing is promised: the trend is None.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from leadgrade.engine.deriving import Compiled, compile_formula
from leadgrade.engine.kleene import orders_of
from leadgrade.engine.places import first_place, value_at
from leadgrade.rules.conditions import Value
from leadgrade.rules.formulas import (
    OF_DATES,
    Arithmetic,
    Call,
    Choose,
    Formula,
    Function,
    Reading,
    facts_of,
)
from leadgrade.rules.model import Book, Fact


class Edge(NamedTuple):
    """A place between values: before ``value``, or ``after`` it."""

    value: float
    after: bool


AROUND_ZERO = (Edge(0.0, after=False), Edge(0.0, after=True))


class Stretch(NamedTuple):
    """From place ``low`` to ``high``, both in it. ``trend`` is 1, 0, -1, or None: no promise."""

    low: int
    high: int
    trend: int | None
    known: bool = True


class Trends:
    """The stretches of the formulas of a book in one read fact, the others being as they are."""

    def __init__(self, book: Book, as_of: date, fact: Fact, known: Mapping[str, Value]) -> None:
        self._book = book
        self._as_of = as_of
        self._fact = fact
        self._values = dict(known)
        self._orders = orders_of(book)
        self._compiled: dict[Formula, Compiled] = {}

    def inlined(self, formula: Formula) -> Formula:
        """Return a formula in which derived facts that hang on the fact stand as their formulas."""
        match formula:
            case Reading(name):
                own = self._book.all_facts[name].formula
                return self.inlined(own) if own is not None else formula
            case Arithmetic(left, sign, right):
                return Arithmetic(self.inlined(left), sign, self.inlined(right))
            case Call(function, arguments):
                return Call(function, tuple(self.inlined(each) for each in arguments))
            case Choose(cases, otherwise):
                inner = tuple((when, self.inlined(value)) for when, value in cases)
                return Choose(inner, None if otherwise is None else self.inlined(otherwise))
        return formula

    def at(self, formula: Formula) -> Callable[[int], float | None]:
        """Return the function from a place of the fact to the value of an inlined formula."""
        compiled = self._compiled.get(formula)
        if compiled is None:
            compiled = compile_formula(formula, self._as_of, self._orders)
            self._compiled[formula] = compiled
        values, fact = self._values, self._fact

        def value(place: int) -> float | None:
            values[fact.id] = value_at(fact, place)
            return compiled(values)

        return value

    def stretches(self, formula: Formula, low: int, high: int) -> list[Stretch]:
        """Return the stretches of an inlined formula, without a gap, from ``low`` to ``high``."""
        if chooses(formula):
            return [Stretch(low, high, None)]
        if self._fact.id not in set(facts_of(formula)):
            known = self.at(formula)(low) is not None
            return [Stretch(low, high, 0, known)]
        match formula:
            case Arithmetic(left, sign, right):
                pairs = self._pairs((left, right), low, high)
                return [part for pair in pairs for part in self._arithmetic(formula, sign, *pair)]
            case Call(function, arguments) if function in OF_DATES:
                return [self._days(arguments, low, high)]
            case Call(function, arguments):
                groups = self._pairs(arguments, low, high)
                return [part for group in groups for part in self._call(function, arguments, group)]
        return [Stretch(low, high, 1)]

    def _days(self, arguments: Sequence[Formula], low: int, high: int) -> Stretch:
        ours = [isinstance(each, Reading) and each.fact == self._fact.id for each in arguments]
        others = [each for each, own in zip(arguments, ours, strict=True) if not own]
        known = all(isinstance(each, Reading) and each.fact in self._values for each in others)
        return Stretch(
            low, high, 0 if all(ours) and len(ours) == 2 else -1 if ours[0] else 1, known
        )

    def _pairs(
        self, parts: Sequence[Formula], low: int, high: int
    ) -> Iterator[tuple[Stretch, ...]]:
        """Yield what the parts do, from cut to cut, each by its sign where it is monotone."""
        lines = [self._signed(part, low, high) for part in parts]
        cuts = sorted({each.low for line in lines for each in line})
        for start, end in zip(cuts, [*(cut - 1 for cut in cuts[1:]), high], strict=True):
            here = (next(each for each in line if each.high >= start) for line in lines)
            yield tuple(Stretch(start, end, each.trend, each.known) for each in here)

    def _signed(self, formula: Formula, low: int, high: int) -> list[Stretch]:
        """Return the stretches of a formula, cut where its sign changes."""
        found = self.stretches(formula, low, high)
        return [part for each in found for part in self.cut(formula, each, AROUND_ZERO)]

    def cut(self, formula: Formula, stretch: Stretch, edges: Sequence[Edge]) -> list[Stretch]:
        """Return a stretch cut at the places where the formula crosses an edge."""
        if not stretch.known or not stretch.trend:
            return [stretch]
        value, rises = self.at(formula), stretch.trend > 0
        starts = {stretch.low, *(_crossing(value, stretch, edge, rises=rises) for edge in edges)}
        inside = sorted(start for start in starts if start <= stretch.high)
        ends = [*(start - 1 for start in inside[1:]), stretch.high]
        return [stretch._replace(low=a, high=b) for a, b in zip(inside, ends, strict=True)]

    def _arithmetic(
        self, formula: Arithmetic, sign: str, left: Stretch, right: Stretch
    ) -> list[Stretch]:
        if not (left.known and right.known):
            return [left._replace(trend=0, known=False)]
        if sign in "+-":
            trend = _together(left.trend, _times(right.trend, 1 if sign == "+" else -1))
        else:
            first, second = (self._sign(part, left.low) for part in (formula.left, formula.right))
            if sign == "/" and right.trend is not None and second == 0:
                return [left._replace(trend=0, known=False)]
            growth = _times(right.trend, second if sign == "*" else -second)
            trend = _times(_together(_times(left.trend, first), growth), first * second)
        return self._finite(formula, left._replace(trend=trend))

    def _sign(self, formula: Formula, place: int) -> int:
        number = self.at(formula)(place) or 0.0
        return (number > 0) - (number < 0)

    def _finite(self, formula: Arithmetic, stretch: Stretch) -> list[Stretch]:
        """Return the stretch cut where the result becomes too large to be a number."""
        value = self.at(formula)
        ends = value(stretch.low), value(stretch.high)
        if stretch.trend is None or None not in ends:
            return [stretch]
        if ends == (None, None):  # both ends may overflow: find what is known between them
            return self._finite_inside(formula, stretch)
        if ends[0] is None:
            start = first_place(stretch.low, stretch.high, lambda place: value(place) is not None)
        else:
            start = first_place(stretch.low, stretch.high, lambda place: value(place) is None)
        before, after = stretch._replace(high=start - 1), stretch._replace(low=start)
        lost = before if ends[0] is None else after
        return [each._replace(known=each is not lost) for each in (before, after)]

    def _finite_inside(self, formula: Arithmetic, stretch: Stretch) -> list[Stretch]:
        left, right = self.at(formula.left), self.at(formula.right)
        wide = _EXTENDED[formula.sign]
        rises = stretch.trend == 1

        def over(place: int) -> float:
            number = wide(left(place) or 0.0, right(place) or 0.0)
            return number if rises else -number

        start = first_place(stretch.low, stretch.high, lambda place: over(place) > -math.inf)
        end = first_place(stretch.low, stretch.high, lambda place: over(place) == math.inf)
        parts = [
            stretch._replace(high=start - 1, known=False),
            stretch._replace(low=start, high=end - 1),
            stretch._replace(low=end, known=False),
        ]
        return [each for each in parts if each.low <= each.high]

    def _call(
        self, function: Function, arguments: Sequence[Formula], group: Sequence[Stretch]
    ) -> list[Stretch]:
        low, high = group[0].low, group[0].high
        if function in (Function.SUM_KNOWN, Function.FIRST_KNOWN):
            known = [each for each in group if each.known]
            group = known[:1] if function is Function.FIRST_KNOWN else known
            if not group:
                return [Stretch(low, high, 0, known=False)]
        if not all(each.known for each in group):
            return [group[0]._replace(trend=0, known=False)]
        if function is Function.ABS:
            sign = self._sign(arguments[0], group[0].low)
            if sign == 0:  # zero here; beyond the cut it has a sign
                return [group[0]._replace(trend=0)] if group[0].trend is not None else [group[0]]
            return [group[0]._replace(trend=_times(group[0].trend, sign))]
        trend: int | None = 0
        for each in group:
            trend = _together(trend, each.trend)
        return [Stretch(low, high, trend)]


def _crossing(
    value: Callable[[int], float | None], stretch: Stretch, edge: Edge, *, rises: bool
) -> int:
    """Return the first place beyond an edge, one after the stretch where there is none."""
    end = edge.value

    def above(place: int) -> bool:
        number = value(place)
        assert number is not None  # noqa: S101 - the stretch is known
        return number > end if edge.after else number >= end

    def below(place: int) -> bool:
        return not above(place)

    return first_place(stretch.low, stretch.high, above if rises else below)


def chooses(formula: Formula) -> bool:
    """Return whether a formula goes by cases: then it may jump either way."""
    match formula:
        case Choose():
            return True
        case Arithmetic(left, _, right):
            return chooses(left) or chooses(right)
        case Call(_, arguments):
            return any(chooses(each) for each in arguments)
    return False


def values_of(formula: Formula) -> Iterator[Formula]:
    """Yield the formulas of all cases, of a formula that goes by cases; else the formula itself."""
    if isinstance(formula, Choose):
        for _, value in formula.cases:
            yield from values_of(value)
        if formula.otherwise is not None:
            yield from values_of(formula.otherwise)
    else:
        yield formula


def _times(trend: int | None, sign: int) -> int | None:
    return None if trend is None else trend * sign


def _together(one: int | None, other: int | None) -> int | None:
    """Return the trend of what rises when either of two parts rises."""
    if one is None or other is None or one * other < 0:
        return None
    return one or other


_EXTENDED: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
