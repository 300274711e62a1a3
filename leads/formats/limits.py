"""What no row may hold, whatever format it comes from."""

from __future__ import annotations

from leadgrade.leads.terms import CELL_LIMIT, Rejected, Row, clip


def within_limits(row: Row, file: str) -> Row | Rejected:
    """Return a row, or its rejection: ``nul-byte`` or ``cell-too-long``."""
    if any("\0" in cell for cell in row.cells):
        return Rejected(file, row.line, "nul-byte", {}, clip(row.raw))
    if len(row.raw) > CELL_LIMIT and max(map(len, row.cells)) > CELL_LIMIT:
        args = {"limit": str(CELL_LIMIT)}
        return Rejected(file, row.line, "cell-too-long", args, clip(row.raw))
    return row
