"""Reading the record, by plain SQL: no table definitions, whose import takes longer than a query.

Each function takes a connection; its transaction shows one state of the record throughout.
"""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from leadgrade.rules.phrase import Phrase
from leadgrade.storage import sql
from leadgrade.storage.errors import StoreError, readable
from leadgrade.storage.files import files_of, runs_in_files
from leadgrade.storage.notes import join_mapping
from leadgrade.storage.overriding import overrides_by_key
from leadgrade.storage.reading_decisions import decided, decided_by
from leadgrade.storage.records import RejectedRow, Source, StoredBook, StoredRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leadgrade.storage.records import Note, StoredDecision, StoredOverride
    from leadgrade.storage.sql import Connection, Row

_RUN = """
    SELECT run.*, book.book_id, book.title_en, book.title_zh, chain.head, decision_file.file
    FROM run JOIN book ON book.sha256 = run.book_sha256
    LEFT JOIN chain ON chain.kind = 'run' AND chain.number = run.id
    LEFT JOIN decision_file ON decision_file.run_id = run.id AND decision_file.position = 1
"""
_LIKELY = 20_000
"""So many keys are compared with a mistyped one, at most: about a fifth of a second."""


def runs(connection: Connection) -> list[StoredRun]:
    """Return all runs, the first one first."""
    notes = _notes(connection, "source IS NULL")
    found = sql.rows(connection, f"{_RUN} ORDER BY run.id")
    return [_stored_run(row, notes[row.id, None]) for row in found]


def run_numbers(connection: Connection, number: int | None) -> list[int]:
    """Return the numbers of all runs, or that of one, without reading them.

    Raises:
        StoreError: ``no-such-run``.
    """
    found = [name for (name,) in sql.rows(connection, "SELECT id FROM run ORDER BY id")]
    if number is None:
        return found
    if number not in found:
        raise StoreError("no-such-run", run=number, latest=max(found, default=0))
    return [number]


def run(connection: Connection, number: int | None) -> StoredRun:
    """Return one run, the latest for None.

    Raises:
        StoreError: ``no-runs``, ``no-such-run``.
    """
    newest = sql.value(connection, "SELECT max(id) FROM run")
    if newest is None:
        raise StoreError("no-runs")
    chosen = newest if number is None else number
    row = sql.row(connection, f"{_RUN} WHERE run.id = :number", number=chosen)
    if row is None:
        raise StoreError("no-such-run", run=number, latest=newest)
    notes = _notes(connection, "source IS NULL AND run_id = :run", run=row.id)
    return _stored_run(row, notes[row.id, None])


def _notes(
    connection: Connection, where: str, **values: Any
) -> defaultdict[tuple[int, int | None], list[Note]]:
    """Return notes by run and source; those that were forgotten are left out."""
    query = f"""
        SELECT run_id, source, note FROM note
        WHERE sealed IS NULL AND {where} ORDER BY run_id, number
    """  # noqa: S608 - constants
    found: defaultdict[tuple[int, int | None], list[Note]] = defaultdict(list)
    for run, source, note in sql.rows(connection, query, **values):
        with readable("unreadable-run", run=run):
            found[run, source].append(json.loads(note))
    return found


def _stored_run(row: Row, notes: list[Note]) -> StoredRun:
    with readable("unreadable-run", run=row.id):
        sql.expect(row, str, "started_at finished_at started_by engine")
        sql.expect(row, str, "engine_version leadgrade_version python_version")
        sql.expect(row, int, "rows_read decided rejected qualified")
        sql.expect(row, (int, float), "seconds")
        as_of = date.fromisoformat(row.as_of)
        parameters, grades = dict(json.loads(row.parameters)), dict(json.loads(row.grades))
    return StoredRun(
        number=row.id,
        book_id=row.book_id,
        book_title=Phrase(row.title_en, row.title_zh),
        book_sha256=row.book_sha256,
        started_at=row.started_at,
        finished_at=row.finished_at,
        as_of=as_of,
        by=row.started_by,
        engine=row.engine,
        engine_version=row.engine_version,
        leadgrade_version=row.leadgrade_version,
        python_version=row.python_version,
        parameters=parameters,
        rows_read=row.rows_read,
        decided=row.decided,
        rejected=row.rejected,
        qualified=row.qualified,
        grades=grades,
        seconds=row.seconds,
        notes=notes,
        head=row.head or "",
        folder=None if row.file is None else str(PurePath(row.file).parent),
    )


def book(connection: Connection, sha256: str) -> StoredBook:
    """Return a rule book by its hash.

    Raises:
        StoreError: ``no-such-book``, ``unreadable-book``.
    """
    row = sql.row(connection, "SELECT * FROM book WHERE sha256 = :sha256", sha256=sha256)
    if row is None:
        raise StoreError("no-such-book", sha256=sha256)
    with readable("unreadable-book", sha256=sha256):
        sql.expect(row, str, "book_id path text")
    title = Phrase(row.title_en, row.title_zh)
    return StoredBook(row.book_id, title, row.path, row.text, row.sha256, row.added_at)


def sources(connection: Connection, number: int) -> list[Source]:
    """Return the files of a run in the order in which they were given."""
    query = "SELECT * FROM run_source WHERE run_id = :run ORDER BY position"
    notes = _notes(connection, "source IS NOT NULL AND run_id = :run", run=number)
    found = []
    for row in sql.rows(connection, query, run=number):
        with readable("unreadable-run", run=number):
            sql.expect(row, str, "file format")
            sql.expect(row, (str, type(None)), "encoding")
            sql.expect(row, int, "rows_read")
            mapping = join_mapping(json.loads(row.mapping), notes[number, row.position])
        about = (row.file, row.sha256, row.format, row.encoding, row.rows_read)
        found.append(Source(*about, mapping))
    return found


def rejected(connection: Connection, number: int) -> Iterator[RejectedRow]:
    """Yield the rows that a run set aside."""
    query = """
        SELECT run_source.file, rejected.line, rejected.code, rejected.args, rejected.raw
        FROM rejected LEFT JOIN run_source
            ON run_source.run_id = rejected.run_id AND run_source.position = rejected.source
        WHERE rejected.run_id = :run AND rejected.sealed IS NULL
        ORDER BY rejected.number
    """
    for part in sql.batches(connection, query, 1000, run=number):
        for file, line, code, args, raw in part:
            with readable("unreadable-run", run=number):
                found = RejectedRow(file, line, code, json.loads(args), raw)
            yield found


def decisions(
    connection: Connection,
    number: int | None,
    *,
    grade: str | None,
    limit: int | None,
    best_first: bool,
    by_hand: bool,
    day: date | None = None,
) -> Iterator[StoredDecision]:
    """Yield the decisions of a run; see ``Store.decisions``."""
    chosen = run(connection, number)
    values: dict[str, Any] = {}
    where, order = "true", "number"
    given = "grade"
    if by_hand:
        given = _in_force(overrides_by_key(connection, day or date.today()), chosen, values)
    if grade is not None:
        where = f"{given} = :grade"
        values["grade"] = grade
    if best_first:
        order = f"{_ladder(given, list(chosen.grades), values)}score DESC, high DESC, key"
    if limit is not None:
        order += " LIMIT :limit"
        values["limit"] = limit
    yield from decided_by(connection, chosen.number, f"{where} ORDER BY {order}", values, day)


def _in_force(
    overrides: Mapping[str, StoredOverride], chosen: StoredRun, values: dict[str, Any]
) -> str:
    """Return the grade in force in SQL: a person's, where the ladder of the run has it."""
    cases = []
    for place, (key, override) in enumerate(overrides.items()):
        if override.grade in chosen.grades:
            values |= {f"hand{place}": override.grade, f"lead{place}": key}
            cases.append(f"WHEN :lead{place} THEN :hand{place}")
    return f"(CASE key {' '.join(cases)} ELSE grade END)" if cases else "grade"


def _ladder(given: str, grades: list[str], values: dict[str, Any]) -> str:
    """Return what orders by grade. The run knows the ladder; its names go into ``values``."""
    values.update({f"grade{place}": grade for place, grade in enumerate(grades)})
    cases = " ".join(f"WHEN :grade{place} THEN {place}" for place in range(len(grades)))
    return f"CASE {given} {cases} END, " if cases else ""


def decision(
    connection: Connection, number: int | None, lead: str, day: date | None = None
) -> StoredDecision:
    """Return what a run decided of a lead.

    Raises:
        StoreError: ``no-runs``, ``no-such-run``, ``no-such-lead``, ``not-in-run``.
    """
    chosen = run(connection, number).number
    for found in decided_by(connection, chosen, "key = :lead", {"lead": lead}, day):
        return found
    newest = history(connection, lead)[-1].run
    raise StoreError("not-in-run", lead=lead, run=chosen, latest=newest)


def number_in_run(connection: Connection, run: int, lead: str) -> int:
    """Return the place of a lead in a run that has it.

    Raises:
        StoreError: ``not-in-run``.
    """
    files = files_of(connection, run)
    if files:
        from leadgrade.storage.filed import number_of  # noqa: PLC0415 - DuckDB is slow to import

        number = number_of(files, lead)
    else:
        query = """
            SELECT decision.number FROM lead
            JOIN decision ON decision.run_id = :run AND decision.lead_id = lead.id
            WHERE lead.key = :lead
        """
        number = sql.value(connection, query, run=run, lead=lead)
    if number is None:
        raise StoreError("not-in-run", lead=lead, run=run, latest=run)
    return number


def history(connection: Connection, lead: str, day: date | None = None) -> list[StoredDecision]:
    """Return all that was decided of a lead, the oldest first.

    Raises:
        StoreError: ``no-such-lead``.
    """
    # By way of the runs: the decisions of a lead are found by run and lead.
    where = """
        decision.run_id IN (SELECT id FROM run WHERE id NOT IN (SELECT run_id FROM decision_file))
        AND lead.key = :lead ORDER BY decision.run_id
    """
    found = list(decided(connection, where, {"lead": lead}, day))
    for number in runs_in_files(connection):
        found += decided_by(connection, number, "key = :lead", {"lead": lead}, day)
    if not found:
        raise no_such_lead(connection, lead)
    return sorted(found, key=lambda each: each.run)


def no_such_lead(connection: Connection, lead: str) -> StoreError:
    """Return the error that names the leads that may have been meant."""
    return StoreError("no-such-lead", lead=lead, nearest=", ".join(leads_like(connection, lead, 3)))


def leads_like(connection: Connection, typed: str, limit: int) -> list[str]:
    """Return the keys that ``typed`` may mean: those that contain it, then those that resemble it.

    The likeliest comes first.
    """
    if not typed:
        return []
    pattern = typed.lower().translate({ord(each): f"!{each}" for each in "!%_"})
    containing = "lower(key) LIKE :pattern ESCAPE '!' ORDER BY length(key), key LIMIT :limit"
    values: dict[str, Any] = {"pattern": f"%{pattern}%", "limit": limit}
    keys = _keys(connection, containing, values)
    found = sorted(dict.fromkeys(keys), key=lambda key: (len(key), key))
    if len(found) < limit:
        near = "length(key) BETWEEN :short AND :long LIMIT :likely"
        values = {"short": len(typed) - 2, "long": len(typed) + 2, "likely": _LIKELY}
        keys = _keys(connection, near, values)
        folded = {key.casefold(): key for key in keys}
        close = difflib.get_close_matches(typed.casefold(), folded, limit, cutoff=0.6)
        found += [folded[key] for key in close if folded[key] not in found]
    return found[:limit]


def _keys(connection: Connection, clauses: str, values: dict[str, Any]) -> list[str]:
    """Return keys of leads: those in the database, and those of the last run that is in files."""
    query = f"SELECT key FROM lead WHERE {clauses}"  # noqa: S608 - constants
    found = [key for (key,) in sql.rows(connection, query, **values)]
    for number in runs_in_files(connection)[:1]:
        from leadgrade.storage.filed import keys  # noqa: PLC0415 - DuckDB is slow to import

        found += keys(files_of(connection, number), clauses, values)
    return found
