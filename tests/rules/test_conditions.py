"""Conditions: pushing ``not`` inwards keeps the three-valued meaning."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadgrade.engine.kleene import Reading
from leadgrade.rules import conditions
from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    Not,
    OneOf,
    Op,
    Presence,
    rewrite,
    subjects_of,
    without_not,
)

NUMBERS = st.integers(0, 3).map(float)
SIZES = {"small": 0, "medium": 1, "large": 2}
TESTS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, st.sampled_from("ab"), st.sampled_from(Op), NUMBERS, st.just("t")),
    st.builds(
        Compare, st.just("size"), st.sampled_from(Op), st.sampled_from(list(SIZES)), st.just("t")
    ),
    st.builds(Between, st.sampled_from("ab"), NUMBERS, NUMBERS, st.just("t"), st.booleans()),
    st.builds(
        OneOf,
        st.just("size"),
        st.lists(st.sampled_from(list(SIZES))).map(tuple),
        st.just("t"),
        st.booleans(),
    ),
    st.builds(Contains, st.just("text"), st.sampled_from("xyz"), st.just("t"), st.booleans()),
    st.builds(Presence, st.sampled_from(["a", "size", "text"]), st.booleans(), st.just("t")),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda part: st.one_of(
        st.builds(All, st.lists(part, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(part, max_size=3).map(tuple)),
        st.builds(Not, part),
    ),
    max_leaves=12,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "a": NUMBERS,
        "b": NUMBERS,
        "size": st.sampled_from(list(SIZES)),
        "text": st.text("xyz", max_size=3),
    },
)


@given(CONDITIONS, FACTS)
def test_without_not_has_the_same_truth(condition: Condition, facts: dict[str, Any]) -> None:
    reading = Reading({"size": SIZES})
    turned = without_not(condition)
    assert reading.condition(turned)(facts) is reading.condition(condition)(facts)


@given(CONDITIONS)
def test_without_not_has_no_not(condition: Condition) -> None:
    def has_not(each: Condition) -> bool:
        return isinstance(each, Not) or any(map(has_not, getattr(each, "parts", ())))

    turned = without_not(condition)
    assert not has_not(turned)
    assert subjects_of(turned) == subjects_of(condition)


@given(CONDITIONS)
def test_rewriting_into_the_same_changes_nothing(condition: Condition) -> None:
    assert rewrite(condition, lambda test: test) == condition
    assert subjects_of(condition) == {test.subject for test in conditions.tests_of(condition)}
