"""The examples of the shipped books reach everything: each rule, class, step, and each limit.

What only a whole list can reach (places in it) is in ``test_books.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from math import isclose

import pytest

from leadgrade.engine.backends.base import make_backend
from leadgrade.engine.coverage import coverage, covered_parts
from leadgrade.engine.decision import Decision
from leadgrade.engine.examples import example_lead
from leadgrade.engine.in_force import DEFAULT_DAY
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.conditions import Between, Compare
from leadgrade.rules.conditions import tests_of as single_tests
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book, FirstMatch, Matrix, Ranking

BOOKS = sorted(shipped_books())
every_book = pytest.mark.parametrize("name", BOOKS)

NO_SUCH_VALUE = {
    ("b2b-leads", "attraction_points"): "four factors of 0, 1.5 or 3 points never come to 5 or 8",
    ("b2b-leads", "purchase_likelihood"): "no sum of the factors is 40 % or 70 % of 3, 6, 9 or 12",
    ("customer-value", "loyalty"): "2, 4, 7 and 7 points never come to 5",
    ("consumer", "age"): "nobody is of no age",
}
"""Limits that no lead can meet exactly, by book and subject, and why."""
ALWAYS = {
    ("b2b-leads", "overdue_days_max", ">= 0 days"),
    ("credit", "late_share", ">= 0%"),
    ("credit", "payment_cycle_days", ">= 0 days"),
    ("credit", "overdue_days_max", ">= 0 days"),
    ("consumer", "age", ">= 0"),
    ("consumer", "household_size", ">= 1"),
}
"""The lower ends of the lowest bands: the range of the fact lets nothing below them in."""


@cache
def book_of(name: str) -> Book:
    return load_book(shipped_books()[name])


@cache
def decided(name: str) -> tuple[Decision, ...]:
    book = book_of(name)
    days = {each.as_of or DEFAULT_DAY for each in book.examples}
    engines = {day: make_backend("explainer", book, day) for day in days}
    return tuple(
        engines[each.as_of or DEFAULT_DAY].decide(example_lead(book, each))
        for each in book.examples
    )


@every_book
def test_examples_reach_each_part(name: str) -> None:
    book, found = book_of(name), decided(name)
    reached = {
        "rules": {rule for each in found for rule in each.fired},
        "knock-outs": {each for one in found for each in one.knock_outs},
        "grades": {each.grade for each in found},
        "steps": {step for each in found for step in each.next_steps},
    }
    rankings = {each.id for each in book.classes.values() if isinstance(each, Ranking)}
    lead_steps = {
        step.id
        for step in book.next_steps
        if not rankings & {test.subject for test in single_tests(step.when)}
    }
    assert set(book.rules) - reached["rules"] == set()
    assert {each.id for each in book.knock_outs} - reached["knock-outs"] == set()
    assert {each.id for each in book.grades} - reached["grades"] == set()
    of_lists = {"rfm_level"}  # a matrix of rankings
    left = lead_steps - reached["steps"]
    assert {each for each in left if each.split(".")[0] not in of_lists} == set()
    for one in book.classes.values():
        if one.id not in rankings | of_lists | {"frequency_and_money"}:
            assert labels(one) - {each.classes[one.id] for each in found} == set(), one.id


def labels(one: FirstMatch | Matrix | Ranking) -> set[str]:
    match one:
        case Matrix():
            return {cell for row in one.table.values() for cell in row.values()}
        case FirstMatch():
            return {label for _, label in one.cases} | {one.otherwise} - {"unknown"}
        case Ranking():
            return {label for _, label in one.shares} | {one.rest}


@every_book
def test_each_test_is_seen_to_hold_and_to_fail(name: str) -> None:
    """Also each test of an `any`, and the tests behind the first that decides."""
    book = book_of(name)
    rankings = {each.id for each in book.classes.values() if isinstance(each, Ranking)}
    left = [
        (each.part.id, each.test.subject, each.test.test)
        for each in coverage(book).tests
        if not (each.seen_true and each.seen_false)
        and each.test.subject not in rankings | {"rfm_level"}
        and (name, each.test.subject, each.test.test) not in ALWAYS
    ]
    assert left == []


def limits_of(book: Book) -> Iterator[tuple[str, float]]:
    """Yield every number that a condition compares with, and what it is compared with it."""
    for part in covered_parts(book):
        for test in single_tests(part.when):
            match test:
                case Compare(subject, _, float() | int() as limit) if not isinstance(limit, bool):
                    yield subject, limit
                case Between(subject, float() | int() as low, float() | int() as high):
                    yield from ((subject, low), (subject, high))


@every_book
def test_each_limit_has_an_example_exactly_at_it(name: str) -> None:
    book = book_of(name)
    days = {each.as_of or DEFAULT_DAY for each in book.examples}
    oracles = {day: Oracle(book, day) for day in days}
    seen: dict[str, set[float]] = defaultdict(set)
    for example in book.examples:
        values = oracles[example.as_of or DEFAULT_DAY](example.given)
        for subject, value in values.items():
            if isinstance(value, int | float):
                seen[subject].add(value)
    left = {
        (subject, limit)
        for subject, limit in limits_of(book)
        if not any(isclose(value, limit) for value in seen[subject])
    }
    assert {each for each in left if (name, each[0]) not in NO_SUCH_VALUE} == set()
    excused = {subject for book_id, subject in NO_SUCH_VALUE if book_id == name}
    assert excused <= {subject for subject, _ in left}, "an excuse that nobody needs any more"
