"""Taking personal data out of the files of a run: a file with some of it is written anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from leadgrade.storage.files import files_of, replace_file, runs_in_files
from leadgrade.storage.leaves import commitment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

Replaced = list[tuple["Path", "Path"]]
"""Old files, and those that take their places."""

_SOURCE = text("SELECT min(position) FROM run_source WHERE run_id = :run AND file = :file")
_ERASED = re.compile(r"-e\d+$")
"""What an earlier erasure put behind the name of a file."""


class Place(NamedTuple):
    """Where the decision about a lead is in a run, and where its row was in the list."""

    number: int
    source: int | None
    line: int | None


def places_in_files(connection: Connection, lead: str) -> dict[int, Place]:
    """Return where a lead is in each run in files that has it.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    places = {}
    for run in sorted(runs_in_files(connection)):
        from leadgrade.storage.filed import found  # noqa: PLC0415 - DuckDB is slow to import

        files = files_of(connection, run)
        for batch in found(files, "key = :lead", {"lead": lead}, "number, file, line"):
            for number, file, line in batch:
                source = connection.execute(_SOURCE, {"run": run, "file": file}).scalar()
                places[run] = Place(number, source, line)
    return places


def erase_in_files(
    connection: Connection, run: int, within: range, erasure: int, replaced: Replaced
) -> Iterator[int]:
    """Empty decisions of a run, and yield the numbers of those that were not empty yet.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``, ``disk-full``.
    """
    for file in files_of(connection, run):
        from leadgrade.storage.filed import values_of, write_sealed  # noqa: PLC0415 - as above

        sealed = {
            values[0]: commitment("decision", values)
            for values in values_of(file, within)
            if values[-1] is None
        }
        if sealed:
            new = file.path.with_name(f"{_ERASED.sub('', file.path.stem)}-e{erasure}.parquet")
            replaced.append((file.path, new))
            write_sealed(file, new, sealed)
            replace_file(connection, run, file, new)
            yield from sealed
