"""Facts as JSON and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.rules.lead import facts_from_json, facts_to_json, plain
from leadgrade.rules.loader import read_book
from leadgrade.rules.values import LARGEST

BOOK = read_book("""\
book: small
facts:
  营收: {type: money}
  late: {type: percent}
  refused: {type: flag}
  since: {type: date}
  industry: {type: text}
criteria: {}
grades: {A: {}}
""")
NUMBERS = st.floats(-LARGEST, LARGEST).map(lambda value: value + 0.0)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "营收": NUMBERS,
        "late": NUMBERS,
        "refused": st.booleans(),
        "since": st.dates(),
        "industry": st.text(),
    },
)


@given(FACTS)
def test_facts_come_back_as_they_were(facts: dict[str, Any]) -> None:
    back = facts_from_json(BOOK, facts_to_json(facts))
    assert back == facts
    assert {name: type(value) for name, value in back.items()} == {
        name: type(value) for name, value in facts.items()
    }


@given(FACTS)
def test_the_same_facts_are_the_same_text(facts: dict[str, Any]) -> None:
    turned = dict(reversed(facts.items()))
    assert facts_to_json(turned) == facts_to_json(facts)
    assert json.loads(facts_to_json(facts)) == {name: plain(each) for name, each in facts.items()}


def test_facts_are_written_plainly() -> None:
    facts = {"营收": 5e6, "late": 0.2, "since": date(2026, 1, 31), "refused": False}
    assert facts_to_json(facts) == (
        '{"late":0.2,"refused":false,"since":"2026-01-31","营收":5000000}'
    )


def test_facts_of_another_book_are_refused() -> None:
    with pytest.raises(KeyError):
        facts_from_json(BOOK, '{"profit":1}')
    with pytest.raises(ValueError, match="Expecting"):
        facts_from_json(BOOK, "{")
