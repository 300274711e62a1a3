"""Values as people read them, in their language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from leadgrade.engine.decision import points_text
from leadgrade.reports.wording import say
from leadgrade.rules.model import NOT_APPLICABLE, UNKNOWN_CLASS, Book, Fact, FactType

RESULTS = frozenset(("score", "grade", "qualified", "fired", "knock_outs", "knocked_out"))
"""What a condition may test beside facts, criteria and classes."""

MOST_PLACES = 9
"""What is smaller than this many decimals can show is 0 to a person."""


def show_fact(fact: Fact, value: Any, lang: str) -> str:
    """Return the value of a fact with its unit; the word for unknown where it is None."""
    if value is None:
        return say("screens.unknown", lang)
    match fact.type:
        case FactType.MONEY:
            return _money(value, lang)
        case FactType.PERCENT:
            return f"{_number(value * 100)}%"
        case FactType.DAYS:
            return show_days(value, lang)
        case FactType.FLAG:
            return say("screens.yes" if value else "screens.no", lang)
        case FactType.CHOICE:
            return next(each.label.say(lang) for each in fact.choices if each.id == value)
        case FactType.DATE:
            return str(value.isoformat())
    return _number(value) if fact.type is FactType.NUMBER else str(value)


def show_subject(book: Book, subject: str, value: Any, lang: str) -> str:
    """Return the value of anything that a condition may test."""
    fact = book.all_facts.get(subject)
    if fact is not None:
        return show_fact(fact, value, lang)
    if subject == "score" or subject in book.criteria:
        return points_text(value)
    if isinstance(value, frozenset):
        return ", ".join(rule for rule in book.rules if rule in value)
    if isinstance(value, bool):
        return say("screens.yes" if value else "screens.no", lang)
    if value is None:
        return say("screens.unknown", lang)
    return show_class(book, subject, str(value), lang)


def show_distance(book: Book, subject: str, distance: float, value: Any, lang: str) -> str:
    """Return how far a value is from a threshold, in the unit of the subject."""
    if isinstance(value, date):
        return show_days(distance, lang)
    return show_subject(book, subject, distance, lang)


def label_of(book: Book, subject: str, lang: str) -> str:
    """Return what people call a fact, a criterion, a class, or a result such as the score."""
    named = book.all_facts.get(subject) or book.criteria.get(subject) or book.classes.get(subject)
    if named is None:
        return say(f"conditions.{subject}", lang) if subject in RESULTS else subject
    return named.label.say(lang)


def show_class(book: Book, name: str, label: str, lang: str) -> str:
    """Return what people call the class that a lead has in the classification ``name``."""
    found = book.classes.get(name)
    labels = dict(found.labels) if found else {}
    if label in labels:
        return labels[label].say(lang)
    known = {UNKNOWN_CLASS: "class-unknown", NOT_APPLICABLE: "class-not-applicable"}
    return say(f"screens.{known[label]}", lang) if label in known else label


def signed(hundredths: int) -> str:
    """Return points with their sign: ``+12``, ``-3.5``, ``0``."""
    return f"+{points_text(hundredths)}" if hundredths > 0 else points_text(hundredths)


def _money(value: float, lang: str) -> str:
    """Return an amount; in Chinese by 万 and 亿 where that is exact and short."""
    if lang == "zh":
        for size, unit in ((1e8, "亿"), (1e4, "万")):
            short = f"{value / size:.4f}".rstrip("0").rstrip(".")
            if abs(value) >= size and float(short) * size == value:
                return short + unit
    return _number(value)


def show_days(count: float, lang: str) -> str:
    """Return a number of days with its unit."""
    which = "one" if count == 1 else "many"
    return say(f"screens.days.{which}", lang, count=_number(count))


def _number(value: float) -> str:
    """Return a number with thousands separators and four decimals; small ones with two digits."""
    exact = Decimal(repr(value)) if value != int(value) else Decimal(int(value))
    places = min(max(4, 1 - exact.adjusted()), MOST_PLACES) if exact else 0
    digits = f"{round(exact, places) + 0:,f}"  # never -0
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
