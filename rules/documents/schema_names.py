"""What a book's own names add to its schema: facts, rules, grades, and the tests they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from leadgrade.rules.documents import book as document
from leadgrade.rules.documents.kinds import Document
from leadgrade.rules.model import NUMERIC, Book, Fact, FactType, labels_of
from leadgrade.rules.phrase import Phrase

Schema = dict[str, Any]

_PLACES: dict[tuple[type[Document], str], str] = {
    (document.RuleDoc, "fact"): "fact",
    (document.RuleDoc, "age_of"): "date",
    (document.FactDoc, "dated_by"): "date",
    (document.KnockOutDoc, "grade"): "grade",
    (document.LimitDoc, "at_most"): "grade",
    (document.LimitDoc, "at_least"): "grade",
    (document.ClassDoc, "fact"): "number",
    (document.ClassDoc, "rank"): "number",
    (document.ClassDoc, "rows"): "choice",
    (document.ClassDoc, "columns"): "choice",
    (document.BookDoc, "lead_name"): "text",
    (document.ExpectDoc, "grade"): "grade",
    (document.ExpectDoc, "fired"): "rule",
    (document.ExpectDoc, "not_fired"): "rule",
    (document.ExpectDoc, "knock_outs"): "knock-out",
    (document.ExpectDoc, "limits"): "limit",
    (document.ExpectDoc, "next_steps"): "step",
    (document.ExpectDoc, "ask"): "read fact",
}
"""What is named at a place."""

_SEVERAL = frozenset({"fired", "not_fired", "knock_outs", "limits", "next_steps", "ask"})
_TYPICAL: dict[FactType, str] = {
    FactType.MONEY: "100万",
    FactType.NUMBER: "10",
    FactType.PERCENT: "20%",
    FactType.DAYS: "30 days",
    FactType.DATE: "2026-01-31",
}
"""A value to begin with, in the writing that a type wants."""


_ANY_NAME: Schema = {"type": ["string", "number"]}


def either(*schemas: Schema) -> Schema:
    """Return the schema of what fits one of several."""
    return {"anyOf": [*schemas]}


class NamesOf:
    """The names of a book, or of none."""

    def __init__(self, book: Book | None) -> None:
        self._book = book

    @property
    def book(self) -> str:
        """The name of the book, empty where there is none."""
        return "" if self._book is None else self._book.id

    def lines(self) -> Schema:
        """Return the tests that an editor may propose where a condition stands."""
        return {} if self._book is None else {"examples": list(_tests(self._book))}

    def completed(self, shape: type[Document], key: str, found: Schema) -> Schema:
        """Return the schema of a key with the names that may stand there."""
        if self._book is None:
            return found
        kind = _PLACES.get((shape, key))
        if kind is not None and self._names[kind]:
            one = either(_enum(self._names[kind]), _ANY_NAME)
            return either(one, {"type": "array", "items": one}) if key in _SEVERAL else one
        if shape is document.ExampleDoc and key == "given":
            return {**found, "properties": {each.id: _value(each) for each in self._facts}}
        if shape is document.ExpectDoc and key in ("criteria", "classes"):
            return {**found, "properties": self._expected(self._book, key)}
        return found

    @property
    def _facts(self) -> Iterable[Fact]:
        return () if self._book is None else self._book.facts.values()

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """By what is named: each id, and what it is in words."""
        book = self._book
        assert book is not None  # noqa: S101 - whoever asks has a book
        facts = {each.id: _about(each) for each in book.all_facts.values()}
        points = {each.id: _words(each.label) for each in book.criteria.values()}
        points["score"] = "the sum of the criteria"
        of_type = {
            kind: {name: facts[name] for name in facts if book.all_facts[name].type in types}
            for kind, types in (
                ("number", NUMERIC),
                ("choice", {FactType.CHOICE}),
                ("date", {FactType.DATE}),
                ("text", {FactType.TEXT}),
            )
        }
        classes = {each.id: _words(each.label) for each in book.classes.values()}
        return {
            "fact": facts,
            "read fact": {each.id: _about(each) for each in book.facts.values()},
            "number": {**of_type["number"], **points},
            "choice": {**of_type["choice"], **classes, "grade": "the grade"},
            "date": of_type["date"],
            "text": of_type["text"],
            "grade": {each.id: _words(each.label) for each in book.grades},
            "rule": {each.id: _words(each.label) for each in book.rules.values()},
            "knock-out": {each.id: _words(each.label) for each in book.knock_outs},
            "limit": {each.id: _words(each.label) for each in book.limits},
            "step": {each.id: _words(each.do) for each in book.next_steps},
        }

    @staticmethod
    def _expected(book: Book, key: str) -> dict[str, Schema]:
        if key == "criteria":
            return {
                each.id: {"type": "number", "description": _words(each.label)}
                for each in book.criteria.values()
            }
        return {
            each.id: {**_open_enum(labels_of(each)), "description": _words(each.label)}
            for each in book.classes.values()
        }


def _tests(book: Book) -> Iterator[str]:
    for fact in book.all_facts.values():
        yield from _tests_of(fact)
    yield from (f"{name} >= 10" for name in (*book.criteria, "score"))
    yield f"grade = {book.grades[0].id}"
    yield f"grade >= {book.grades[0].id}"
    yield from (f"fired contains {rule}" for rule in book.rules)
    yield from book.conditions
    for each in book.classes.values():
        yield from (f"{each.id} = {label}" for label in labels_of(each))


def _tests_of(fact: Fact) -> Iterator[str]:
    """Yield the tests that mean something for a fact."""
    name = fact.id
    match fact.type:
        case FactType.FLAG:
            yield from (name, f"not {name}")
        case FactType.CHOICE:
            ids = [each.id for each in fact.choices]
            yield from (f"{name} = {each}" for each in ids)
            yield f"{name} in [{', '.join(ids[:2])}]"
            yield f"{name} not in [{', '.join(ids[:2])}]"
            if fact.ordered:
                yield f"{name} >= {ids[-1]}"
        case FactType.TEXT:
            yield from (f"{name} contains word", f"{name} = word")
        case kind:
            value = _TYPICAL[kind]
            yield from (f"{name} {sign} {value}" for sign in (">=", ">", "<", "<="))
            yield f"{name} between {value} and {value}"
    yield from (f"{name} is known", f"{name} is missing")


def _enum(names: dict[str, str]) -> Schema:
    return {"enum": [*names], "enumDescriptions": [*names.values()]}


def _open_enum(words: Iterable[str]) -> Schema:
    return either({"enum": [*words]}, _ANY_NAME)


def _value(fact: Fact) -> Schema:
    """Return the schema of a fact's value in an example."""
    found: Schema = {"description": _about(fact), **_ANY_NAME}
    if fact.type is FactType.CHOICE:
        ids = [each.id for each in fact.choices]
        found |= {"examples": ids}
    elif fact.type is FactType.FLAG:
        found |= {"type": ["string", "boolean"], "examples": ["yes", "no"]}
    elif fact.type in _TYPICAL:
        found |= {"examples": [_TYPICAL[fact.type]]}
    return found


def _about(fact: Fact) -> str:
    return f"{_words(fact.label)} ({fact.type})"


def _words(label: Phrase | None) -> str:
    return "" if label is None else " · ".join(label.wordings)
