"""What every engine beside leadgrade is given, and what it has to say about a lead.

The work is the same for all: which outcomes fired, each criterion's points within its range, which
knock-outs apply, and the grade. An engine takes a lead as a dict with None for what is unknown.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench.lists import Facts
from bench.workload import NEED_CRITERION, Condition, Test, Work


class Seen(NamedTuple):
    """What an engine said of one lead, in numbers of outcomes and knock-outs."""

    fired: tuple[int, ...]
    criteria: tuple[int, ...]
    knock_outs: tuple[int, ...]
    grade: str


class Peer(ABC):
    """An engine, with the work written down in its words."""

    @abstractmethod
    def __init__(self, work: Work) -> None: ...

    def prepare(self, leads: Sequence[Facts]) -> Sequence[Any]:
        """Return leads in the form that the engine takes fastest: what is not timed."""
        return leads

    @abstractmethod
    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads: what is timed."""

    @abstractmethod
    def seen(self, answer: Any) -> Seen:
        """Return one of the answers in the form that is compared: what is not timed."""


Words = Callable[[Test], str]

BELOW, ABOVE = -1, 10**12
"""Smaller and larger than every value of the work: what may stand for an unknown number."""


def beyond(test: Test) -> int:
    """Return what stands for an unknown number in a test, so that it is not true."""
    return BELOW if test.op in {">", ">="} else ABOVE


def joined(condition: Condition, words: Words, both: str = " and ", either: str = " or ") -> str:
    """Return a condition as an infix expression, each test as ``words`` says it."""
    clauses = []
    for clause in condition:
        tests = either.join(map(words, clause))
        clauses.append(f"({tests})" if len(clause) > 1 and len(condition) > 1 else tests)
    return both.join(clauses)


def bits(mask: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set, lowest first."""
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)


class Grading:
    """Totals and grade in Python, for engines that only say which rules match."""

    def __init__(self, work: Work) -> None:
        names = [*work.ranges]
        self._points = [(names.index(each.criterion), each.points) for each in work.outcomes]
        self._ranges = list(work.ranges.values())
        self._floors = list(work.floors.items())
        self._need = work.need
        self._need_at = names.index(NEED_CRITERION)
        self._lowest = work.grades[-1]
        self._lids = [each.grade for each in work.knock_outs]

    def add_up(self, fired: Sequence[int]) -> list[int]:
        """Return the criteria, each within its range."""
        totals = [0] * len(self._ranges)
        for number in fired:
            criterion, points = self._points[number]
            totals[criterion] += points
        return [
            min(max(total, low), high)
            for total, (low, high) in zip(totals, self._ranges, strict=True)
        ]

    def grade(self, totals: Sequence[int], knock_outs: Sequence[int]) -> str:
        """Return the grade: the best that fits, kept down by the knock-outs."""
        score = sum(totals)
        grade = self._lowest
        for place, (each, floor) in enumerate(self._floors):
            if score >= floor and (place > 0 or totals[self._need_at] >= self._need):
                grade = each
                break
        return max([grade, *(self._lids[number] for number in knock_outs)])  # A is before D
