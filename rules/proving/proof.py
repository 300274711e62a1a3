"""An exact search over cells: is there a lead for which these conditions come out like this?

A goal is a condition and the truths that it may have. The search assigns cells to the variables
of the conditions, one after another, and leaves off as soon as what is assigned settles a goal
the wrong way. "None" is therefore a proof, as long as each variable may take its cells freely;
derived facts and results are taken as free, so a proof that there is no such lead is sound, and
a lead that is found has to be confirmed by deciding it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from leadgrade.rules.conditions import All, AnyOf, Condition, Not, Test, tests_of
from leadgrade.rules.model import Book
from leadgrade.rules.proving.domains import (
    Cell,
    Domains,
    TooHardError,
    holds,
    order_of,
    variable_of,
)

TRUE, FALSE, UNKNOWN = 1, 2, 4
NOT_TRUE = FALSE | UNKNOWN
ANY = TRUE | FALSE | UNKNOWN
"""Sets of truths."""

MOST_STEPS = 20_000
"""Of one search; beyond it nothing is proved."""

_BIT = {True: TRUE, False: FALSE, None: UNKNOWN}
_RANK = {FALSE: 0, UNKNOWN: 1, TRUE: 2}

Assignment = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Goal:
    """A condition, and the set of truths that it may have."""

    condition: Condition
    wanted: int = TRUE


def find(domains: Domains, book: Book, goals: Sequence[Goal]) -> Assignment | None:
    """Return values that reach all goals, or None where no lead does.

    Variables that do not matter are left out.

    Raises:
        TooHardError: the search was given up.
    """
    return next(Search(domains, book, goals).solutions(), None)


def possible(domains: Domains, book: Book, goals: Sequence[Goal]) -> bool:
    """Whether the search finds anything. Where it is given up, everything is possible."""
    try:
        return find(domains, book, goals) is not None
    except TooHardError:
        return True


class Search:
    """One search. Tests are known by their identity: hashing them would take most of the time."""

    def __init__(self, domains: Domains, book: Book, goals: Sequence[Goal]) -> None:
        """Cut the variables of all goals into cells, and look up what each test says of them.

        Raises:
            TooHardError: a variable has too many cells.
        """
        self._domains = domains
        self._book = book
        self._goals = goals
        self._cells: dict[str, tuple[Cell, ...]] = {}
        self._bits: dict[int, tuple[int, ...]] = {}
        self._whole: dict[int, int] = {}
        self._variable: dict[int, str] = {}
        self._weight: Counter[str] = Counter()
        self._steps = 0
        by_variable: dict[str, list[Test]] = {}
        for goal in goals:
            for test in tests_of(goal.condition):
                variable = self._variable[id(test)] = variable_of(test)
                self._weight[variable] += 1
                by_variable.setdefault(variable, []).append(test)
        for variable, tests in by_variable.items():
            self._take(variable, tests)

    def _take(self, variable: str, tests: list[Test]) -> None:
        order = order_of(self._book, variable)
        unlike: dict[tuple[int, ...], Cell] = {}
        for cell in self._domains.cells(variable, tests):
            said = tuple([_BIT[holds(test, cell, order)] for test in tests])
            unlike.setdefault(said, cell)
        self._cells[variable] = tuple(unlike.values())
        for test, bits in zip(tests, zip(*unlike, strict=True), strict=True):
            self._bits[id(test)] = bits
            self._whole[id(test)] = _union(bits)

    def cells_of(self, variable: str) -> tuple[Cell, ...]:
        """Return the cells of a variable that the goals tell apart."""
        return self._cells[variable]

    def variable(self, test: Test) -> str:
        """Return the variable that a test of the goals asks about."""
        return self._variable[id(test)]

    def solutions(self) -> Iterator[Assignment]:
        """Yield every way to reach all goals, as far as it matters."""
        for chosen in self.choices(self._goals):
            yield {variable: self._cells[variable][place] for variable, place in chosen.items()}

    def choices(self, goals: Sequence[Goal]) -> Iterator[dict[str, int]]:
        """Yield the ways to reach some goals, whose conditions are among those of the search.

        Raises:
            TooHardError: there are too many to look at.
        """
        self._steps = 0
        yield from self._search({}, goals)

    def _search(self, chosen: dict[str, int], goals: Sequence[Goal]) -> Iterator[dict[str, int]]:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooHardError
        open_goal = None
        for goal in goals:
            truths = self.truths(goal.condition, chosen)
            if not truths & goal.wanted:
                return
            if truths & ~goal.wanted and open_goal is None:
                open_goal = goal
        if open_goal is None:
            yield dict(chosen)
            return
        variable = self._next(open_goal.condition, chosen)
        for place in range(len(self._cells[variable])):
            chosen[variable] = place
            yield from self._search(chosen, goals)
        del chosen[variable]

    def _next(self, condition: Condition, chosen: dict[str, int]) -> str:
        """Return the variable to look at next: one that several tests ask about."""
        unsettled = [
            variable
            for test in tests_of(condition)
            if (variable := self._variable[id(test)]) not in chosen
        ]
        return max(unsettled, key=lambda each: (self._weight[each], -len(self._cells[each])))

    def truths(self, condition: Condition, chosen: dict[str, int]) -> int:
        """Return the set of truths that a condition may still have."""
        match condition:
            case All(parts):
                found = TRUE
                for part in parts:
                    found = both(found, self.truths(part, chosen))
                    if found == FALSE:
                        break
                return found
            case AnyOf(parts):
                found = FALSE
                for part in parts:
                    found = either(found, self.truths(part, chosen))
                    if found == TRUE:
                        break
                return found
            case Not(part):
                return opposite(self.truths(part, chosen))
        key = id(condition)
        place = chosen.get(self._variable[key])
        return self._whole[key] if place is None else self._bits[key][place]


def _union(bits: Sequence[int]) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found


def _members(truths: int) -> list[int]:
    return [bit for bit in (TRUE, FALSE, UNKNOWN) if truths & bit]


@lru_cache(maxsize=64)
def both(one: int, other: int) -> int:
    """Return what "and" of two sets of truths may be."""
    return _union(
        [
            min(first, second, key=_RANK.__getitem__)
            for first in _members(one)
            for second in _members(other)
        ]
    )


@lru_cache(maxsize=64)
def either(one: int, other: int) -> int:
    """Return what "or" of two sets of truths may be."""
    return _union(
        [
            max(first, second, key=_RANK.__getitem__)
            for first in _members(one)
            for second in _members(other)
        ]
    )


def opposite(truths: int) -> int:
    """Return what "not" of a set of truths may be."""
    turned = UNKNOWN & truths
    return turned | (FALSE if truths & TRUE else 0) | (TRUE if truths & FALSE else 0)
