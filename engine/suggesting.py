"""Examples that a book lacks: a lead for each test that no example makes true, or none false."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from leadgrade.engine.coverage import Coverage, TestCover, coverage
from leadgrade.engine.decision import Decision
from leadgrade.engine.in_force import DEFAULT_DAY, dated_parts, day_in, in_force
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import Part
from leadgrade.rules.conditions import All, AnyOf, Condition, Test, Value
from leadgrade.rules.lead import facts_from_json
from leadgrade.rules.model import Book
from leadgrade.rules.proving.proof import FALSE, TRUE, Goal
from leadgrade.rules.source import JsonFacts


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A lead to add as an example, what it shows, and what the book says of it now."""

    name: str
    facts: Mapping[str, Value]
    decision: Decision
    as_of: date | None = None


def suggestions(book: Book, found: Coverage | None = None) -> Iterator[Suggestion]:
    """Yield a lead for each test that was not seen true, or not false, as far as one is found.

    The leads are at the edges: the value at which a test turns, or the nearest one beside it. A
    lead that shows several tests is given once.
    """
    seekers: dict[date, _Seeker] = {}
    given: set[str] = set()
    for each in (found or coverage(book)).tests:
        day = _day_of(book, each.part)
        if day not in seekers:
            seekers[day] = _Seeker(book, day)
        for seen, wanted in ((each.seen_true, TRUE), (each.seen_false, FALSE)):
            facts = None if seen else seekers[day].lead(each, wanted)
            key = f"{day} {sorted((facts or {}).items())}"
            if facts is None or key in given:
                continue
            given.add(key)
            known = facts_from_json(book, json.dumps(facts))
            word = "holds" if wanted == TRUE else "does not hold"
            name = f"{each.part.id}, {each.test.subject} {each.test.test} {word}"
            as_of = None if day == DEFAULT_DAY else day
            yield Suggestion(name, known, seekers[day].decide(known), as_of)


def _day_of(book: Book, part: Part) -> date:
    """Return a day on which what a condition belongs to is in force."""
    valid = next((each.valid for each in dated_parts(book) if each.id == part.id), None)
    return DEFAULT_DAY if valid is None else day_in(valid)


class _Seeker:
    """Looks for leads for what is in force on one day."""

    def __init__(self, book: Book, day: date) -> None:
        oracle = Oracle(book, day)
        self.decide = oracle.decide
        self._context = Context(in_force(book, day), oracle)

    def lead(self, each: TestCover, wanted: int) -> JsonFacts | None:
        """Return a lead on which the test decides, else any for which it comes out like that."""
        goal = Goal(each.test, wanted)
        beside = [Goal(line) for line in _beside(each.part.when, each.test)]
        return self._context.example(goal, *beside) or self._context.example(goal)


def _beside(condition: Condition, test: Test) -> tuple[Condition, ...]:
    """Return the lines that have to hold as well where the test stands."""
    match condition:
        case All(parts) if test in parts:
            return tuple(part for part in parts if part != test)
        case All(parts) | AnyOf(parts):
            return next((found for part in parts if (found := _beside(part, test))), ())
    return ()
