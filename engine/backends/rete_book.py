"""A book for the rule engine: its conditions by number, and the stages that match them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Generic, TypeVar

from leadgrade.engine.backends.rete_columns import Columns
from leadgrade.engine.backends.rete_plan import Planner, Stage
from leadgrade.engine.bounds import Bounds
from leadgrade.engine.classes import Classes, cases_of
from leadgrade.engine.generated import Source, unknown_ones
from leadgrade.engine.grading import fits
from leadgrade.engine.kleene import orders_of
from leadgrade.engine.ledger import Ledger
from leadgrade.engine.legend import Legend
from leadgrade.rules.conditions import ALWAYS, AnyOf, Condition, subjects_of
from leadgrade.rules.model import Book, KnockOut, Limit

T = TypeVar("T")


class Stratum(IntEnum):
    """What is known when a condition is matched."""

    FACTS = 0
    TOTALS = 1
    GRADE = 2
    QUALIFIED = 3
    CLASSES = 4


class Numbered(Generic[T]):
    """What the conditions decide that have a stretch of the numbers, in the book's order."""

    def __init__(self, first: int, decided: list[T]) -> None:
        self._first, self._end = first, first + len(decided)
        self._decided = dict(enumerate(decided, start=first))

    def come_true(self, true: Sequence[int]) -> list[T]:
        """Return what those decide that came true. ``true`` are numbers in ascending order."""
        own = true[bisect_left(true, self._first) : bisect_left(true, self._end)]
        return list(map(self._decided.__getitem__, own))


class CompiledBook:
    """What each condition of a book decides, and the stages that find which come true."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.bounds = Bounds(book)
        self.classes = Classes(book)
        self.unknown = Unknown(book)
        ledger = Ledger(Legend.of(book))
        self.add_up = ledger.add_up
        classes = book.classes.values()
        self._conditions: list[Condition] = []
        self.rules = self._numbered(
            (outcome.when, (rule.id, ledger.lines[rule.id, place]))
            for rule in book.rules.values()
            for place, outcome in enumerate(rule.outcomes)
        )
        self.knock_outs = self._numbered((each.when, each) for each in book.knock_outs)
        self.limits = self._numbered((each.when, each) for each in book.limits)
        self.ladder = self._numbered((fits(each), each.id) for each in book.grades)
        self.qualified = self._numbered([(book.qualified, True)])
        self.guards = self._numbered((each.applies_when or ALWAYS, each.id) for each in classes)
        self.cases = self._numbered(
            (condition, (each.id, label)) for each in classes for condition, label in cases_of(each)
        )
        self.steps = self._numbered((step.when, step.id) for step in book.next_steps)
        self.certain = [number for number, each in enumerate(self._conditions) if each == ALWAYS]
        """The conditions that always hold. They are not matched."""
        self.stages = list(self._stages())
        columns = (column for _, stage in self.stages for column in stage.columns)
        self.intermediate = {each.subject for each in columns if each.level}
        """The intermediate facts: goals that later stages read."""
        strata = [Stratum.FACTS, *(stratum for stratum, _ in self.stages), Stratum.CLASSES]
        self.passed = [slice(known, until) for known, until in pairwise(strata)]
        """The strata that have ended when a stage begins, and those after the last stage."""

    def _numbered(self, conditions: Iterable[tuple[Condition, T]]) -> Numbered[T]:
        """Give conditions the next numbers, and return what they decide."""
        first = len(self._conditions)
        decided = []
        for condition, each in conditions:
            self._conditions.append(condition)
            decided.append(each)
        return Numbered(first, decided)

    def _stages(self) -> Iterator[tuple[Stratum, Stage]]:
        planner = Planner(Columns(self.book, self._conditions))
        conditions: dict[Stratum, list[tuple[int, Condition]]] = {each: [] for each in Stratum}
        for number, condition in enumerate(self._conditions):
            if condition != ALWAYS:
                conditions[_stratum(self.book, condition)].append((number, condition))
        for stratum, each in conditions.items():
            for stage in planner.stages(each):
                yield stratum, stage


class Unknown:
    """Finds what is unknown of that which did not come true: the engine only says what is true."""

    def __init__(self, book: Book) -> None:
        orders = orders_of(book)
        caps: tuple[KnockOut | Limit, ...] = (*book.knock_outs, *book.limits)
        outcomes = {
            rule.id: [outcome.when for outcome in rule.outcomes] for rule in book.rules.values()
        }
        cases = {
            each.id: [condition for condition, _ in cases_of(each)]
            for each in book.classes.values()
        }
        self.rules = unknown_ones(
            ((name, AnyOf(tuple(each))) for name, each in outcomes.items()), Source(orders)
        )
        self.caps = unknown_ones(((each.id, each.when) for each in caps), Source(orders))
        self.classes = unknown_ones(
            ((name, AnyOf(tuple(each))) for name, each in cases.items()), Source(orders)
        )


def _stratum(book: Book, condition: Condition) -> Stratum:
    """Return the first stratum that knows all that a condition reads."""
    known = dict.fromkeys((*book.criteria, "score", "fired"), Stratum.TOTALS)
    known |= dict.fromkeys(("grade", "knock_outs", "knocked_out"), Stratum.GRADE)
    known["qualified"] = Stratum.QUALIFIED
    known |= dict.fromkeys(book.classes, Stratum.CLASSES)
    read = [known.get(each, Stratum.FACTS) for each in subjects_of(condition)]
    return max(read, default=Stratum.FACTS)
