"""Rules on one number side by side: what happens exactly at the value where they meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import Part
from leadgrade.rules.checks.witness import truth_of
from leadgrade.rules.conditions import tests_of
from leadgrade.rules.model import NUMERIC, FactType
from leadgrade.rules.proving.domains import Cell, TooHardError, variable_of
from leadgrade.rules.proving.proof import TRUE


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two neighbours that meet at a value, which both take or neither does."""

    lower: Part
    upper: Part
    subject: str
    value: Cell
    twice: bool


def meetings(context: Context) -> Iterator[Meeting]:
    """Yield where two neighbouring rules of a criterion, or knock-outs, both or neither hold."""
    for scope in _scopes(context):
        by_subject: dict[str, list[Part]] = {}
        for part in scope:
            variables = {variable_of(test) for test in tests_of(part.when)}
            if len(variables) == 1 and _is_number(context, name := variables.pop()):
                by_subject.setdefault(name, []).append(part)
        for subject, parts in by_subject.items():
            if len(parts) > 1:
                yield from _of_subject(context, subject, parts)


def _scopes(context: Context) -> Iterator[list[Part]]:
    book = context.book
    for criterion in book.criteria.values():
        ids = {rule.id for rule in criterion.rules}
        yield [part for part in context.parts if part.kind == "rule" and part.id in ids]
    yield [part for part in context.parts if part.kind == "knock-out"]


def _is_number(context: Context, name: str) -> bool:
    fact = context.book.all_facts.get(name)
    kind = None if fact is None else fact.type
    points = name == "score" or name in context.book.criteria
    return points or kind in NUMERIC or kind is FactType.DATE


def _of_subject(context: Context, subject: str, parts: Sequence[Part]) -> Iterator[Meeting]:
    tests = [test for part in parts for test in tests_of(part.when)]
    try:
        cells = [each for each in context.domains.cells(subject, tests) if each is not None]
    except TooHardError:
        return
    cells.sort()
    said = {
        part.id: [truth_of(context.book, part.when, {subject: cell}) == TRUE for cell in cells]
        for part in parts
    }
    for one, other in combinations(parts, 2):
        for at in range(1, len(cells) - 1):
            for lower, upper in ((one, other), (other, one)):
                low, high = said[lower.id], said[upper.id]
                neighbours = low[at - 1] and high[at + 1] and not low[at + 1] and not high[at - 1]
                alone = low[at] or not any(each[at] for each in said.values())
                if neighbours and low[at] == high[at] and alone:
                    yield Meeting(lower, upper, subject, cells[at], twice=low[at])
