"""The one way in for decided leads: they arrive in a table of their own, as they are.

From there the database itself puts them where they belong, thousands with one statement. So a lead
costs Python next to nothing, and a query may hand over its rows as it gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

from leadgrade.engine.decision import Decided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from leadgrade.engine.decision import DecidedValues

AT_ONCE = 10_000
"""Leads that are in the staging table at a time: some megabytes, in memory."""

_TYPES = {
    **dict.fromkeys(Decided._fields, String),
    **dict.fromkeys(("line", "score", "low", "high"), BigInteger),
    "qualified": Boolean,
    "salt": LargeBinary,
}
_INCOMING = Table(
    "incoming",
    MetaData(),
    Column("place", Integer, primary_key=True),
    *(Column(name, _TYPES[name]) for name in Decided._fields),
    prefixes=["TEMPORARY"],
)

_NEW_LEADS = text("""
    INSERT INTO lead (key, snapshot_id)
    SELECT incoming.lead, :snapshots + incoming.place FROM incoming
    WHERE true ORDER BY incoming.place
    ON CONFLICT (key) DO NOTHING
""")
_CHANGED_LEADS = text("""
    UPDATE lead SET snapshot_id = :snapshots + changed.place
    FROM (
        SELECT lead.id, incoming.place
        FROM incoming JOIN lead ON lead.key = incoming.lead
        LEFT JOIN snapshot ON snapshot.id = lead.snapshot_id
        WHERE lead.snapshot_id <= :newest
            AND (snapshot.facts IS NULL OR snapshot.facts <> incoming.facts)
    ) AS changed
    WHERE lead.id = changed.id
""")
_SNAPSHOTS = text("""
    INSERT INTO snapshot (id, facts)
    SELECT lead.snapshot_id, incoming.facts
    FROM incoming JOIN lead ON lead.key = incoming.lead
    WHERE lead.snapshot_id = :snapshots + incoming.place ORDER BY incoming.place
""")
_DECISIONS = text("""
    INSERT INTO decision (run_id, number, lead_id, snapshot_id, source, line,
        ranks, qualified, grade, score, low, high, worst, best, evidence, salt)
    SELECT :run, :numbers + incoming.place, lead.id, lead.snapshot_id, files.position, line,
        ranks, qualified, grade, score, low, high, worst, best, evidence, salt
    FROM incoming JOIN lead ON lead.key = incoming.lead
    LEFT JOIN (
        SELECT run_source.file, min(run_source.position) AS position
        FROM run_source WHERE run_source.run_id = :run GROUP BY run_source.file
    ) AS files ON files.file = incoming.file
    ORDER BY incoming.place
""")


class Staging:
    """The staging table of a run that is being written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._insert = _insert(connection.dialect.name)
        _INCOMING.create(connection)

    def store(self, run: int, first: int, decided: Sequence[DecidedValues]) -> None:
        """Store decided leads, the first of them under that number of the run.

        Their files are sources of the run. Snapshots are numbered by hand, so that a lead can
        name its own before it is there.
        """
        # The driver takes plain tuples a quarter faster than named ones.
        plain = type(decided[0]) is tuple
        rows = list(decided if plain else map(tuple, decided))
        self._connection.exec_driver_sql(self._insert, rows)
        place = self._scalar("SELECT min(place) FROM incoming")
        newest = self._scalar("SELECT coalesce(max(id), 0) FROM snapshot")
        snapshots = {"snapshots": newest + 1 - place}
        fresh = self._connection.execute(_NEW_LEADS, snapshots).rowcount
        if fresh < len(decided):
            changed = self._connection.execute(_CHANGED_LEADS, {**snapshots, "newest": newest})
            fresh += changed.rowcount
        if fresh:
            self._connection.execute(_SNAPSHOTS, snapshots)
        self._connection.execute(_DECISIONS, {"run": run, "numbers": first - place})
        self._connection.exec_driver_sql("DELETE FROM incoming")

    def drop(self) -> None:
        """Take the staging table away; a connection may live longer than a run."""
        _INCOMING.drop(self._connection)

    def _scalar(self, sql: str) -> int:
        return int(self._connection.exec_driver_sql(sql).scalar_one())


def _insert(dialect: str) -> str:
    names = ", ".join(Decided._fields)
    marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * len(Decided._fields))
    return f"INSERT INTO incoming ({names}) VALUES ({marks})"  # noqa: S608 - our own names
