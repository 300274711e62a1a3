"""Properties of a whole book, tried on generated leads; a lead that breaks one is made small.

The leads go through the values between the book's own thresholds: of the fact in question all of
them, together with all values of the facts that stand in rules beside it where these are few, else
with many that are drawn in a fixed order; and with some drawn values of all other facts. A book
with dates is tried on each stretch of days. Nothing is proved, unlike by ``leadgrade check``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, pairwise, product
from math import prod

from leadgrade.engine.decision import Decision
from leadgrade.engine.in_force import day_in, in_force, stretches
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks.parts import scoring_parts
from leadgrade.rules.checks.uses import roots_of
from leadgrade.rules.conditions import Test, Value, tests_of
from leadgrade.rules.model import NUMERIC, Book
from leadgrade.rules.properties import Property, can_rise
from leadgrade.rules.proving.domains import Domains, TooHardError

MOST_LEADS = 2_000
"""Generated for one property."""

VARIED = 100
"""Leads of which every fact is drawn, for what rules elsewhere make of a rising fact."""

Facts = Mapping[str, Value]
Breaks = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class PropertyResult:
    """How a property did on so many leads; ``lead`` breaks it, and ``rises_to`` is the value.

    Of a property that is about a rising fact, ``lead`` has the lower value and ``rises_to`` is
    the higher one with which the lead comes off worse.
    """

    wanted: Property
    leads: int
    lead: Facts | None = None
    rises_to: Value | None = None
    day: date | None = None
    """The day on which the lead breaks it, in a book with dates."""


class PropertyTester:
    """Tries properties of one book."""

    def __init__(self, book: Book) -> None:
        days = [day_in(each) for each in stretches(book)]
        self._testers = {day: _OnOneDay(in_force(book, day), day) for day in days}

    def run(self, wanted: Property) -> PropertyResult:
        """Try one property on generated leads.

        Raises:
            ValueError: a rising fact must be a number, a date or an ordered choice.
        """
        leads = 0
        for day, tester in self._testers.items():
            found = tester.run(wanted)
            leads += found.leads
            if found.lead is not None:
                said = day if len(self._testers) > 1 else None
                return replace(found, leads=leads, day=said)
        return PropertyResult(wanted, leads)


class _OnOneDay:
    """Tries properties of what of a book is in force on one day."""

    def __init__(self, book: Book, day: date) -> None:
        self._book = book
        self._oracle = Oracle(book, day)
        self._cells = dict(_cells(book))

    def run(self, wanted: Property) -> PropertyResult:
        if wanted.fact is not None:
            return self._monotone(wanted, wanted.fact)
        breaks = {
            "knock-out always wins": self._escapes_knock_out,
            "range never exceeded": self._leaves_range,
        }[wanted.kind]
        count = 0
        for count, lead in enumerate(self._leads(sorted(self._cells)), start=1):
            if breaks(lead):
                return PropertyResult(wanted, count, smallest(lead, breaks))
        return PropertyResult(wanted, count)

    def _monotone(self, wanted: Property, fact: str) -> PropertyResult:
        """Look for a lead that comes off worse when the fact rises and all else stays."""
        rising = self._rising(fact)
        count = 0
        beside = sorted(self._beside(fact) - {fact})
        others = sorted(self._cells.keys() - {fact})
        for lead in chain(self._leads(beside), self._drawn(others, VARIED)):
            for low, high in pairwise(rising):
                count += 1

                def breaks(facts: Facts, low: Value = low, high: Value = high) -> bool:
                    lower, higher = ({**facts, fact: value} for value in (low, high))
                    return self._worse(self._oracle.decide(higher), self._oracle.decide(lower))

                if breaks(lead):
                    small = smallest(lead, breaks)
                    return PropertyResult(wanted, count, {**small, fact: low}, high)
        return PropertyResult(wanted, count)

    def _rising(self, name: str) -> list[Value]:
        fact = self._book.facts.get(name)
        if fact is None or not can_rise(fact):
            raise ValueError(name)
        known = [cell for cell in self._cells.get(name, ()) if cell is not None]
        return known if fact.ordered else sorted(known)

    def _worse(self, one: Decision, other: Decision) -> bool:
        places = self._book.grade_ids
        return one.score < other.score or places.index(one.grade) > places.index(other.grade)

    def _beside(self, fact: str) -> set[str]:
        """Return the facts that some rule reads together with a fact."""
        found: set[str] = set()
        for part in scoring_parts(self._book):
            roots = roots_of(self._book, part.when) & self._book.facts.keys()
            if fact in roots:
                found |= roots
        return found

    def _leads(self, names: list[str]) -> Iterator[Facts]:
        """Yield leads over the values of some facts: all of them, or many in a fixed order."""
        cells = [self._cells.get(name, (None,)) for name in names]
        if prod(map(len, cells)) > MOST_LEADS:
            yield from self._drawn(names, MOST_LEADS)
            return
        for values in product(*cells):
            yield _known(names, values)

    def _drawn(self, names: list[str], count: int) -> Iterator[Facts]:
        draw = random.Random(0)  # noqa: S311 - the same leads each time, not a secret
        cells = [self._cells.get(name, (None,)) for name in names]
        for _ in range(count):
            yield _known(names, [draw.choice(each) for each in cells])

    def _escapes_knock_out(self, lead: Facts) -> bool:
        decision = self._oracle.decide(lead)
        places = self._book.grade_ids.index
        caps = [each.grade for each in self._book.knock_outs if each.id in decision.knock_outs]
        return any(places(decision.grade) < places(cap) for cap in caps)

    def _leaves_range(self, lead: Facts) -> bool:
        points = self._oracle.decide(lead).criteria
        return any(
            not each.low <= points[name] <= each.high for name, each in self._book.criteria.items()
        )


def _known(names: Sequence[str], values: Sequence[Value | None]) -> Facts:
    pairs = zip(names, values, strict=True)
    return {name: value for name, value in pairs if value is not None}


def smallest(lead: Facts, breaks: Breaks) -> Facts:
    """Return the lead without the facts that it breaks the property without, too."""
    small = dict(lead)
    for name in sorted(lead):
        fewer = {each: value for each, value in small.items() if each != name}
        if breaks(fewer):
            small = fewer
    return small


def _cells(book: Book) -> Iterator[tuple[str, tuple[Value | None, ...]]]:
    """Yield the values of each read fact, cut by every test of the book on it.

    A fact that only formulas read has no thresholds: it gets some round numbers.
    """
    domains = Domains(book)
    by_fact: dict[str, list[Test]] = {}
    read: set[str] = set()
    for part in scoring_parts(book):
        read |= roots_of(book, part.when)
        for test in tests_of(part.when):
            by_fact.setdefault(test.subject, []).append(test)
    for fact in book.facts.values():
        if fact.id not in read:
            continue
        try:
            cells = domains.cells(fact.id, by_fact.get(fact.id, []))
        except TooHardError:
            continue
        if fact.id not in by_fact and fact.type in NUMERIC:
            low, high = domains.range_of(fact)
            round_numbers = (0.0, 0.5, 1.0, 100.0, 1e6, 1e8)
            cells = (*(each for each in round_numbers if low <= each <= high), None)
        yield fact.id, cells
