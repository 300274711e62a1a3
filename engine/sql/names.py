"""Names of columns that every SQL dialect can tell apart.

Ids of a book may differ only in case, be longer than a database allows, or hold signs that it does
not. A fact keeps its id where that is possible; so does everything else, behind what it is.
"""

from __future__ import annotations

import re

from leadgrade.rules.model import Book

KEYS = ("n", "lead", "source", "line")
"""Columns of a list beside its facts: its order, the lead's id, and where its row began."""

LONGEST = 48
"""Bytes of UTF-8 that a name may have, with room for an ending; PostgreSQL cuts at 63."""

_OTHER = re.compile(r"\W+")


class Names:
    """Gives names, each only once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, wanted: str) -> str:
        """Return the name that was wanted, or one like it that nothing else has."""
        stem = _OTHER.sub("_", wanted).encode()[:LONGEST].decode(errors="ignore")
        name, count = stem, 1
        while _folded(name) in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(_folded(name))
        return name


def _folded(name: str) -> str:
    return name.upper().casefold()


def names_of_facts(book: Book) -> tuple[Names, dict[str, str]]:
    """Return the columns of the facts that lists carry, by fact id, and the names that are left.

    They depend on the facts of the book alone, so a list can be made before anything is compiled.
    """
    names = Names()
    for key in KEYS:
        names.give(key)
    return names, {fact: names.give(fact) for fact in book.facts}
