"""Which row of a list is its header, where titles, notes or empty rows may stand above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadgrade.leads.terms import ListError, Rejected, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadgrade.leads.mapping.names import Names

LOOKED_AT = 20
"""So many rows of a list are looked at for its header."""

MOST_COLUMNS = 16_384
"""A list of more columns is refused: no spreadsheet has as many."""


def header_among(
    first: Sequence[Row | Rejected], names: Names, wanted: int | None, file: str
) -> Row:
    """Return the header from the first rows of a list that are not blank.

    It is the first of them, unless that has no name that the book knows and a later one has at
    least two, or unless it is a single cell above wider rows, one of which has a known name.
    ``wanted`` is the line that the person says.

    Raises:
        ListError: ``empty-file``, ``bad-header``, ``no-such-row`` or ``too-many-columns``.
    """
    if not first and wanted is None:
        raise ListError("empty-file", file=file)
    chosen = _said(first, wanted, file) if wanted is not None else _found(first, names)
    if isinstance(chosen, Rejected):
        raise ListError("bad-header", file=file, line=chosen.line, reason=chosen.code)
    if len(chosen.cells) > MOST_COLUMNS:
        found = f"{len(chosen.cells):,}"
        raise ListError("too-many-columns", file=file, found=found, limit=f"{MOST_COLUMNS:,}")
    return chosen


def _said(first: Iterable[Row | Rejected], line: int, file: str) -> Row | Rejected:
    for row in first:
        if row.line == line:
            return row
    raise ListError("no-such-row", file=file, row=line)


def _found(first: Sequence[Row | Rejected], names: Names) -> Row | Rejected:
    top = first[0]
    whole = [row for row in first[:LOOKED_AT] if isinstance(row, Row)]
    if not whole:
        return top
    scores = [names.known(row.cells) for row in whole]
    score = next((each for each in scores if each >= 2), max(scores))
    best = whole[scores.index(score)]
    if isinstance(top, Rejected):
        return best if score >= 2 else top
    of_top = names.known(top.cells)
    if of_top == 0 and score >= 2:
        return best
    alone = sum(map(bool, map(str.strip, top.cells))) == 1
    wider = sum(map(bool, map(str.strip, best.cells))) > 1
    return best if alone and wider and score > of_top else top
