"""The conditions of a book, each with what it belongs to: the one list that checks go through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadgrade.rules.conditions import All, AnyOf, Condition
from leadgrade.rules.formulas import Choose
from leadgrade.rules.model import Book, FirstMatch, KnockOut, Rule, RuleKind
from leadgrade.rules.source import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A condition. ``kind`` names what it belongs to, ``key`` is where it stands in the YAML."""

    kind: str
    id: str
    when: Condition
    span: Span
    key: str = "when"
    justification: str | None = None


def parts_of(book: Book) -> Iterator[Part]:
    """Yield every condition that somebody wrote, in the book's order of decisions.

    Bands and values are not among them, nor the cases of classifications.
    """
    for fact in book.derived.values():
        if isinstance(fact.formula, Choose):
            yield from (Part("fact", fact.id, when, fact.span) for when, _ in fact.formula.cases)
    for rule in book.rules.values():
        if rule.kind in (RuleKind.WHEN, RuleKind.DECAY) and rule.outcomes:
            yield Part("rule", rule.id, written(rule), rule.span)
    yield from _of_grade(book)
    for each in book.classes.values():
        if each.applies_when is not None:
            yield Part("class", each.id, each.applies_when, each.span, "applies_when")
    for step in book.next_steps:
        if step.when != All(()):
            yield Part("next step", step.id, step.when, step.span)


def written(rule: Rule) -> Condition:
    """Return the condition of a ``when`` rule; the stages of fading points leave it as it is."""
    whole = rule.outcomes[0].when
    if rule.kind is RuleKind.DECAY and isinstance(whole, All):
        return whole.parts[0]
    return whole


def _of_grade(book: Book) -> Iterator[Part]:
    for each in book.knock_outs:
        yield Part("knock-out", each.id, each.when, each.span, justification=each.justification)
    for limit in book.limits:
        yield Part("limit", limit.id, limit.when, limit.span, justification=limit.justification)
    for grade in book.grades:
        if grade.needs is not None:
            yield Part("grade", grade.id, grade.needs, grade.span, "needs", grade.justification)


def scoring_parts(book: Book) -> Iterator[Part]:
    """Yield what decides about score and grade, bands and values included."""
    for rule in book.rules.values():
        whole = AnyOf(tuple(each.when for each in rule.outcomes))
        key = "when" if rule.kind in (RuleKind.WHEN, RuleKind.DECAY) else str(rule.kind)
        yield Part("rule", rule.id, whole, rule.span, key, rule.justification)
    yield from _of_grade(book)


def reasons_of(book: Book) -> Iterator[Rule | KnockOut]:
    """Yield what may fire for a lead: rules and knock-outs."""
    yield from book.rules.values()
    yield from book.knock_outs


def cases_of(each: FirstMatch) -> Iterator[tuple[int, Condition, str]]:
    """Yield the number, the condition and the class of each case, from the first."""
    for number, (when, label) in enumerate(each.cases):
        yield number, when, label
