"""The part of a book that score and grade hang on, and a version of it that assumes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from leadgrade.rules.conditions import Condition, subjects_of
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula, Function, facts_of
from leadgrade.rules.model import Book


def conditions_of(book: Book) -> Iterator[Condition]:
    """Yield every condition that score, grade and qualified hang on."""
    found = _conditions(book)
    yield from found
    read = _read_by(book, found)
    for fact in book.derived.values():
        if fact.id in read and isinstance(fact.formula, Choose):
            yield from (when for when, _ in fact.formula.cases)


def _conditions(book: Book) -> list[Condition]:
    found = [outcome.when for rule in book.rules.values() for outcome in rule.outcomes]
    found += [each.when for each in book.knock_outs]
    found += [each.when for each in book.limits]
    found += [each.needs for each in book.grades if each.needs is not None]
    return [*found, book.qualified]


def _read_by(book: Book, conditions: list[Condition]) -> set[str]:
    """Return the facts that conditions read, themselves or through formulas."""
    read = set[str]().union(*(subjects_of(each) for each in conditions))
    for fact in reversed(book.derived.values()):  # each stands after those that it reads
        if fact.id in read and fact.formula is not None:
            read |= set(facts_of(fact.formula))
    return read


def slim(book: Book) -> Book:
    """Return the book without classes, next steps, and the formulas that only these read.

    It gives the same score, grade and bounds, in less time.
    """
    read = _read_by(book, _conditions(book))
    derived = {name: fact for name, fact in book.derived.items() if name in read}
    return replace(book, derived=derived, classes={}, next_steps=())


def wary(book: Book) -> Book:
    """Return the book without assumed values, and with formulas that want all of their facts.

    What the book itself can decide of a lead with unknown facts is possible by this one as well,
    and so is what it decides when those facts become known.
    """
    return replace(
        book,
        facts={name: replace(each, if_unknown=None) for name, each in book.facts.items()},
        derived={
            name: replace(each, formula=None if each.formula is None else _wary(each.formula))
            for name, each in book.derived.items()
        },
    )


def _wary(formula: Formula) -> Formula:
    """Return a formula that is unknown wherever a part that may count is unknown."""
    match formula:
        case Call(function, arguments):
            inner = tuple(_wary(each) for each in arguments)
            if function is Function.SUM_KNOWN:
                return reduce(lambda one, other: Arithmetic(one, "+", other), inner)
            return inner[0] if function is Function.FIRST_KNOWN else Call(function, inner)
        case Arithmetic(left, sign, right):
            return Arithmetic(_wary(left), sign, _wary(right))
        case Choose(cases, otherwise):
            chosen = tuple((when, _wary(value)) for when, value in cases)
            return Choose(chosen, None if otherwise is None else _wary(otherwise))
    return formula
