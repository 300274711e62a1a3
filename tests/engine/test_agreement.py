"""All backends read the same books, and must decide every lead alike."""

from __future__ import annotations

import os
import random
import re
from contextlib import closing
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.base import BACKENDS, EngineFault, make_backend, why_unavailable
from leadgrade.engine.backends.columnar import Columnar
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.rules.documents.book import (
    BandDoc,
    BookDoc,
    CaseDoc,
    ClassBandDoc,
    ClassCaseDoc,
    ClassDoc,
    CriterionDoc,
    DerivedDoc,
    FactDoc,
    GradeDoc,
    KnockOutDoc,
    LimitDoc,
    NextStepDoc,
    ParameterDoc,
    RuleDoc,
    TreatmentDoc,
)
from leadgrade.rules.formulas import Function
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book, Ranking

from .books import AS_OF, book_texts, leads_for

LEADS_A_BOOK = 25
CASES = int(os.environ.get("LEADGRADE_CASES", "5000"))
"""Leads to compare in all."""

PARTS = 4
"""Tests to spread them over, for workers to share."""

FIRST_SEED = random.getrandbits(32) if "LEADGRADE_CASES" in os.environ else 0
"""The same cases in each test run, others in each soak."""


MOST = 2**127
"""Sums in hundredths from here on are refused by DuckDB."""

LARGEST = 2**63
"""So are values from here on that it has to add up."""

DAYS_TRIED = (AS_OF, AS_OF, AS_OF - timedelta(1), AS_OF + timedelta(1), date(2024, 2, 29))


ELSEWHERE = ("explainer", "spark")
OTHERS = [each for each in BACKENDS if each not in ELSEWHERE and why_unavailable(each) is None]
"""What is compared with the explainer here; Spark, which is slow to ask, in `test_spark.py`."""


@pytest.mark.parametrize("part", range(PARTS))
def test_backends_agree(part: int, record_property: pytest.RecordProperty) -> None:
    compared = dict.fromkeys(OTHERS, 0)

    @seed(FIRST_SEED + part)
    @settings(
        max_examples=max(1, CASES // LEADS_A_BOOK // PARTS),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        book = read_book(data.draw(book_texts(whole=True)))
        day = data.draw(st.sampled_from(DAYS_TRIED))
        leads = data.draw(leads_for(book, LEADS_A_BOOK, day))
        if data.draw(st.booleans()):
            leads = with_ranks(book, leads, day)
            assert_same_places(book, day, leads)
        explainer = Explainer(book, day)
        wanted = [explainer.decide(lead) for lead in leads]
        for engine in OTHERS:
            found = decided(engine, book, day, leads)
            for lead, one, other in zip(leads, found, wanted, strict=bool(found)):
                assert one == other, (engine, lead)
                one.check_ledger()
            compared[engine] += len(found)

    compare()
    record_property("compared", str(compared))
    assert all(count >= LEADS_A_BOOK for count in compared.values())


def decided(engine: str, book: Book, day: date, leads: list[Lead]) -> list[Decision]:
    """Return the decisions of a backend; none where it refuses sums that it has no room for."""
    with closing(make_backend(engine, book, day)) as backend:  # type: ignore[type-var]
        if not isinstance(backend, Columnar):
            return [backend.decide(lead) for lead in leads]
        summed = [each.id for each in by_total(book)]
        sums = [lead.ranks[name].total for lead in leads for name in summed if name in lead.ranks]
        if max(sums, default=0) < MOST:
            return backend.decide_all(leads)
        with pytest.raises(EngineFault):
            backend.decide_all(leads)
        return []


def assert_same_places(book: Book, day: date, leads: list[Lead]) -> None:
    """Check that DuckDB ranks a list as Python does, or refuses values that it has no room for."""
    derive = Deriver(book, day).derive
    values = [derive(lead.facts).get(each.fact, 0.0) for each in by_total(book) for lead in leads]
    with Columnar(book, day) as columnar:
        columnar.load(reversed(leads))
        if any(value >= LARGEST for value in values):
            with pytest.raises(EngineFault, match="out of range"):
                list(columnar.places())
            return
        for lead, found in zip(reversed(leads), columnar.places(), strict=True):
            assert found == {name: _needed(book, name, it) for name, it in lead.ranks.items()}


def _needed(book: Book, ranking: str, rank: Rank) -> Rank:
    """Return what of a place the ranking looks at."""
    needed = any(each.id == ranking for each in by_total(book))
    return rank if needed else Rank(rank.position, rank.of)


def by_total(book: Book) -> list[Ranking]:
    return [each for each in rankings_of(book) if each.by_total]


SILENT = {
    *(
        "about",
        "actionable",
        "ask",
        "basis",
        "channel",
        "cost",
        "currency",
        "headers",
        "label",
        "labels",
    ),
    *("justification", "lead_id", "lead_name", "owner", "personal", "product", "source", "title"),
    *("unknown_values", "why", "examples", "properties"),
}
"""Keys that no decision hangs on."""

SETTLED_BEFORE = {
    *("include", "extends", "remove", "identity", "merge", "sources", "on_unreadable"),
    *("count", "share", "sum", "mean", "first", "last", "where", "window"),
}
"""Keys whose work is done before a lead is decided."""

DOCUMENTS = (
    *(BookDoc, ParameterDoc, FactDoc, DerivedDoc, CaseDoc, CriterionDoc, RuleDoc, BandDoc),
    *(KnockOutDoc, LimitDoc, GradeDoc, ClassDoc, ClassCaseDoc, ClassBandDoc, TreatmentDoc),
    NextStepDoc,
)


def test_the_books_speak_the_whole_language() -> None:
    """What is new in the language is missing here until such books are made."""
    spoken: set[str] = set()

    @settings(
        max_examples=150,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=book_texts(whole=True))
    def listen(text: str) -> None:
        spoken.update(re.findall(r'"(\w+)":', text), re.findall(r"(\w+)\(", text))

    listen()
    keys = {key for each in DOCUMENTS for key in each.entries}
    assert (keys | set(Function)) - SILENT - SETTLED_BEFORE - spoken == set()
