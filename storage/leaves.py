"""The rows of a run as the leaves of its hash trees, read from the database as they are there.

A leaf hashes the open fields of a row and one hash of its private ones: the personal data, behind
a salt. When those are forgotten, that hash stays (``sealed``), and with it the leaf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from leadgrade.engine.sealing import file_text, hash_text, leaf_text, sealed_text
from leadgrade.storage import sql
from leadgrade.storage.files import files_of
from leadgrade.storage.hashing import canonical, digest
from leadgrade.storage.sqlite import NEVER_STORED

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
            *("id", "book_sha256", "legend_sha256", "started_at", "finished_at", "as_of"),
            *("started_by", "engine", "engine_version", "leadgrade_version", "python_version"),
            *("parameters", "rows_read", "decided", "rejected", "qualified", "grades", "seconds"),
        )
    ),
    "book": Fields(("sha256", "book_id", "title_en", "title_zh", "path", "text", "added_at")),
    "legend": Fields(("sha256", "text")),
    "run_source": Fields(
        ("position", "file", "sha256", "format", "encoding", "rows_read", "mapping")
    ),
    "note": Fields(("number", "source"), ("salt", "note")),
    "rejected": Fields(("number", "source", "code"), ("salt", "line", "args", "raw")),
    "decision": Fields(
        ("number", "qualified", "grade", "score", "low", "high", "worst", "best"),
        ("salt", "file", "line", "evidence", "ranks", "facts", "key"),
    ),
    "override": Fields(
        ("id", "run_id", "grade", "since", "until", "made_by", "made_at"),
        ("salt", "key", "reason"),
    ),
    "outcome_list": Fields(
        (
            *("id", "read_at", "read_by", "file", "sha256", "format", "encoding"),
            *("rows_read", "won", "lost", "still_open", "unknown", "rejected"),
        )
    ),
    "outcome": Fields(("number", "won"), ("salt", "line", "decided_on", "value", "key")),
    "erasure": Fields(("id", "kind", "before", "made_by", "made_at", "reason")),
    "erased": Fields(("kind", "run_id", "number")),
}
"""What is hashed, by table. The number of a decision is its place among the leaves, and not in
the leaf: where a lead is decided, nobody knows it yet."""

PARTS = ("run", "book", "legend", "run_source", "note", "rejected", "decision")
"""The parts of a run, each with a tree of its own."""

EVERY = range(-(2**31), 2**31)
"""All numbers that a row can have."""

_SIMPLE = {
    "run": "SELECT {} FROM run WHERE id = :number",
    "book": "SELECT {} FROM book WHERE sha256 = (SELECT book_sha256 FROM run WHERE id = :number)",
    "legend": """
        SELECT {} FROM legend WHERE sha256 = (SELECT legend_sha256 FROM run WHERE id = :number)
    """,
    "run_source": "SELECT {} FROM run_source WHERE run_id = :number ORDER BY position",
    "note": "SELECT {} FROM note WHERE run_id = :number ORDER BY number",
    "rejected": "SELECT {} FROM rejected WHERE run_id = :number ORDER BY number",
    "outcome_list": "SELECT {} FROM outcome_list WHERE id = :number",
    "erasure": "SELECT {} FROM erasure WHERE id = :number",
    "erased": "SELECT {} FROM erased WHERE erasure_id = :number ORDER BY kind, run_id, number",
}
_OVERRIDE = """
    SELECT override.id, run_id, grade, since, until, made_by, made_at,
        override.salt, lead.key, reason, sealed, override.lead_id
    FROM override LEFT JOIN lead ON lead.id = override.lead_id WHERE override.id = :number
"""
_OUTCOMES = """
    SELECT number, won, outcome.salt, line, decided_on, value, lead.key, sealed, lead_id
    FROM outcome LEFT JOIN lead ON lead.id = outcome.lead_id
    WHERE list_id = :number ORDER BY number
"""
_DECISIONS = """
    SELECT decision.number, qualified, grade, score, low, high, worst, best,
        decision.salt, source, line, evidence, ranks, facts, key, sealed,
        decision.lead_id, decision.snapshot_id
    FROM decision
    LEFT JOIN lead ON lead.id = decision.lead_id
    LEFT JOIN snapshot ON snapshot.id = decision.snapshot_id
    WHERE decision.run_id = :number AND decision.number BETWEEN :first AND :last
    ORDER BY decision.number
"""
_AT_ONCE = 2000
NO_NUMBER = -(2**63) - 1
"""No number that a database holds: it stands for what is not a number where one has to be."""


def leaf_of(kind: str, values: Values) -> str:
    """Return the leaf of a row."""
    count = len(FIELDS[kind].open)
    if kind == "decision":
        return hash_text(leaf_text(*(*values[1:count], commitment(kind, values))))
    lines = [kind, canonical(values[:count])]
    if FIELDS[kind].private:
        lines.append(commitment(kind, values))
    return hash_text("\n".join(lines))


def commitment(kind: str, values: Values) -> str:
    """Return the hash of the private fields of a row: what ``sealed`` keeps of them."""
    if values[-1] is not None:
        return str(values[-1])
    private = values[len(FIELDS[kind].open) : -1]
    return hash_text(sealed_text(*private)) if kind == "decision" else digest(private)


def rows(connection: Connection, kind: str, number: int, within: range = EVERY) -> Iterator[Values]:
    """Yield the values of the rows of one kind: of a run, an override or the like, by number.

    ``within`` are the numbers of decisions, where not all of the run are wanted.
    """
    if kind == "decision":
        yield from _decisions(connection, number, within)
    elif kind == "outcome":
        for number_, won, *values, sealed, lead in _stream(connection, _OUTCOMES, number):
            if lead is not None and values[-1] is None:
                values[-1] = NEVER_STORED
            yield (number_, _whole(won), *values, sealed)
    elif kind == "override":
        for *values, lead in _stream(connection, _OVERRIDE, number):
            if lead is not None and values[8] is None:
                values[8] = NEVER_STORED
            yield values
    else:
        columns = ", ".join(FIELDS[kind].names)
        yield from _stream(connection, _SIMPLE[kind].format(columns), number)


def name_of(kind: str, values: Values) -> int:
    """Return what names a row within its run: its number."""
    return 0 if kind in ("book", "legend") else _whole(values[0])


def _decisions(connection: Connection, run: int, within: range) -> Iterator[Values]:
    for file in files_of(connection, run):
        from leadgrade.storage.filed import values_of  # noqa: PLC0415 - DuckDB is slow to import

        yield from values_of(file, within)
    files = _files(connection, run)
    limits = {"first": within.start, "last": within.stop - 1}
    for row in _stream(connection, _DECISIONS, run, **limits):
        number, qualified, grade, score, low, high, worst, best = row[:8]
        salt, source, line, evidence, ranks, facts, key, sealed, lead, snapshot = row[8:]
        points = _whole(score), _whole(low), _whole(high)
        yield (
            *(number, _whole(qualified), grade, *points, worst, best),
            _hex(salt),
            files.get(source, NEVER_STORED),
            None if line is None else _whole(line),
            evidence,
            ranks,
            NEVER_STORED if facts is None and snapshot is not None else facts,
            NEVER_STORED if key is None and lead is not None else key,
            sealed,
        )


def _whole(value: Any) -> int:
    """Return a whole number as it is; for anything else, which SQLite may hold, none that is."""
    return int(value) if isinstance(value, int) else NO_NUMBER


def _hex(salt: Any) -> str | None:
    """Return a salt as it is hashed; what is none, though its hex digits may be there, as such."""
    if salt is None or isinstance(salt, bytes):
        return None if salt is None else salt.hex()
    return NEVER_STORED + str(salt)


def _files(connection: Connection, run: int) -> dict[int | None, str]:
    """Return the names of the files of a run, as they are hashed, by their positions.

    Rows name the first position of a file that was given twice.
    """
    query = "SELECT min(position), file FROM run_source WHERE run_id = :run GROUP BY file"
    found = sql.rows(connection, query, run=run)
    return {None: file_text(None), **{position: _file_text(file) for position, file in found}}


def _file_text(file: Any) -> str:
    return file_text(file) if isinstance(file, str) else f"{NEVER_STORED}{file!r}"


def _stream(connection: Connection, query: str, number: int, **more: int) -> Iterator[Values]:
    for part in sql.batches(connection, query, _AT_ONCE, number=number, **more):
        yield from part
