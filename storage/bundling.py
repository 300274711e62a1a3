"""A run, or one decision of it, with all it takes to prove it without the database.

A bundle of one decision has the way from its leaf to the root instead of the other decisions. It
ends with the chain from the run to the head, so that a head that was noted later fits as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sqlalchemy import text

from leadgrade.engine.decision import Possible, decision_to_json
from leadgrade.engine.legend import Legend
from leadgrade.engine.sealing import hash_text
from leadgrade.storage.chain import Link, links, run_digest
from leadgrade.storage.checking import link_findings
from leadgrade.storage.emptying import is_empty, sealed_values
from leadgrade.storage.errors import StoreError
from leadgrade.storage.finding import Finding
from leadgrade.storage.hashing import FIRST_HEAD, Tree, climb, digest, path
from leadgrade.storage.leaves import FIELDS, PARTS, leaf_of, name_of, rows
from leadgrade.storage.legends import Recalled
from leadgrade.storage.reading import decision as stored_decision
from leadgrade.storage.reading import number_in_run
from leadgrade.storage.records import StoredDecision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from leadgrade.storage.emptying import is_empty
from leadgrade.storage.hashing import Path

FORMAT = 2
_OTHER = "other_overrides"
"""Bundles of format 1 do not have this key, and are the same otherwise."""
_KEYS = {
    *("leadgrade_bundle", "parts", "roots", "path", "in_full", "overrides", _OTHER, "chain"),
    "sha256",
}
_OF_ONE = ("run", "book", "legend", "run_source", "decision")
"""The parts that come with one decision; of the others the root is enough."""


def make_bundle(connection: Connection, run: int, lead: str | None) -> dict[str, Any]:
    """Return the bundle of a run, or of one decision of it, as plain JSON values.

    Raises:
        StoreError: ``no-such-lead``, ``not-in-run``.
    """
    one = None if lead is None else _One.find(connection, run, lead)
    parts: dict[str, list[dict[str, Any]]] = {}
    roots: dict[str, str] = {}
    way: Path | None = None
    for kind in PARTS:
        wanted = one if kind == "decision" else None
        leaves, found = [], []
        for at, each in enumerate(rows(connection, kind, run)):
            leaves.append(leaf_of(kind, each))
            if wanted is None or name_of(kind, each) == wanted.number:
                found.append(each)
                index = at
        roots[kind] = Tree(leaves).root()
        if wanted is not None:
            way = path(leaves, index)
        if one is None or kind in _OF_ONE:
            names = FIELDS[kind].names
            parts[kind] = [dict(zip(names, each, strict=True)) for each in found]
    overrides, chain = _overrides(connection, run, one), _chain(connection, run)
    bundle = {
        "leadgrade_bundle": FORMAT,
        "parts": parts,
        "roots": roots,
        "path": way,
        "in_full": None if one is None else one.in_full,
        "overrides": overrides,
        _OTHER: _other_overrides(connection, chain, {each["id"] for each in overrides}),
        "chain": chain,
    }
    return {**bundle, "sha256": digest(bundle)}


class _One(NamedTuple):
    """The one decision that a bundle is about. ``in_full`` is for people: JSON values."""

    lead: int | None
    """The number of the lead, None where the database does not have it."""
    number: int
    in_full: dict[str, Any]

    @classmethod
    def find(cls, connection: Connection, run: int, lead: str) -> Self:
        stored = stored_decision(connection, run, lead)
        query = text("SELECT id FROM lead WHERE key = :lead")
        number = connection.execute(query, {"lead": lead}).scalar()
        place = number_in_run(connection, run, lead)
        return cls(number, place, json.loads(decision_to_json(stored.decision)))


def _overrides(connection: Connection, run: int, one: _One | None) -> list[dict[str, Any]]:
    chosen = "" if one is None else " AND lead_id = :lead"
    query = text(f"SELECT id FROM override WHERE run_id = :run{chosen} ORDER BY id")  # noqa: S608
    values = {"run": run} if one is None else {"run": run, "lead": one.lead}
    names = FIELDS["override"].names
    return [
        dict(zip(names, row, strict=True))
        for each in list(connection.execute(query, values).scalars())
        for row in rows(connection, "override", each)
    ]


def _other_overrides(
    connection: Connection, chain: dict[str, Any], own: set[int]
) -> list[dict[str, Any]]:
    """Return the other overrides of the chain, sealed: that they are others, and about nobody."""
    names = FIELDS["override"].names
    return [
        dict(zip(names, sealed_values("override", row), strict=True))
        for link in chain["links"]
        if link["kind"] == "override" and link["number"] not in own
        for row in rows(connection, "override", link["number"])
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
    def rows(self) -> list[dict[str, Any]]:
        """The decisions with the fields that are hashed, also those that were forgotten."""
        found: list[dict[str, Any]] = self.data["parts"]["decision"]
        return found

    def decisions(self) -> Iterator[StoredDecision]:
        """Yield the decisions, but for those that were forgotten."""
        legend = Legend.from_json(self.data["parts"]["legend"][0]["text"])
        recalled = Recalled(legend, date.fromisoformat(self.run["as_of"]))
        for row in self.rows:
            if row["sealed"] is None:
                yield _stored(int(self.run["id"]), row, recalled)

    @property
    def head(self) -> str:
        """The head of the chain at the end of the bundle."""
        return str(self.data["chain"]["links"][-1]["head"])


def _stored(run: int, row: dict[str, Any], recalled: Recalled) -> StoredDecision:
    return StoredDecision(
        run=run,
        lead=row["key"],
        file=json.loads(row["file"]),
        line=row["line"],
        facts=row["facts"],
        ranks=row["ranks"],
        qualified=bool(row["qualified"]),
        grade=row["grade"],
        score=row["score"],
        possible=Possible(row["low"], row["high"], row["worst"], row["best"]),
        evidence=row["evidence"],
        recalled=recalled,
    )


def bundle_findings(bundle: Bundle, noted: str | None = None) -> list[Finding]:
    """Check that nothing in a bundle was changed; with ``noted``, that it leads to that head.

    Finding codes: ``bundle-unreadable``, ``bundle-changed``, ``content-changed``,
    ``row-changed``, ``refilled``, ``root-differs``, ``run-changed``, ``entry-changed``,
    ``override-left-out``, ``link-changed``, ``link-missing``, ``head-not-found``.
    """
    try:
        return list(_findings(bundle, noted))
    except (StoreError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [Finding("bundle-unreadable", "bundle", detail=f"{type(error).__name__}: {error}")]


def _findings(bundle: Bundle, noted: str | None) -> Iterator[Finding]:
    data = dict(bundle.data)
    _check_shape(data)
    if data.pop("sha256") != digest(data):
        yield Finding("bundle-changed", "bundle")
    number = int(bundle.run["id"])
    yield from _root_findings(data, number)
    yield from _content_findings(bundle, number)
    chain = [Link(**each) for each in data["chain"]["links"]]
    if (chain[0].kind, chain[0].number) != ("run", number):
        raise ValueError("the chain does not begin with the run")
    if run_digest(data["roots"]) != chain[0].digest:
        yield Finding("run-changed", "run", number)
    yield from link_findings(chain, data["chain"]["before"], chain[0].position)
    yield from _override_findings(data, chain, number)
    if noted is not None and noted not in {link.head for link in chain}:
        yield Finding("head-not-found", "chain", detail=noted)


def _check_shape(data: dict[str, Any]) -> None:
    """See that a bundle has all that its kind has: what is not there could not be checked.

    Raises:
        ValueError: it has other keys or parts.
    """
    keys = {1: _KEYS - {_OTHER}, FORMAT: _KEYS}.get(data["leadgrade_bundle"])
    if data.keys() != keys:
        raise ValueError("not a bundle of this format")
    of_one = data["path"] is not None
    if of_one != (data["in_full"] is not None):
        raise ValueError("neither a whole run nor one decision of it")
    if data["parts"].keys() != set(_OF_ONE if of_one else PARTS):
        raise ValueError("parts are missing, or too many")


def _override_findings(data: dict[str, Any], chain: list[Link], run: int) -> Iterator[Finding]:
    """Check the overrides against their links, and that no link is without one.

    Those in ``other_overrides`` have to be of other runs. In the bundle of one decision they may
    be of this one: only who has the record can tell of which lead.
    """
    chained = {link.number: link.digest for link in chain if link.kind == "override"}
    others = data.get(_OTHER, [])
    for each in (*data["overrides"], *others):
        if _refilled("override", each) or _leaf("override", each) != chained.get(each["id"]):
            yield Finding("entry-changed", "override", name=str(each["id"]))
    hidden = {each["id"] for each in others if data["path"] is None and each["run_id"] == run}
    told = {each["id"] for each in (*data["overrides"], *others)} - hidden
    for number in sorted(chained.keys() - told):
        yield Finding("override-left-out", "override", name=str(number))


def _leaf(kind: str, row: dict[str, Any]) -> str:
    names = FIELDS[kind].names
    if row.keys() != set(names):
        raise ValueError(f"a row of {kind} has other fields")
    return leaf_of(kind, [row[name] for name in names])


def _refilled(kind: str, row: dict[str, Any]) -> bool:
    """Tell whether a row that was emptied says something: its leaf would not show it."""
    values = [row[name] for name in FIELDS[kind].names]
    return row.get("sealed") is not None and not is_empty(kind, values)


def _root_findings(data: dict[str, Any], run: int) -> Iterator[Finding]:
    for kind, found in data["parts"].items():
        leaves = [_leaf(kind, row) for row in found]
        for row in found:
            if _refilled(kind, row):
                yield Finding("refilled", kind, run, str(row["number"]))
        first = 1
        if kind == "decision" and data["path"] is not None:
            (node,) = leaves
            place, root = climb(node, data["path"])
            first += place
        else:
            root = Tree(leaves).root()
        if root != data["roots"][kind]:
            yield Finding("root-differs", kind, run)
        elif kind == "decision":  # the number of a decision is its place, and not in its leaf
            for number, row in enumerate(found, start=first):
                if row["number"] != number:
                    yield Finding("row-changed", kind, run, str(row["key"]))


def _content_findings(bundle: Bundle, run: int) -> Iterator[Finding]:
    for table in ("book", "legend"):
        (kept,) = bundle.data["parts"][table]
        called = str(kept.get("book_id", ""))
        if hash_text(kept["text"]) != kept["sha256"]:
            yield Finding("content-changed", table, run, called, kept["sha256"])
        if kept["sha256"] != bundle.run[f"{table}_sha256"]:
            yield Finding("row-changed", table, run, called)
    if bundle.data["in_full"] is not None:
        (stored,) = bundle.decisions()
        if bundle.data["in_full"] != json.loads(decision_to_json(stored.decision)):
            yield Finding("row-changed", "decision", run, stored.lead)
