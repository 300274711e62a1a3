"""Forgetting: personal data goes out of the record, and the chain still verifies.

What is left of a row is what its run was counted and chained by: grade, score, next steps, and a
hash of the rest, made with a salt that is gone. See ``docs/record.md``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text

from leadgrade.storage.bulk import BulkSql
from leadgrade.storage.chain import link_erasure, now
from leadgrade.storage.emptying import FORGOTTEN, NOTHING, NOTHING_SHA256
from leadgrade.storage.leaves import commitment, decision_commitments, rows
from leadgrade.storage.reading import no_such_lead
from leadgrade.storage.records import Forgotten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

_CELL_ENDS = re.compile(r"""[,;|:\t\r\n"'{}\[\]]+""")
_EMPTY_DECISION = text("""
    UPDATE decision SET sealed = :sealed, snapshot_id = :snapshot, evidence_id = :evidence,
        source = NULL, line = NULL, ranks = '{}'
    WHERE run_id = :run AND lead_id = :lead AND sealed IS NULL
""")
_EMPTY_REJECTED = text("""
    UPDATE rejected SET sealed = :sealed, salt = NULL, line = NULL, args = '{}', raw = ''
    WHERE run_id = :run AND number = :number
""")
_EMPTY_NOTE = text("""
    UPDATE note SET sealed = :sealed, salt = NULL, note = '{}'
    WHERE run_id = :run AND number = :number
""")
_EMPTY_OVERRIDE = text(
    "UPDATE override SET sealed = :sealed, salt = NULL, reason = '' WHERE id = :number"
)
_EMPTY_LEAD = text("UPDATE lead SET key = :key, salt = NULL WHERE id = :lead")


def forget_lead(connection: Connection, lead: str, *, by: str, reason: str) -> Forgotten:
    """Take the personal data of a lead out of the record, and write down that it was done.

    Raises:
        StoreError: ``no-such-lead``.
    """
    query = text("SELECT id FROM lead WHERE key = :lead AND salt IS NOT NULL")
    number = connection.execute(query, {"lead": lead}).scalar()
    if number is None:
        raise no_such_lead(connection, lead)
    erasure = _Erasure(connection, "lead", None, by, reason)
    where = text("SELECT run_id, source, line FROM decision WHERE lead_id = :lead ORDER BY run_id")
    places = [tuple(row) for row in connection.execute(where, {"lead": number})]
    erasure.notes(note for note in _notes(connection) if _quotes(note, lead, places))
    erasure.rejected(row for row in _rejected(connection) if _names(row, lead))
    erasure.overrides("lead_id = :number", number)
    for run, _, _ in places:
        erasure.decisions(run, number)
    erasure.leads([number])
    return erasure.finish()


def forget_before(connection: Connection, day: date, *, by: str, reason: str) -> Forgotten | None:
    """Take all personal data of runs before a day out of the record; None where there is none.

    A lead that no later run has seen loses its key as well.
    """
    query = text("""
        SELECT id FROM run WHERE started_at < :day AND (
            EXISTS (SELECT 1 FROM decision WHERE run_id = run.id AND sealed IS NULL)
            OR EXISTS (SELECT 1 FROM rejected WHERE run_id = run.id AND sealed IS NULL)
            OR EXISTS (SELECT 1 FROM note WHERE run_id = run.id AND sealed IS NULL))
        ORDER BY id
    """)
    runs = list(connection.execute(query, {"day": day.isoformat()}).scalars())
    if not runs:
        return None
    erasure = _Erasure(connection, "age", day.isoformat(), by, reason)
    for run in runs:
        erasure.notes((run, *row) for row in list(rows(connection, "note", run)))
        erasure.rejected((run, *row) for row in list(rows(connection, "rejected", run)))
        erasure.overrides("run_id = :number", run)
        erasure.decisions(run)
    unseen = text("""
        SELECT id FROM lead WHERE salt IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM decision WHERE lead_id = lead.id AND sealed IS NULL)
    """)
    erasure.leads(list(connection.execute(unseen).scalars()))
    return erasure.finish()


def _notes(connection: Connection) -> list[tuple[Any, ...]]:
    query = text("SELECT run_id, number, source, salt, note, sealed FROM note WHERE sealed IS NULL")
    return [tuple(row) for row in connection.execute(query)]


def _rejected(connection: Connection) -> list[tuple[Any, ...]]:
    query = text("""
        SELECT run_id, number, source, code, salt, line, args, raw, sealed FROM rejected
        WHERE sealed IS NULL
    """)
    return [tuple(row) for row in connection.execute(query)]


def _quotes(note: tuple[Any, ...], lead: str, places: Iterable[tuple[Any, ...]]) -> bool:
    """Tell whether a note names a lead, or quotes a cell of its row."""
    run, _, source, _, written, _ = note
    said = json.loads(written)
    says = said.get("says", said) if isinstance(said, dict) else said
    line = says.get("line") if isinstance(says, dict) else None
    return (run, source, line) in places or _mentions(says, lead)


def _names(row: tuple[Any, ...], lead: str) -> bool:
    """Tell whether a rejected row names a lead: in a cell, or in the reason."""
    *_, args, raw, _ = row
    return _mentions([json.loads(args), raw], lead)


def _mentions(value: Any, lead: str) -> bool:
    """Tell whether a text anywhere in a JSON value is the lead's key, or has it as a cell."""
    if isinstance(value, dict):
        return any(_mentions(each, lead) for each in value.values())
    if isinstance(value, list):
        return any(_mentions(each, lead) for each in value)
    if not isinstance(value, str) or lead not in value:
        return False
    cells = {cell.strip() for cell in _CELL_ENDS.split(value)}
    return lead in cells or value.strip() == lead or _CELL_ENDS.search(lead) is not None


class _Erasure:
    """An erasure under way: empties rows, and remembers which."""

    def __init__(
        self, connection: Connection, kind: str, before: str | None, by: str, reason: str
    ) -> None:
        self._connection = connection
        insert = text("""
            INSERT INTO erasure (kind, before, made_by, made_at, reason)
            VALUES (:kind, :before, :by, :made_at, :reason)
        """)
        values = {"kind": kind, "before": before, "by": by, "made_at": now(), "reason": reason}
        connection.execute(insert, values)
        newest = text("SELECT max(id) FROM erasure")
        self._number = int(connection.execute(newest).scalar_one())
        self._done: list[tuple[int, str, int, int]] = []
        self._nothing = {
            "snapshot": self._empty_row("snapshot", "facts"),
            "evidence": self._empty_row("evidence", "record"),
        }
        self._left: dict[str, set[int]] = {"snapshot": set(), "evidence": set()}

    def _empty_row(self, table: str, content: str) -> int:
        """Return the number of the row that stands for what is no longer known."""
        insert = f"""
            INSERT INTO {table} (sha256, {content}) VALUES (:sha256, :nothing)
            ON CONFLICT DO NOTHING
        """  # noqa: S608 - constants
        self._connection.execute(text(insert), {"sha256": NOTHING_SHA256, "nothing": NOTHING})
        query = text(f"SELECT id FROM {table} WHERE sha256 = :sha256")  # noqa: S608 - constants
        return int(self._connection.execute(query, {"sha256": NOTHING_SHA256}).scalar_one())

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

    def decisions(self, run: int, lead: int | None = None) -> None:
        """Empty the decisions of a run, or that on one lead."""
        one = "" if lead is None else " AND lead_id = :lead"
        query = f"""
            SELECT lead_id, snapshot_id, evidence_id FROM decision
            WHERE run_id = :run AND sealed IS NULL{one}
        """  # noqa: S608 - constants
        found = self._connection.execute(
            text(query), {"run": run, "lead": lead} if one else {"run": run}
        )
        mine: set[int] = set()
        for number, snapshot, evidence in found:
            mine.add(number)
            self._left["snapshot"].add(snapshot)
            self._left["evidence"].add(evidence)
        sealed = [
            {"run": run, "lead": number, "sealed": each, **self._nothing}
            for number, each in decision_commitments(self._connection, run, lead)
            if number in mine
        ]
        if sealed:
            self._connection.execute(_EMPTY_DECISION, sealed)
        self._done += ((self._number, "decision", run, number) for number in sorted(mine))

    def leads(self, numbers: Iterable[int]) -> None:
        """Take the keys of leads away."""
        for number in numbers:
            values = {"lead": number, "key": FORGOTTEN.format(number)}
            self._connection.execute(_EMPTY_LEAD, values)
            self._done.append((self._number, "lead", 0, number))

    def finish(self) -> Forgotten:
        """Delete what nobody needs any more, and chain the erasure."""
        for table, numbers in self._left.items():
            self._delete_unused(table, numbers - {self._nothing[table]})
            self._delete_unused(table, {self._nothing[table]})
        sql = BulkSql(self._connection.dialect.name).erased
        self._connection.exec_driver_sql(sql, self._done)
        head = link_erasure(self._connection, self._number)
        count = [kind for _, kind, _, _ in self._done].count
        return Forgotten(
            self._number, count("lead"), count("decision"), count("rejected"), count("note"), head
        )

    def _delete_unused(self, table: str, numbers: set[int]) -> None:
        query = text(f"SELECT DISTINCT {table}_id FROM decision")  # noqa: S608 - constants
        used = set(self._connection.execute(query).scalars())
        delete = text(f"DELETE FROM {table} WHERE id IN :ids").bindparams(  # noqa: S608 - constants
            bindparam("ids", expanding=True)
        )
        unused = sorted(numbers - used)
        for start in range(0, len(unused), 500):
            self._connection.execute(delete, {"ids": unused[start : start + 500]})
