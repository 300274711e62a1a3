"""What checks work with: the book, its places, what can be proved, leads that show a finding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from leadgrade.rules.checks.ladder import ways_to
from leadgrade.rules.checks.parts import Part, parts_of, scoring_parts
from leadgrade.rules.checks.places import Places
from leadgrade.rules.checks.witness import Witness, truth_of
from leadgrade.rules.conditions import Condition, Value, subjects_of
from leadgrade.rules.lead import plain
from leadgrade.rules.model import Book
from leadgrade.rules.proving.domains import Domains, TooHardError
from leadgrade.rules.proving.proof import TRUE, Goal, Search, possible
from leadgrade.rules.proving.reach import BookReach
from leadgrade.rules.source import JsonFacts

Oracle = Callable[[Mapping[str, Value]], Mapping[str, Any]]
"""Decides a lead: what is known of it, and every result by name (see ``engine/oracle.py``)."""

MOST_TRIED = 10
"""Leads that are decided to find one that shows a finding."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One lead of a list: its facts, and what fired."""

    facts: Mapping[str, Value]
    values: Mapping[str, Any]
    fired: Collection[str]


@dataclass(frozen=True)
class Context:
    """One book being checked."""

    book: Book
    oracle: Oracle
    sample: Sequence[Seen] = ()
    known_places: Places | None = None

    @cached_property
    def places(self) -> Places:
        """Where the parts of the book stand."""
        return self.known_places or Places(self.book.path, self.book.text)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The conditions that somebody wrote."""
        return tuple(parts_of(self.book))

    @cached_property
    def parts_of_grade(self) -> tuple[Part, ...]:
        """What decides about score and grade."""
        return tuple(scoring_parts(self.book))

    @cached_property
    def reach(self) -> BookReach:
        """Which points the criteria and the score can come to."""
        return BookReach(self.book)

    @cached_property
    def domains(self) -> Domains:
        """The values that facts and results may take."""
        return Domains(self.book, self.reach.points)

    def possible(self, *goals: Goal) -> bool:
        """Whether there may be a lead that reaches all goals; False is proved."""
        if len(goals) > 1:
            return possible(self.domains, self.book, goals)
        try:
            return next(self._search(goals[0].condition).choices(goals), None) is not None
        except TooHardError:
            return True

    def _search(self, condition: Condition) -> Search:
        """Return the search for one condition: several checks ask about it."""
        key = id(condition)  # a search keeps its condition, so that no other gets its identity
        if key not in self._searches:
            self._searches[key] = Search(self.domains, self.book, [Goal(condition)])
        return self._searches[key]

    @cached_property
    def _searches(self) -> dict[int, Search]:
        return {}

    def example(self, *goals: Goal) -> JsonFacts | None:
        """Return the facts of a lead that reaches all goals, decided to make sure; or None."""
        found = self._lead(goals, goals)
        if found is None and any(_asks_for_grade(goal.condition) for goal in goals):
            ways = (way for grade in self.book.grade_ids for way in ways_to(self.book, grade))
            leads = (self._lead([*goals, *way], goals) for way in ways)
            found = next((lead for lead in leads if lead is not None), None)
        return None if found is None else as_json(found)

    def touched(self, about: Condition | None) -> dict[str, int]:
        """Return how many leads of the sample a condition is true for, where there is a sample."""
        if about is None or not self.sample:
            return {}
        count = sum(truth_of(self.book, about, lead.values) == TRUE for lead in self.sample)
        return {"touches": count, "leads": len(self.sample)}

    def _lead(self, wanted: Sequence[Goal], goals: Sequence[Goal]) -> dict[str, Value] | None:
        try:
            search = Search(self.domains, self.book, wanted)
            for assignment in islice(search.solutions(), MOST_TRIED):
                facts = self._witness.lead(assignment, goals)
                if facts is not None:
                    return facts
        except TooHardError:
            pass
        return None

    @cached_property
    def _witness(self) -> Witness:
        return Witness(self.book, self.reach, self.domains, self.oracle)


def _asks_for_grade(condition: Condition) -> bool:
    return not subjects_of(condition).isdisjoint({"grade", "qualified"})


def as_json(facts: Mapping[str, Value]) -> JsonFacts:
    """Return facts as JSON writes them."""
    return {name: plain(value) for name, value in facts.items()}
