"""What a decision could still become: the open rules, taken one by one the best and worst way.

The bounds are sound and sometimes wide: open rules are taken as independent of each other. A rule
with bands or values that is open may give any of its points, or none. Points that are not yet
certain are intervals, and conditions on them follow the same three-valued logic as unknown facts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from leadgrade.engine.decision import Possible
from leadgrade.engine.kleene import COMPARE, Orders, Reading, Truth, Values, orders_of
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Condition,
    Contains,
    OneOf,
    Op,
    Test,
    subjects_of,
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
        self._truths = {rule.id: _open_test(rule, Reading(orders)) for rule in book.rules.values()}
        self._subjects = {rule.id: tuple(sorted(rule.subjects)) for rule in book.rules.values()}
        reading = IntervalReading(orders, frozenset((*book.criteria, "score")))
        self._knock_outs = [
            (each, reading.condition(each.when), roots_of(book, each.when))
            for each in book.knock_outs
        ]
        self._needs = {
            grade.id: (reading.condition(grade.needs), roots_of(book, grade.needs))
            for grade in book.grades
            if grade.needs
        }

    def open_rules(self, fired: Collection[str], values: Values) -> tuple[str, ...]:
        """Return the rules that did not fire and whose condition is unknown, in book order."""
        return tuple(
            rule
            for rule, subjects in self._subjects.items()
            if rule not in fired
            and any(subject not in values for subject in subjects)
            and self._truths[rule](values) is None
        )

    def possible(
        self,
        fired: Mapping[str, int],
        open_rules: Collection[str],
        values: Values,
        about: str | None = None,
    ) -> Possible:
        """Return score and grade if the open rules went the worst and the best way.

        ``values`` are the known facts. Knock-outs and needs that are unknown count both ways;
        with ``about``, only those that hang on this read fact.
        """
        criteria = {
            criterion.id: self._interval(criterion.id, fired, open_rules)
            for criterion in self._book.criteria.values()
        }
        score = Interval(
            sum(each.low for each in criteria.values()),
            sum(each.high for each in criteria.values()),
        )
        seen = {**values, **criteria, "score": score, "fired": (fired, open_rules)}
        worst, best = self._ladder(score, seen, about)
        for knock_out, truth, roots in self._knock_outs:
            found = _settled(truth(seen), roots, about)
            if found is not False:
                worst = self._book.worse(worst, knock_out.grade)
            if found is True:
                best = self._book.worse(best, knock_out.grade)
        return Possible(score.low, score.high, worst, best)

    def _interval(
        self, criterion_id: str, fired: Mapping[str, int], open_rules: Collection[str]
    ) -> Interval:
        criterion = self._book.criteria[criterion_id]
        low = high = criterion.start
        for rule in criterion.rules:
            if rule.id in fired:
                points = rule.outcomes[fired[rule.id]].points
                low, high = low + points, high + points
            elif rule.id in open_rules:
                points_of = [outcome.points for outcome in rule.outcomes]
                low, high = low + min(0, *points_of), high + max(0, *points_of)
        return Interval(*(min(max(end, criterion.low), criterion.high) for end in (low, high)))

    def _ladder(self, score: Interval, seen: Values, about: str | None) -> tuple[str, str]:
        """Return the grade that is certain at least, and the best one that is thinkable."""
        worst = best = None
        for grade in self._book.grades:
            truth: bool | None = True
            if grade.id in self._needs:
                needs, roots = self._needs[grade.id]
                truth = _settled(needs(seen), roots, about)
            floor = score.low if grade.floor is None else grade.floor
            if best is None and score.high >= floor and truth is not False:
                best = grade.id
            if score.low >= floor and truth is True:
                worst = grade.id
                break
        last = self._book.grade_ids[-1]  # it has no floor and no needs
        return worst or last, best or last


def _settled(truth: bool | None, roots: Collection[str], about: str | None) -> bool | None:  # noqa: FBT001
    """Return False for an unknown that has nothing to do with the fact in question."""
    return False if truth is None and about is not None and about not in roots else truth


def roots_of(book: Book, condition: Condition) -> frozenset[str]:
    """Return the read facts that a condition hangs on, through formulas and points."""
    subjects = subjects_of(condition)
    if subjects <= book.all_facts.keys():
        return frozenset().union(*(roots_of_fact(book, subject) for subject in subjects))
    return frozenset(book.facts)


def roots_of_fact(book: Book, fact: str) -> frozenset[str]:
    """Return the read facts that a fact comes from: itself, or those of its formula."""
    formula = book.all_facts[fact].formula
    if formula is None:
        return frozenset((fact,))
    return frozenset().union(*(roots_of_fact(book, each) for each in facts_of(formula)))


def _open_test(rule: Rule, reading: Reading) -> Truth:
    """Return a function that gives None where the rule is open, for a rule that did not fire."""
    if rule.kind is RuleKind.WHEN:
        return reading.condition(rule.outcomes[0].when)
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
