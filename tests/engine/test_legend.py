"""Decisions as evidence: short marks that a legend writes out in full."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.legend import Legend, Marks, Result
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book

from .books import AS_OF, book_texts, leads_for


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_evidence_is_the_decision(data: st.DataObject) -> None:
    book = read_book(data.draw(book_texts(whole=True)))
    legend = Legend.of(book)
    stored = Legend.from_json(legend.to_json())
    assert stored == legend
    explainer = Explainer(book, AS_OF)
    for lead in data.draw(leads_for(book, 5, AS_OF)):
        decision = explainer.decide(lead)
        result = Result(decision.qualified, decision.grade, decision.score, decision.possible)
        assert stored.read(legend.write(decision), result) == decision


def test_marks_stand_in_the_order_of_their_places() -> None:
    marks = Marks("abcdefghi")
    assert marks.write("a") == "800"
    assert marks.write("di") == "108"
    assert marks.read("108") == ["d", "i"]
    assert marks.read(marks.write("")) == []


def test_no_places_are_no_text() -> None:
    assert Marks("").write("") == ""
    assert Marks("").read("") == []


@pytest.mark.parametrize("text", ["10", "1080", "xyz", "104", ""])
def test_what_are_no_marks(text: str) -> None:
    with pytest.raises(ValueError, match=r"digits|invalid literal|marks more"):
        Marks("abcdefghi").read(text)


def test_what_the_book_does_not_have() -> None:
    with pytest.raises(KeyError):
        Marks("abc").write("x")


def test_evidence_of_another_book() -> None:
    book = read_book(
        "{book: b, facts: {big: {type: flag}}, criteria: {c: {range: [0, 9], rules: ["
        "{id: r, when: big, points: 5}]}}, grades: {A: {from: 5}, B: {}}}"
    )
    legend = Legend.of(book)
    decision = Explainer(book, AS_OF).decide(Lead("L", {"big": True}))
    evidence = legend.write(decision)
    assert evidence == "8.0.....0"
    other = replace(legend, outcomes=())
    result = Result(decision.qualified, decision.grade, decision.score, decision.possible)
    with pytest.raises(ValueError, match="digits"):
        other.read(evidence, result)
