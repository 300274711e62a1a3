"""How a lead came to its class in each classification, and what open parts of a book wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadgrade.engine.decision import Decision
from leadgrade.engine.evidence import Evidence, Weighed
from leadgrade.engine.kleene import Reading, Values
from leadgrade.rules.conditions import All
from leadgrade.rules.lead import Rank
from leadgrade.rules.model import NOT_APPLICABLE, Book, Classification, FirstMatch, Matrix, Ranking


class Way(StrEnum):
    """What gave a lead its class."""

    GUARD = "guard"  # the classification does not apply
    CELL = "cell"
    CASE = "case"
    OTHERWISE = "otherwise"  # no case fits
    RANK = "rank"
    OPEN = "open"  # something unknown: no class


@dataclass(frozen=True, slots=True)
class Reached:
    """A class: by which way, the tests that settled it, and for a ranking the place in the list.

    For ``OPEN`` the tests are those that wait for a fact.
    """

    way: Way
    because: tuple[Evidence, ...] = ()
    rank: Rank | None = None


class Classes:
    """Tells of one book how leads come to their classes."""

    def __init__(self, book: Book, reading: Reading) -> None:
        self._classes = tuple(book.classes.values())
        self._guards = {
            each.id: Weighed(each.applies_when or All(()), reading) for each in self._classes
        }
        self._cases = {each.id: list(_cases(each, reading)) for each in self._classes}

    def reached(
        self, decision: Decision, values: Values, ranks: Mapping[str, Rank]
    ) -> dict[str, Reached]:
        """Return how each class was reached.

        ``values`` are facts, points and what fired; the rest comes from the decision.
        """
        decided = {
            **values,
            "grade": decision.grade,
            "qualified": decision.qualified,
            "knocked_out": bool(decision.knock_outs),
        }
        seen = {**decided, **decision.classes}
        return {
            each.id: Reached(Way.GUARD, self._guards[each.id].because(decided))
            if decision.classes[each.id] == NOT_APPLICABLE
            else self._way(each, decided, seen, ranks.get(each.id))
            for each in self._classes
        }

    def _way(
        self, classification: Classification, decided: Values, seen: Values, rank: Rank | None
    ) -> Reached:
        match classification:
            case Matrix():
                return _cell(classification, seen)
            case Ranking(fact=fact) if rank is None:
                return Reached(Way.OPEN, (Evidence(fact, None, "is known", holds=False),))
            case Ranking(fact=fact):
                place = Evidence(fact, decided.get(fact), "", holds=True)
                return Reached(Way.RANK, (place,), rank)
            case FirstMatch():
                return _case(self._cases[classification.id], decided)


def waits_for(conditions: Iterable[Weighed], values: Values) -> tuple[str, ...]:
    """Return the subjects that conditions which are unknown wait for, each once."""
    tests = (
        test
        for condition in conditions
        if condition.truth(values) is None
        for test in condition.because(values)
    )
    return tuple(dict.fromkeys(test.subject for test in tests if test.holds is None))


def _cases(classification: Classification, reading: Reading) -> Iterator[Weighed]:
    if isinstance(classification, FirstMatch):
        for condition, _ in classification.cases:
            yield Weighed(condition, reading)


def _case(cases: list[Weighed], values: Values) -> Reached:
    """Return the first case that is true; else what the unknown ones wait for; else none."""
    waiting: list[Evidence] = []
    for case in cases:
        truth = case.truth(values)
        if truth:
            return Reached(Way.CASE, case.because(values))
        if truth is None:
            waiting += (test for test in case.because(values) if test.holds is None)
    return Reached(Way.OPEN, tuple(dict.fromkeys(waiting))) if waiting else Reached(Way.OTHERWISE)


def _cell(matrix: Matrix, seen: Values) -> Reached:
    """Return row and column; where one has no place in the table, that alone."""
    columns = dict.fromkeys(name for row in matrix.table.values() for name in row)
    tests = [
        _place(matrix.rows, tuple(matrix.table), seen),
        _place(matrix.columns, tuple(columns), seen),
    ]
    missing = tuple(test for test in tests if not test.holds)
    return Reached(Way.OPEN, missing) if missing else Reached(Way.CELL, tuple(tests))


def _place(subject: str, places: tuple[str, ...], seen: Values) -> Evidence:
    value = seen.get(subject)
    if value in places:
        return Evidence(subject, value, f"= {value}", holds=True)
    wanted = f"in [{', '.join(places)}]"
    return Evidence(subject, value, wanted, holds=None if value is None else False)
