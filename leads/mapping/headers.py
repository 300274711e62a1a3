"""Which header of a list is which fact. A header that could be two things is refused, not guessed.

Headers and names are compared folded (see ``fold_header``). A fact's own names (id, labels,
``headers:``) go before what a recognised export means, and that before the shipped aliases.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from leadgrade.leads.mapping.aliases import LEAD_IDS
from leadgrade.leads.mapping.matching import (
    NO_MATCH,
    Match,
    Why,
    alias_names,
    all_names,
    fold_header,
    match_columns,
    own_names,
    suggest,
)
from leadgrade.leads.mapping.presets import Preset, recognised
from leadgrade.leads.terms import BarePercent, ListError
from leadgrade.leads.values.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leadgrade.rules.model import Book

__all__ = ["ROW", "HeaderMap", "alias_names", "fold_header", "listed", "map_headers", "own_names"]

_LIKE_DATA = re.compile(
    r"[¥$€£]?-?\d[\d.,]*%?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.{0,20}|[^@\s]{1,64}@[^@\s]{1,200}\.\w{2,20}"
)
"""A cell that no title is written like: a number, a date, an e-mail address."""

MOST_PROPOSED = 200
"""So many unused columns are compared with the facts."""

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
    preset: Preset | None = None
    """The export that was recognised."""
    why: dict[str, Why] = field(default_factory=dict)
    """What each fact's column was known by."""
    policies: dict[str, Policy] = field(default_factory=dict)
    """What is declared for the cells of a fact, by the mapping or the preset."""

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


def shown_headers(headers: Iterable[str]) -> tuple[str, ...]:
    """Return headers as people see them."""
    return tuple(header.replace("\ufeff", "").strip() for header in headers)


def map_headers(
    headers: Sequence[str], book: Book, file: str, *, id_column: str | None = None
) -> HeaderMap:
    """Return what each header is.

    Raises:
        ListError: ``no-such-column``, ``no-lead-id``, ``ambiguous-id``, ``nothing-mapped``,
            ``no-header``, ``ambiguous-header`` (one header, two facts) or ``headers-collide`` (one
            fact, two headers).
    """
    shown = shown_headers(headers)
    preset = recognised(shown)
    matches = match_columns(shown, book, preset)
    if not matches and any(map(_LIKE_DATA.fullmatch, shown)):
        raise ListError("no-header", file=file, row=listed(shown))
    lead_id = find_id(shown, id_names(book, preset), file, id_column)
    refuse_doubt(matches, shown, file)
    if not matches:
        raise ListError(
            "nothing-mapped", file=file, headers=listed(shown), facts=listed(book.facts)
        )
    found = {match.facts[0]: at for at, match in matches.items()}
    facts = {fact: found[fact] for fact in book.facts if fact in found}
    return HeaderMap(
        shown,
        lead_id,
        facts,
        preset,
        {fact: matches[at].why for fact, at in facts.items()},
        {fact: policy for fact, at in facts.items() if (policy := of_preset(shown[at], preset))},
    )


def of_preset(header: str, preset: Preset | None) -> Policy | None:
    """Return what an export says of the cells of a column."""
    if preset and header in preset.percents:
        return Policy(bare_percent=BarePercent.PERCENT)
    return None


def shut(header: str, preset: Preset | None) -> bool:
    """Whether an export says that a column is no fact, whatever its title."""
    return bool(preset and header in preset.means and preset.means[header] is None)


def proposed(found: HeaderMap, book: Book) -> dict[str, list[str]]:
    """Return the facts that unused columns may be, by header; none where a mapping says all."""
    if Why.MAPPING in found.why.values():
        return {}
    open_ = [header for header in found.unmapped[:MOST_PROPOSED] if not shut(header, found.preset)]
    names = all_names(book) if open_ else {}
    matches = {header: suggest(header, names, found.facts) for header in open_}
    return {header: list(match.facts) for header, match in matches.items() if match != NO_MATCH}


def refuse_doubt(matches: Mapping[int, Match], headers: Sequence[str], file: str) -> None:
    """Refuse a header that may be two facts, and a fact that two headers name."""
    found: dict[str, list[int]] = defaultdict(list)
    for at, match in matches.items():
        if len(match.facts) > 1:
            facts = listed(match.facts)
            raise ListError("ambiguous-header", file=file, header=headers[at], facts=facts)
        found[match.facts[0]].append(at)
    for fact, columns in found.items():
        if len(columns) > 1:
            named = listed(headers[at] for at in columns)
            raise ListError("headers-collide", file=file, fact=fact, headers=named)


def id_names(book: Book, preset: Preset | None) -> tuple[str, ...]:
    """Return the titles that may name the lead, the preferred one first."""
    return (*book.lead_id, *(preset.lead_id if preset else ()), *LEAD_IDS)


def find_id(
    headers: Sequence[str], usual: Sequence[str], file: str, wanted: str | None
) -> int | None:
    """Return the column that names the lead, None where its line does.

    Raises:
        ListError: ``no-such-column``, ``no-lead-id`` or ``ambiguous-id``.
    """
    columns: dict[str, list[int]] = defaultdict(list)
    for column, header in enumerate(headers):
        columns[fold_header(header)].append(column)
    columns.pop("", None)
    for name in (wanted,) if wanted is not None else usual:
        exact = [column for column, header in enumerate(headers) if header == name.strip()]
        at = exact if wanted is not None and exact else columns.get(fold_header(name), [])
        if len(at) > 1:
            named = listed(headers[column] for column in at)
            raise ListError("ambiguous-id", file=file, headers=named)
        if at:
            return at[0]
        if fold_header(name) == ROW:
            return None
    if wanted is None:
        raise ListError("no-lead-id", file=file, headers=listed(headers))
    raise ListError(
        "no-such-column",
        file=file,
        column=wanted,
        nearest=nearest_header(wanted, headers),
        headers=listed(headers),
    )


def nearest_header(wanted: str, headers: Sequence[str]) -> str:
    """Return the header most like the wanted one, or "" when none is much like it."""
    by_folded = {fold_header(header): header for header in headers}
    near = get_close_matches(fold_header(wanted), by_folded, n=1)
    return by_folded[near[0]] if near else ""


def listed(names: Iterable[str]) -> str:
    """Return names for a message, at most thirty of them."""
    named = [name for name in names if name]
    return ", ".join(named[:30]) + (", …" if len(named) > 30 else "")
