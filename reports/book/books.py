"""``leadgrade books``: the rule books that come with us."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadgrade.reports.book.needs import SHOWN, needed
from leadgrade.reports.wording import say
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book


def books_json(lang: str) -> list[dict[str, Any]]:
    """Return the shipped books as plain JSON values."""
    return [
        {
            "name": name,
            "title": book.title.say(lang),
            "about": book.about.say(lang) if book.about else "",
            "path": book.path,
            "sha256": book.sha256,
            "rules": len(book.rules),
            "examples": len(book.examples),
            "facts": list(book.facts),
            "needs": list(needed(book)),
        }
        for name, book in _loaded().items()
    ]


def books_text(lang: str) -> RenderableType:
    """Return the shipped books as a table that a console prints."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("book", "title", "rules", "examples", "about", "needs"):
        right = name in ("rules", "examples")
        header = say(f"screens.column-{name}", lang)
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    for name, book in _loaded().items():
        about = book.about.say(lang) if book.about else ""
        counts = str(len(book.rules)), str(len(book.examples))
        table.add_row(name, book.title.say(lang), *counts, about, _needs(book, lang))
    return table


def _needs(book: Book, lang: str) -> str:
    """Return the first of the facts that points and knock-outs hang on, and how many more."""
    wanted = needed(book)
    labels = [book.facts[each].label.say(lang) for each in wanted[:SHOWN]]
    more = len(wanted) - len(labels)
    labels += [say("needs.more", lang, count=more)] if more else []
    return say("needs.between", lang).join(labels)


def _loaded() -> dict[str, Book]:
    return {name: load_book(path) for name, path in shipped_books().items()}
