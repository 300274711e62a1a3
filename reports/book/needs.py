"""``books --needs LIST``: which of the shipped books a list can feed, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadgrade.engine.searching import dated_roots
from leadgrade.leads.mapping.proposal import propose
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import subjects_of
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book

SHOWN = 6
"""So many missing facts of a book are named in the table; all stand in the JSON."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What a list gives to a book: the facts that points and knock-outs read, there or missing."""

    name: str
    book: Book
    found: tuple[str, ...]
    missing: tuple[str, ...]
    blind: tuple[str, ...]
    """Criteria of which no rule could ever fire."""

    @property
    def share(self) -> float:
        """How many of the needed facts are there."""
        return len(self.found) / (len(self.found) + len(self.missing) or 1)


def fed_by(path: str) -> list[Fed]:
    """Return what a list gives to each shipped book, the best fed first.

    Raises:
        ListError: it cannot be read at all.
    """
    books = {name: load_book(file) for name, file in shipped_books().items()}
    found = [_fed(name, book, path) for name, book in books.items()]
    return sorted(found, key=lambda each: (-each.share, each.name))


def needed(book: Book) -> tuple[str, ...]:
    """Return the facts of a list that points and knock-outs of a book hang on, in its order."""
    subjects = {each for rule in book.rules.values() for each in rule.subjects}
    for knock_out in book.knock_outs:
        subjects |= subjects_of(knock_out.when)
    read = _roots(book, subjects)
    return tuple(name for name in book.facts if name in read)


def _fed(name: str, book: Book, path: str) -> Fed:
    mapped = {column.fact for column in propose(path, book).columns}
    wanted = needed(book)
    blind = [
        one.id
        for one in book.criteria.values()
        if not any(_could_fire(book, rule.subjects, mapped) for rule in one.rules)
    ]
    there = tuple(each for each in wanted if each in mapped)
    missing = tuple(each for each in wanted if each not in mapped)
    return Fed(name, book, there, missing, tuple(blind))


def _could_fire(book: Book, subjects: Iterable[str], mapped: set[str | None]) -> bool:
    return any(fact in mapped for fact in _roots(book, subjects))


def _roots(book: Book, subjects: Iterable[str]) -> frozenset[str]:
    facts = (each for each in subjects if each in book.facts or each in book.derived)
    return frozenset().union(*(dated_roots(book, each) for each in facts))


def needs_json(fed: Iterable[Fed], lang: str) -> list[dict[str, Any]]:
    """Return what a list gives to each book as plain data."""
    return [
        {
            "book": each.name,
            "title": each.book.title.say(lang),
            "share": round(each.share, 4),
            "found": list(each.found),
            "missing": list(each.missing),
            "blind": list(each.blind),
        }
        for each in fed
    ]


def needs_text(fed: Iterable[Fed], lang: str) -> RenderableType:
    """Return what a list gives to each book as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("book", "share", "blind", "missing"):
        right = name == "share"
        header = say(f"needs.column-{name}", lang)
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    for each in fed:
        facts, criteria = each.book.facts, each.book.criteria
        missing = [facts[name].label.say(lang) for name in each.missing]
        more = len(missing) - SHOWN
        if more > 0:
            missing = [*missing[:SHOWN], say("needs.more", lang, count=more)]
        blind = [criteria[name].label.say(lang) for name in each.blind]
        between = say("needs.between", lang)
        share = f"{each.share:.0%} ({len(each.found)}/{len(each.found) + len(each.missing)})"
        table.add_row(each.name, share, between.join(blind), between.join(missing))
    return table
