"""Facts as a person says them at the command line: ``overdue_share=35%``, ``年营收=1.2亿``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from leadgrade.leads.values.cells import Column, Unreadable
from leadgrade.leads.values.policy import Policy
from leadgrade.reports.values import show_fact
from leadgrade.rules.building.literals import fact_value
from leadgrade.rules.building.names import fold_name
from leadgrade.rules.conditions import Value
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, Fact, FactType
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import Findings

EXAMPLES = {
    FactType.MONEY: "500万, 2.5M",
    FactType.NUMBER: "12.5",
    FactType.PERCENT: "35%",
    FactType.DAYS: "45 days",
    FactType.DATE: "2026-01-31",
    FactType.FLAG: "yes, no",
    FactType.TEXT: "Leeds",
}
"""Values as they may be said."""


class AssignmentError(Problem):
    """Something that does not read ``fact=value``."""

    texts: ClassVar[str] = "answers"


def assigned(book: Book, lead: Lead, assignments: Sequence[str]) -> Lead:
    """Return the lead with the facts that were said; an empty value makes a fact unknown.

    Raises:
        AssignmentError: ``not-an-assignment``, ``unknown-fact``, ``said-twice``,
            ``value-unreadable``, ``not-a-choice``, ``out-of-range``.
    """
    facts = dict(lead.facts)
    said: set[str] = set()
    for text in assignments:
        name, equals, literal = text.partition("=")
        if not equals or not name.strip():
            raise AssignmentError("not-an-assignment", text=text)
        fact = _fact(book, name.strip())
        if fact.id in said:
            raise AssignmentError("said-twice", fact=fact.id)
        said.add(fact.id)
        value = _value(book, fact, literal.strip())
        if value is None:
            facts.pop(fact.id, None)
        else:
            facts[fact.id] = value
    return replace(lead, facts=facts)


def _fact(book: Book, name: str) -> Fact:
    """Return the fact that has this id, label or column title."""
    if name in book.facts:
        return book.facts[name]
    wanted = fold_name(name)
    for fact in book.facts.values():
        if wanted in {fold_name(each) for each in fact.names}:
            return fact
    near = nearest(name, book.facts)
    if name in book.derived:
        raise AssignmentError("derived-fact", name=name)
    raise AssignmentError("unknown-fact", name=name, **({"nearest": near} if near else {}))


def _value(book: Book, fact: Fact, literal: str) -> Value | None:
    """Return the value, read as in a rule book, else as in a cell of a list; None for unknown."""
    if not literal:
        return None
    value = fact_value(literal, fact, fact.span, Findings())
    if value is not None and _in_range(fact, value):
        return value
    read = Column(fact, book, Policy())[literal]
    if isinstance(read, Unreadable):
        raise _unreadable(fact, literal, value)
    return read


def _unreadable(fact: Fact, literal: str, value: Value | None) -> AssignmentError:
    """Return what is wrong with a literal, and what would be right."""
    said = {"text": literal, "fact": fact.id}
    if fact.type is FactType.CHOICE:
        choices = ", ".join(each.id for each in fact.choices)
        return AssignmentError("not-a-choice", choices=choices, **said)
    if value is not None:
        ends = (show_fact(fact, end, "en") for end in (fact.low, fact.high) if end is not None)
        return AssignmentError("out-of-range", ends=" … ".join(ends), **said)
    return AssignmentError("value-unreadable", example=EXAMPLES[fact.type], **said)


def _in_range(fact: Fact, value: Value) -> bool:
    if not isinstance(value, float):
        return True
    return (fact.low is None or fact.low <= value) and (fact.high is None or value <= fact.high)
