"""Places in the list: what a classification relative to the list needs to know of each lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate

from leadgrade.engine.deriving import Deriver
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import Book, Ranking


def rankings_of(book: Book) -> list[Ranking]:
    """Return the classifications that look at the whole list."""
    return [each for each in book.classes.values() if isinstance(each, Ranking)]


def with_ranks(book: Book, leads: Sequence[Lead], as_of: date) -> list[Lead]:
    """Return the leads, each with its place for every ranking whose fact is known.

    The highest value comes first; ties break by lead id, so the order of the file is no matter.
    """
    derive = Deriver(book, as_of).derive
    values = [derive(lead.facts) for lead in leads]
    ranks: list[dict[str, Rank]] = [{} for _ in leads]
    for ranking in rankings_of(book):
        known = [place for place, each in enumerate(values) if ranking.fact in each]
        known.sort(key=lambda place: (-float(values[place][ranking.fact]), leads[place].id))  # type: ignore[arg-type]
        hundredths = [max(0, round(float(values[place][ranking.fact]) * 100)) for place in known]  # type: ignore[arg-type]
        total = sum(hundredths)
        before = accumulate(hundredths, initial=0)
        for position, (place, above) in enumerate(zip(known, before, strict=False), start=1):
            ranks[place][ranking.id] = Rank(position, len(known), above, total)
    return [replace(lead, ranks=each) for lead, each in zip(leads, ranks, strict=True)]
