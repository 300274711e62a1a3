"""The rows of a run as the leaves of its hash trees, read from the database as they are there.

A leaf hashes the open fields of a row and one hash of its private ones: the personal data, behind
a salt. When those are forgotten, that hash stays (``sealed``), and with it the leaf.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from leadgrade.storage.hashing import digest, leaf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    Values = Sequence[Any]
    """The open fields of a row, its private ones, and at the end ``sealed``."""


class Fields(NamedTuple):
    """What of a row is hashed: its columns, or for a decision what they lead to."""

    open: tuple[str, ...]
    private: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all values of a row, in their order."""
        return (*self.open, *self.private, "sealed") if self.private else self.open


FIELDS = {
    "run": Fields(
        (
            *("id", "book_sha256", "started_at", "finished_at", "as_of", "started_by", "engine"),
            *("engine_version", "leadgrade_version", "python_version", "parameters", "rows_read"),
            *("decided", "rejected", "qualified", "grades", "seconds"),
        )
    ),
    "book": Fields(("sha256", "book_id", "title_en", "title_zh", "path", "text", "added_at")),
    "run_source": Fields(
        ("position", "file", "sha256", "format", "encoding", "rows_read", "mapping")
    ),
    "note": Fields(("number", "source"), ("salt", "note")),
    "rejected": Fields(("number", "source", "code"), ("salt", "line", "args", "raw")),
    "decision": Fields(
        ("lead_id", "qualified", "grade", "score", "low", "high", "worst", "best", "steps"),
        ("salt", "key", "facts", "evidence", "source", "line", "ranks"),
    ),
    "override": Fields(
        ("id", "run_id", "lead_id", "grade", "since", "until", "made_by", "made_at"),
        ("salt", "key", "reason"),
    ),
    "erasure": Fields(("id", "kind", "before", "made_by", "made_at", "reason")),
    "erased": Fields(("kind", "run_id", "number")),
}
"""What is hashed, by table. ``facts`` and ``evidence`` are the hashes of what was known and of
the decision in full; ``steps`` are the next steps: position, id, owner, channel, due."""

PARTS = ("run", "book", "run_source", "note", "rejected", "decision")
"""The parts of a run, each with a tree of its own."""

_SIMPLE = {
    "run": "SELECT {} FROM run WHERE id = :number",
    "book": "SELECT {} FROM book WHERE sha256 = (SELECT book_sha256 FROM run WHERE id = :number)",
    "run_source": "SELECT {} FROM run_source WHERE run_id = :number ORDER BY position",
    "note": "SELECT {} FROM note WHERE run_id = :number ORDER BY number",
    "rejected": "SELECT {} FROM rejected WHERE run_id = :number ORDER BY number",
    "erasure": "SELECT {} FROM erasure WHERE id = :number",
    "erased": "SELECT {} FROM erased WHERE erasure_id = :number ORDER BY kind, run_id, number",
}
_OVERRIDE = """
    SELECT override.id, run_id, lead_id, grade, since, until, made_by, made_at,
        override.salt, lead.key, reason, sealed
    FROM override LEFT JOIN lead ON lead.id = override.lead_id WHERE override.id = :number
"""
_DECISION = """
    SELECT decision.lead_id, qualified, grade, score, low, high, worst, best,
        lead.salt, lead.key, snapshot.sha256, evidence.sha256, source, line, ranks, sealed
    FROM decision
    LEFT JOIN lead ON lead.id = decision.lead_id
    LEFT JOIN snapshot ON snapshot.id = decision.snapshot_id
    LEFT JOIN evidence ON evidence.id = decision.evidence_id
"""
_DECISIONS = f"{_DECISION} WHERE decision.run_id = :number ORDER BY decision.lead_id"
_DECISION_OF_LEAD = f"{_DECISION} WHERE decision.run_id = :number AND decision.lead_id = :lead"
_STEPS = """
    SELECT lead_id, position, step, owner, channel, due FROM next_step
    WHERE run_id = :number ORDER BY lead_id, position
"""
_AT_ONCE = 2000


def leaf_of(kind: str, values: Values) -> bytes:
    """Return the leaf of a row."""
    fields = FIELDS[kind]
    if not fields.private:
        return leaf((kind, *values))
    count = len(fields.open)
    return leaf((kind, *values[:count], values[-1] or digest(values[count:-1])))


def commitment(kind: str, values: Values) -> str:
    """Return the hash of the private fields of a row: what ``sealed`` keeps of them."""
    return str(values[-1] or digest(values[len(FIELDS[kind].open) : -1]))


def rows(connection: Connection, kind: str, number: int) -> Iterator[Values]:
    """Yield the values of the rows of one kind: of a run, an override or an erasure, by number.

    A next step without a decision comes as a decision that has steps only.
    """
    if kind == "decision":
        yield from _decisions(connection, number)
    elif kind == "override":
        yield from _stream(connection, _OVERRIDE, number)
    else:
        columns = ", ".join(FIELDS[kind].names)
        yield from _stream(connection, _SIMPLE[kind].format(columns), number)


def decision_commitments(
    connection: Connection, run: int, lead: int | None = None
) -> Iterator[tuple[int, str]]:
    """Yield the commitments of the decisions of a run, or of one of them, by lead."""
    if lead is None:
        found = _stream(connection, _DECISIONS, run)
    else:
        found = _stream(connection, _DECISION_OF_LEAD, run, lead=lead)
    places = len(FIELDS["decision"].private) + 1
    for row in found:
        yield row[0], str(row[-1] or digest(row[-places:-1]))


def name_of(kind: str, values: Values) -> int:
    """Return what names a row within its run: its number, or that of the lead."""
    return 0 if kind == "book" else int(values[0])


def _decisions(connection: Connection, run: int) -> Iterator[Values]:
    steps = groupby(_stream(connection, _STEPS, run), key=lambda row: row[0])
    lead, found = next(steps, (None, iter(())))
    for lead_id, qualified, *rest in _stream(connection, _DECISIONS, run):
        while lead is not None and lead < lead_id:
            yield _orphaned(lead, found)
            lead, found = next(steps, (None, iter(())))
        mine: list[Values] = []
        if lead == lead_id:
            mine = [each[1:] for each in found]
            lead, found = next(steps, (None, iter(())))
        yield (lead_id, bool(qualified), *rest[:6], mine, *rest[6:])
    while lead is not None:
        yield _orphaned(lead, found)
        lead, found = next(steps, (None, iter(())))


def _orphaned(lead: int, steps: Iterator[Values]) -> Values:
    return (lead, *[None] * 7, [each[1:] for each in steps], *[None] * 8)


def _stream(connection: Connection, sql: str, number: int, **more: int) -> Iterator[Values]:
    values = {"number": number, **more}
    if not connection.in_transaction():
        connection.begin()  # the driver's cursor would not
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        yield from driver.execute(sql, values)  # a third of the time of SQLAlchemy's rows
        return
    options = {"yield_per": _AT_ONCE}
    with connection.execute(text(sql), values, execution_options=options) as found:
        for part in found.partitions():
            yield from map(tuple, part)
