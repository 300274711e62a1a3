"""What a decision could still become: the open rules, taken one by one the best and worst way.

The bounds are sound and sometimes wide: open rules are taken as independent of each other. A rule
with bands or values that is open may give any of its points, or none. Points that are not yet
certain are intervals, and conditions on them follow the same three-valued logic as unknown facts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from leadgrade.engine.decision import Possible
from leadgrade.engine.kleene import COMPARE, Orders, Reading, Truth, Values, orders_of
from leadgrade.engine.ledger import Totals
from leadgrade.rules.conditions import (
    AnyOf,
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Test,
)
from leadgrade.rules.formulas import facts_of
from leadgrade.rules.model import Book, Rule, RuleKind


class Interval(NamedTuple):
    """Points that may lie anywhere from ``low`` to ``high``, in hundredths."""

    low: int
    high: int


class Bounds:
    """Finds the open rules and the possible results by one book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        orders = orders_of(book)
        rules = book.rules.values()
        self._place = {rule.id: place for place, rule in enumerate(rules)}
        self._truths = {rule.id: _open_test(rule, Reading(orders)) for rule in rules}
        self._readers: dict[str, list[str]] = {fact: [] for fact in book.all_facts}
        for rule in rules:
            for fact in rule.subjects:
                self._readers[fact].append(rule.id)
        self._swing = {rule.id: (book.criterion_of[rule.id].id, *_swing(rule)) for rule in rules}
        reading = IntervalReading(orders, frozenset((*book.criteria, "score")))
        self._knock_outs = [(each, reading.condition(each.when)) for each in book.knock_outs]
        self._limits = [(each, reading.condition(each.when)) for each in book.limits]
        self._needs = {
            grade.id: reading.condition(grade.needs) for grade in book.grades if grade.needs
        }

    def open_rules(self, fired: Collection[str], values: Values) -> tuple[str, ...]:
        """Return the rules that did not fire and whose condition is unknown, in book order."""
        found = {
            rule
            for fact in self._readers.keys() - values.keys()
            for rule in self._readers[fact]
            if rule not in fired
        }
        opened = [rule for rule in found if self._truths[rule](values) is None]
        return tuple(sorted(opened, key=self._place.__getitem__))

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
        ends = criteria.values()
        score = Interval(sum(each.low for each in ends), sum(each.high for each in ends))
        seen = {**values, **criteria, "score": score, "fired": (fired, open_rules)}
        worst, best = self._ladder(score, seen)
        if self._limits:
            worst, best = self._limited(worst, best, seen)
        for knock_out, truth in self._knock_outs:
            found = truth(seen)
            if found is not False:
                worst = self._book.worse(worst, knock_out.grade)
            if found is True:
                best = self._book.worse(best, knock_out.grade)
        return Possible(score.low, score.high, worst, best)

    def _limited(self, worst: str, best: str, seen: Values) -> tuple[str, str]:
        """Return both grades after floors, then ceilings, each as far as it is certain."""
        verdicts = [(limit, truth(seen)) for limit, truth in self._limits]
        for limit, found in verdicts:
            if limit.is_floor:
                worst = self._book.better(worst, limit.grade) if found is True else worst
                best = self._book.better(best, limit.grade) if found is not False else best
        for limit, found in verdicts:
            if not limit.is_floor:
                worst = self._book.worse(worst, limit.grade) if found is not False else worst
                best = self._book.worse(best, limit.grade) if found is True else best
        return worst, best

    def _intervals(self, totals: Totals, open_rules: Collection[str]) -> dict[str, Interval]:
        """Return what each criterion may come to."""
        low, high = totals.raw.copy(), totals.raw.copy()
        for rule in open_rules:
            criterion, fall, rise = self._swing[rule]
            low[criterion] += fall
            high[criterion] += rise
        return {
            each.id: Interval(
                min(max(low[each.id], each.low), each.high),
                min(max(high[each.id], each.low), each.high),
            )
            for each in self._book.criteria.values()
        }

    def _ladder(self, score: Interval, seen: Values) -> tuple[str, str]:
        """Return the grade that is certain at least, and the best one that is thinkable."""
        worst = best = None
        for grade in self._book.grades:
            truth: bool | None = True
            if grade.id in self._needs:
                truth = self._needs[grade.id](seen)
            floor = score.low if grade.floor is None else grade.floor
            if best is None and score.high >= floor and truth is not False:
                best = grade.id
            if score.low >= floor and truth is True:
                worst = grade.id
                break
        last = self._book.grade_ids[-1]  # it has no floor and no needs
        return worst or last, best or last


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


def _open_test(rule: Rule, reading: Reading) -> Truth:
    """Return a function that gives None where the rule is open, for a rule that did not fire."""
    if rule.kind in (RuleKind.WHEN, RuleKind.DECAY):
        return reading.condition(AnyOf(tuple(outcome.when for outcome in rule.outcomes)))
    (fact,) = rule.subjects or ("",)
    return lambda values: False if fact in values else None


class IntervalReading(Reading):
    """Reads conditions whose points are intervals and whose rules fired or may yet fire."""

    def __init__(self, orders: Orders, points: frozenset[str]) -> None:
        super().__init__(orders)
        self._points = points

    def test(self, test: Test) -> Truth:
        """Return the function of one test."""
        if test.subject == "fired" and isinstance(test, Contains):
            return _fired_test(test)
        if test.subject in self._points:
            subject = test.subject
            return lambda values: _over_interval(test, values[subject])
        return super().test(test)


def _fired_test(test: Contains) -> Truth:
    rule, negated = test.needle, test.negated

    def holds(values: Values) -> bool | None:
        fired, open_rules = values["fired"]
        if rule in open_rules:
            return None
        return (rule in fired) is not negated

    return holds


def _over_interval(test: Test, interval: Interval) -> bool | None:
    """Return True where the test holds for all points of the interval, False where for none."""
    low, high = interval
    match test:
        case Compare(_, Op.EQ | Op.NE as op, value):
            return _inside(low, high, value, value, negated=op is Op.NE)
        case Compare(_, op, value):
            ends = {COMPARE[op](low, value), COMPARE[op](high, value)}
            return ends.pop() if len(ends) == 1 else None
        case Between(_, first, last, _, negated):
            return _inside(low, high, first, last, negated=negated)
        case OneOf(_, values, _, negated):
            if low == high:
                return (low in values) is not negated
            none = not any(low <= value <= high for value in values)  # type: ignore[operator]
            return negated if none else None
    return True  # a Presence test: points are always known


def _inside(low: int, high: int, first: Any, last: Any, *, negated: bool) -> bool | None:
    if first <= low and high <= last:
        return not negated
    return negated if high < first or last < low or first > last else None
