"""Which header of a list is which fact. A header that could be two things is refused, not guessed.

Headers and names are compared folded (see ``fold_header``). A fact's own names (id, labels,
``headers:``) go before the shipped aliases: the author of the book said so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from leadgrade.leads.aliases import GROUPS, LEAD_IDS
from leadgrade.leads.terms import ListError
from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leadgrade.rules.model import Book

_IGNORED = re.compile(r"[\s_\-./\\()\[\]{}:*'\"\ufeff]")


ROW = "row"
"""Named as the id column of a list without such a column, it lets the line name the lead."""


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """What was made of the headers. Columns are counted from 0."""

    headers: tuple[str, ...]
    """The headers as the list has them."""
    lead_id: int | None
    """The column that names the lead; it may be a fact as well. None: its line does."""
    facts: dict[str, int]
    """The columns that are facts, by fact id, in the order of the book."""

    @property
    def id_header(self) -> str:
        """The header of the column that names the lead, or ``row``."""
        return ROW if self.lead_id is None else self.headers[self.lead_id]

    @property
    def mapped(self) -> dict[str, str]:
        """The fact id of every header that is a fact, in the order of the list."""
        found = {self.headers[column]: fact for fact, column in self.facts.items()}
        return {header: found[header] for header in self.headers if header in found}

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The headers that are neither a fact nor the lead's id. Unnamed columns are left out."""
        used = {self.lead_id, *self.facts.values()}
        return tuple(
            header
            for column, header in enumerate(self.headers)
            if column not in used and header.strip()
        )


def fold_header(text: str) -> str:
    """Return a header as it is compared: width and case folded, no space and punctuation.

    A unit in it stays: 年营收(万元) is not 年营收.
    """
    return _IGNORED.sub("", fold(text)).casefold()


def map_headers(
    headers: Sequence[str], book: Book, file: str, *, id_column: str | None = None
) -> HeaderMap:
    """Return what each header is.

    Raises:
        ListError: ``no-such-column``, ``no-lead-id``, ``ambiguous-id``, ``nothing-mapped``,
            ``ambiguous-header`` (one header, two facts) or ``headers-collide`` (one fact, two
            headers).
    """
    columns: dict[str, list[int]] = defaultdict(list)
    for column, header in enumerate(headers):
        columns[fold_header(header)].append(column)
    columns.pop("", None)
    shown = tuple(header.replace("\ufeff", "").strip() for header in headers)
    lead_id = _find_id(columns, shown, book, file, id_column)
    own = _find_facts(columns, own_names(book), shown, file)
    taken = {fold_header(headers[column]) for column in own.values()}
    free = {header: at for header, at in columns.items() if header not in taken}
    aliases = {name: ids - own.keys() for name, ids in alias_names(book).items()}
    found = {**own, **_find_facts(free, aliases, shown, file)}
    if not found:
        raise ListError(
            "nothing-mapped", file=file, headers=_listed(shown), facts=_listed(book.facts)
        )
    return HeaderMap(shown, lead_id, {fact: found[fact] for fact in book.facts if fact in found})


def own_names(book: Book) -> dict[str, set[str]]:
    """Return the ids of the facts by each of their own names, folded."""
    names: dict[str, set[str]] = defaultdict(set)
    for fact in book.facts.values():
        for name in fact.names:
            names[fold_header(name)].add(fact.id)
    return names


def alias_names(book: Book) -> dict[str, set[str]]:
    """Return the ids of the facts by each alias that they share a group with, folded."""
    own = own_names(book)
    aliases: dict[str, set[str]] = defaultdict(set)
    for group in GROUPS:
        writings = [fold_header(writing) for writing in group]
        facts = set().union(*(own.get(writing, set()) for writing in writings))
        for writing in writings:
            aliases[writing] |= facts
    return aliases


def _find_facts(
    columns: Mapping[str, list[int]],
    names: Mapping[str, set[str]],
    headers: Sequence[str],
    file: str,
) -> dict[str, int]:
    """Return the column of each fact that exactly one header names."""
    found: dict[str, list[int]] = defaultdict(list)
    for folded, at in columns.items():
        facts = names.get(folded, set())
        if len(facts) > 1:
            header = headers[at[0]]
            raise ListError(
                "ambiguous-header", file=file, header=header, facts=_listed(sorted(facts))
            )
        for fact in facts:
            found[fact].extend(at)
    for fact, at in found.items():
        if len(at) > 1:
            named = _listed(headers[column] for column in at)
            raise ListError("headers-collide", file=file, fact=fact, headers=named)
    return {fact: at[0] for fact, at in found.items()}


def _find_id(
    columns: Mapping[str, list[int]],
    headers: Sequence[str],
    book: Book,
    file: str,
    wanted: str | None,
) -> int | None:
    """Return the column that names the lead, None where its line does."""
    names = (wanted,) if wanted is not None else (*book.lead_id, *LEAD_IDS)
    for name in names:
        exact = [column for column, header in enumerate(headers) if header == name.strip()]
        at = exact if wanted is not None and exact else columns.get(fold_header(name), [])
        if len(at) > 1:
            named = _listed(headers[column] for column in at)
            raise ListError("ambiguous-id", file=file, headers=named)
        if at:
            return at[0]
        if fold_header(name) == ROW:
            return None
    if wanted is None:
        raise ListError("no-lead-id", file=file, headers=_listed(headers))
    raise ListError(
        "no-such-column",
        file=file,
        column=wanted,
        nearest=_nearest(wanted, headers),
        headers=_listed(headers),
    )


def _nearest(wanted: str, headers: Sequence[str]) -> str:
    """Return the header most like the wanted one, or "" when none is much like it."""
    by_folded = {fold_header(header): header for header in headers}
    near = get_close_matches(fold_header(wanted), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def _listed(names: Iterable[str]) -> str:
    """Return names for a message, at most thirty of them."""
    named = [name for name in names if name]
    return ", ".join(named[:30]) + (", …" if len(named) > 30 else "")
