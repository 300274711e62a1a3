"""What a book uses of what it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.places import scalars
from leadgrade.rules.conditions import Condition, subjects_of
from leadgrade.rules.formulas import facts_of
from leadgrade.rules.model import Book, Classification, FirstMatch, Matrix, Ranking
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar

WORDINGS = frozenset({"label", "why", "do", "ask", "title", "about", "source", "justification"})
"""Keys under which people are spoken to: a name there is no use of it."""

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"[^\W\d]\w*")


def facts_used(book: Book) -> frozenset[str]:
    """Return the facts that a decision, a formula or a reason reads."""
    found = {book.lead_name or "", book.merging.by or ""}
    found |= {part.fact for key in book.identity for part in key}
    for condition in _conditions(book):
        found |= subjects_of(condition)
    for fact in book.all_facts.values():
        found |= {fact.dated_by or "", *(facts_of(fact.formula) if fact.formula else ())}
    for each in book.classes.values():
        found |= _of_class(each)
    whys = (
        *(each.why for each in book.rules.values()),
        *(each.why for each in book.knock_outs),
        *(each.why for each in book.limits),
    )
    return frozenset(found.union(*map(_in_words, whys)))


def _of_class(each: Classification) -> set[str]:
    match each:
        case Matrix():
            return {each.rows, each.columns}
        case Ranking():
            return {each.fact}
        case FirstMatch():
            return set().union(*(subjects_of(when) for when, _ in each.cases))


def _in_words(phrase: Phrase | None) -> Iterator[str]:
    for wording in () if phrase is None else phrase.wordings:
        yield from _PLACEHOLDER.findall(wording)


def _conditions(book: Book) -> Iterator[Condition]:
    yield from (each.when for rule in book.rules.values() for each in rule.outcomes)
    yield from (each.when for each in book.knock_outs)
    yield from (each.when for each in book.limits)
    yield from (each.needs for each in book.grades if each.needs is not None)
    yield book.qualified
    for each in book.classes.values():
        if each.applies_when is not None:
            yield each.applies_when
    yield from (each.when for each in book.next_steps)


def roots_of(book: Book, condition: Condition) -> frozenset[str]:
    """Return the facts of lists that a condition hangs on, itself or through formulas."""
    found: set[str] = set()
    left = list(subjects_of(condition))
    while left:
        name = left.pop()
        fact = book.all_facts.get(name)
        if fact is not None and name not in found:
            found.add(name)
            left += [] if fact.formula is None else facts_of(fact.formula)
    return frozenset(found)


def unused_names(context: Context, section: str) -> Iterator[Scalar]:
    """Yield the names of a section that stand nowhere in the rest of the book."""
    root = context.places.root
    declared = root.get(section) if isinstance(root, Mapping) else None
    if not isinstance(declared, Mapping):
        return
    used = words_used(context, section)
    inside = {
        word
        for _, node in declared.entries
        for text in _spoken(node)
        for word in _WORD.findall(text)
    }
    for name, _ in declared.entries:
        if name.text not in used and name.text not in inside:
            yield name


def words_used(context: Context, section: str) -> frozenset[str]:
    """Return the words that a book's text uses outside of one section and of its wordings."""
    root = context.places.root
    if not isinstance(root, Mapping):
        return frozenset()
    found: set[str] = set()
    for key, node in root.entries:
        if key.text != section and key.text not in WORDINGS:
            for text in _spoken(node):
                found.update(_WORD.findall(text))
    return frozenset(found)


def _spoken(node: Node) -> Iterator[str]:
    """Yield the texts in a tree, and the keys of its mappings, without wordings for people."""
    if not isinstance(node, Mapping):
        children = node.items if isinstance(node, Listing) else ()
        yield from (each.text for each in scalars(node) if not children)
        for child in children:
            yield from _spoken(child)
        return
    for key, value in node.entries:
        if key.text not in WORDINGS:
            yield key.text
            yield from _spoken(value)
