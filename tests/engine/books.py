"""Random rule books, as texts in the language, and random leads for them."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from leadgrade.engine.ranks import rankings_of
from leadgrade.rules.building.decay import age_fact
from leadgrade.rules.conditions import Compare, Value, tests_of
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import Book, Fact, FactType, RuleKind

from .book_conditions import (
    DAYS,
    NUMBERS,
    TEXTS,
    Draw,
    Subject,
    condition,
    named,
    ordered,
    quoted,
)
from .book_facts import vocabularies
from .book_results import MOST, POINTS, classifications, criteria, ladders, limits

AS_OF = date(2026, 1, 1)
"""The day on which most books are tried; some things come into force on it, or the day before."""

HUGE = (1e16, 1e17, 1e300, -1e300, 5e-324, -5e-324, 1e-7, 2.0**53, 2.0**53 + 2, 0.1 + 0.2)


@st.composite
def book_texts(draw: Draw, *, whole: bool = False, presence: bool = True) -> str:
    """Return a rule book as text: JSON, which is YAML.

    It has the ``whole`` language, or only formulas without a case and a part within a part.
    Without ``presence`` nothing hangs on a fact's being known.
    """
    words = draw(vocabularies(whole=whole, presence=presence))
    facts = words.subjects
    scoring = draw(criteria(words))
    rules = [rule["id"] for home in scoring.values() for rule in home["rules"]]
    rising = [str(each) for each in sorted((*POINTS, *MOST))]
    points = [ordered(name, rising) for name in (*scoring, "score")]
    fired = Subject("fired", tuple(quoted(name) for name in rules), ("contains",))
    after = [*facts, *points, fired]
    words.conditions["late"] = draw(condition(after, 1))
    after.append(named("late"))
    grades = draw(ladders(after))
    lids = draw(limits(after, list(grades)))
    graded = [*after, ordered("grade", list(reversed(grades))), *_of_knock_outs(lids["knock_outs"])]
    qualified = [*graded, Subject("qualified", ("yes", "no"), ("=", "alone"))]
    classes = draw(classifications(words, points, list(grades), qualified))
    labels = {name: [*each.pop("labels"), "not applicable", "unknown"] for name, each in classes}
    everything = [
        *qualified,
        *(Subject(name, tuple(quoted(each) for each in some)) for name, some in labels.items()),
    ]
    book: dict[str, Any] = {
        "book": "random",
        "parameters": {
            name: {"value": value} if draw(st.booleans()) else value
            for name, value in words.parameters.items()
        },
        "lists": words.lists,
        "conditions": words.conditions,
        "facts": words.facts,
        "derived": words.derived,
        "criteria": scoring,
        "grades": grades,
        **lids,
        "classes": dict(classes),
        "next_steps": [
            {"id": f"s-{n}", "do": "call", "when": draw(condition(everything))} for n in range(3)
        ],
    }
    if draw(st.booleans()):
        book["qualified"] = draw(condition(graded, 1))
    return json.dumps(book, ensure_ascii=False)  # YAML does not join escaped surrogates


def _of_knock_outs(knock_outs: list[Any]) -> list[Subject]:
    found = [Subject("knocked_out", ("yes", "no"), ("=", "alone"))]
    if knock_outs:
        names = tuple(quoted(each["id"]) for each in knock_outs)
        found.append(Subject("knock_outs", names, ("contains",)))
    return found


def edges(book: Book, day: date = AS_OF) -> dict[str, list[Value]]:
    """Return the values of each fact that lie on, beside and far from the book's thresholds."""
    found = {fact.id: _edges(fact) for fact in book.facts.values()}
    for name, ages in _ages(book).items():
        found[name] += [day - timedelta(age + step) for age in ages for step in (-1, 0, 1)]
    return found


def _ages(book: Book) -> dict[str, list[int]]:
    """Return the ages in days at which something changes, by date fact."""
    found: dict[str, list[int]] = {
        fact.id: [] for fact in book.facts.values() if fact.type is FactType.DATE
    }
    for fact in book.facts.values():
        if fact.dated_by is not None and fact.max_age_days is not None:
            found[fact.dated_by].append(fact.max_age_days)
    tests = [
        test
        for rule in book.rules.values()
        if rule.kind is RuleKind.DECAY
        for outcome in rule.outcomes
        for test in tests_of(outcome.when)
        if isinstance(test, Compare)
    ]
    for name, ages in found.items():
        subject = age_fact(name)
        ages += {int(each.value) for each in tests if each.subject == subject}  # type: ignore[arg-type]
    return found


def _edges(fact: Fact) -> list[Value]:
    match fact.type:
        case FactType.CHOICE:
            return [choice.id for choice in fact.choices]
        case FactType.TEXT:
            return [*TEXTS, "", "\x00", "x" * 70_000]
        case FactType.FLAG:
            return [True, False]
        case FactType.DATE:
            days = [date.fromisoformat(day) for day in DAYS[1:]]
            near = [day + timedelta(step) for day in days for step in (-1, 0, 1)]
            return [*near, date.min, date.max]
    scales = {FactType.PERCENT: (1e-2,), FactType.MONEY: (1.0, 1e4, 1e6), FactType.DAYS: (1.0,)}
    found: list[Value] = list(HUGE)
    for number in NUMBERS:
        for scale in scales.get(fact.type, (1.0, 1e3)):
            value = float(number) * scale
            found += [value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf)]
    return found


@st.composite
def leads_for(
    draw: Draw, book: Book, count: int, day: date = AS_OF, unknown: float = 1 / 6
) -> list[Lead]:
    """Return leads with facts around the edges; a share of them is unknown."""
    values = edges(book, day)
    rankings = [each.id for each in rankings_of(book)]
    random = draw(st.randoms(use_true_random=True))  # seeded below: drawing each value is slow
    random.seed(draw(st.integers(0, 2**32)))

    def rank() -> Rank:
        position, before = random.randint(1, 30), random.randint(0, 900)
        return Rank(position, random.randint(position, 40), before, random.randint(before, 1000))

    found = []
    for number in range(count):
        known = {
            name: random.choice(some) for name, some in values.items() if random.random() >= unknown
        }
        ranks = {each: rank() for each in rankings if random.random() > 1 / 6}
        found.append(Lead(f"L{number}", known, ranks))
    return found
