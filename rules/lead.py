"""A lead as a rule book sees it: a name and what is known about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.rules.model import Book, FactType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadgrade.rules.conditions import Value


class Rank(NamedTuple):
    """A lead's place in its list for one ranking: ``position`` 1 is the highest of ``of``.

    ``before`` is the sum of the positive values of the leads above it, ``total`` that of all,
    in hundredths: whole numbers, so that the sums are the same in any order. Both are 0 where the
    ranking does not look at them.
    """

    position: int
    of: int
    before: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead. ``facts`` holds what is known, by fact id; an unknown fact is left out.

    ``ranks`` holds the places in the list by ranking id, for the rankings whose fact is known.
    ``file`` and ``line`` say where the row began; both are None for a lead that was made by hand.
    """

    id: str
    facts: Mapping[str, Value]
    ranks: Mapping[str, Rank] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None


def plain(value: Value) -> bool | int | float | str:
    """Return a fact's value as JSON writes it: whole numbers without a dot, dates as ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def facts_to_json(facts: Mapping[str, Value]) -> str:
    """Return facts as canonical JSON: sorted keys, no white space, UTF-8 as it is."""
    readable = {name: plain(value) for name, value in facts.items()}
    return json.dumps(readable, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_from_json(book: Book, text: str) -> dict[str, Value]:
    """Return facts from what ``facts_to_json`` wrote, typed again by the book.

    Raises:
        KeyError: the book has no such fact.
        ValueError: the text is not JSON, or a date is no date.
    """
    return {name: _typed(book, name, value) for name, value in json.loads(text).items()}


def _typed(book: Book, name: str, value: Value) -> Value:
    kind = book.all_facts[name].type
    if kind is FactType.DATE:
        return date.fromisoformat(str(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
