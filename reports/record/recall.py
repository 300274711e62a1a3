"""Stored decisions, explained: facts and book come back from the record and are read anew."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from typing import Any, ClassVar

from leadgrade.engine.explain import Explaining, Explanation
from leadgrade.reports.explanation.data import Occasion
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.loader import read_kept_book
from leadgrade.rules.model import Book
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import BookError
from leadgrade.storage.errors import readable
from leadgrade.storage.records import StoredDecision, StoredOverride, StoredRun
from leadgrade.storage.store import Store


class RecallError(Problem):
    """A stored decision that cannot be explained as it stands, or a question that has no answer."""

    texts: ClassVar[str] = "screens"


def recall(store: Store, run: int | None, lead: str) -> tuple[Occasion, Explanation]:
    """Return why a run, by default the latest, decided so about a lead.

    Raises:
        StoreError: no such run or lead, or the record cannot be read.
        RecallError: the record does not give this decision again.
    """
    stored = store.decision(run, lead)
    found = store.run(stored.run)
    overrides = {stored.lead: stored.override} if stored.override else {}
    occasion = replace(_occasion(store, found), overrides=overrides)
    return occasion, _explain(Explaining(occasion.book, found.as_of), occasion, stored)


def recall_all(
    store: Store, run: int | None, grade: str | None
) -> tuple[Occasion, Generator[Explanation, None, None]]:
    """Return the explanations of a whole run, best leads first, as a stream to close.

    Raises:
        StoreError: no such run, or the record cannot be read.
        RecallError: while streaming, at the first decision that the record does not give again.
    """
    found = store.run(run)
    overrides: dict[str, StoredOverride] = {}
    occasion = replace(_occasion(store, found), overrides=overrides)
    check_grade(occasion.book, grade)
    explaining = Explaining(occasion.book, found.as_of)
    decisions: Any = store.decisions(found.number, grade=grade)

    def explained() -> Generator[Explanation, None, None]:
        with closing(decisions):  # before the store is closed, whatever happens
            for each in decisions:
                if each.override is not None:
                    overrides[each.lead] = each.override
                yield _explain(explaining, occasion, each)

    return occasion, explained()


def stored_book(store: Store, run: StoredRun) -> Book:
    """Return the rule book of a run as it was used, without its examples and properties.

    Raises:
        RecallError: this version cannot read it.
    """
    stored = store.book(run.book_sha256)
    try:
        return read_kept_book(stored.text, stored.path, run.parameters)
    except BookError as error:
        raise RecallError("stored-book-unreadable", run=run.number, finding=error) from error


def check_grade(book: Book, grade: str | None) -> None:
    """Check that leads may have a grade: a mistyped one would show an empty list.

    Raises:
        RecallError: the book has no such grade.
    """
    if grade is not None and grade not in book.grade_ids:
        raise RecallError("no-such-grade", grade=grade, grades=", ".join(book.grade_ids))


def _occasion(store: Store, run: StoredRun) -> Occasion:
    return Occasion(stored_book(store, run), run.as_of, run.engine, run.number)


def _explain(explaining: Explaining, occasion: Occasion, stored: StoredDecision) -> Explanation:
    explanation = explaining.explain(stored_lead(occasion.book, stored))
    if explanation.decision != stored.decision:
        raise RecallError("not-reproduced", lead=stored.lead, run=stored.run)
    return explanation


def stored_lead(book: Book, stored: StoredDecision) -> Lead:
    """Return a lead as it was decided, its facts typed by the book of its run.

    Raises:
        StoreError: ``unreadable-decision``, the facts or ranks are none.
    """
    with readable("unreadable-decision", lead=stored.lead, run=stored.run):
        ranks = {name: Rank(*place) for name, place in json.loads(stored.ranks).items()}
    facts = stored.known(book)
    return Lead(stored.lead, facts, ranks, stored.file, stored.line)
