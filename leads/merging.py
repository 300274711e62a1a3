"""Several rows of one lead become one, where a person asks for it.

Each fact is taken from the first row that knows it, in the order that the book declares. A date
that says how old facts are goes with them: the earliest of the rows that they come from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from leadgrade.leads.grouping import Groups
from leadgrade.leads.terms import Rejected, clip
from leadgrade.rules.gathering import Merging, Precedence
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from leadgrade.leads.listing import Listing
    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book

Place = tuple[str, int]
"""A file and a line of it."""

Complete = Callable[[Lead], "Lead | str"]
"""Adds to a lead what is known from elsewhere; the id of a fact where a required one is missing."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of several rows: one lead, and where each of its facts comes from."""

    lead: str
    rows: tuple[Place, ...]
    keys: tuple[str, ...]
    """What the rows share."""
    facts: dict[str, Place]


class Merger:
    """Reads lists twice: who is who, then the leads. Only rows that wait for others are kept."""

    def __init__(self, book: Book, complete: Complete) -> None:
        self._book = book
        self._complete = complete
        self._groups = Groups()
        self._waiting: dict[int, list[tuple[Lead, str]]] = {}
        self._taken: dict[str, Place] = {}
        self.merged: list[Merged] = []
        self.rows = 0
        """The rows that were merged into others."""
        self.rejected = 0
        """The rows that were rejected after they were merged."""

    def items(self, listings: Sequence[Listing]) -> Iterator[Lead | Rejected]:
        """Yield the leads, each where its last row stands, and the rejections.

        Further rejections: ``missing-fact``, and ``duplicate-id`` where different leads would
        have one name (the line numbers of two lists, say).
        """
        self.__init__(self._book, self._complete)  # type: ignore[misc]
        for listing in listings:
            deque(listing.items(_noting(self._groups, listing)), maxlen=0)
        self._groups.settle()
        number = 0
        for listing in listings:
            for item in listing.items(lambda _: None):
                if isinstance(item, Rejected):
                    yield item
                    continue
                yield from self._take(number, item, listing)
                number += 1

    def _take(self, number: int, lead: Lead, listing: Listing) -> Iterator[Lead | Rejected]:
        root = self._groups.group(number)
        rows = self._waiting.setdefault(root, [])
        rows.append((lead, listing.raw))
        if len(rows) < self._groups.size(root):
            return
        del self._waiting[root]
        yield from self._whole(root, rows, listing)

    def _whole(
        self, root: int, rows: list[tuple[Lead, str]], listing: Listing
    ) -> Iterator[Lead | Rejected]:
        """Yield the lead that some rows make, or the rejection of each of them."""
        leads = [lead for lead, _ in rows]
        lead, places = merge_rows(leads, self._book)
        lead = replace(lead, id=self._groups.name(root))
        whole = self._complete(lead)
        code, args = "missing-fact", {"fact": str(whole)}
        if isinstance(whole, Lead):
            file, line = self._taken.setdefault(lead.id, _place(lead))
            if (file, line) == _place(lead):
                self._note(whole, leads, places, root, listing)
                yield whole
                return
            code = "duplicate-id"
            args = {"id": lead.id, "first_file": file, "first_line": str(line)}
        self.rejected += len(rows)
        for each, raw in rows:
            yield Rejected(*_place(each), code, args, clip(raw))

    def _note(
        self,
        lead: Lead,
        leads: Sequence[Lead],
        places: dict[str, Place],
        root: int,
        listing: Listing,
    ) -> None:
        self.rows += len(leads) - 1
        if len(leads) > 1:
            labels = listing.identity.labels
            keys = tuple(labels[level] for level in self._groups.shared(root))
            rows = tuple(_place(each) for each in leads)
            self.merged.append(Merged(lead.id, rows, keys, places))


def merge_rows(rows: Sequence[Lead], book: Book) -> tuple[Lead, dict[str, Place]]:
    """Return one lead of several rows, and the place of each fact. It is called as the first."""
    order = in_order(rows, book.merging)
    chosen: dict[str, Lead] = {}
    for lead in order:
        for fact in lead.facts:
            chosen.setdefault(fact, lead)
    _date_what_is_dated(chosen, book)
    facts = {fact: chosen[fact].facts[fact] for fact in book.facts if fact in chosen}
    places = {fact: _place(chosen[fact]) for fact in facts}
    first = order[0]
    return Lead(first.id, facts, file=first.file, line=first.line), places


def in_order(rows: Sequence[Lead], merging: Merging) -> list[Lead]:
    """Return the rows of a lead, the one that goes first first."""
    match merging.precedence:
        case Precedence.FIRST:
            return list(rows)
        case Precedence.LAST:
            return list(reversed(rows))
        case Precedence.MOST_COMPLETE:
            return sorted(rows, key=lambda row: -len(row.facts))
        case Precedence.NEWEST:
            by = merging.by or ""
            dated = [(_day(row.facts, by), at) for at, row in enumerate(rows)]
            return [rows[at] for _, at in sorted(dated, reverse=True)]


def _day(facts: Mapping[str, Value], by: str) -> date:
    day = facts.get(by)
    return day if isinstance(day, date) else date.min


def _date_what_is_dated(chosen: dict[str, Lead], book: Book) -> None:
    """Take each date that dates facts from the row of the oldest of them."""
    for dated_by in {fact.dated_by for fact in book.facts.values() if fact.dated_by}:
        rows = [
            chosen[fact.id]
            for fact in book.facts.values()
            if fact.dated_by == dated_by and fact.id in chosen
        ]
        dated = [row for row in rows if dated_by in row.facts]
        if dated:
            chosen[dated_by] = min(dated, key=lambda row: _day(row.facts, dated_by))


def _noting(groups: Groups, listing: Listing) -> Callable[[Lead], None]:
    def note(lead: Lead) -> None:
        groups.note(lead.id, listing.keys_of(lead))

    return note


def _place(lead: Lead) -> Place:
    return lead.file or "", lead.line or 0
