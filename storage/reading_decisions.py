"""Reading decisions: slim rows are ordered and streamed, what is long is fetched a batch at a time.

So a sort never holds the facts and the evidence of a whole run.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text

from leadgrade.engine.decision import Possible
from leadgrade.storage.overriding import overrides_on
from leadgrade.storage.records import StoredDecision, StoredStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

_BATCH = 500

_SLIM = """
    SELECT decision.*, lead.key, run_source.file
    FROM decision
    JOIN lead ON lead.id = decision.lead_id
    LEFT JOIN run_source
        ON run_source.run_id = decision.run_id AND run_source.position = decision.source
    WHERE decision.sealed IS NULL AND
"""
_FACTS = text("SELECT id, sha256, facts FROM snapshot WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_EVIDENCE = text("SELECT id, record FROM evidence WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_STEPS = text("""
    SELECT run_id, lead_id, step, owner, channel, due
    FROM next_step WHERE run_id IN :runs AND lead_id IN :leads
    ORDER BY run_id, lead_id, position
""").bindparams(bindparam("runs", expanding=True), bindparam("leads", expanding=True))


def decided(
    connection: Connection, clauses: str, values: Mapping[str, Any], day: date | None
) -> Iterator[StoredDecision]:
    """Yield decisions: ``clauses`` select and order rows of ``decision``, ``lead``, ``run_source``.

    A batch is in memory at a time. Overrides are those of ``day``, by default today. What was
    forgotten is left out.
    """
    day = day or date.today()
    streaming = {"yield_per": _BATCH}
    with connection.execute(text(_SLIM + clauses), values, execution_options=streaming) as rows:
        for batch in rows.partitions(_BATCH):
            yield from _filled(connection, batch, day)


def _filled(
    connection: Connection, batch: Sequence[Row[Any]], day: date
) -> Iterator[StoredDecision]:
    snapshots = {"ids": list({row.snapshot_id for row in batch})}
    facts = {row.id: row for row in connection.execute(_FACTS, snapshots)}
    evidence = {"ids": list({row.evidence_id for row in batch})}
    records = {row.id: row.record for row in connection.execute(_EVIDENCE, evidence)}
    steps = _steps(connection, batch)
    overrides = overrides_on(connection, {row.lead_id for row in batch}, day)
    for row in batch:
        snapshot = facts[row.snapshot_id]
        yield StoredDecision(
            run=row.run_id,
            lead=row.key,
            file=row.file,
            line=row.line,
            facts=snapshot.facts,
            snapshot=snapshot.sha256,
            ranks=row.ranks,
            qualified=bool(row.qualified),
            grade=row.grade,
            score=row.score,
            possible=Possible(row.low, row.high, row.worst, row.best),
            steps=tuple(steps[row.run_id, row.lead_id]),
            record=records[row.evidence_id],
            override=overrides.get(row.lead_id),
        )


def _steps(
    connection: Connection, batch: Sequence[Row[Any]]
) -> defaultdict[tuple[int, int], list[StoredStep]]:
    found: defaultdict[tuple[int, int], list[StoredStep]] = defaultdict(list)
    wanted = {
        "runs": list({row.run_id for row in batch}),
        "leads": list({row.lead_id for row in batch}),
    }
    for run, lead, step, owner, channel, due in connection.execute(_STEPS, wanted):
        found[run, lead].append(
            StoredStep(step, owner, channel, date.fromisoformat(due) if due else None)
        )
    return found
