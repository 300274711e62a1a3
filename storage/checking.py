"""Checking the chain: what was edited, deleted, inserted or swapped is found, and named.

The rows are hashed again as they are in the database. What only the replay can tell, whether the
rules give these decisions, is checked elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from leadgrade.storage.chain import (
    erasure_digest,
    links,
    outcomes_digest,
    override_digest,
    run_digest,
)
from leadgrade.storage.emptying import is_empty
from leadgrade.storage.file_checking import check_files
from leadgrade.storage.finding import Finding, in_order
from leadgrade.storage.hashing import FIRST_HEAD, MARK, Tree
from leadgrade.storage.leaves import EVERY, FIELDS, NO_NUMBER, PARTS, leaf_of, name_of, rows
from leadgrade.storage.schema_checking import schema_findings
from leadgrade.storage.sqlite import any_text
from leadgrade.storage.strays import content_findings, stray_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from leadgrade.storage.chain import Link
    from leadgrade.storage.leaves import Values
    from leadgrade.storage.records import DecisionFile


LINKED = ("run", "override", "erasure", "outcome_list")
"""What a link of the chain can be for: the table of it."""


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
        for number in in_order(chained.keys() - there):
            yield Finding("gone", kind, name=str(number))
        for number in in_order(there - chained.keys()):
            yield Finding("not-in-chain", kind, name=str(number))
        for number in in_order(there & chained.keys()) if kind in digests else ():
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
    ``run-changed``, those of erasures: ``emptied``, ``not-emptied``, ``refilled``, and those of
    ``check_files``.
    """
    query = text("SELECT digest FROM chain WHERE kind = 'run' AND number = :run")
    expected = connection.execute(query, {"run": run}).scalar()
    kept = _kept_marks(connection, run)
    erased = _erased(connection, run)
    roots: dict[str, str] = {}
    found: list[Finding] = []
    files = check_files(connection, run)
    yield from files.findings
    for kind in PARTS:
        values = rows(connection, kind, run)
        part = _Part(kind, run, kept.pop(kind, []), erased[kind])
        if kind == "decision" and (files.readable or files.lost):
            yield from _beside_files(connection, run)
            values = _of_files(files.readable)
            part.leave_out(files.lost)
        roots[kind] = part.check(values)
        found += part.findings
        yield from part.erasures
    strange = [Finding("mark-changed", "marks", run, str(kind)) for kind in kept]
    if expected is None or run_digest(roots) == expected:
        strange += (Finding("mark-changed", "marks", run, each.name) for each in found)
        yield from strange
    else:
        yield from found or ([] if files.findings else [Finding("run-changed", "run", run)])


def _kept_marks(connection: Connection, run: int) -> dict[str, list[tuple[int, bytes]]]:
    """Return the marks of each kind of row, in parts, with the number of the first of each."""
    query = text("SELECT kind, first, marks FROM marks WHERE run_id = :run ORDER BY kind, first")
    found: dict[str, list[tuple[int, bytes]]] = {}
    for kind, first, marks in connection.execute(query, {"run": run}):
        readable = isinstance(first, int) and isinstance(marks, bytes)
        found.setdefault(kind, []).append((first, marks) if readable else (0, b""))
    return found


def _erased(connection: Connection, run: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {kind: set() for kind in PARTS}
    query = text("SELECT kind, number FROM erased WHERE run_id = :run")
    for kind, number in connection.execute(query, {"run": run}):
        found.setdefault(kind, set()).add(number)
    return found


def _beside_files(connection: Connection, run: int) -> Iterator[Finding]:
    """Name the decisions that the table has of a run in files: none of them was ever chained."""
    query = text("""
        SELECT decision.number, lead.key FROM decision
        LEFT JOIN lead ON lead.id = decision.lead_id
        WHERE decision.run_id = :run ORDER BY decision.number
    """)
    for number, key in connection.execute(query, {"run": run}):
        name = f"#{number}" if key is None else str(key)
        yield Finding("row-inserted", "decision", run, name)


def _of_files(files: Iterable[DecisionFile]) -> Iterator[Values]:
    from leadgrade.storage.filed import values_of  # noqa: PLC0415 - DuckDB is slow to import

    for file in files:
        yield from values_of(file, EVERY)


_AT_ONCE = 4096


class _Part:
    """The rows of one kind of a run, being compared with their marks."""

    def __init__(
        self, kind: str, run: int, marks: list[tuple[int, bytes]], erased: set[int]
    ) -> None:
        self._kind = kind
        self._run = run
        self._marks = marks
        self._erased = erased
        self._lost: Sequence[range] = ()
        self.findings: list[Finding] = []
        self.erasures: list[Finding] = []

    def leave_out(self, lost: Sequence[range]) -> None:
        """Do not name the rows with these numbers one by one: it was said that they are lost."""
        self._lost = lost

    def check(self, found_rows: Iterable[Values]) -> str:
        """Compare every row, and return the root of the tree."""
        tree = Tree()
        marks = self._named_marks()
        name, mark = next(marks, _NO_MARK)
        leaves: list[str] = []
        for values in found_rows:
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
                number = first + at // MARK
                if not any(number in each for each in self._lost):
                    yield number, packed[at : at + MARK].hex()

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
    called_so = number if number != NO_NUMBER or values is None else values[0]
    if kind != "decision":
        return str(called_so)
    key = values[_KEY] if values is not None else None
    return str(key) if key else f"#{called_so}"


def check(
    connection: Connection, runs: Iterable[int], *, everything: bool, noted: str | None
) -> Iterator[Finding]:
    """Check the chain, and the rows of these runs; with ``everything`` all else, too."""
    with any_text(connection):
        yield from chain_findings(connection, noted)
        if everything:
            yield from schema_findings(connection)
            yield from stray_findings(connection)
            yield from content_findings(connection, None)
        for run in runs:
            if not everything:
                yield from content_findings(connection, run)
            yield from run_findings(connection, run)
