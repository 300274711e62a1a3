"""Checking what rows refer to: books and legends, and rows that belong to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from leadgrade.engine.legend import Legend
from leadgrade.engine.sealing import hash_text
from leadgrade.storage.emptying import is_empty
from leadgrade.storage.file_checking import stray_files
from leadgrade.storage.finding import Finding, in_order
from leadgrade.storage.leaves import rows
from leadgrade.storage.legends import LEGEND_ROWS, legend_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


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
                yield Finding("content-changed", table, run, str(called_so), str(sha256))
            elif table == "legend":
                yield from _legend_findings(connection, run, str(sha256), str(written))


def _legend_findings(
    connection: Connection, run: int | None, name: str, written: str
) -> Iterator[Finding]:
    """Check that the rows of a legend, which the views read, are what the legend says."""
    try:
        legend = Legend.from_json(written)
        wanted = {table: list(legend_rows(legend, table)) for table in LEGEND_ROWS}
    except (ValueError, KeyError, TypeError):  # a text with its own hash, and yet no legend
        yield Finding("content-changed", "legend", run, detail=name)
        return
    for table, columns in LEGEND_ROWS.items():
        query = f"""
            SELECT {", ".join(columns)} FROM {table} WHERE legend_sha256 = :name ORDER BY place
        """  # noqa: S608 - constants
        found = {row[0]: tuple(row) for row in connection.execute(text(query), {"name": name})}
        expected = {row[0]: row for row in wanted[table]}
        for place in in_order(found.keys() | expected.keys()):
            if found.get(place) != expected.get(place):
                code = "row-changed" if place in found else "row-missing"
                code = code if place in expected else "row-inserted"
                yield Finding(code, table, name=str(place))


_STRAYS = {
    "book": ("sha256", "sha256 NOT IN (SELECT book_sha256 FROM run)"),
    "legend": ("sha256", "sha256 NOT IN (SELECT legend_sha256 FROM run)"),
    "legend_step": ("place", "legend_sha256 NOT IN (SELECT sha256 FROM legend)"),
    "legend_outcome": ("place", "legend_sha256 NOT IN (SELECT sha256 FROM legend)"),
    "lead": (
        "key",
        """id NOT IN (SELECT lead_id FROM decision WHERE lead_id IS NOT NULL) AND (
            snapshot_id <> 0 OR id NOT IN (SELECT lead_id FROM outcome WHERE lead_id IS NOT NULL)
        )""",
    ),
    "snapshot": (
        "id",
        "id NOT IN (SELECT snapshot_id FROM decision WHERE snapshot_id IS NOT NULL)",
    ),
    "run_source": ("position", "run_id NOT IN (SELECT id FROM run)"),
    "note": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "rejected": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "decision": ("number", "run_id NOT IN (SELECT id FROM run)"),
    "decision_file": ("file", "run_id NOT IN (SELECT id FROM run)"),
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
    yield from stray_files(connection)
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
