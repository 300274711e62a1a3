"""Rejected rows as cells again, to be mended in a table and read back.

A list that was written so has columns of ours beside its own. They are taken off before anything
else looks at it, and texts that were made harmless for spreadsheets are as they were.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from leadgrade.leads.formats.limits import longest_cell
from leadgrade.leads.formats.texts import as_text
from leadgrade.leads.terms import CUT, RAW_LIMIT, Rejected, Row, Table, clip

BROKEN = "leadgrade_broken"
"""Not empty where the cells may not be the right ones: such a row is not read before it is."""

REASONS = (
    "leadgrade_reason",
    BROKEN,
    "leadgrade_code",
    "leadgrade_file",
    "leadgrade_line",
    "leadgrade_raw",
)
"""The columns of ours."""

BROKEN_CODES = frozenset(
    [
        "too-few-fields",
        "too-many-fields",
        "unclosed-quote",
        "bad-quote",
        "nul-byte",
        "invalid-bytes",
        "not-an-object",
        "cell-too-long",
        "row-too-long",
        "bad-json",
        "not-mended",
    ]
)
"""The reasons that lie in the row's own form: its cells may be the wrong ones."""


def cells_of(raw: str, headers: Sequence[str], kind: str, delimiter: str | None) -> list[str]:
    """Return the cells of a rejected row as they were, none where its text does not give them.

    ``kind`` is the format of its list.
    """
    if len(raw) > RAW_LIMIT and raw.endswith(CUT):
        return []
    if delimiter is not None:
        return _split(raw, delimiter)
    if kind == "JSON":
        return _of_object(raw, headers)
    return raw.split("\t")


def is_whole(code: str, cells: Sequence[str], headers: Sequence[str]) -> bool:
    """Whether the cells of a rejected row are the right ones."""
    return code not in BROKEN_CODES and len(cells) == len(headers)


def without_reasons(table: Table, file: str) -> Table:
    """Return a table without our columns; one that has none is returned as it is.

    Rejections: ``not-mended``.
    """
    titles = [title.strip().lstrip("\ufeff") for title in table.headers]
    if BROKEN not in titles:
        return table
    broken = titles.index(BROKEN)
    kept = [at for at, title in enumerate(titles) if title not in REASONS]

    def rows() -> Iterator[Row | Rejected]:
        for row in table.rows():
            if isinstance(row, Rejected):
                yield row
                continue
            cells = [_as_it_was(row.cells[at]) for at in kept]
            raw = _joined(cells, table.delimiter or "\t")
            if row.cells[broken].strip():
                yield Rejected(file, row.line, "not-mended", {"column": BROKEN}, clip(raw))
            else:
                yield Row(row.line, cells, raw)

    headers = tuple(_as_it_was(table.headers[at]) for at in kept)
    return replace(table, headers=headers, rows=rows, bulk=None)


def _as_it_was(text: str) -> str:
    return text.removeprefix("'")


def _split(raw: str, delimiter: str) -> list[str]:
    try:
        with longest_cell(RAW_LIMIT + len(CUT)):
            return next(csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _joined(cells: Sequence[str], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue()


def _of_object(raw: str, headers: Sequence[str]) -> list[str]:
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    return [as_text(values.get(name)) for name in headers] if isinstance(values, dict) else []
