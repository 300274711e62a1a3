"""Examples that a book lacks: a lead for each test that no example makes true, or none false."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from leadgrade.engine.coverage import Coverage, TestCover, coverage
from leadgrade.engine.decision import Decision
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks.base import JsonFacts
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import All, AnyOf, Condition, Test, Value
from leadgrade.rules.lead import facts_from_json
from leadgrade.rules.model import Book
from leadgrade.rules.proof import FALSE, TRUE, Goal


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
    oracle = Oracle(book)
    context = Context(book, oracle)
    given: set[str] = set()
    for each in (found or coverage(book)).tests:
        for seen, wanted in ((each.seen_true, TRUE), (each.seen_false, FALSE)):
            facts = None if seen else _lead(context, each, wanted)
            if facts is None or repr(sorted(facts.items())) in given:
                continue
            given.add(repr(sorted(facts.items())))
            known = facts_from_json(book, json.dumps(facts))
            word = "holds" if wanted == TRUE else "does not hold"
            name = f"{each.part.id}, {each.test.subject} {each.test.test} {word}"
            yield Suggestion(name, known, oracle.decide(known))


def _lead(context: Context, each: TestCover, wanted: int) -> JsonFacts | None:
    """Return a lead on which the test decides, else any for which it comes out like that."""
    goal = Goal(each.test, wanted)
    beside = [Goal(line) for line in _beside(each.part.when, each.test)]
    return context.example(goal, *beside) or context.example(goal)


def _beside(condition: Condition, test: Test) -> tuple[Condition, ...]:
    """Return the lines that have to hold as well where the test stands."""
    match condition:
        case All(parts) if test in parts:
            return tuple(part for part in parts if part != test)
        case All(parts) | AnyOf(parts):
            return next((found for part in parts if (found := _beside(part, test))), ())
    return ()
