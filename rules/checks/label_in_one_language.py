"""A wording in one language, in a book that otherwise speaks two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.parts import reasons_of
from leadgrade.rules.model import Book
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Span


class _Wording(NamedTuple):
    owner: str
    key: str
    phrase: Phrase | None
    span: Span


def run(context: Context) -> Iterator[Hit]:
    """Yield the wordings that lack a language that other wordings of the book have."""
    wordings = [each for each in _wordings(context.book) if each.phrase is not None]
    if not any(each.phrase and each.phrase.en and each.phrase.zh for each in wordings):
        return
    for owner, key, phrase, span in wordings:
        if phrase is None or phrase == Phrase(en=owner):  # without a label the id stands for it
            continue
        if not (phrase.en and phrase.zh):
            args = {"name": owner, "key": key, "language": "zh" if phrase.en else "en"}
            yield Hit(context.places.of(span, key), args)


def _wordings(book: Book) -> Iterator[_Wording]:
    for fact in book.all_facts.values():
        yield _Wording(fact.id, "label", fact.label, fact.span)
        yield _Wording(fact.id, "ask", fact.ask, fact.span)
    for criterion in book.criteria.values():
        yield _Wording(criterion.id, "label", criterion.label, criterion.span)
    for each in reasons_of(book):
        yield _Wording(each.id, "label", each.label, each.span)
        yield _Wording(each.id, "why", each.why, each.span)
    for limit in book.limits:
        yield _Wording(limit.id, "label", limit.label, limit.span)
        yield _Wording(limit.id, "why", limit.why, limit.span)
    yield from (_Wording(each.id, "label", each.label, each.span) for each in book.grades)
    for classification in book.classes.values():
        name, label = classification.id, classification.label
        yield _Wording(name, "label", label, classification.span)
    for step in book.next_steps:
        for key in ("do", "owner", "channel", "product"):
            yield _Wording(step.id, key, getattr(step, key), step.span)


CHECK = Check(
    "label-in-one-language",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
next_steps:
  - id: call
    do: {zh: 致电}
""",
    good="""\
next_steps:
  - id: call
    do: {en: Call, zh: 致电}
""",
)
