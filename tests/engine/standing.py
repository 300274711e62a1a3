"""The facts whose being unknown counts as it stands when it is asked what is still possible."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.engine.bounds import roots_of_fact
from leadgrade.rules.conditions import Condition, Presence, tests_of
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula, Function
from leadgrade.rules.model import Book

_OF_KNOWN = (Function.SUM_KNOWN, Function.FIRST_KNOWN)


def counting_as_they_stand(book: Book) -> set[str]:
    """Return the read facts that may overturn what is settled when they become known.

    They are those of which being unknown means something: it is tested, passed over, or filled by
    a value that the book assumes; and the dates by which others are found to be too old.
    """
    found = {fact.id for fact in book.facts.values() if fact.if_unknown is not None}
    found |= {fact.dated_by for fact in book.facts.values() if fact.dated_by is not None}
    for test in (test for each in _conditions_of(book) for test in tests_of(each)):
        if isinstance(test, Presence):
            found |= roots_of_fact(book, test.subject)
    for fact in book.derived.values():
        if any(call.function in _OF_KNOWN for call in _calls_of(fact.formula)):
            found |= roots_of_fact(book, fact.id)
    return found


def _conditions_of(book: Book) -> Iterator[Condition]:
    """Yield the conditions that score and grade hang on."""
    yield from (outcome.when for rule in book.rules.values() for outcome in rule.outcomes)
    yield from (each.when for each in (*book.knock_outs, *book.limits))
    yield from (grade.needs for grade in book.grades if grade.needs is not None)
    for fact in book.derived.values():
        if isinstance(fact.formula, Choose):
            yield from (when for when, _ in fact.formula.cases)


def _calls_of(formula: Formula | None) -> Iterator[Call]:
    match formula:
        case Arithmetic(left, _, right):
            yield from (*_calls_of(left), *_calls_of(right))
        case Call(_, arguments):
            yield formula
            yield from (call for each in arguments for call in _calls_of(each))
        case Choose(cases, otherwise):
            values = [value for _, value in cases]
            yield from (call for each in (*values, otherwise) for call in _calls_of(each))
