"""All lists of a run, as one stream of leads and rejections without duplicate ids.

Always: rows = leads + rejected + merged.
"""

from __future__ import annotations

from array import array
from bisect import bisect
from collections import deque
from typing import TYPE_CHECKING

from leadgrade.leads.formats.folders import lists_of
from leadgrade.leads.formats.sql import open_query
from leadgrade.leads.identity.id_table import IdTable
from leadgrade.leads.identity.merging import Merged, Merger
from leadgrade.leads.listing import DEFAULTS, Listing, Refusal, open_list, opened_list
from leadgrade.leads.terms import ListError, OnDuplicate, Options, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from leadgrade.leads.formats.source import Source
    from leadgrade.leads.joining import Joins
    from leadgrade.rules.lead import Lead
    from leadgrade.rules.model import Book


class Reading:
    """The open lists of a run. Iterating reads them in their order, each from its beginning."""

    def __init__(
        self,
        listings: Sequence[Listing],
        on_duplicate: OnDuplicate,
        book: Book,
        joins: Joins | None = None,
    ) -> None:
        self.listings = tuple(listings)
        self.joins = joins
        """What is joined to the lists."""
        self.on_duplicate = on_duplicate
        gather = None if joins is None else joins.facts_of
        self._merger = Merger(book, gather) if on_duplicate is OnDuplicate.MERGE else None
        for listing in self.listings:
            listing.gather = None if self._merger else gather
            listing.required = () if self._merger else listing.required  # known once it is merged

    @property
    def rows(self) -> int:
        """The rows read so far, at the end ``leads + rejected + merged``."""
        return sum(listing.rows for listing in self.listings)

    @property
    def leads(self) -> int:
        """The leads read so far."""
        return self.rows - self.rejected - self.merged

    @property
    def rejected(self) -> int:
        """The rows rejected so far."""
        later = self._merger.rejected if self._merger else 0
        return sum(listing.rejected for listing in self.listings) + later

    @property
    def merged(self) -> int:
        """The rows that were merged into another row of their lead so far."""
        return self._merger.rows if self._merger else 0

    @property
    def merges(self) -> Sequence[Merged]:
        """The leads that were made of several rows so far."""
        return self._merger.merged if self._merger else ()

    def __iter__(self) -> Iterator[Lead | Rejected]:
        """Yield leads and rejections in the order of the lists.

        Further rejections: ``duplicate-id``, ``replaced-by-later``. To keep the last row of an
        id everything is read twice, since a row that is rejected replaces nothing; and also to
        merge rows.

        Raises:
            ListError: ``duplicate-id`` where duplicates are errors, or ``changed-while-read``.
        """
        if self._merger is not None:
            yield from self._merger.items(self.listings)
            return
        offers = _Offers(self.listings)
        if self.on_duplicate is OnDuplicate.LAST:
            deque(self._items(offers, offers.note), maxlen=0)
            offers.restart()
        yield from self._items(offers, self._claim(offers))

    def close(self) -> None:
        """Close all files."""
        for listing in self.listings:
            listing.close()

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _items(
        self, offers: _Offers, claim: Callable[[Lead], Refusal | None]
    ) -> Iterator[Lead | Rejected]:
        for listing in self.listings:
            offers.begin_list()
            yield from listing.items(claim)

    def _claim(self, offers: _Offers) -> Callable[[Lead], Refusal | None]:
        """Return the function that says why a lead is not the one for its id, if so."""
        code = "duplicate-id"
        names = ("first_file", "first_line")
        if self.on_duplicate is OnDuplicate.LAST:
            code, names = "replaced-by-later", ("later_file", "later_line")

        def claim(lead: Lead) -> Refusal | None:
            chosen = offers.offer(lead)
            if chosen is None:
                return None
            args = {"id": lead.id, **dict(zip(names, chosen, strict=True))}
            if self.on_duplicate is OnDuplicate.ERROR:
                raise ListError(code, file=lead.file, line=lead.line, **args)
            return Refusal(code, args)

        return claim


class _Offers:
    """Which row stands for each lead id. Rows are numbered as they are offered.

    Some 40 bytes a lead, so that ten million of them fit in memory.
    """

    def __init__(self, listings: Sequence[Listing]) -> None:
        self._files = [listing.file for listing in listings]
        self._chosen = IdTable()
        self._lines = array("Q")
        self._starts: list[int] = []
        self._count = 0

    def begin_list(self) -> None:
        """Note that the next row is the first of the next list."""
        if len(self._starts) < len(self._files):
            self._starts.append(self._count)

    def restart(self) -> None:
        """Begin again with the first row."""
        self._count = 0

    def note(self, lead: Lead) -> None:
        """Choose this row for its id, whatever was chosen before."""
        self._chosen.replace(lead.id, self._number(lead))

    def offer(self, lead: Lead) -> tuple[str, str] | None:
        """Return file and line of the row chosen for this id, None when it is this one."""
        number = self._number(lead)
        chosen = self._chosen.settle(lead.id, number)
        if chosen == number:
            return None
        file = self._files[bisect(self._starts, chosen) - 1]
        return file, str(self._lines[chosen])

    def _number(self, lead: Lead) -> int:
        number = self._count
        self._count += 1
        if number == len(self._lines):
            self._lines.append(lead.line or 0)
        return number


def read_lists(
    paths: Sequence[str | Path | Source],
    book: Book,
    options: Options = DEFAULTS,
    joins: Joins | None = None,
) -> Reading:
    """Open lists to read them as one, by their paths or open already. Close it when done.

    Every list is opened, and its headers are mapped, before the first row is read.

    Raises:
        ListError: a list cannot be used as a whole; see ``open_list``. Or ``joined-and-listed``.
    """
    listings: list[Listing] = []
    try:
        for path in lists_of(paths):
            listings.append(open_list(path, book, options))  # noqa: PERF401 (closed on error)
        for url, query in options.from_sql:
            listings.append(opened_list(open_query(url, query), book, options))
        if joins is not None:
            joins.refuse_twice(listings)
    except BaseException:
        for listing in listings:
            listing.close()
        raise
    return Reading(listings, options.on_duplicate, book, joins)
