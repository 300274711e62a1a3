"""Leads and decisions as examples of a rule book: YAML that is ready to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from leadgrade.engine.decision import Decision, points_text
from leadgrade.engine.suggesting import Suggestion
from leadgrade.rules.conditions import Value
from leadgrade.rules.model import Book, FactType, Ranking
from leadgrade.rules.values import parse_date

_PLAIN = re.compile(r"[^\W\d][\w\-]*(?: [\w\-]+)*")
"""What needs no quotes in YAML, wherever it stands."""

_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def examples_yaml(book: Book, found: Iterable[Suggestion]) -> str:
    """Return examples with what the book says of each now; the author has to agree."""
    return "\n".join(line for each in found for line in _example(book, each))


def _example(book: Book, each: Suggestion) -> Iterator[str]:
    yield f"  - name: {_quoted(each.name)}"
    if each.as_of is not None:
        yield f"    as_of: {each.as_of.isoformat()}"
    given = ", ".join(f"{name}: {literal(book, name, v)}" for name, v in each.facts.items())
    yield f"    given: {{{given}}}"
    yield f"    expect: {{{', '.join(_expected(book, each.decision))}}}"


def _expected(book: Book, decision: Decision) -> Iterator[str]:
    yield f"grade: {_word(decision.grade)}"
    yield f"score: {points_text(decision.score)}"
    yield f"fired: {_list(decision.fired)}"
    yield f"knock_outs: {_list(decision.knock_outs)}"
    lone = {
        name: label
        for name, label in decision.classes.items()
        if not isinstance(book.classes[name], Ranking)
    }
    if lone:
        yield f"classes: {{{', '.join(f'{name}: {_word(label)}' for name, label in lone.items())}}}"
    if len(lone) == len(decision.classes):  # a place in the list may move the next steps
        yield f"next_steps: {_list(decision.next_steps)}"


def literal(book: Book, name: str, value: Value) -> str:
    """Return a value as an author writes it in a book: ``20%``, ``45 days``, ``yes``."""
    kind = book.all_facts[name].type
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        if kind is FactType.PERCENT:
            return f"{_decimal(number * 100)}%"
        return f"{_decimal(number)} days" if kind is FactType.DAYS else _decimal(number)
    return _word(value)


def _decimal(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_word, names))}]"


def _word(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def frozen(book: Book, lead: str, facts: Mapping[str, Value], found: Decision, day: date) -> str:
    """Return a stored decision as an example, with the day that it was decided for."""
    assert parse_date(day.isoformat()) == day  # noqa: S101 - what we write can be read
    known = {name: value for name, value in facts.items() if name in book.facts}
    return examples_yaml(book, [Suggestion(lead, known, found, day)])
