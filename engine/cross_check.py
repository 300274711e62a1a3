"""A list that was decided as one query, decided again in part by an engine of another kind.

The part is spread over the grades and lies at the edges of the book's thresholds, where engines
would differ first. One difference is enough: nothing of the list may be stored then.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from leadgrade.engine.backends.base import Backend, make_backend, why_unavailable
from leadgrade.engine.decision import Decided
from leadgrade.engine.legend import Legend
from leadgrade.engine.pool_worker import row_of
from leadgrade.engine.relevance import conditions_of
from leadgrade.rules.conditions import Between, Compare, tests_of
from leadgrade.rules.lead import Lead, Rank, facts_from_json
from leadgrade.rules.model import NUMERIC, Book

if TYPE_CHECKING:  # DuckDB is slow to import, and every run looks for the error of this module
    from leadgrade.engine.list_rows import ListRows

A_GRADE = 40
"""Leads of each grade that are decided again."""

EDGES = 200
"""Thresholds at most at which a lead on each side is decided again."""

ALIKE = tuple(
    name for name in Decided._fields if name not in {"lead", "file", "line", "salt", "leaf"}
)
"""What has to be the same, to the last mark of the evidence."""


class Disagreement(NamedTuple):
    """A lead that two engines decide otherwise: what each says, by what differs."""

    row: Decided
    engine: str
    """The engine that decided again."""
    differences: dict[str, tuple[Any, Any]]


class DisagreementError(Exception):
    """Two engines decide a lead otherwise: ``found`` says what differs. Nothing may be stored."""

    def __init__(self, found: Disagreement) -> None:
        super().__init__(f"{found.row.lead}: {', '.join(found.differences)}")
        self.found = found


@dataclass(frozen=True, slots=True)
class Checked:
    """What a cross-check came to: ``seconds`` is what it cost."""

    leads: int
    engine: str
    seconds: float
    disagreement: Disagreement | None


def cross_check(rows: ListRows, book: Book, as_of: date) -> Checked:
    """Decide a sample of a decided list again, by the rule engine where it runs.

    Raises:
        EngineFault: DuckDB failed, or the other engine did.
    """
    began = time.monotonic()
    engine = other_engine()
    sample = rows.some(sorted(_sample(rows, book)))
    with closing(make_backend(engine, book, as_of)) as backend:
        found = next(_disagreements(sample, book, backend), None)
    return Checked(len(sample), engine, time.monotonic() - began, found)


def other_engine() -> str:
    """Return what decides again: the rule engine, or the explainer where that does not run."""
    return "rete" if why_unavailable("rete") is None else "explainer"


def lead_of(book: Book, name: str, facts: str, ranks: str) -> Lead:
    """Return a lead as a row has it, its facts typed by the book.

    Raises:
        KeyError, ValueError, TypeError: these are not facts and places of the book.
    """
    places = {ranking: Rank(*place) for ranking, place in json.loads(ranks).items()}
    return Lead(name, facts_from_json(book, facts), places)


def disagreement(row: Decided, book: Book, backend: Backend) -> Disagreement | None:
    """Return what an engine decides otherwise than a row says, None for nothing."""
    lead = lead_of(book, row.lead, row.facts, row.ranks)
    other = row_of(Legend.of(book), lead, backend.decide(lead))
    differences = {
        name: (mine, its)
        for name in ALIKE
        if (mine := getattr(row, name)) != (its := getattr(other, name))
    }
    return Disagreement(row, backend.name, differences) if differences else None


def _disagreements(
    sample: Sequence[Decided], book: Book, backend: Backend
) -> Iterator[Disagreement]:
    for row in sample:
        found = disagreement(row, book, backend)
        if found is not None:
            yield found


def _sample(rows: ListRows, book: Book) -> set[int]:
    """Return the numbers of leads: some of each grade, and those next to thresholds."""
    numbers = set(rows.spread(A_GRADE))
    edges = [(fact, each) for fact, values in _thresholds(book).items() for each in sorted(values)]
    step = max(1, len(edges) // EDGES)
    numbers.update(rows.beside(edges[::step]))
    return numbers


def _thresholds(book: Book) -> dict[str, set[float]]:
    """Return the numbers that facts of the list are compared with, by fact."""
    found: dict[str, set[float]] = defaultdict(set)
    for condition in conditions_of(book):
        for test in tests_of(condition):
            fact = book.facts.get(test.subject)
            if fact is None or fact.type not in NUMERIC:
                continue
            match test:
                case Compare(_, _, value):
                    found[fact.id].add(float(value))  # type: ignore[arg-type]
                case Between(_, low, high):
                    found[fact.id] |= {float(low), float(high)}  # type: ignore[arg-type]
    return found
