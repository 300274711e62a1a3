"""How the decisions of a run lie in Parquet files: the same columns, whatever wrote them.

A run is a folder of files, ``part-00001.parquet`` and so on, each with the next ``ROWS`` decisions
of the run, in any order. So a file is written and read in bounded memory. ``docs/record.md`` says
what the columns mean.
"""

from __future__ import annotations

from leadgrade.engine.decision import Decided

ROWS = 1_000_000
"""Decisions in a file; the last file may have fewer."""

FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""How DuckDB writes a file. Higher levels take twice the time, and save nothing here."""

_OTHER_TYPES = {
    **dict.fromkeys(("line", "score", "low", "high"), "BIGINT"),
    "qualified": "BOOLEAN",
    "salt": "BLOB",
}

COLUMNS = {
    "number": "BIGINT",
    **{name: _OTHER_TYPES.get(name, "VARCHAR") for name in Decided._fields},
    "sealed": "VARCHAR",
}
"""The columns with their types, as DuckDB calls them: those of ``Decided``, and two more.

``number`` is the place of a decision in its run, from 1 on. ``sealed`` is NULL until the lead is
forgotten. These may be NULL, too: ``file`` and ``line``; once a lead is forgotten also ``lead``,
``facts`` and ``salt``.
"""


def file_name(position: int) -> str:
    """Return what a file of a run is called, the first being 1."""
    return f"part-{position:05}.parquet"
