"""What the examples of a book reach: which rules fire, which tests were seen true and false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadgrade.engine.in_force import DEFAULT_DAY
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks.parts import Part, reasons_of, scoring_parts
from leadgrade.rules.checks.witness import truth_of
from leadgrade.rules.conditions import Test, tests_of
from leadgrade.rules.model import Book, FirstMatch
from leadgrade.rules.proving.proof import FALSE, TRUE


@dataclass(frozen=True, slots=True)
class TestCover:
    """One test of a condition, and whether some example makes it true, some false."""

    part: Part
    test: Test
    seen_true: bool
    seen_false: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is reached. ``fired`` counts examples by rule or knock-out."""

    fired: dict[str, int]
    tests: tuple[TestCover, ...]

    @property
    def share(self) -> float:
        """The share of rules that fire, and of tests seen true and seen false."""
        hits = [bool(count) for count in self.fired.values()]
        hits += [seen for each in self.tests for seen in (each.seen_true, each.seen_false)]
        return sum(hits) / len(hits) if hits else 1.0


def covered_parts(book: Book) -> Iterator[Part]:
    """Yield the conditions whose tests count: of rules, grades, classifications and next steps."""
    yield from scoring_parts(book)
    yield Part("grade", "qualified", book.qualified, book.grades[0].span)
    for each in book.classes.values():
        if each.applies_when is not None:
            yield Part("class", each.id, each.applies_when, each.span)
        if isinstance(each, FirstMatch):
            yield from (Part("class", each.id, when, each.span) for when, _ in each.cases)
    yield from (Part("next step", step.id, step.when, step.span) for step in book.next_steps)


def coverage(book: Book) -> Coverage:
    """Decide every example of a book, and return what they reach."""
    fired = {each.id: 0 for each in reasons_of(book)}
    tests = {
        (part.kind, part.id, test): part
        for part in covered_parts(book)
        for test in tests_of(part.when)
    }
    seen = dict.fromkeys(tests, 0)
    oracles = {}
    for example in book.examples:
        day = example.as_of or DEFAULT_DAY
        if day not in oracles:
            oracles[day] = Oracle(book, day)
        values = oracles[day](example.given)
        for name in (*values["fired"], *values["knock_outs"]):
            fired[name] += 1
        for key in tests:
            seen[key] |= truth_of(book, key[2], values)
    found = (
        TestCover(part, key[2], bool(seen[key] & TRUE), bool(seen[key] & FALSE))
        for key, part in tests.items()
    )
    return Coverage(fired, tuple(found))
