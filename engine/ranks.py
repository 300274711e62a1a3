"""Places in the list: what a classification relative to the list needs to know of each lead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate

from leadgrade.engine.deriving import Deriver
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import Book, Ranking
from leadgrade.rules.values import LARGEST


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
        hundredths = [
            _hundredths(values[place][ranking.fact]) if ranking.by_total else 0 for place in known
        ]
        total = sum(hundredths)
        before = accumulate(hundredths, initial=0)
        for position, (place, above) in enumerate(zip(known, before, strict=False), start=1):
            ranks[place][ranking.id] = Rank(position, len(known), above, total)
    return [replace(lead, ranks=each) for lead, each in zip(leads, ranks, strict=True)]


def places_to_json(ranks: Mapping[str, Rank]) -> str:
    """Return places as canonical JSON, ``{}`` for none; sums only where there are any."""
    places = {name: rank if rank.total else rank[:2] for name, rank in ranks.items()}
    return json.dumps(places, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hundredths(value: Value) -> int:
    """Return a positive number in whole hundredths, 0 for others; a large one has no fraction."""
    number = max(0.0, float(value))  # type: ignore[arg-type]
    return int(number) * 100 if number > LARGEST else round(number * 100)
