"""Which points the criteria and the score can come to, exactly, and by which values of facts.

Rules that read the same facts are taken together, cell by cell; rules that share none add up
freely. The sets of sums are bits of one integer, in steps of the greatest common divisor of all
points. Facts that two criteria share, and derived facts, are taken as free, so that the sets may
be too large, never too small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import gcd, prod

from leadgrade.rules.conditions import tests_of
from leadgrade.rules.domains import Domains, Reach, TooHardError
from leadgrade.rules.model import Book, Criterion, Rule
from leadgrade.rules.proof import TRUE, Assignment, Goal, Search

MOST_TOGETHER = 5_000
"""Combinations of cells of rules that share facts; beyond it the rules are taken as free."""

MOST_BITS = 1_000_000

MOST_KEPT = 300
"""Partial sums that are followed up when values are looked for."""

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
            Group(tuple(rules), _sums(book, domains, rules)) for rules in _sharing(criterion.rules)
        ]

    @cached_property
    def values(self) -> Sequence[int]:
        """Return what is left after the clamp, rising."""
        low, high = self.criterion.low, self.criterion.high
        kept = {min(max(each, low), high) for each in self.raw(self.groups)}
        return sorted(kept)

    def raw(self, groups: Iterable[Group]) -> Sequence[int]:
        """Return what the start and some groups can add up to, before the clamp.

        Where the sums are too many, all points between the lowest and the highest are returned.
        """
        sums = [sorted(group.sums) for group in groups]
        step = gcd(*(each for group in sums for each in group)) or 1
        low = sum(group[0] for group in sums)
        width = (sum(group[-1] for group in sums) - low) // step
        start = self.criterion.start + low
        if width > MOST_BITS:
            return range(start, start + width * step + 1)
        bits = 1
        for group in sums:
            shifted = 0
            for each in group:
                shifted |= bits << ((each - group[0]) // step)
            bits = shifted
        return [start + place * step for place in _places(bits)]

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
        reachable = {0: Assignment()}
        start, criterion = self.criterion.start, self.criterion
        for group in self.groups:
            found: dict[int, Assignment] = {}
            for total, values in reachable.items():
                for each, how in group.sums.items():
                    found.setdefault(total + each, {**values, **how})
            if len(found) > MOST_KEPT:
                found = dict(
                    sorted(found.items(), key=lambda pair: abs(start + pair[0] - wanted))[
                        :MOST_KEPT
                    ]
                )
            reachable = found
        fitting = [
            values
            for total, values in reachable.items()
            if min(max(start + total, criterion.low), criterion.high) == wanted
        ]
        return min(fitting, key=len, default=None)


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


def _sums(book: Book, domains: Domains, rules: Sequence[Rule]) -> Sums:
    if len(rules) == 1:
        return _of_one(book, domains, rules[0])
    try:
        return _together(book, domains, rules)
    except TooHardError:
        found: Sums = {0: {}}
        for rule in rules:
            each = _of_one(book, domains, rule)
            found = {
                one + other: {**values, **how}
                for one, values in found.items()
                for other, how in each.items()
            }
        return found


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
        return {**found, "score": Reach(self._scores())}

    def _scores(self) -> Sequence[int]:
        sets = [each.values for each in self.criteria.values()]
        low, high = sum(each[0] for each in sets), sum(each[-1] for each in sets)
        step = gcd(*(value - each[0] for each in sets for value in each)) or 1
        if (high - low) // step > MOST_BITS:
            return range(low, high + 1)
        bits = 1
        for each in sets:
            shifted = 0
            for value in each:
                shifted |= bits << ((value - each[0]) // step)
            bits = shifted
        return [low + place * step for place in _places(bits)]

    def values_for_score(self, wanted: int) -> Assignment | None:
        """Return values of facts by which the score comes to these points, if it is found."""
        reached: dict[int, tuple[int, ...]] = {0: ()}
        for each in self.criteria.values():
            reached = {
                total + value: (*how, value)
                for total, how in reached.items()
                for value in each.values
            }
            if len(reached) > MOST_BITS:
                return None
        if wanted not in reached:
            return None
        found: Assignment = {}
        for each, value in zip(self.criteria.values(), reached[wanted], strict=True):
            values = each.values_for(value)
            if values is None or any(found.get(k, v) != v for k, v in values.items()):
                return None
            found |= values
        return found
