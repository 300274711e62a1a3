"""Overrides: what a person says of a lead's grade. The machine's grade stays as it was."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leadgrade.engine.decision import Possible
from leadgrade.engine.legend import Result
from leadgrade.engine.sealing import new_salt
from leadgrade.storage import sql
from leadgrade.storage.chain import link_override, now
from leadgrade.storage.errors import StoreError, readable
from leadgrade.storage.legends import Legends
from leadgrade.storage.records import StoredOverride

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy

    from leadgrade.storage.sql import Connection, Row

_SELECT = """
    SELECT override.id, override.run_id, override.lead_id, override.grade,
        override.reason, override.since, override.until, override.made_by, override.made_at,
        lead.key, decision.grade AS machine, decision.qualified, decision.score, decision.low,
        decision.high, decision.worst, decision.best, decision.evidence
    FROM override
    JOIN decision ON decision.run_id = override.run_id AND decision.lead_id = override.lead_id
    JOIN lead ON lead.id = override.lead_id
    WHERE override.sealed IS NULL AND decision.sealed IS NULL
"""
_OF_LEADS = f"""{_SELECT} AND override.lead_id IN :leads
    AND override.since <= :day AND override.until >= :day ORDER BY override.id
"""
_ON_DAY = f"""{_SELECT}
    AND override.since <= :day AND override.until >= :day ORDER BY override.id
"""
_ALL = f"{_SELECT} ORDER BY override.id"
_INSERT = """
    INSERT INTO override (run_id, lead_id, grade, reason, since, until, made_by, made_at, salt)
    SELECT :run, id, :grade, :reason, :since, :until, :by, :made_at, :salt
    FROM lead WHERE key = :lead
"""


def overrides_on(
    connection: Connection, leads: Collection[int], day: date
) -> dict[int, StoredOverride]:
    """Return the overrides that hold on a day, by the numbers of leads. The latest one counts."""
    found = sql.rows(connection, _OF_LEADS, leads=list(leads), day=day.isoformat())
    legends = Legends(connection)
    return {row.lead_id: _stored(row, legends) for row in found}


def overrides_by_key(connection: Connection, day: date) -> dict[str, StoredOverride]:
    """Return all overrides that hold on a day, by the keys of leads. The latest one counts."""
    found = sql.rows(connection, _ON_DAY, day=day.isoformat())
    legends = Legends(connection)
    return {row.key: _stored(row, legends) for row in found}


def overrides(connection: Connection) -> list[StoredOverride]:
    """Return all overrides, also those that are over, the oldest first.

    Raises:
        StoreError: ``unreadable-decision``, ``unreadable-override``, ``unreadable-legend``.
    """
    found = sql.rows(connection, _ALL)
    legends = Legends(connection)
    return [_stored(row, legends) for row in found]


def _stored(row: Row, legends: Legends) -> StoredOverride:
    possible = Possible(row.low, row.high, row.worst, row.best)
    result = Result(bool(row.qualified), row.machine, row.score, possible)
    legend = legends.of(row.run_id).legend
    with readable("unreadable-decision", lead=row.key, run=row.run_id):
        decision = legend.read(row.evidence, result)
    with readable("unreadable-override", lead=row.key, run=row.run_id):
        sql.expect(row, str, "grade reason made_by made_at")
        since, until = date.fromisoformat(row.since), date.fromisoformat(row.until)
    return StoredOverride(
        number=row.id,
        run=row.run_id,
        lead=row.key,
        grade=row.grade,
        machine=row.machine,
        reason=row.reason,
        since=since,
        until=until,
        by=row.made_by,
        made_at=row.made_at,
        decision=decision,
    )


def add_override(  # noqa: PLR0913 - what an override says, by name
    connection: sqlalchemy.Connection,
    *,
    run: int,
    lead: str,
    grade: str,
    reason: str,
    since: date,
    until: date,
    by: str,
) -> StoredOverride:
    """Store and chain an override of what a run decided. The run has the lead: it was looked up.

    Raises:
        StoreError: ``override-over`` when it would end before it begins.
    """
    if until < since:
        raise StoreError("override-over", since=since, until=until)
    days = {"since": since.isoformat(), "until": until.isoformat(), "made_at": now()}
    values = {"run": run, "lead": lead, "grade": grade, "reason": reason, "by": by}
    sql.change(connection, _INSERT, {**values, **days, "salt": new_salt().hex()})
    number = int(sql.value(connection, "SELECT max(id) FROM override"))
    link_override(connection, number)
    return overrides(connection)[-1]
