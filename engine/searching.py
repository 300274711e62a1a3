"""The values of a fact that are worth trying: one from each cell between the book's thresholds.

A cell is a set of values that no test of the book tells apart, the other facts being as they are:
trying one value of each cell tries all values. Derived facts count too: their thresholds are
carried back to the fact, exactly where the formula rises or falls with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations, pairwise
from typing import NamedTuple

from leadgrade.engine.bounds import roots_of_fact
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.places import ends_of, first_place, place_of, value_at
from leadgrade.engine.relevance import conditions_of
from leadgrade.engine.trends import Edge, Stretch, Trends, values_of
from leadgrade.rules.conditions import (
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
    Value,
    tests_of,
)
from leadgrade.rules.formulas import Choose, facts_of
from leadgrade.rules.model import Book, Fact, FactType

Known = Mapping[str, Value]

MOST_NEEDLES = 8
"""So many ``contains`` of one text fact are combined with each other."""

SAMPLES = 256
"""So many values are looked at on a stretch of which nothing is promised."""


class Cell(NamedTuple):
    """Values from ``low`` to ``high``, both in it, that the book does not tell apart.

    ``value`` is one of them. Choices and flags are cells of their own; for a text ``low`` and
    ``high`` are None, and ``holds`` names the parts that it contains (empty: any other text).
    """

    value: Value
    low: Value | None = None
    high: Value | None = None
    holds: tuple[str, ...] = ()


class Cells(NamedTuple):
    """All cells of a fact. ``exact`` is False where a formula gave no promise and was sampled."""

    cells: tuple[Cell, ...]
    exact: bool


class Searching:
    """Finds the cells of facts by one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._as_of = as_of
        self._tests = _tests_by_subject(book)
        self._derived = {
            fact: [
                other
                for other in book.derived.values()
                if other.id in self._tests and fact in roots_of_fact(book, other.id)
            ]
            for fact in book.facts
        }
        self._kept: dict[str, Cells] = {}
        self._derive = Deriver(book, as_of).derive
        tested = self._tests.keys() & book.all_facts.keys()
        self.relevant = frozenset().union(*(dated_roots(book, each) for each in tested))
        """The read facts that the score or the grade can hang on."""
        self.opaque = frozenset(_opaque(book, self._tests))
        """The read facts of which being unknown means something of its own."""

    def cells(self, fact: str, known: Known) -> Cells:
        """Return the cells of a read fact, the others being what is known of the lead."""
        if not self._derived[fact]:
            if fact not in self._kept:
                self._kept[fact] = self._cells(self._book.facts[fact], {})
            return self._kept[fact]
        return self._cells(self._book.facts[fact], known)

    def partners(self, fact: str) -> frozenset[str]:
        """Return the other read facts that share a tested formula with a fact."""
        roots = (roots_of_fact(self._book, other.id) for other in self._derived[fact])
        return frozenset().union(*roots) - {fact}

    def _cells(self, fact: Fact, known: Known) -> Cells:
        match fact.type:
            case FactType.CHOICE:
                choices = [each.id for each in fact.choices]
                return Cells(tuple(Cell(each, each, each) for each in choices), exact=True)
            case FactType.FLAG:
                return Cells(tuple(Cell(each, each, each) for each in (True, False)), exact=True)
            case FactType.TEXT:
                return _text_cells(self._tests.get(fact.id, []))
        return self._line_cells(fact, known)

    def _line_cells(self, fact: Fact, known: Known) -> Cells:
        """Return the cells of a number or a date, the lowest first."""
        low, high = ends_of(fact)
        starts = {low}
        for end, after in _edges(self._tests.get(fact.id, [])):
            starts.add(place_of(end) + after)
        starts |= {place for day in self._birthdays(fact) for place in (day, day + 1)}
        exact = True
        trends = Trends(self._book, self._as_of, fact, self._others(fact, known))
        for derived in self._derived[fact.id]:
            found, promised = self._pulled_back(derived, trends, fact.id, (low, high))
            starts |= found
            exact = exact and promised
        inside = sorted(start for start in starts if low <= start <= high)
        ends = [*(start - 1 for start in inside[1:]), high]
        cells = [_cell(fact, *each, (low, high)) for each in zip(inside, ends, strict=True)]
        return Cells(tuple(cells), exact)

    def _others(self, fact: Fact, known: Known) -> dict[str, Value]:
        """Return what is known beside a fact: without what is derived from it."""
        facts = {name: value for name, value in known.items() if name != fact.id}
        derived = self._derive(facts)
        own = [each for each in self._book.derived if fact.id in roots_of_fact(self._book, each)]
        return {name: value for name, value in derived.items() if name not in own}

    def _birthdays(self, fact: Fact) -> Iterator[int]:
        """Yield the days before which what the date fact dates is too old."""
        for other in self._book.facts.values():
            if other.dated_by == fact.id and other.max_age_days is not None:
                yield self._as_of.toordinal() - other.max_age_days - 1

    def _pulled_back(
        self, derived: Fact, trends: Trends, fact: str, ends: tuple[int, int]
    ) -> tuple[set[int], bool]:
        """Return where cells begin because of a derived fact, and whether that is certain."""
        assert derived.formula is not None  # noqa: S101 - derived facts have one
        formula = trends.inlined(derived.formula)
        if isinstance(formula, Choose) and not any(
            fact in facts_of(value) for value in values_of(formula)
        ):
            return set(), True  # it changes only where its conditions do, and those have cells
        edges = [Edge(float(end), after) for end, after in _edges(self._tests[derived.id])]  # type: ignore[arg-type]
        value = trends.at(formula)

        def seen(place: int) -> tuple[bool, ...] | None:
            number = value(place)
            if number is None:
                return None
            return tuple(number > end if after else number >= end for end, after in edges)

        starts: set[int] = set()
        exact = True
        for stretch in trends.stretches(formula, *ends):
            if stretch.trend is None:
                exact = False
                starts |= set(_sampled(stretch, seen))
            else:
                starts |= {each.low for each in trends.cut(formula, stretch, edges)}
        return {each for each in starts - {ends[0]} if seen(each - 1) != seen(each)}, exact


def dated_roots(book: Book, subject: str) -> frozenset[str]:
    """Return the read facts that a fact comes from, and the dates that say how old those are."""
    roots = roots_of_fact(book, subject)
    return roots | {day for each in roots if (day := book.facts[each].dated_by) is not None}


def _tests_by_subject(book: Book) -> dict[str, list[Test]]:
    found: dict[str, list[Test]] = defaultdict(list)
    for condition in conditions_of(book):
        for test in tests_of(condition):
            found[test.subject].append(test)
    return found


def _opaque(book: Book, tests: Mapping[str, list[Test]]) -> Iterator[str]:
    for subject, each in tests.items():
        if subject in book.all_facts and any(isinstance(test, Presence) for test in each):
            yield from roots_of_fact(book, subject)
    for fact in book.facts.values():
        if fact.dated_by is not None:
            yield from (fact.id, fact.dated_by)


def _edges(tests: list[Test]) -> set[tuple[Value, bool]]:
    """Return where tests change their mind: before a value (False) or after it (True)."""
    found: set[tuple[Value, bool]] = set()
    for test in tests:
        match test:
            case Compare(_, op, value):
                found |= {(value, after) for after in _SIDES[op]}
            case Between(_, low, high):
                found |= {(low, False), (high, True)}
            case OneOf(_, values):
                found |= {(value, after) for value in values for after in (False, True)}
    return found


_SIDES: dict[Op, tuple[bool, ...]] = {
    Op.GE: (False,),
    Op.LT: (False,),
    Op.GT: (True,),
    Op.LE: (True,),
    Op.EQ: (False, True),
    Op.NE: (False, True),
}


def _cell(fact: Fact, low: int, high: int, ends: tuple[int, int]) -> Cell:
    """Return the cell from place to place; it speaks for itself by an end that the book gives."""
    first, last = value_at(fact, low), value_at(fact, high)
    typical = last if low == ends[0] and high != ends[1] else first
    return Cell(typical, first, last)


def _sampled(stretch: Stretch, seen: Callable[[int], object]) -> Iterator[int]:
    """Yield where tests change their mind between places that are spread over a stretch.

    What changes twice between two of them goes unseen: nothing is promised here.
    """
    wide = stretch.high - stretch.low
    places = [stretch.low + wide * number // SAMPLES for number in range(SAMPLES + 1)]
    yield stretch.low
    for low, high in pairwise(places):
        start = low
        while seen(start) != seen(high):
            before = seen(start)
            start = first_place(start, high, lambda place, before=before: seen(place) != before)  # type: ignore[misc]
            yield start


def _text_cells(tests: list[Test]) -> Cells:
    """Return the texts that the book names, and one for each set of parts that a text may hold."""
    needles = list(dict.fromkeys(test.needle for test in tests if isinstance(test, Contains)))
    named = sorted({str(value) for value, _ in _edges(tests)})
    apart = next(char for char in map(chr, range(0x2502, 0x3000)) if char not in "".join(needles))
    few = needles[:MOST_NEEDLES]
    parts = [some for size in range(len(few) + 1) for some in combinations(few, size)]
    others = [
        Cell("".join(f"{each}{apart}" for each in some) or apart, holds=some) for some in parts
    ]
    cells = [*(Cell(each, each, each) for each in named), *others]
    return Cells(tuple(cells), exact=len(few) == len(needles))
