"""Several rows of one lead become one, where a person asks for it.

Each fact is taken from the first row that knows it, in the order that the book declares. A date
that says how old facts are goes with them: the earliest of the rows that they come from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.identity.grouping import Groups
from leadgrade.leads.terms import Rejected, clip
from leadgrade.rules.gathering import Merging, Precedence
from leadgrade.rules.lead import Lead

if TYPE_CHECKING:
    from leadgrade.leads.listing import Listing
    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book

Place = tuple[str, int]
"""A file and a line of it."""

Gather = Callable[[Sequence[str], Mapping[str, "Value"]], "dict[str, Value]"]
"""Returns what joined files say of a lead, by its ids and its facts."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of several rows: one lead, and where each of its facts comes from."""

    lead: str
    rows: tuple[Place, ...]
    keys: tuple[str, ...]
    """What the rows share."""
    facts: dict[str, Place]


class _Row(NamedTuple):
    """A row that waits for others of its lead."""

    lead: Lead
    own_id: str
    raw: str


class Merger:
    """Reads lists twice: who is who, then the leads. Only rows that wait for others are kept."""

    def __init__(self, book: Book, gather: Gather | None = None) -> None:
        self._book = book
        self._gather = gather
        self._required = [fact.id for fact in book.facts.values() if fact.required]
        self._begin()

    def _begin(self) -> None:
        self._groups = Groups()
        self._waiting: dict[int, list[_Row]] = {}
        self._taken: dict[str, tuple[int, Place]] = {}
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
        self._begin()
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
        rows.append(_Row(lead, listing.own_id or lead.id, listing.raw))
        if len(rows) == self._groups.size(root):
            del self._waiting[root]
            yield from self._whole(root, rows, listing)

    def _whole(self, root: int, rows: list[_Row], listing: Listing) -> Iterator[Lead | Rejected]:
        """Yield the lead that some rows make, or the rejection of each of them."""
        leads = [row.lead for row in rows]
        lead, places = merge_rows(leads, self._book)
        facts = dict(lead.facts)
        if self._gather is not None:
            facts.update(self._gather([row.own_id for row in rows], facts))
        lead = replace(lead, id=self._groups.name(root), facts=facts)
        refusal = self._refusal(lead, root)
        if refusal is None:
            self._note(lead, leads, places, root, listing)
            yield lead
            return
        self.rejected += len(rows)
        for row in rows:
            yield Rejected(*_place(row.lead), *refusal, clip(row.raw))

    def _refusal(self, lead: Lead, root: int) -> tuple[str, dict[str, str]] | None:
        """Return why a merged lead is none: code and arguments."""
        for fact in self._required:
            if fact not in lead.facts:
                return "missing-fact", {"fact": fact}
        taken, (file, line) = self._taken.setdefault(lead.id, (root, _place(lead)))
        if taken == root:
            return None
        return "duplicate-id", {"id": lead.id, "first_file": file, "first_line": str(line)}

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
