"""Checking the chain: what was edited, deleted, inserted or swapped is found, and named.

The rows are hashed again as they are in the database. What only the replay can tell, whether the
rules give these decisions, is checked elsewhere.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from leadgrade.storage.chain import (
    erasure_digest,
    links,
    override_digest,
    read_marks,
    run_digest,
)
from leadgrade.storage.emptying import FORGOTTEN, is_empty
from leadgrade.storage.hashing import FIRST_HEAD, MARK, Tree
from leadgrade.storage.leaves import FIELDS, PARTS, leaf_of, name_of, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from leadgrade.storage.chain import Link
    from leadgrade.storage.leaves import Values


class Finding(NamedTuple):
    """Something that is not as it was recorded. ``code`` names the text, the rest fills it."""

    code: str
    table: str
    run: int | None = None
    name: str = ""
    """What names the row within its table, or within its run."""
    detail: str = ""


def chain_findings(connection: Connection, noted: str | None = None) -> Iterator[Finding]:
    """Check every link, and what the links stand for apart from the rows of runs.

    Finding codes: ``link-missing``, ``link-changed``, ``head-not-found``, ``gone``,
    ``not-in-chain``, ``entry-changed``.
    """
    chain = links(connection)
    yield from link_findings(chain)
    if noted is not None and noted not in {FIRST_HEAD, *(link.head for link in chain)}:
        yield Finding("head-not-found", "chain", detail=noted)
    digests = {"override": override_digest, "erasure": erasure_digest}
    for kind in ("run", "override", "erasure"):
        query = text(f'SELECT id FROM "{kind}" ORDER BY id')  # noqa: S608 - constants
        there = set(connection.execute(query).scalars())
        chained = {link.number: link for link in chain if link.kind == kind}
        for number in sorted(chained.keys() - there):
            yield Finding("gone", kind, name=str(number))
        for number in sorted(there - chained.keys()):
            yield Finding("not-in-chain", kind, name=str(number))
        for number in sorted(there & chained.keys()) if kind in digests else ():
            if digests[kind](connection, number) != chained[number].digest:
                yield Finding("entry-changed", kind, name=str(number))


def link_findings(
    chain: Iterable[Link], before: str = FIRST_HEAD, position: int = 1
) -> Iterator[Finding]:
    """Check that each link hangs on the one before it; the first one on ``before``."""
    seen: set[tuple[str, int]] = set()
    for link in chain:
        if link.position != position:
            yield Finding("link-missing", "chain", name=str(position))
            before = ""  # it cannot be known
        known = link.kind in ("run", "override", "erasure")
        twice = (link.kind, link.number) in seen
        if not known or twice or (before and link.head != link.expected_head(before)):
            yield Finding("link-changed", "chain", name=str(link.position))
        seen.add((link.kind, link.number))
        before, position = link.head, link.position + 1


def run_findings(connection: Connection, run: int) -> Iterator[Finding]:
    """Check every row of a run against the chain.

    Finding codes: ``row-changed``, ``row-missing``, ``row-inserted``, ``mark-changed``,
    ``run-changed``, and those of erasures: ``emptied``, ``not-emptied``, ``refilled``.
    """
    query = text("SELECT digest FROM chain WHERE kind = 'run' AND number = :run")
    expected = connection.execute(query, {"run": run}).scalar()
    kept = _kept_marks(connection, run)
    erased = _erased(connection, run)
    roots: dict[str, str] = {}
    found: list[Finding] = []
    for kind in PARTS:
        part = _Part(connection, kind, run, kept.pop(kind, b""), erased[kind])
        roots[kind] = part.check()
        found += part.findings
        yield from part.erasures
    strange = [Finding("mark-changed", "marks", run, kind) for kind in kept]
    if expected is None or run_digest(roots) == expected:
        strange += (Finding("mark-changed", "marks", run, each.name) for each in found)
        yield from strange
    else:
        yield from found or [Finding("run-changed", "run", run)]


def _kept_marks(connection: Connection, run: int) -> dict[str, bytes]:
    query = text("SELECT kind, marks FROM marks WHERE run_id = :run")
    found = connection.execute(query, {"run": run})
    return {kind: marks if isinstance(marks, bytes) else b"" for kind, marks in found}


def _erased(connection: Connection, run: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {kind: set() for kind in PARTS}
    query = text("SELECT kind, number FROM erased WHERE run_id = :run")
    for kind, number in connection.execute(query, {"run": run}):
        found.setdefault(kind, set()).add(number)
    return found


class _Part:
    """The rows of one kind of a run, being compared with their marks."""

    def __init__(
        self, connection: Connection, kind: str, run: int, marks: bytes, erased: set[int]
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._run = run
        self._marks = dict(read_marks(marks))
        self._erased = erased
        self.findings: list[Finding] = []
        self.erasures: list[Finding] = []

    def check(self) -> str:
        """Compare every row, and return the root of the tree."""
        tree = Tree()
        for values in rows(self._connection, self._kind, self._run):
            node, name = leaf_of(self._kind, values), name_of(self._kind, values)
            tree.add(node)
            mark = self._marks.pop(name, None)
            if mark != node[:MARK]:
                self.findings.append(self._changed(name, values, marked=mark is not None))
            if FIELDS[self._kind].private:
                self._check_erasure(name, values)
        missing = (self._finding("row-missing", self._kind, name) for name in self._marks)
        self.findings += missing
        return tree.root()

    def _changed(self, name: int, values: Values, *, marked: bool) -> Finding:
        if self._kind == "decision" and values[1] is None:  # steps without their decision
            if marked:
                return self._finding("row-missing", "decision", name)
            return self._finding("row-inserted", "next_step", name)
        return self._finding("row-changed" if marked else "row-inserted", self._kind, name)

    def _finding(self, code: str, table: str, name: int) -> Finding:
        called = _lead_name(self._connection, name) if self._kind == "decision" else str(name)
        return Finding(code, table, self._run, called)

    def _check_erasure(self, name: int, values: Values) -> None:
        """See that what was emptied is empty and recorded, and the other way round."""
        sealed = values[-1] is not None
        if sealed != (name in self._erased):
            code = "emptied" if sealed else "not-emptied"
            self.erasures.append(self._finding(code, self._kind, name))
        elif sealed and not is_empty(self._kind, values):
            self.erasures.append(self._finding("refilled", self._kind, name))


def _lead_name(connection: Connection, lead: int) -> str:
    query = text("SELECT key FROM lead WHERE id = :lead")
    return str(connection.execute(query, {"lead": lead}).scalar() or f"#{lead}")


def content_findings(connection: Connection, run: int | None) -> Iterator[Finding]:
    """Check that facts, decisions in full and books are what their hashes say.

    ``run`` None checks all that there are. Finding code: ``content-changed``; its ``detail`` is
    the hash, its ``name`` a lead that it belongs to.
    """
    for table, content, where in (
        ("snapshot", "facts", "id IN (SELECT snapshot_id FROM decision WHERE run_id = :run)"),
        ("evidence", "record", "id IN (SELECT evidence_id FROM decision WHERE run_id = :run)"),
        ("book", "text", "sha256 IN (SELECT book_sha256 FROM run WHERE id = :run)"),
    ):
        chosen = f" WHERE {where}" if run is not None else ""
        query = f"SELECT sha256, {content} FROM {table}{chosen}"  # noqa: S608 - constants
        options = {"yield_per": 1000}
        values = {} if run is None else {"run": run}
        for name, found in connection.execute(text(query), values, execution_options=options):
            if sha256(str(found).encode()).hexdigest() != name:
                yield Finding(
                    "content-changed", table, run, _owner(connection, table, name), str(name)
                )


def _owner(connection: Connection, table: str, name: str) -> str:
    """Return a lead to which facts or a decision belong."""
    if table == "book":
        query = "SELECT book_id FROM book WHERE sha256 = :name"
    else:
        query = f"""
            SELECT min(lead.key) FROM lead JOIN decision ON decision.lead_id = lead.id
            WHERE decision.{table}_id = (SELECT id FROM {table} WHERE sha256 = :name)
        """  # noqa: S608 - constants
    return str(connection.execute(text(query), {"name": name}).scalar() or "")


_STRAYS = {
    "book": ("sha256", "sha256 NOT IN (SELECT book_sha256 FROM run)"),
    "lead": ("key", "NOT EXISTS (SELECT 1 FROM decision WHERE lead_id = lead.id)"),
    "snapshot": ("sha256", "id NOT IN (SELECT snapshot_id FROM decision)"),
    "evidence": ("sha256", "id NOT IN (SELECT evidence_id FROM decision)"),
    "run_source": ("position", "run_id NOT IN (SELECT id FROM run)"),
    "note": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "rejected": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "decision": ("lead_id", "run_id NOT IN (SELECT id FROM run)"),
    "next_step": ("lead_id", "run_id NOT IN (SELECT id FROM run)"),
    "marks": ("kind", "run_id NOT IN (SELECT id FROM run)"),
    "erased": ("number", "erasure_id NOT IN (SELECT id FROM erasure)"),
}


def stray_findings(connection: Connection) -> Iterator[Finding]:
    """Look for rows that belong to nothing, and for forgotten leads that have come back.

    Finding codes: ``stray``, ``emptied``, ``not-emptied``, ``refilled``.
    """
    for table, (name, where) in _STRAYS.items():
        query = text(f"SELECT {name} FROM {table} WHERE {where}")  # noqa: S608 - constants
        for found in connection.execute(query).scalars():
            yield Finding("stray", table, name=str(found))
    yield from _forgotten_findings(connection)


def _forgotten_findings(connection: Connection) -> Iterator[Finding]:
    query = text("""
        SELECT lead.id, lead.key, lead.salt, erased.number FROM lead
        LEFT JOIN erased ON erased.kind = 'lead' AND erased.number = lead.id
        WHERE lead.salt IS NULL OR erased.number IS NOT NULL
    """)
    gone = text("""
        SELECT number FROM erased
        WHERE kind = 'lead' AND number NOT IN (SELECT id FROM lead) ORDER BY number
    """)
    for lead in connection.execute(gone).scalars():
        yield Finding("gone", "lead", name=FORGOTTEN.format(lead))
    for lead, key, salt, erased in connection.execute(query):
        if erased is None:
            yield Finding("emptied", "lead", name=str(key))
        elif salt is not None:
            yield Finding("not-emptied", "lead", name=str(key))
        elif key != FORGOTTEN.format(lead):
            yield Finding("refilled", "lead", name=str(key))
    for number, sealed, reason, salt, erased in connection.execute(_OVERRIDES):
        if (sealed is not None) != (erased is not None):
            code = "emptied" if erased is None else "not-emptied"
            yield Finding(code, "override", name=str(number))
        elif sealed is not None and (reason, salt) != ("", None):
            yield Finding("refilled", "override", name=str(number))


_OVERRIDES = text("""
    SELECT override.id, sealed, reason, salt, erased.number FROM override
    LEFT JOIN erased ON erased.kind = 'override' AND erased.number = override.id
    WHERE sealed IS NOT NULL OR erased.number IS NOT NULL
""")


def check(
    connection: Connection, runs: Iterable[int], *, everything: bool, noted: str | None
) -> Iterator[Finding]:
    """Check the chain, and the rows of these runs; with ``everything`` all contents and strays."""
    yield from chain_findings(connection, noted)
    if everything:
        yield from stray_findings(connection)
        yield from content_findings(connection, None)
    for run in runs:
        if not everything:
            yield from content_findings(connection, run)
        yield from run_findings(connection, run)
