"""The hash chain: a link for each run, override, erasure and list of outcomes, as they came.

A link's head is the hash of the head before it and of everything in the link. Whoever has noted a
head can tell whether anything before it was changed. How it is made: ``docs/record.md``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.storage import sql
from leadgrade.storage.hashing import FIRST_HEAD, MARK, Tree, digest
from leadgrade.storage.leaves import PARTS, leaf_of, name_of, rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

FORMAT = 1
"""How a run is hashed. A later way gets a later number, and old runs keep theirs."""

_AT_ONCE = 10_000


class Link(NamedTuple):
    """A link of the chain: ``number`` is that of the run, override and so on (``kind``)."""

    position: int
    kind: str
    number: int
    digest: str
    linked_at: str
    head: str

    def expected_head(self, before: str) -> str:
        """Return the head that this link has after the head ``before``."""
        return digest([before, *self[:-1]])


def links(connection: Connection) -> list[Link]:
    """Return the whole chain."""
    query = "SELECT position, kind, number, digest, linked_at, head FROM chain ORDER BY position"
    return [Link(*row) for row in sql.rows(connection, query)]


def head(connection: sql.Connection) -> str:
    """Return the head of the chain."""
    query = "SELECT head FROM chain ORDER BY position DESC LIMIT 1"
    return str(sql.value(connection, query) or FIRST_HEAD)


def link_run(connection: Connection, run: int, decisions: str | None = None) -> str:
    """Hash the rows of a run, keep their marks, chain the run, and return the head.

    ``decisions`` is the root over its decisions where they were hashed while they were stored.
    """
    roots: dict[str, str] = {}
    for kind in PARTS:
        done = decisions if kind == "decision" else None
        roots[kind] = _hash_part(connection, kind, run) if done is None else done
    return _link(connection, "run", run, run_digest(roots))


def _hash_part(connection: Connection, kind: str, run: int) -> str:
    tree = Tree()
    found = rows(connection, kind, run)
    while part := list(islice(found, _AT_ONCE)):
        leaves = [leaf_of(kind, each) for each in part]
        tree.add(leaves)
        add_marks(connection, run, kind, name_of(kind, part[0]), leaves)
    return tree.root()


def add_marks(
    connection: Connection, run: int, kind: str, first: int, leaves: Sequence[str]
) -> None:
    """Keep the marks of rows: those from the number ``first`` on."""
    insert = """
        INSERT INTO marks (run_id, kind, first, marks) VALUES (:run, :kind, :first, :marks)
    """
    marks = bytes.fromhex("".join([leaf[: 2 * MARK] for leaf in leaves]))
    values = {"run": run, "kind": kind, "first": first, "marks": marks}
    sql.change(connection, insert, values)


def next_run(connection: Connection) -> int:
    """Return the number of a run to come; whoever asks holds the write lock.

    A database that counts by itself (PostgreSQL) would leave out the numbers of runs that failed.
    """
    query = """
        SELECT 1 + coalesce(max(used.number), 0) FROM (
            SELECT id AS number FROM run
            UNION ALL SELECT number FROM chain WHERE kind = 'run'
        ) AS used
    """
    return int(sql.value(connection, query))


def link_override(connection: Connection, number: int) -> str:
    """Chain an override, and return the head."""
    return _link(connection, "override", number, override_digest(connection, number))


def link_erasure(connection: Connection, number: int) -> str:
    """Chain an erasure with all rows that it emptied, and return the head."""
    return _link(connection, "erasure", number, erasure_digest(connection, number))


def link_outcomes(connection: Connection, number: int) -> str:
    """Chain a list of outcomes with all its rows, and return the head."""
    return _link(connection, "outcome_list", number, outcomes_digest(connection, number))


def run_digest(roots: Mapping[str, str]) -> str:
    """Return the digest of a run from the roots of its parts."""
    return digest({"format": FORMAT, **{kind: roots[kind] for kind in PARTS}})


def override_digest(connection: Connection, number: int) -> str:
    """Return the digest of an override as it is in the record."""
    return _root(connection, "override", number)


def erasure_digest(connection: Connection, number: int) -> str:
    """Return the digest of an erasure as it is in the record."""
    parts = [_root(connection, kind, number) for kind in ("erasure", "erased")]
    return digest({"format": FORMAT, "erasure": parts[0], "erased": parts[1]})


def outcomes_digest(connection: Connection, number: int) -> str:
    """Return the digest of a list of outcomes as it is in the record."""
    roots = {kind: _root(connection, kind, number) for kind in ("outcome_list", "outcome")}
    return digest({"format": FORMAT, **roots})


def _root(connection: Connection, kind: str, number: int) -> str:
    return Tree(leaf_of(kind, each) for each in rows(connection, kind, number)).root()


def _link(connection: Connection, kind: str, number: int, found: str) -> str:
    query = "SELECT position, head FROM chain ORDER BY position DESC LIMIT 1"
    last = sql.row(connection, query)
    position, before = (last.position + 1, last.head) if last else (1, FIRST_HEAD)
    link = Link(position, kind, number, found, now(), "")
    link = link._replace(head=link.expected_head(before))
    insert = """
        INSERT INTO chain (position, kind, number, digest, linked_at, head)
        VALUES (:position, :kind, :number, :digest, :linked_at, :head)
    """
    sql.change(connection, insert, link._asdict())
    return link.head


def now() -> str:
    """Return the time in UTC, ISO 8601, as the record writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
