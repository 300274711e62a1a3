"""A list of outcomes -> the record: read, understood, stored; every row is accounted for."""

from __future__ import annotations

from dataclasses import asdict

from leadgrade.leads import Listing, Reading, Rejected
from leadgrade.leads.outcomes import Titles, Words, became, check_columns
from leadgrade.storage.records import Outcome, ReadOutcomes, RejectedRow, Source
from leadgrade.storage.store import Store


def record_outcomes(
    reading: Reading, store: Store, words: Words, titles: Titles, by: str
) -> ReadOutcomes:
    """Read one list of outcomes, and store what it says of leads that the record has.

    Raises:
        ListError: it cannot be used; see ``check_columns``.
        StoreError: the record cannot be written.
    """
    check_columns(reading, titles)
    found: list[Outcome] = []
    rejected: list[RejectedRow] = []
    still_open = 0
    (listing,) = reading.listings
    for each in became(reading, words, listing.file):
        if isinstance(each, Rejected):
            rejected.append(RejectedRow(each.file, each.line, each.code, each.args, each.raw))
        elif each.won is None:
            still_open += 1
        else:
            found.append(Outcome(each.lead, each.won, each.on, each.value, each.line))
    source, unknown = _source(listing), tuple(store.unknown_leads(found))
    stored = None
    if len(unknown) < len(found):
        counts = {"still_open": still_open, "rejected": len(rejected)}
        stored = store.add_outcomes(source, found, by=by, **counts)
    return ReadOutcomes(source, stored, still_open, unknown, tuple(rejected))


def _source(listing: Listing) -> Source:
    headers, unread = listing.headers, [asdict(each) for each in listing.unread]
    mapping = {"facts": headers.mapped, "unmapped": list(headers.unmapped), "unread": unread}
    name, encoding = listing.file, listing.encoding
    return Source(name, listing.sha256, listing.format, encoding, listing.rows, mapping)
