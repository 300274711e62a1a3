"""A run, or one decision of it, with all it takes to prove it without the database.

A bundle of one decision has the way from its leaf to the root instead of the other decisions. It
ends with the chain from the run to the head, so that a head that was noted later fits as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from leadgrade.storage.chain import Link, links, run_digest
from leadgrade.storage.checking import Finding, link_findings
from leadgrade.storage.hashing import FIRST_HEAD, Tree, climb, digest, path
from leadgrade.storage.leaves import FIELDS, PARTS, leaf_of, name_of, rows
from leadgrade.storage.reading import decision as stored_decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

FORMAT = 1
_KEYS = {"leadgrade_bundle", "parts", "contents", "roots", "path", "overrides", "chain", "sha256"}
_OF_ONE = ("run", "book", "run_source", "decision")
"""The parts that come with one decision; of the others the root is enough."""


def make_bundle(connection: Connection, run: int, lead: str | None) -> dict[str, Any]:
    """Return the bundle of a run, or of one decision of it, as plain JSON values.

    Raises:
        StoreError: ``no-such-lead``, ``not-in-run``.
    """
    number = None
    if lead is not None:
        stored_decision(connection, run, lead)
        query = text("SELECT id FROM lead WHERE key = :lead")
        number = int(connection.execute(query, {"lead": lead}).scalar_one())
    parts: dict[str, list[dict[str, Any]]] = {}
    roots: dict[str, str] = {}
    way: list[tuple[str, str]] | None = None
    for kind in PARTS:
        found = list(rows(connection, kind, run))
        leaves = [leaf_of(kind, each) for each in found]
        roots[kind] = Tree(leaves).root()
        if kind == "decision" and number is not None:
            (index,) = (at for at, each in enumerate(found) if name_of(kind, each) == number)
            found, way = [found[index]], path(leaves, index)
        if number is None or kind in _OF_ONE:
            names = FIELDS[kind].names
            parts[kind] = [dict(zip(names, each, strict=True)) for each in found]
    bundle = {
        "leadgrade_bundle": FORMAT,
        "parts": parts,
        "contents": _contents(connection, run, number),
        "roots": roots,
        "path": way,
        "overrides": _overrides(connection, run, number),
        "chain": _chain(connection, run),
    }
    return {**bundle, "sha256": digest(bundle)}


def _contents(connection: Connection, run: int, lead: int | None) -> dict[str, str]:
    """Return facts and decisions in full, by their hash."""
    found: dict[str, str] = {}
    one = "" if lead is None else " AND lead_id = :lead"
    for table, content in (("snapshot", "facts"), ("evidence", "record")):
        query = f"""
            SELECT sha256, {content} FROM {table}
            WHERE id IN (SELECT {table}_id FROM decision WHERE run_id = :run{one})
            ORDER BY id
        """  # noqa: S608 - constants
        values = {"run": run} if lead is None else {"run": run, "lead": lead}
        found |= {row[0]: row[1] for row in connection.execute(text(query), values)}
    return found


def _overrides(connection: Connection, run: int, lead: int | None) -> list[dict[str, Any]]:
    one = "" if lead is None else " AND lead_id = :lead"
    query = text(f"SELECT id FROM override WHERE run_id = :run{one} ORDER BY id")  # noqa: S608
    values = {"run": run} if lead is None else {"run": run, "lead": lead}
    names = FIELDS["override"].names
    return [
        dict(zip(names, row, strict=True))
        for each in list(connection.execute(query, values).scalars())
        for row in rows(connection, "override", each)
    ]


def _chain(connection: Connection, run: int) -> dict[str, Any]:
    chain = links(connection)
    at = next(at for at, link in enumerate(chain) if (link.kind, link.number) == ("run", run))
    before = chain[at - 1].head if at else FIRST_HEAD
    return {"before": before, "links": [link._asdict() for link in chain[at:]]}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was read: plain JSON values, not yet checked."""

    data: dict[str, Any]

    @property
    def run(self) -> dict[str, Any]:
        """The columns of the run."""
        found: dict[str, Any] = self.data["parts"]["run"][0]
        return found

    @property
    def book(self) -> dict[str, Any]:
        """The columns of the rule book."""
        found: dict[str, Any] = self.data["parts"]["book"][0]
        return found

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The decisions with the fields that are hashed."""
        found: list[dict[str, Any]] = self.data["parts"]["decision"]
        return found

    @property
    def head(self) -> str:
        """The head of the chain at the end of the bundle."""
        return str(self.data["chain"]["links"][-1]["head"])

    def content(self, name: str) -> str:
        """Return facts or a decision in full, by the hash."""
        return str(self.data["contents"][name])


def bundle_findings(bundle: Bundle, noted: str | None = None) -> list[Finding]:
    """Check that nothing in a bundle was changed; with ``noted``, that it leads to that head.

    Finding codes: ``bundle-unreadable``, ``bundle-changed``, ``content-changed``,
    ``root-differs``, ``run-changed``, ``entry-changed``, ``link-changed``, ``link-missing``,
    ``head-not-found``.
    """
    try:
        return list(_findings(bundle, noted))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [Finding("bundle-unreadable", "bundle", detail=f"{type(error).__name__}: {error}")]


def _findings(bundle: Bundle, noted: str | None) -> Iterator[Finding]:
    data = dict(bundle.data)
    if data.keys() != _KEYS or data["leadgrade_bundle"] != FORMAT:
        raise ValueError("not a bundle of this format")
    if data.pop("sha256") != digest(data):
        yield Finding("bundle-changed", "bundle")
    number = int(bundle.run["id"])
    yield from _content_findings(bundle, number)
    yield from _root_findings(data, number)
    chain = [Link(**each) for each in data["chain"]["links"]]
    if (chain[0].kind, chain[0].number) != ("run", number):
        raise ValueError("the chain does not begin with the run")
    if run_digest(data["roots"]) != chain[0].digest:
        yield Finding("run-changed", "run", number)
    yield from link_findings(chain, data["chain"]["before"], chain[0].position)
    chained = {link.number: link.digest for link in chain if link.kind == "override"}
    for each in data["overrides"]:
        if Tree([_leaf("override", each)]).root() != chained.get(each["id"]):
            yield Finding("entry-changed", "override", name=str(each["id"]))
    if noted is not None and noted not in {link.head for link in chain}:
        yield Finding("head-not-found", "chain", detail=noted)


def _leaf(kind: str, row: dict[str, Any]) -> bytes:
    names = FIELDS[kind].names
    if row.keys() != set(names):
        raise ValueError(f"a row of {kind} has other fields")
    return leaf_of(kind, [row[name] for name in names])


def _root_findings(data: dict[str, Any], run: int) -> Iterator[Finding]:
    for kind, found in data["parts"].items():
        leaves = [_leaf(kind, row) for row in found]
        if kind == "decision" and data["path"] is not None:
            (node,) = leaves
            root = climb(node, data["path"])
        else:
            root = Tree(leaves).root()
        if root != data["roots"][kind]:
            yield Finding("root-differs", kind, run)


def _content_findings(bundle: Bundle, run: int) -> Iterator[Finding]:
    book = bundle.book
    if sha256(book["text"].encode()).hexdigest() != book["sha256"]:
        yield Finding("content-changed", "book", run, book["book_id"], book["sha256"])
    if book["sha256"] != bundle.run["book_sha256"]:
        yield Finding("row-changed", "book", run, book["book_id"])
    for each in bundle.decisions:
        for table, name in (("snapshot", each["facts"]), ("evidence", each["evidence"])):
            if sha256(bundle.content(name).encode()).hexdigest() != name:
                yield Finding("content-changed", table, run, str(each["key"]), name)
