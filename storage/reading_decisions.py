"""Reading decisions, from the database or from files: callers do not see the difference.

In the database slim rows are ordered and streamed, what is long is fetched a batch at a time. So a
sort never holds the facts of a whole run.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from leadgrade.engine.decision import Possible
from leadgrade.storage import sql
from leadgrade.storage.errors import readable
from leadgrade.storage.files import files_of
from leadgrade.storage.legends import Legends
from leadgrade.storage.overriding import overrides_by_key, overrides_on
from leadgrade.storage.records import StoredDecision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leadgrade.storage.records import DecisionFile
    from leadgrade.storage.sql import Connection, Row

_BATCH = 500

_SLIM = """
    SELECT decision.*, lead.key, run_source.file
    FROM decision
    JOIN lead ON lead.id = decision.lead_id
    LEFT JOIN run_source
        ON run_source.run_id = decision.run_id AND run_source.position = decision.source
    WHERE decision.sealed IS NULL AND
"""
_FACTS = "SELECT id, facts FROM snapshot WHERE id IN :ids"


def decided_by(
    connection: Connection, run: int, clauses: str, values: Mapping[str, Any], day: date | None
) -> Iterator[StoredDecision]:
    """Yield decisions of a run, wherever it keeps them. What was forgotten is left out.

    ``clauses`` select and order them by the columns of ``decision`` and the ``key`` of the lead, in
    SQL that every database and DuckDB know. Overrides are those of ``day``, by default today.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``, ``unreadable-legend``.
    """
    files = files_of(connection, run)
    if files:
        return _filed(connection, run, files, clauses, values, day or date.today())
    return decided(connection, f"decision.run_id = :run AND {clauses}", {**values, "run": run}, day)


def _filed(
    connection: Connection,
    run: int,
    files: Sequence[DecisionFile],
    clauses: str,
    values: Mapping[str, Any],
    day: date,
) -> Iterator[StoredDecision]:
    from leadgrade.storage.filed import found  # noqa: PLC0415 - DuckDB is slow to import

    recalled, overrides = Legends(connection).of(run), overrides_by_key(connection, day)
    for batch in found(files, clauses, values):
        for lead, file, line, facts, ranks, qualified, grade, score, *possible, evidence in batch:
            result = qualified, grade, score, Possible(*possible), evidence
            override = overrides.get(lead)
            yield StoredDecision(run, lead, file, line, facts, ranks, *result, recalled, override)


def decided(
    connection: Connection, clauses: str, values: Mapping[str, Any], day: date | None
) -> Iterator[StoredDecision]:
    """Yield decisions: ``clauses`` select and order rows of ``decision``, ``lead``, ``run_source``.

    A batch is in memory at a time. Overrides are those of ``day``, by default today. What was
    forgotten is left out.
    """
    day = day or date.today()
    legends = Legends(connection)
    for batch in sql.batches(connection, _SLIM + clauses, _BATCH, **values):
        yield from _filled(connection, batch, legends, day)


def _filled(
    connection: Connection, batch: Sequence[Row], legends: Legends, day: date
) -> Iterator[StoredDecision]:
    snapshots = list({row.snapshot_id for row in batch})
    facts = {row.id: row.facts for row in sql.rows(connection, _FACTS, ids=snapshots)}
    overrides = overrides_on(connection, {row.lead_id for row in batch}, day)
    for row in batch:
        with readable("unreadable-decision", lead=row.key, run=row.run_id):
            sql.expect(row, int, "score low high")
            sql.expect(row, str, "grade worst best evidence ranks")
            known = facts[row.snapshot_id]
        yield StoredDecision(
            run=row.run_id,
            lead=row.key,
            file=row.file,
            line=row.line,
            facts=known,
            ranks=row.ranks,
            qualified=bool(row.qualified),
            grade=row.grade,
            score=row.score,
            possible=Possible(row.low, row.high, row.worst, row.best),
            evidence=row.evidence,
            recalled=legends.of(row.run_id),
            override=overrides.get(row.lead_id),
        )
