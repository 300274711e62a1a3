"""The rule engine and the explainer read the same books, and must decide every lead alike."""

from __future__ import annotations

import os
import random
import re
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.base import why_unavailable
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.backends.rete import Rete
from leadgrade.engine.ranks import with_ranks
from leadgrade.rules.document import (
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
from leadgrade.rules.kinds import key_of
from leadgrade.rules.loader import read_book

from .books import AS_OF, book_texts, leads_for

REASON = why_unavailable("rete")
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

LEADS_A_BOOK = 25
CASES = int(os.environ.get("LEADGRADE_CASES", "8000"))
"""Leads to compare in all."""

PARTS = 4
"""Tests to spread them over, for workers to share."""

FIRST_SEED = random.getrandbits(32) if "LEADGRADE_CASES" in os.environ else 0
"""The same cases in each test run, others in each soak."""


DAYS_TRIED = (AS_OF, AS_OF, AS_OF - timedelta(1), AS_OF + timedelta(1), date(2024, 2, 29))


@pytest.mark.parametrize("part", range(PARTS))
def test_rete_and_explainer_agree(part: int, record_property: pytest.RecordProperty) -> None:
    compared = 0

    @seed(FIRST_SEED + part)
    @settings(
        max_examples=max(1, CASES // LEADS_A_BOOK // PARTS),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        nonlocal compared
        book = read_book(data.draw(book_texts(whole=True)))
        day = data.draw(st.sampled_from(DAYS_TRIED))
        leads = data.draw(leads_for(book, LEADS_A_BOOK, day))
        if data.draw(st.booleans()):
            leads = with_ranks(book, leads, day)
        explainer = Explainer(book, day)
        with Rete(book, day) as rete:
            for lead in leads:
                found = rete.decide(lead)
                assert found == explainer.decide(lead), lead
                found.check_ledger()
                compared += 1

    compare()
    record_property("compared", compared)
    assert compared >= LEADS_A_BOOK


SILENT = {
    *("about", "actionable", "ask", "basis", "channel", "cost", "currency", "headers", "label"),
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
    keys = {key_of(field.name) for each in DOCUMENTS for field in fields(each)} - {"node"}
    assert (keys | set(Function)) - SILENT - SETTLED_BEFORE - spoken == set()
