"""What a decision could still become: the open rules, taken one by one the best and worst way.

The bounds are sound and sometimes wide: open rules are taken as independent of each other. A rule
with bands or values that is open may give any of its points, or none. Points that are not yet
certain are intervals, and conditions on them follow the same three-valued logic as unknown facts.
"""

from __future__ import annotations

from collections.abc import Collection

from leadgrade.engine.decision import Possible
from leadgrade.engine.generated import SIGNS, Source, weighed_ones
from leadgrade.engine.grading import fits
from leadgrade.engine.kleene import Orders, Values, orders_of
from leadgrade.engine.ledger import Totals
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
)
from leadgrade.rules.formulas import facts_of
from leadgrade.rules.model import Book, Rule

Interval = tuple[int, int]
"""Points that may lie anywhere from the first to the second, in hundredths."""


class Bounds:
    """Finds the possible results by one book."""

    def __init__(self, book: Book) -> None:
        orders = orders_of(book)
        points = frozenset((*book.criteria, "score"))
        self._ranges = [(each.id, each.low, each.high) for each in book.criteria.values()]
        self._swing = {
            rule.id: (criterion.id, *_swing(rule))
            for criterion in book.criteria.values()
            for rule in criterion.rules
        }
        self._grades = book.grade_ids
        place = self._grades.index  # 0 is the best grade
        floors = [(place(each.grade), each.when) for each in book.limits if each.is_floor]
        lids = [(place(each.grade), each.when) for each in book.limits if not each.is_floor]
        lids += [(place(each.grade), each.when) for each in book.knock_outs]
        self._ladder = weighed_ones(
            ((place(each.id), fits(each)) for each in book.grades), IntervalSource(orders, points)
        )
        self._floors = weighed_ones(floors, IntervalSource(orders, points))
        self._lids = weighed_ones(lids, IntervalSource(orders, points))

    def possible(
        self,
        totals: Totals,
        fired: Collection[str],
        open_rules: Collection[str],
        values: Values,
    ) -> Possible:
        """Return score and grade if the open rules went the worst and the best way.

        ``values`` are the known facts. Knock-outs, limits and needs that are unknown count both
        ways.
        """
        criteria = self._intervals(totals, open_rules)
        low = sum([each[0] for each in criteria.values()])
        high = sum([each[1] for each in criteria.values()])
        seen = {**values, **criteria, "score": (low, high), "fired": (fired, open_rules)}
        fitting, thinkable = self._ladder(seen)
        worst = fitting[0]  # the last grade fits every lead
        best = min((worst, *thinkable))
        lifting, perhaps_lifting = self._floors(seen)
        worst = min((worst, *lifting))
        best = min((best, *lifting, *perhaps_lifting))
        lowering, perhaps_lowering = self._lids(seen)
        worst = max((worst, *lowering, *perhaps_lowering))
        best = max((best, *lowering))
        return Possible(low, high, self._grades[worst], self._grades[best])

    def _intervals(self, totals: Totals, open_rules: Collection[str]) -> dict[str, Interval]:
        """Return what each criterion may come to."""
        low, high = totals.raw.copy(), totals.raw.copy()
        for rule in open_rules:
            criterion, fall, rise = self._swing[rule]
            low[criterion] += fall
            high[criterion] += rise
        return {
            name: (min(max(low[name], least), most), min(max(high[name], least), most))
            for name, least, most in self._ranges
        }


def roots_of_fact(book: Book, fact: str) -> frozenset[str]:
    """Return the read facts that a fact comes from: itself, or those of its formula."""
    formula = book.all_facts[fact].formula
    if formula is None:
        return frozenset((fact,))
    return frozenset().union(*(roots_of_fact(book, each) for each in facts_of(formula)))


def _swing(rule: Rule) -> tuple[int, int]:
    """Return the least and the most that an open rule may yet give."""
    points = [outcome.points for outcome in rule.outcomes]
    return min(0, *points), max(0, *points)


class IntervalSource(Source):
    """Writes conditions whose points are intervals and whose rules fired or may yet fire."""

    def __init__(self, orders: Orders, points: frozenset[str]) -> None:
        super().__init__(orders)
        self._points = points

    def test(self, test: Test) -> str:
        """Return the expression of whether a test is true however the open points fall."""
        value = self.known(test.subject)
        if test.subject == "fired" and isinstance(test, Contains):
            rule = self.constant(test.needle)
            if test.negated:
                return f"({rule} not in {value}[0] and {rule} not in {value}[1])"
            return f"{rule} in {value}[0]"
        if test.subject in self._points:
            return f"({self._certain(test, f'{value}[0]', f'{value}[1]')})"
        return super().test(test)

    def _certain(self, test: Test, low: str, high: str) -> str:
        """Return the expression of whether a test holds for all points from low to high."""
        name = self.constant
        match test:
            case Compare(_, Op.EQ, wanted):
                return f"{low} == {name(wanted)} == {high}"
            case Compare(_, Op.NE, wanted):
                return f"{high} < {name(wanted)} or {name(wanted)} < {low}"
            case Compare(_, op, wanted):
                end = low if op in (Op.GT, Op.GE) else high
                return f"{end} {SIGNS[op]} {name(wanted)}"
            case Between(_, first, last, _, False):
                return f"{name(first)} <= {low} and {high} <= {name(last)}"
            case Between(_, first, last):
                first, last = name(first), name(last)
                return f"{high} < {first} or {last} < {low} or {first} > {last}"
            case OneOf(_, values, _, False):
                return f"{low} == {high} and {low} in {name(values)}"
            case OneOf(_, values):
                inside = f"{low} <= each <= {high} for each in {name(values)}"
                return f"not {name(any)}({inside})"
        return str(isinstance(test, Presence) and test.known)  # points are always known
