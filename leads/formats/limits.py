"""What no row may hold, whatever format it comes from."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from leadgrade.leads.terms import CELL_LIMIT, Rejected, Row, clip

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHOLE_PROCESS = RLock()


@contextmanager
def longest_cell(characters: int) -> Iterator[None]:
    """Let cells have so many characters. Of the whole process, so others wait for their turn."""
    with _WHOLE_PROCESS:
        before = csv.field_size_limit(characters)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def within_limits(row: Row, file: str) -> Row | Rejected:
    """Return a row, or its rejection: ``nul-byte`` or ``cell-too-long``."""
    if any("\0" in cell for cell in row.cells):
        return Rejected(file, row.line, "nul-byte", {}, clip(row.raw))
    if len(row.raw) > CELL_LIMIT and max(map(len, row.cells)) > CELL_LIMIT:
        args = {"limit": str(CELL_LIMIT)}
        return Rejected(file, row.line, "cell-too-long", args, clip(row.raw))
    return row
