"""The one way in for decided leads: they arrive in a table of their own, as they are.

From there the database itself puts them where they belong, thousands with one statement. So a lead
costs Python next to nothing, and a query may hand over its rows as it gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TextClause,
    text,
)

from leadgrade.engine.decision import Decided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    INSERT INTO lead (id, key, snapshot_id)
    SELECT :leads + incoming.place, incoming.lead, :snapshots + incoming.place FROM incoming
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
_SNAPSHOTS = """
    INSERT INTO snapshot (id, facts)
    SELECT lead.snapshot_id, facts FROM {leads}
    WHERE lead.snapshot_id = :snapshots + place ORDER BY place
"""
_DECISIONS = """
    INSERT INTO decision (run_id, number, lead_id, snapshot_id, source, line,
        ranks, qualified, grade, score, low, high, worst, best, evidence, salt)
    SELECT :run, :numbers + place, lead.id, lead.snapshot_id, files.position, line,
        ranks, qualified, grade, score, low, high, worst, best, evidence, salt
    FROM {leads} LEFT JOIN (
        SELECT run_source.file AS name, min(run_source.position) AS position
        FROM run_source WHERE run_source.run_id = :run GROUP BY run_source.file
    ) AS files ON files.name = file
    ORDER BY place
"""


class _Filing(NamedTuple):
    """The statements that put leads where they belong, once ``lead`` has all of them."""

    snapshots: TextClause
    decisions: TextClause

    @classmethod
    def of(cls, leads: str) -> Self:
        """Return them, given where the incoming leads and their rows of ``lead`` come from."""
        return cls(*(text(each.format(leads=leads)) for each in (_SNAPSHOTS, _DECISIONS)))


_OF_ANY = _Filing.of("incoming JOIN lead ON lead.key = incoming.lead")
_OF_NEW = _Filing.of(
    "(SELECT *, :leads + place AS id, :snapshots + place AS snapshot_id FROM incoming) AS lead"
)
"""Without looking for each lead twice: nothing is at hand faster than what was just counted."""


class Staging:
    """The staging table of a run that is being written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._insert = _insert(connection.dialect.name)
        _INCOMING.create(connection)

    def store(self, run: int, first: int, decided: Sequence[DecidedValues]) -> None:
        """Store decided leads, the first of them under that number of the run.

        Their files are sources of the run. Leads and snapshots are numbered by hand, so that a
        lead can name its snapshot before it is there.
        """
        # The driver takes plain tuples a quarter faster than named ones.
        plain = type(decided[0]) is tuple
        rows = list(decided if plain else map(tuple, decided))
        self._connection.exec_driver_sql(self._insert, rows)
        place = self._scalar("SELECT min(place) FROM incoming")
        newest = self._scalar("SELECT coalesce(max(id), 0) FROM snapshot")
        leads = self._scalar("SELECT coalesce(max(id), 0) + 1 FROM lead") - place
        numbers = {"leads": leads, "snapshots": newest + 1 - place, "newest": newest}
        numbers |= {"run": run, "numbers": first - place}
        fresh = self._execute(_NEW_LEADS, numbers)
        filing = _OF_NEW
        if fresh < len(decided):
            filing = _OF_ANY
            fresh += self._execute(_CHANGED_LEADS, numbers)
        if fresh:
            self._execute(filing.snapshots, numbers)
        self._execute(filing.decisions, numbers)
        self._connection.exec_driver_sql("DELETE FROM incoming")

    def drop(self) -> None:
        """Take the staging table away; a connection may live longer than a run."""
        _INCOMING.drop(self._connection)

    def _execute(self, statement: TextClause, numbers: Mapping[str, int]) -> int:
        """Run a statement with such of the numbers as it names, and return how many rows."""
        return self._connection.execute(statement, numbers).rowcount

    def _scalar(self, sql: str) -> int:
        return int(self._connection.exec_driver_sql(sql).scalar_one())


def _insert(dialect: str) -> str:
    names = ", ".join(Decided._fields)
    marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * len(Decided._fields))
    return f"INSERT INTO incoming ({names}) VALUES ({marks})"  # noqa: S608 - our own names
