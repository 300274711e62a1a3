"""What quotes a lead beside its decisions: notes and rejected rows that go when it is forgotten."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

Found = list[tuple[Any, ...]]
"""Rows of the record: the run, then the values that an erasure needs."""

_CELL_ENDS = re.compile(r"""[,;|:\t\r\n"'{}\[\]]+""")
_NOTES = text("SELECT run_id, number, source, salt, note, sealed FROM note WHERE sealed IS NULL")
_REJECTED = text("""
    SELECT run_id, number, source, code, salt, line, args, raw, sealed FROM rejected
    WHERE sealed IS NULL
""")
_SOURCES = text("SELECT run_id, position, file, mapping FROM run_source")


def quoting(
    connection: Connection, lead: str, places: Iterable[tuple[int, int | None, int | None]]
) -> tuple[Found, Found]:
    """Return the notes that name a lead or quote a cell of its rows, and its rejected rows.

    A file that was given twice has two positions, and a note may hang on either: rows are told
    by the name of their file. Nobody knows whose row a note on a joined file quotes, so all of
    those go, in the runs that decided the lead.

    Args:
        connection: to the record.
        lead: its key.
        places: the run, the position of the file, and the line of each decision about it.
    """
    places = list(places)
    runs = {run for run, _, _ in places}
    files, joined = {}, set()
    for run, position, file, mapping in connection.execute(_SOURCES):
        files[run, position] = file
        if run in runs and "joins" in json.loads(mapping):
            joined.add((run, position))
    rejected = [tuple(row) for row in connection.execute(_REJECTED) if _names(row, lead)]
    places += [(run, position, line) for run, _, position, _, _, line, *_ in rejected]
    lines = {(run, files.get((run, position)), line) for run, position, line in places}
    notes = [(tuple(row), _says(row.note)) for row in connection.execute(_NOTES)]
    for (run, *_), says in notes:
        lines |= {(run, file, line) for file, line in _merged_rows(says, lead)}
    found = [
        row
        for row, says in notes
        if (row[0], row[2]) in joined
        or ("line" in says and (row[0], files.get((row[0], row[2])), says["line"]) in lines)
        or _mentions(says, lead)
    ]
    return found, rejected


def _says(written: str) -> dict[str, Any]:
    said = json.loads(written)
    says = said.get("says", said) if isinstance(said, dict) else said
    return says if isinstance(says, dict) else {"says": says}


def _merged_rows(says: dict[str, Any], lead: str) -> Iterator[tuple[str, int]]:
    """Yield the rows that became a lead, where a note says so: each one's cells are its own."""
    if says.get("lead") == lead:
        yield from map(tuple, says.get("rows", ()))


def _names(row: Any, lead: str) -> bool:
    """Tell whether a rejected row names a lead: in a cell, or in the reason."""
    return _mentions([json.loads(row.args), row.raw], lead)


def _mentions(value: Any, lead: str) -> bool:
    """Tell whether a text anywhere in a JSON value is the lead's key, or has it as a cell."""
    if isinstance(value, dict):
        return any(_mentions(each, lead) for each in value.values())
    if isinstance(value, list):
        return any(_mentions(each, lead) for each in value)
    if not isinstance(value, str) or lead not in value:
        return False
    cells = {cell.strip() for cell in _CELL_ENDS.split(value)}
    return lead in cells or value.strip() == lead or _CELL_ENDS.search(lead) is not None
