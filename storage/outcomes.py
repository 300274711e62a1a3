"""Outcomes: what became of leads, list by list. The list that was read last counts for a lead."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from leadgrade.engine.sealing import new_salt
from leadgrade.storage import sql
from leadgrade.storage.chain import link_outcomes, now
from leadgrade.storage.errors import readable
from leadgrade.storage.files import known_in_files
from leadgrade.storage.records import Outcome, OutcomeList, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import sqlalchemy

    from leadgrade.storage.sql import Connection, Row

_AT_ONCE = 500
_LEADS = "SELECT key, id FROM lead WHERE key IN :keys"
_NEW_LEADS = """
    INSERT INTO lead (id, key, snapshot_id)
    SELECT coalesce(max(id), 0) + 1, :key, 0 FROM lead WHERE true
    ON CONFLICT (key) DO NOTHING
"""
"""Leads are numbered by hand everywhere: see ``staging``."""
_INSERT_LIST = """
    INSERT INTO outcome_list (
        read_at, read_by, file, sha256, format, encoding,
        rows_read, won, lost, still_open, unknown, rejected)
    VALUES (
        :read_at, :by, :file, :sha256, :format, :encoding,
        :rows_read, :won, :lost, :open, :unknown, :rejected)
"""
_INSERT = """
    INSERT INTO outcome (list_id, number, lead_id, won, line, decided_on, value, salt)
    VALUES (:list, :number, :lead, :won, :line, :on, :value, :salt)
"""
_SELECT = """
    SELECT lead.key, won, decided_on, value, line FROM outcome
    JOIN lead ON lead.id = outcome.lead_id
    WHERE outcome.sealed IS NULL ORDER BY list_id, number
"""
_LISTS = "SELECT * FROM outcome_list ORDER BY id"


def outcomes(connection: Connection) -> dict[str, Outcome]:
    """Return the outcome of each lead that has one, by the key of the lead.

    Raises:
        StoreError: ``unreadable-outcome``.
    """
    return {row.key: _outcome(row) for row in sql.rows(connection, _SELECT)}


def _outcome(row: Row) -> Outcome:
    with readable("unreadable-outcome", lead=row.key):
        sql.expect(row, int, "won")
        sql.expect(row, (int, float, type(None)), "value")
        on = None if row.decided_on is None else date.fromisoformat(row.decided_on)
    return Outcome(row.key, bool(row.won), on, row.value, row.line)


def outcome_lists(connection: Connection) -> list[OutcomeList]:
    """Return the lists that were read, the first one first."""
    return [
        OutcomeList(
            number=row.id,
            read_at=row.read_at,
            by=row.read_by,
            source=Source(row.file, row.sha256, row.format, row.encoding, row.rows_read),
            won=row.won,
            lost=row.lost,
            open=row.still_open,
            unknown=row.unknown,
            rejected=row.rejected,
        )
        for row in sql.rows(connection, _LISTS)
    ]


def unknown_leads(connection: Connection, found: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes of leads that the record does not have."""
    unknown = [
        each for part in _parts(found) for each, lead in _numbered(connection, part) if not lead
    ]
    in_files = known_in_files(connection, {each.lead for each in unknown})
    return [each for each in unknown if each.lead not in in_files]


def add_outcomes(
    connection: sqlalchemy.Connection,
    source: Source,
    found: Sequence[Outcome],
    *,
    by: str,
    still_open: int,
    rejected: int,
) -> OutcomeList:
    """Store and chain a list of outcomes, without those of leads that the record does not have.

    ``found`` are those that are won or lost, each lead once. A lead that only files have gets its
    row in the database now, without facts.
    """
    in_files = known_in_files(connection, {each.lead for each in found})
    names = [{"key": each.lead} for each in found if each.lead in in_files]
    if names:
        sql.change(connection, _NEW_LEADS, names)
    known = [pair for part in _parts(found) for pair in _numbered(connection, part) if pair[1]]
    won = sum(each.won for each, _ in known)
    stored = OutcomeList(
        number=0,
        read_at=now(),
        by=by,
        source=source,
        won=won,
        lost=len(known) - won,
        open=still_open,
        unknown=len(found) - len(known),
        rejected=rejected,
    )
    sql.change(connection, _INSERT_LIST, {**asdict(source), **asdict(stored)})
    number = int(sql.value(connection, "SELECT max(id) FROM outcome_list"))
    if known:
        rows = (_values(number, place, *pair) for place, pair in enumerate(known, start=1))
        sql.change(connection, _INSERT, list(rows))
    return replace(stored, number=number, head=link_outcomes(connection, number))


def _values(number: int, place: int, found: Outcome, lead: int | None) -> dict[str, Any]:
    on = None if found.on is None else found.on.isoformat()
    row = {"list": number, "number": place, "lead": lead, "won": found.won, "line": found.line}
    return {**row, "on": on, "value": found.value, "salt": new_salt().hex()}


def _numbered(
    connection: Connection, found: Sequence[Outcome]
) -> Iterator[tuple[Outcome, int | None]]:
    rows = sql.rows(connection, _LEADS, keys=[each.lead for each in found])
    numbers = {key: int(number) for key, number in rows}
    return ((each, numbers.get(each.lead)) for each in found)


def _parts(found: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    left = iter(found)
    while part := list(islice(left, _AT_ONCE)):
        yield part
