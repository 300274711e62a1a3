"""Checking the chain: what was edited, deleted, inserted or swapped is found, and named.

The rows are hashed again as they are in the database. What only the replay can tell, whether the
rules give these decisions, is checked elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from leadgrade.engine.legend import Legend
from leadgrade.engine.sealing import hash_text
from leadgrade.storage.chain import (
    erasure_digest,
    links,
    outcomes_digest,
    override_digest,
    run_digest,
)
from leadgrade.storage.emptying import is_empty
from leadgrade.storage.hashing import FIRST_HEAD, MARK, Tree
from leadgrade.storage.leaves import FIELDS, PARTS, leaf_of, name_of, rows
from leadgrade.storage.legends import LEGEND_ROWS, legend_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from leadgrade.storage.chain import Link
    from leadgrade.storage.leaves import Values


LINKED = ("run", "override", "erasure", "outcome_list")
"""What a link of the chain can be for: the table of it."""


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
    digests = {
        "override": override_digest,
        "erasure": erasure_digest,
        "outcome_list": outcomes_digest,
    }
    for kind in LINKED:
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
        known = link.kind in LINKED
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
        part = _Part(connection, kind, run, kept.pop(kind, []), erased[kind])
        roots[kind] = part.check()
        found += part.findings
        yield from part.erasures
    strange = [Finding("mark-changed", "marks", run, kind) for kind in kept]
    if expected is None or run_digest(roots) == expected:
        strange += (Finding("mark-changed", "marks", run, each.name) for each in found)
        yield from strange
    else:
        yield from found or [Finding("run-changed", "run", run)]


def _kept_marks(connection: Connection, run: int) -> dict[str, list[tuple[int, bytes]]]:
    """Return the marks of each kind of row, in parts, with the number of the first of each."""
    query = text("SELECT kind, first, marks FROM marks WHERE run_id = :run ORDER BY kind, first")
    found: dict[str, list[tuple[int, bytes]]] = {}
    for kind, first, marks in connection.execute(query, {"run": run}):
        found.setdefault(kind, []).append((first, marks if isinstance(marks, bytes) else b""))
    return found


def _erased(connection: Connection, run: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {kind: set() for kind in PARTS}
    query = text("SELECT kind, number FROM erased WHERE run_id = :run")
    for kind, number in connection.execute(query, {"run": run}):
        found.setdefault(kind, set()).add(number)
    return found


_AT_ONCE = 4096


class _Part:
    """The rows of one kind of a run, being compared with their marks."""

    def __init__(
        self,
        connection: Connection,
        kind: str,
        run: int,
        marks: list[tuple[int, bytes]],
        erased: set[int],
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._run = run
        self._marks = marks
        self._erased = erased
        self.findings: list[Finding] = []
        self.erasures: list[Finding] = []

    def check(self) -> str:
        """Compare every row, and return the root of the tree."""
        tree = Tree()
        marks = self._named_marks()
        name, mark = next(marks, _NO_MARK)
        leaves: list[str] = []
        for values in rows(self._connection, self._kind, self._run):
            node, found = leaf_of(self._kind, values), name_of(self._kind, values)
            leaves.append(node)
            if len(leaves) == _AT_ONCE:
                tree.add(leaves)
                leaves.clear()
            while name is not None and name < found:
                self._find("row-missing", name)
                name, mark = next(marks, _NO_MARK)
            if name != found:
                self._find("row-inserted", found, values)
            else:
                if not node.startswith(mark):
                    self._find("row-changed", found, values)
                name, mark = next(marks, _NO_MARK)
            if FIELDS[self._kind].private:
                self._check_erasure(found, values)
        while name is not None:
            self._find("row-missing", name)
            name, mark = next(marks, _NO_MARK)
        tree.add(leaves)
        return tree.root()

    def _named_marks(self) -> Iterator[tuple[int | None, str]]:
        """Yield the number of each row that was there, and the mark that it had, in hex."""
        for first, packed in self._marks:
            for at in range(0, len(packed) - MARK + 1, MARK):
                yield first + at // MARK, packed[at : at + MARK].hex()

    def _find(self, code: str, name: int, values: Values | None = None) -> None:
        self.findings.append(self._finding(code, name, values))

    def _finding(self, code: str, name: int, values: Values | None) -> Finding:
        return Finding(code, self._kind, self._run, called(self._kind, name, values))

    def _check_erasure(self, name: int, values: Values) -> None:
        """See that what was emptied is empty and recorded, and the other way round."""
        sealed = values[-1] is not None
        if sealed != (name in self._erased):
            code = "emptied" if sealed else "not-emptied"
            self.erasures.append(self._finding(code, name, values))
        elif sealed and not is_empty(self._kind, values):
            self.erasures.append(self._finding("refilled", name, values))


_NO_MARK: tuple[None, str] = (None, "")
_KEY = FIELDS["decision"].names.index("key")


def called(kind: str, number: int, values: Values | None) -> str:
    """Return what people call a row: a decision by its lead, where that is known."""
    if kind != "decision":
        return str(number)
    key = values[_KEY] if values is not None else None
    return str(key) if key else f"#{number}"


def content_findings(connection: Connection, run: int | None) -> Iterator[Finding]:
    """Check that books and legends are what their hashes say.

    ``run`` None checks all that there are. Finding codes: ``content-changed``, whose ``detail``
    is the hash; and for the rows of a legend ``row-changed``, ``row-missing``, ``row-inserted``.
    """
    for table, name in (("book", "book_id"), ("legend", "''")):
        chosen = f"sha256 IN (SELECT {table}_sha256 FROM run WHERE id = :run)"  # noqa: S608
        query = f"SELECT sha256, {name}, text FROM {table}"  # noqa: S608 - constants
        if run is not None:
            query = f"{query} WHERE {chosen}"
        for sha256, called_so, written in connection.execute(
            text(query), {} if run is None else {"run": run}
        ):
            if hash_text(str(written)) != sha256:
                yield Finding("content-changed", table, run, called_so, str(sha256))
            elif table == "legend":
                yield from _legend_findings(connection, str(sha256), Legend.from_json(written))


def _legend_findings(connection: Connection, name: str, legend: Legend) -> Iterator[Finding]:
    """Check that the rows of a legend, which the views read, are what the legend says."""
    for table, columns in LEGEND_ROWS.items():
        query = f"""
            SELECT {", ".join(columns)} FROM {table} WHERE legend_sha256 = :name ORDER BY place
        """  # noqa: S608 - constants
        found = {row[0]: tuple(row) for row in connection.execute(text(query), {"name": name})}
        expected = {row[0]: row for row in legend_rows(legend, table)}
        for place in sorted(found.keys() | expected.keys()):
            if found.get(place) != expected.get(place):
                code = "row-changed" if place in found else "row-missing"
                code = code if place in expected else "row-inserted"
                yield Finding(code, table, name=str(place))


_STRAYS = {
    "book": ("sha256", "sha256 NOT IN (SELECT book_sha256 FROM run)"),
    "legend": ("sha256", "sha256 NOT IN (SELECT legend_sha256 FROM run)"),
    "legend_step": ("place", "legend_sha256 NOT IN (SELECT sha256 FROM legend)"),
    "legend_outcome": ("place", "legend_sha256 NOT IN (SELECT sha256 FROM legend)"),
    "lead": ("key", "id NOT IN (SELECT lead_id FROM decision WHERE lead_id IS NOT NULL)"),
    "snapshot": (
        "id",
        "id NOT IN (SELECT snapshot_id FROM decision WHERE snapshot_id IS NOT NULL)",
    ),
    "run_source": ("position", "run_id NOT IN (SELECT id FROM run)"),
    "note": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "rejected": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "decision": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "marks": ("kind", "run_id NOT IN (SELECT id FROM run)"),
    "outcome": ("number", "list_id NOT IN (SELECT id FROM outcome_list)"),
    "erased": ("number", "erasure_id NOT IN (SELECT id FROM erasure)"),
}
_OUTDATED = text("""
    SELECT lead.key FROM lead
    JOIN (
        SELECT lead_id, max(run_id) AS run_id FROM decision WHERE lead_id IS NOT NULL
        GROUP BY lead_id
    ) AS latest ON latest.lead_id = lead.id
    JOIN decision ON decision.run_id = latest.run_id AND decision.lead_id = lead.id
    WHERE decision.snapshot_id <> lead.snapshot_id
""")


def stray_findings(connection: Connection) -> Iterator[Finding]:
    """Look for rows that belong to nothing, and for leads that do not know their latest facts.

    Finding codes: ``stray``, ``row-changed``, and those of erasures.
    """
    for table, (name, where) in _STRAYS.items():
        query = text(f"SELECT {name} FROM {table} WHERE {where}")  # noqa: S608 - constants
        for found in connection.execute(query).scalars():
            yield Finding("stray", table, name=str(found))
    for key in connection.execute(_OUTDATED).scalars():
        yield Finding("row-changed", "lead", name=str(key))
    for kind, table in (("override", "override"), ("outcome", "outcome_list")):
        yield from _erasures_of(connection, kind, table)


def _erasures_of(connection: Connection, kind: str, table: str) -> Iterator[Finding]:
    """See that what was emptied of rows outside of runs is empty and recorded, and vice versa."""
    query = text("SELECT run_id, number FROM erased WHERE kind = :kind")
    erased = {tuple(row) for row in connection.execute(query, {"kind": kind})}
    for number in list(connection.execute(text(f'SELECT id FROM "{table}"')).scalars()):  # noqa: S608 - constants
        for values in list(rows(connection, kind, number)):
            sealed = values[-1] is not None
            within = 0 if kind == "override" else number
            name = str(values[0]) if kind == "override" else f"{number}/{values[0]}"
            if sealed != ((within, values[0]) in erased):
                yield Finding("emptied" if sealed else "not-emptied", kind, name=name)
            elif sealed and not is_empty(kind, values):
                yield Finding("refilled", kind, name=name)


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
