"""Reading decisions: slim rows are ordered and streamed, what is long is fetched a batch at a time.

So a sort never holds the facts of a whole run.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, text

from leadgrade.engine.decision import Possible
from leadgrade.storage.legends import Legends
from leadgrade.storage.overriding import overrides_on
from leadgrade.storage.records import StoredDecision

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
_FACTS = text("SELECT id, facts FROM snapshot WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


def decided(
    connection: Connection, clauses: str, values: Mapping[str, Any], day: date | None
) -> Iterator[StoredDecision]:
    """Yield decisions: ``clauses`` select and order rows of ``decision``, ``lead``, ``run_source``.

    A batch is in memory at a time. Overrides are those of ``day``, by default today. What was
    forgotten is left out.
    """
    day = day or date.today()
    legends = Legends(connection)
    streaming = {"yield_per": _BATCH}
    with connection.execute(text(_SLIM + clauses), values, execution_options=streaming) as rows:
        for batch in rows.partitions(_BATCH):
            yield from _filled(connection, batch, legends, day)


def _filled(
    connection: Connection, batch: Sequence[Row[Any]], legends: Legends, day: date
) -> Iterator[StoredDecision]:
    snapshots = {"ids": list({row.snapshot_id for row in batch})}
    facts = {row.id: row.facts for row in connection.execute(_FACTS, snapshots)}
    overrides = overrides_on(connection, {row.lead_id for row in batch}, day)
    for row in batch:
        yield StoredDecision(
            run=row.run_id,
            lead=row.key,
            file=row.file,
            line=row.line,
            facts=facts[row.snapshot_id],
            ranks=row.ranks,
            qualified=bool(row.qualified),
            grade=row.grade,
            score=row.score,
            possible=Possible(row.low, row.high, row.worst, row.best),
            evidence=row.evidence,
            recalled=legends.of(row.run_id),
            override=overrides.get(row.lead_id),
        )
