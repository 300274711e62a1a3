"""Which fact each column may be, and why: from its title alone, before anything is decided.

Names are looked for in an order: ids as they are written, what else the book itself says, what a
recognised export says, what the shipped aliases say. A fact found by one of them is not looked for
by the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from leadgrade.leads.mapping.aliases import GROUPS
from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from leadgrade.leads.mapping.presets import Preset
    from leadgrade.rules.model import Book

_IGNORED = re.compile(r"[\s_\-./\\()\[\]{}:*'\"\ufeff]")
_UNIT = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*")
_ALIKE = 0.8
_LONGEST = 100


class Why(StrEnum):
    """What a column was known by."""

    ID = "id"
    LABEL = "label"
    HEADER = "header"
    PRESET = "preset"
    ALIAS = "alias"
    MAPPING = "mapping"
    UNIT = "unit"
    SIMILAR = "similar"
    NOTHING = "nothing"


class Sure(StrEnum):
    """How sure a match is. Only certain and likely ones are applied."""

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


SURE = {
    Why.ID: Sure.CERTAIN,
    Why.LABEL: Sure.CERTAIN,
    Why.HEADER: Sure.CERTAIN,
    Why.MAPPING: Sure.CERTAIN,
    Why.PRESET: Sure.LIKELY,
    Why.ALIAS: Sure.LIKELY,
    Why.UNIT: Sure.DOUBTFUL,
    Why.SIMILAR: Sure.DOUBTFUL,
    Why.NOTHING: Sure.CERTAIN,
}


@dataclass(frozen=True, slots=True)
class Match:
    """What one column may be. Several ``facts``: it has to be said which. ``unit`` is its own."""

    facts: tuple[str, ...]
    why: Why
    unit: str = ""


NO_MATCH = Match((), Why.NOTHING)


def fold_header(text: str) -> str:
    """Return a header as it is compared: width and case folded, no space and punctuation.

    A unit in it stays: 年营收(万元) is not 年营收.
    """
    return _IGNORED.sub("", fold(text)).casefold()


def match_columns(headers: Sequence[str], book: Book, preset: Preset | None) -> dict[int, Match]:
    """Return what each column may be, by column; columns that are nothing are left out.

    A column that the preset calls no fact at all is one of those, whatever its title.
    """
    shut = {fold_header(name) for name, fact in preset.means.items() if not fact} if preset else ()
    open_ = {at: folded for at, folded in enumerate(map(fold_header, headers)) if folded}
    open_ = {at: folded for at, folded in open_.items() if folded not in shut}
    found = {
        at: Match((headers[at].strip(),), Why.ID)
        for at in open_
        if headers[at].strip() in book.facts
    }
    claimed: set[str] = set()
    own = _own_reasons(book, taken={fact for match in found.values() for fact in match.facts})
    for names in (own, _preset_reasons(book, preset), _alias_reasons(book)):
        matched = {
            at: match
            for at, folded in open_.items()
            if at not in found and (match := _match(names.get(folded, {}), claimed))
        }
        found.update(matched)
        claimed.update(fact for match in found.values() for fact in match.facts)
    return dict(sorted(found.items()))


def all_names(book: Book) -> dict[str, set[str]]:
    """Return the ids of the facts by each of their names and aliases, folded."""
    return {**alias_names(book), **own_names(book)}


def suggest(header: str, every: Mapping[str, set[str]], claimed: Collection[str]) -> Match:
    """Return what a column without a match might be: with its unit left out, or by likeness.

    ``every`` are all names of the facts; those ``claimed`` have a column already.
    """
    taken = set(claimed)
    with_unit = _UNIT.fullmatch(fold(header))
    if with_unit:
        facts = every.get(fold_header(with_unit[1]), set()) - taken
        if facts:
            return Match(tuple(sorted(facts)), Why.UNIT, with_unit[2])
    folded = fold_header(header)
    if len(folded) > _LONGEST:
        return NO_MATCH
    names = [name for name, facts in every.items() if facts - taken]
    for near in get_close_matches(folded, names, n=1, cutoff=_ALIKE):
        return Match(tuple(sorted(every[near] - taken)), Why.SIMILAR)
    return NO_MATCH


def own_names(book: Book) -> dict[str, set[str]]:
    """Return the ids of the facts by each of their own names, folded."""
    return {name: set(reasons) for name, reasons in _own_reasons(book).items()}


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


def _match(reasons: Mapping[str, Why], claimed: set[str]) -> Match | None:
    free = {fact: why for fact, why in reasons.items() if fact not in claimed}
    return Match(tuple(sorted(free)), next(iter(free.values()))) if free else None


def _own_reasons(book: Book, taken: Collection[str] = ()) -> dict[str, dict[str, Why]]:
    """Return why a name is a fact. Where it is several, those ``taken`` are left out."""
    reasons: dict[str, dict[str, Why]] = defaultdict(dict)
    for fact in book.facts.values():
        kinds = ((Why.ID, (fact.id,)), (Why.LABEL, fact.label.wordings), (Why.HEADER, fact.names))
        for why, names in kinds:
            for name in names:
                reasons[fold_header(name)].setdefault(fact.id, why)
    for name, facts in reasons.items():
        reasons[name] = {fact: why for fact, why in facts.items() if fact not in taken} or facts
    return reasons


def _preset_reasons(book: Book, preset: Preset | None) -> dict[str, dict[str, Why]]:
    every = all_names(book) if preset else {}
    aliases = alias_names(book) if preset else {}
    reasons: dict[str, dict[str, Why]] = {}
    for name, meaning in preset.means.items() if preset else ():
        if meaning:
            meant = fold_header(meaning)
            facts = every.get(meant) or aliases.get(meant, set())
            reasons[fold_header(name)] = dict.fromkeys(facts, Why.PRESET)
    return reasons


def _alias_reasons(book: Book) -> dict[str, dict[str, Why]]:
    return {name: dict.fromkeys(facts, Why.ALIAS) for name, facts in alias_names(book).items()}
