"""Forgetting: personal data goes out of the record, and the chain still verifies.

What is left of a row is what its run was counted and chained by: grade, score, and a hash of the
rest, made with a salt that is gone. See ``docs/record.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from leadgrade.storage.bulk import BulkSql
from leadgrade.storage.chain import link_erasure, now
from leadgrade.storage.erasing_files import erase_in_files, places_in_files
from leadgrade.storage.files import files_of, known_in_files
from leadgrade.storage.leaves import EVERY, commitment, rows
from leadgrade.storage.quoting import quoting
from leadgrade.storage.reading import no_such_lead
from leadgrade.storage.records import Forgotten

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import date

    from sqlalchemy import Connection

    from leadgrade.storage.erasing_files import Replaced

_EMPTY_DECISION = text("""
    UPDATE decision SET sealed = :sealed, salt = NULL, lead_id = NULL, snapshot_id = NULL,
        source = NULL, line = NULL, ranks = '{}', evidence = ''
    WHERE run_id = :run AND number = :number
""")
_EMPTY_REJECTED = text("""
    UPDATE rejected SET sealed = :sealed, salt = NULL, line = NULL, args = '{}', raw = ''
    WHERE run_id = :run AND number = :number
""")
_EMPTY_NOTE = text("""
    UPDATE note SET sealed = :sealed, salt = NULL, note = '{}'
    WHERE run_id = :run AND number = :number
""")
_EMPTY_OVERRIDE = text("""
    UPDATE override SET sealed = :sealed, salt = NULL, lead_id = NULL, reason = ''
    WHERE id = :number
""")
_EMPTY_OUTCOME = text("""
    UPDATE outcome SET sealed = :sealed, salt = NULL, lead_id = NULL, line = NULL,
        decided_on = NULL, value = NULL
    WHERE list_id = :list AND number = :number
""")
_AT_ONCE = 10_000
_NOBODY = 0
"""The number of a lead that the database does not have."""


def forget_lead(
    connection: Connection, lead: str, replaced: Replaced, *, by: str, reason: str
) -> Forgotten:
    """Take the personal data of a lead out of the record, and write down that it was done.

    Files that are written anew are added to ``replaced``.

    Raises:
        StoreError: ``no-such-lead``, ``file-missing``, ``file-unreadable``.
    """
    query = text("SELECT id FROM lead WHERE key = :lead")
    number = connection.execute(query, {"lead": lead}).scalar() or _NOBODY
    in_files = places_in_files(connection, lead)
    if number == _NOBODY and not in_files:
        raise no_such_lead(connection, lead)
    erasure = _Erasure(connection, "lead", None, by, reason, replaced)
    where = text("""
        SELECT run_id, source, line, number, snapshot_id FROM decision
        WHERE run_id IN (SELECT id FROM run) AND lead_id = :lead ORDER BY run_id
    """)
    found = connection.execute(where, {"lead": number}).all()
    places = [(row.run_id, row.source, row.line) for row in found]
    places += [(run, place.source, place.line) for run, place in in_files.items()]
    notes, rejected = quoting(connection, lead, places)
    erasure.notes(notes)
    erasure.rejected(rejected)
    erasure.overrides("lead_id = :number", number)
    erasure.outcomes("lead_id = :lead", lead=number)
    for row in found:
        erasure.decisions(row.run_id, range(row.number, row.number + 1))
    for run, place in in_files.items():
        erasure.filed(run, range(place.number, place.number + 1))
    erasure.delete("snapshot", {row.snapshot_id for row in found})
    erasure.delete("lead", {number})
    return erasure.finish()


def forget_before(
    connection: Connection, day: date, replaced: Replaced, *, by: str, reason: str
) -> Forgotten | None:
    """Take all personal data of runs before a day out of the record; None where there is none.

    A lead that no later run has seen loses its key as well. Files that are written anew are added
    to ``replaced``.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    before = day.isoformat()
    query = text("""
        SELECT id, decided FROM run WHERE started_at < :day AND (
            EXISTS (SELECT 1 FROM decision WHERE run_id = run.id AND sealed IS NULL)
            OR EXISTS (SELECT 1 FROM decision_file WHERE run_id = run.id) AND run.decided > (
                SELECT count(*) FROM erased WHERE run_id = run.id AND kind = 'decision')
            OR EXISTS (SELECT 1 FROM rejected WHERE run_id = run.id AND sealed IS NULL)
            OR EXISTS (SELECT 1 FROM note WHERE run_id = run.id AND sealed IS NULL))
        ORDER BY id
    """)
    runs = connection.execute(query, {"day": before}).all()
    old_lists = text("""
        SELECT 1 FROM outcome JOIN outcome_list ON outcome_list.id = list_id
        WHERE read_at < :day AND sealed IS NULL LIMIT 1
    """)
    if not runs and connection.execute(old_lists, {"day": before}).first() is None:
        return None
    erasure = _Erasure(connection, "age", before, by, reason, replaced)
    for run, decided in runs:
        erasure.notes((run, *row) for row in list(rows(connection, "note", run)))
        erasure.rejected((run, *row) for row in list(rows(connection, "rejected", run)))
        erasure.overrides("run_id = :number", run)
        if files_of(connection, run):
            erasure.filed(run, EVERY)
        else:
            for first in range(1, decided + 1, _AT_ONCE):
                erasure.decisions(run, range(first, first + _AT_ONCE))
    erasure.outcomes("list_id IN (SELECT id FROM outcome_list WHERE read_at < :day)", day=before)
    unused = _unused_leads(connection)
    erasure.outcomes("true", unused)
    erasure.delete_unused_snapshots()
    erasure.delete("lead", unused)
    return erasure.finish()


def _unused_leads(connection: Connection) -> set[int]:
    """Return the leads that no decision has any more, in the database or in files."""
    query = text("""
        SELECT key, id FROM lead
        WHERE id NOT IN (SELECT lead_id FROM decision WHERE lead_id IS NOT NULL)
    """)
    found = {str(row.key): int(row.id) for row in connection.execute(query)}
    in_files = known_in_files(connection, found.keys())
    return {number for key, number in found.items() if key not in in_files}


class _Erasure:
    """An erasure under way: empties rows, and remembers which."""

    def __init__(
        self,
        connection: Connection,
        kind: str,
        before: str | None,
        by: str,
        reason: str,
        replaced: Replaced,
    ) -> None:
        self._connection = connection
        self._replaced = replaced
        insert = text("""
            INSERT INTO erasure (kind, before, made_by, made_at, reason)
            VALUES (:kind, :before, :by, :made_at, :reason)
        """)
        values = {"kind": kind, "before": before, "by": by, "made_at": now(), "reason": reason}
        connection.execute(insert, values)
        newest = text("SELECT max(id) FROM erasure")
        self._number = int(connection.execute(newest).scalar_one())
        self._done: list[tuple[int, str, int, int]] = []
        self._leads = 0

    def notes(self, found: Iterable[tuple[Any, ...]]) -> None:
        """Empty notes: run, and the values of the row."""
        self._rows("note", _EMPTY_NOTE, found)

    def rejected(self, found: Iterable[tuple[Any, ...]]) -> None:
        """Empty rejected rows: run, and the values of the row."""
        self._rows("rejected", _EMPTY_REJECTED, found)

    def _rows(self, kind: str, update: Any, found: Iterable[tuple[Any, ...]]) -> None:
        for run, *values in found:
            if values[-1] is None:
                sealed = commitment(kind, values)
                place = {"run": run, "number": values[0]}
                self._connection.execute(update, {"sealed": sealed, **place})
                self._done.append((self._number, kind, run, values[0]))

    def overrides(self, where: str, number: int) -> None:
        """Empty the overrides of a lead or of a run."""
        query = f"SELECT id FROM override WHERE sealed IS NULL AND {where}"  # noqa: S608 - constants
        for each in list(self._connection.execute(text(query), {"number": number}).scalars()):
            (values,) = rows(self._connection, "override", each)
            update = {"sealed": commitment("override", values), "number": each}
            self._connection.execute(_EMPTY_OVERRIDE, update)
            self._done.append((self._number, "override", 0, each))

    def outcomes(
        self, where: str, leads: Container[int] | None = None, **limits: int | str
    ) -> None:
        """Empty outcomes of a lead, of lists, or of ``leads``."""
        query = f"""
            SELECT list_id, number, lead_id FROM outcome
            WHERE sealed IS NULL AND lead_id IS NOT NULL AND {where}
        """  # noqa: S608 - constants
        found: dict[int, set[int]] = {}
        for number, place, lead in self._connection.execute(text(query), limits).all():
            if leads is None or lead in leads:
                found.setdefault(number, set()).add(place)
        for number, places in sorted(found.items()):
            for values in list(rows(self._connection, "outcome", number)):
                if values[0] in places:
                    update = {"sealed": commitment("outcome", values), "list": number}
                    self._connection.execute(_EMPTY_OUTCOME, {**update, "number": values[0]})
                    self._done.append((self._number, "outcome", number, values[0]))

    def decisions(self, run: int, within: range) -> None:
        """Empty decisions of a run that are in the database."""
        found = [
            {"run": run, "number": values[0], "sealed": commitment("decision", values)}
            for values in rows(self._connection, "decision", run, within)
            if values[-1] is None
        ]
        if found:
            self._connection.execute(_EMPTY_DECISION, found)
        self._done += ((self._number, "decision", run, each["number"]) for each in found)

    def filed(self, run: int, within: range) -> None:
        """Empty decisions of a run that are in files."""
        numbers = erase_in_files(self._connection, run, within, self._number, self._replaced)
        self._done += ((self._number, "decision", run, each) for each in numbers)

    def delete(self, table: str, numbers: set[int]) -> None:
        """Delete leads or snapshots: no decision has them any more."""
        delete = text(f"DELETE FROM {table} WHERE id = :number")  # noqa: S608 - constants
        if numbers:
            self._connection.execute(delete, [{"number": each} for each in numbers])
        if table == "lead":
            self._leads += len(numbers)

    def delete_unused_snapshots(self) -> None:
        """Delete the snapshots that no decision has any more."""
        delete = text("""
            DELETE FROM snapshot WHERE id NOT IN (
                SELECT snapshot_id FROM decision WHERE snapshot_id IS NOT NULL)
        """)
        self._connection.execute(delete)

    def finish(self) -> Forgotten:
        """Chain the erasure with the list of what it emptied."""
        sql = BulkSql(self._connection.dialect.name).erased
        if self._done:
            self._connection.exec_driver_sql(sql, self._done)
        head = link_erasure(self._connection, self._number)
        count = [kind for _, kind, _, _ in self._done].count
        rest = count("decision"), count("rejected"), count("note"), count("outcome")
        runs = {run for _, kind, run, _ in self._done if kind == "decision"}
        return Forgotten(self._number, self._leads, *rest, head, runs=tuple(sorted(runs)))
