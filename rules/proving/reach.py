"""Which points the criteria and the score can come to, exactly, and by which values of facts.

Rules that read the same facts are taken together, cell by cell; rules that share none add up
freely. The sets of sums are bits of one integer, in steps of the greatest common divisor of all
points. Facts that two criteria share, and derived facts, are taken as free, so that the sets may
be too large, never too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import gcd, prod

from leadgrade.rules.conditions import tests_of
from leadgrade.rules.model import Book, Criterion, Rule
from leadgrade.rules.proving.domains import Domains, Reach, TooHardError
from leadgrade.rules.proving.proof import TRUE, Assignment, Goal, Search

MOST_TOGETHER = 5_000
"""Combinations of cells of rules that share facts; beyond it the rules are taken as free."""

MOST_BITS = 1_000_000

MOST_TRIED = 5
"""Points of one criterion that are looked for when the score is to come to a number."""

Sums = dict[int, Assignment]
"""How a group of rules can add up, each with values that make it so."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that read the same facts."""

    rules: tuple[Rule, ...]
    sums: Sums


class CriterionReach:
    """What one criterion can come to."""

    def __init__(self, book: Book, domains: Domains, criterion: Criterion) -> None:
        self.criterion = criterion
        self._book = book
        self._domains = domains
        self.groups = [
            group for rules in _sharing(criterion.rules) for group in _groups(book, domains, rules)
        ]

    @cached_property
    def _adding(self) -> Adding:
        return self._added(self.groups)

    def _added(self, groups: Iterable[Group]) -> Adding:
        return Adding([sorted(group.sums) for group in groups], self.criterion.start)

    @cached_property
    def values(self) -> Sequence[int]:
        """Return what is left after the clamp, rising."""
        low, high = self.criterion.low, self.criterion.high
        kept = {min(max(each, low), high) for each in self._adding.totals}
        return sorted(kept)

    def raw(self, groups: Iterable[Group]) -> Sequence[int]:
        """Return what the start and some groups can add up to, before the clamp.

        Where the sums are too many, all points between the lowest and the highest are returned.
        """
        return self._added(groups).totals

    def without(self, rule: str) -> Sequence[int]:
        """Return what all rules but one can add up to, before the clamp; they are taken as free."""
        groups = []
        for group in self.groups:
            if all(each.id != rule for each in group.rules):
                groups.append(group)
            else:
                others = [each for each in group.rules if each.id != rule]
                groups += [
                    Group((each,), _of_one(self._book, self._domains, each)) for each in others
                ]
        return self.raw(groups)

    def values_for(self, wanted: int) -> Assignment | None:
        """Return values of facts by which the criterion comes to these points, if it is found."""
        low, high = self.criterion.low, self.criterion.high
        totals = () if self._adding.too_many else self._adding.totals
        fitting = [each for each in totals if min(max(each, low), high) == wanted]
        if not fitting:
            return None
        found: Assignment = {}

        def pick(place: int, ways: Sequence[int]) -> int | None:
            """Choose what wants the fewest facts and does not gainsay what was chosen."""
            sums = self.groups[place].sums
            usable = [each for each in ways if not _differ(found, sums[each])]
            chosen = min(usable, key=lambda each: len(sums[each]), default=None)
            found.update({} if chosen is None else sums[chosen])
            return chosen

        nearest = min(fitting, key=lambda each: abs(each - wanted))
        return found if self._adding.split(nearest, pick) else None


class Adding:
    """What can come of adding one number of each of several sets to a start, and how."""

    def __init__(self, sets: Sequence[Sequence[int]], start: int = 0) -> None:
        """Take the sets, each of them rising."""
        self._sets = sets
        self._start = start
        self._step = gcd(*(each - numbers[0] for numbers in sets for each in numbers)) or 1
        self._low = start + sum(each[0] for each in sets)
        self._high = start + sum(each[-1] for each in sets)
        self.too_many = (self._high - self._low) // self._step > MOST_BITS

    @cached_property
    def totals(self) -> Sequence[int]:
        """Return the totals, rising; where they are too many, all between the ends."""
        if self.too_many:
            return range(self._low, self._high + 1)
        low, bits = self._sums[-1]
        return [low + place * self._step for place in _places(bits)]

    @cached_property
    def _sums(self) -> list[tuple[int, int]]:
        """The totals of the first sets, of none to all: the lowest, and bits from there on."""
        found = [(self._start, 1)]
        for numbers in self._sets:
            low, bits = found[-1]
            shifted = 0
            for each in numbers:
                shifted |= bits << ((each - numbers[0]) // self._step)
            found.append((low + numbers[0], shifted))
        return found

    def split(
        self, total: int, pick: Callable[[int, Sequence[int]], int | None]
    ) -> tuple[int, ...]:
        """Return a number of each set that add up to a total, or none at all.

        ``pick`` chooses of those numbers of a set with which the rest can be reached, from the
        last set to the first; it may choose none.
        """
        chosen: list[int] = []
        for place in reversed(range(len(self._sets))):
            ways = [each for each in self._sets[place] if self._reaches(total - each, place)]
            found = pick(place, ways)
            if found is None:
                return ()
            chosen.append(found)
            total -= found
        return tuple(reversed(chosen))

    def _reaches(self, total: int, sets: int) -> bool:
        low, bits = self._sums[sets]
        place, rest = divmod(total - low, self._step)
        return not rest and place >= 0 and bool(bits >> place & 1)


def _places(bits: int) -> Iterator[int]:
    text = bin(bits)[:1:-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


def _sharing(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the rules in groups that share no fact with each other, in the book's order."""
    groups: list[tuple[set[str], list[Rule]]] = []
    for rule in rules:
        facts = set(rule.subjects)
        together = [rule]
        apart = []
        for known, members in groups:
            if known & facts:
                facts |= known
                together = members + together
            else:
                apart.append((known, members))
        groups = [*apart, (facts, together)]
    return [members for _, members in groups]


def _groups(book: Book, domains: Domains, rules: Sequence[Rule]) -> Iterator[Group]:
    """Yield rules that share facts as one group, or where that is too hard each by itself."""
    if len(rules) > 1:
        try:
            yield Group(tuple(rules), _together(book, domains, rules))
        except TooHardError:
            pass
        else:
            return
    for rule in rules:
        yield Group((rule,), _of_one(book, domains, rule))


def _of_one(book: Book, domains: Domains, rule: Rule) -> Sums:
    """Return the points of one rule that can be reached; 0 where it may not fire."""
    found: Sums = {0: {}}
    for outcome in rule.outcomes:
        try:
            values = next(Search(domains, book, [Goal(outcome.when)]).solutions(), None)
        except TooHardError:
            values = {}
        if values is not None:
            found.setdefault(outcome.points, values)
    return found


def _together(book: Book, domains: Domains, rules: Sequence[Rule]) -> Sums:
    """Return the sums of rules that share facts, by going through all of their cells.

    Raises:
        TooHardError: there are too many.
    """
    goals = [Goal(outcome.when) for rule in rules for outcome in rule.outcomes]
    search = Search(domains, book, goals)
    variables = list(dict.fromkeys(_variables(search, goals)))
    cells = [range(len(search.cells_of(each))) for each in variables]
    if prod(map(len, cells)) > MOST_TOGETHER:
        raise TooHardError
    found: Sums = {}
    for places in product(*cells):
        chosen = dict(zip(variables, places, strict=True))
        total = 0
        for rule in rules:
            fired = (each for each in rule.outcomes if search.truths(each.when, chosen) == TRUE)
            outcome = next(fired, None)
            total += 0 if outcome is None else outcome.points
        values = {name: search.cells_of(name)[place] for name, place in chosen.items()}
        known: Assignment = {name: cell for name, cell in values.items() if cell is not None}
        if total not in found or len(known) < len(found[total]):
            found[total] = known
    return found


def _variables(search: Search, goals: Sequence[Goal]) -> Iterator[str]:
    for goal in goals:
        yield from (search.variable(test) for test in tests_of(goal.condition))


class BookReach:
    """What all criteria and the score of a book can come to."""

    def __init__(self, book: Book) -> None:
        domains = Domains(book)
        self.criteria = {
            each.id: CriterionReach(book, domains, each) for each in book.criteria.values()
        }

    @cached_property
    def points(self) -> dict[str, Reach]:
        """Return the points of each criterion, and of the score."""
        found = {name: Reach(each.values) for name, each in self.criteria.items()}
        return {**found, "score": Reach(self._adding.totals)}

    @cached_property
    def _adding(self) -> Adding:
        return Adding([each.values for each in self.criteria.values()])

    def values_for_score(self, wanted: int) -> Assignment | None:
        """Return values of facts by which the score comes to these points, if it is found."""
        criteria = [*self.criteria.values()]
        found: Assignment = {}
        if self._adding.too_many:
            return None

        def pick(place: int, ways: Sequence[int]) -> int | None:
            for points in reversed(ways[-MOST_TRIED:]):
                values = criteria[place].values_for(points)
                if values is not None and not _differ(found, values):
                    found.update(values)
                    return points
            return None

        return found if self._adding.split(wanted, pick) else None


def _differ(one: Assignment, other: Assignment) -> bool:
    return any(one.get(name, value) != value for name, value in other.items())
