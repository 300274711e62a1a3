"""Every name that a column of a list may have: what header rows and encodings are known by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadgrade.leads.mapping.aliases import LEAD_IDS
from leadgrade.leads.mapping.headers import alias_names, fold_header, own_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadgrade.rules.model import Book

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Names:
    """The names of facts and ids, as people write them, and folded."""

    written: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()

    @classmethod
    def of_book(cls, book: Book, more: Iterable[str] = ()) -> Names:
        """Return the names of a book's facts and ids, the aliases of the facts, and ``more``."""
        more = tuple(more)
        own = {name for fact in book.facts.values() for name in fact.names}
        aliases = alias_names(book)
        said = {fold_header(name) for name in (*book.lead_id, *LEAD_IDS, *more)}
        meant = {name for name, facts in aliases.items() if facts}
        return cls(
            frozenset(own | aliases.keys() | {*book.lead_id, *more}),
            frozenset((own_names(book).keys() | meant | said) - {""}),
        )

    def known(self, cells: Sequence[str]) -> int:
        """Return how many different names there are among the cells of a row."""
        return len({fold_header(cell) for cell in cells if len(cell) < _LONGEST} & self.folded)
