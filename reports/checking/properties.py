"""How the properties of a book did on generated leads."""

from __future__ import annotations

import json
from typing import Any

from leadgrade.engine.properties import PropertyResult, PropertyTester
from leadgrade.reports.wording import say
from leadgrade.rules.lead import plain
from leadgrade.rules.model import Book


def tried_of_book(book: Book, lang: str) -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """Return how each property that a book itself has did, and whether all of them hold."""
    if not book.properties:
        return [], True
    tester = PropertyTester(book)
    results = [tester.run(each) for each in book.properties]
    said = [(property_text(book, each, lang), property_json(book, each)) for each in results]
    return said, all(each.lead is None for each in results)


def property_text(book: Book, result: PropertyResult, lang: str) -> str:
    """Return how one property did, in a line."""
    told = _told(book, result, lang)
    on_day = say("coverage.property-day", lang, day=result.day) if result.day else ""
    return f"{told}{on_day}"


def _told(book: Book, result: PropertyResult, lang: str) -> str:
    words = {"book": book.path, "property": result.wanted, "leads": result.leads}
    if result.lead is None:
        return say("coverage.property-holds", lang, **words)
    lead = json.dumps(_facts(result), ensure_ascii=False)
    if result.rises_to is None:
        return say("coverage.property-broken", lang, lead=lead, **words)
    value = plain(result.rises_to)
    fact = result.wanted.fact
    return say("coverage.property-falls", lang, lead=lead, fact=fact, value=value, **words)


def _facts(result: PropertyResult) -> dict[str, Any]:
    return {name: plain(value) for name, value in (result.lead or {}).items()}


def property_json(book: Book, result: PropertyResult) -> dict[str, Any]:
    """Return how one property did as plain JSON values."""
    holds = result.lead is None
    return {
        "book": book.path,
        "property": str(result.wanted),
        "holds": holds,
        "leads": result.leads,
        "example": None if holds else _facts(result),
        "rises_to": None if result.rises_to is None else plain(result.rises_to),
        "day": None if result.day is None else result.day.isoformat(),
    }
