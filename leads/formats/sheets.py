"""Spreadsheets (XLSX, XLS, ODS: what calamine reads) as tables of texts."""

from __future__ import annotations

import io
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from leadgrade.leads.formats.limits import within_limits
from leadgrade.leads.formats.texts import as_text
from leadgrade.leads.formats.title_rows import LOOKED_AT, header_among
from leadgrade.leads.formats.trial import check_old_workbook
from leadgrade.leads.formats.workbooks import check_workbook
from leadgrade.leads.terms import ListError, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadgrade.leads.formats.source import Source
    from leadgrade.leads.mapping.names import Names
    from leadgrade.leads.terms import Options, Rejected

_LIKE_A_LIST = 2
"""A sheet whose header has so many known names is a list."""


def sheet_table(source: Source, options: Options, names: Names) -> Table:
    """Return a sheet as a table: the one that is named, or the only one that is a list.

    Where no header has a known name it is the first sheet that is not empty. Lines are the row
    numbers of the sheet. A header cell that is merged with the cells above it has their text.

    Raises:
        ListError: ``not-a-spreadsheet``, ``password-protected``, ``no-such-sheet``,
            ``several-sheets``, ``empty-file``, or a code of ``workbooks`` or ``title_rows``.
    """
    data = b"".join(source.blocks())
    check_workbook(data, source.name)
    check_old_workbook(data, source.name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = _choose(workbook, options, names, source.name)
        first = _first(sheet, options.header_row)
    except PasswordError as error:
        raise ListError("password-protected", file=source.name) from error
    except CalamineError as error:
        raise ListError("not-a-spreadsheet", file=source.name) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader never expected
            raise
        raise ListError("not-a-spreadsheet", file=source.name) from error
    header = header_among(first, names, options.header_row, source.name)

    def rows() -> Iterator[Row | Rejected]:
        return (within_limits(row, source.name) for row in _body(sheet, header.line))

    return Table(
        _header_texts(sheet, header, first),
        rows,
        sheet=sheet.name,
        kind=_kind(data),
        header_line=header.line,
        above=tuple(row.raw for row in first if row.line < header.line),
    )


def _kind(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return "XLS"
    return "ODS" if b"mimetype" in data[:60] else "XLSX"


def _choose(workbook: CalamineWorkbook, options: Options, names: Names, file: str) -> CalamineSheet:
    """Return the sheet to read. Hidden ones are read only if they are named."""
    wanted = options.sheet
    if wanted is not None:
        if wanted not in workbook.sheet_names:
            every = ", ".join(workbook.sheet_names)
            raise ListError("no-such-sheet", file=file, sheet=wanted, sheets=every)
        return workbook.get_sheet_by_name(wanted)
    sheets = [
        workbook.get_sheet_by_name(each.name)
        for each in workbook.sheets_metadata
        if each.visible is SheetVisibleEnum.Visible
    ]
    filled = [sheet for sheet in sheets if next(_rows(sheet), None)]
    if not filled:
        raise ListError("empty-file", file=file)
    lists = [sheet for sheet in filled if _score(sheet, names) >= _LIKE_A_LIST]
    if len(lists) > 1:
        every = ", ".join(sheet.name for sheet in lists)
        raise ListError("several-sheets", file=file, sheets=every)
    return (lists or filled)[0]


def _score(sheet: CalamineSheet, names: Names) -> int:
    return max(names.known(row.cells) for row in islice(_rows(sheet), LOOKED_AT))


def _first(sheet: CalamineSheet, header_row: int | None) -> list[Row]:
    """Return the rows among which the header is, and those above it."""
    if header_row is None:
        return list(islice(_rows(sheet), LOOKED_AT))
    return [row for row in _rows(sheet) if row.line <= header_row]


def _header_texts(sheet: CalamineSheet, header: Row, first: list[Row]) -> tuple[str, ...]:
    """Return the cells of a header; merged ones that begin above it are filled in."""
    cells = list(header.cells)
    by_line = {row.line: row.cells for row in first}
    for (top, left), (bottom, _) in _merged(sheet):
        if top + 1 < header.line <= bottom + 1 and left < len(cells) and not cells[left]:
            above = by_line.get(top + 1, [])
            cells[left] = above[left] if left < len(above) else ""
    return tuple(cells)


def _merged(sheet: CalamineSheet) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the first and the last cell of each merged range; columns count from the first used."""
    _, offset = sheet.start or (0, 0)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        yield (top, left - offset), (bottom, right - offset)


def _body(sheet: CalamineSheet, header_line: int) -> Iterator[Row]:
    """Yield the rows below the header; a cell that is merged with those above has their text.

    A row with nothing of its own stays blank: it only makes the one above it higher.
    """
    begin: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, _) in _merged(sheet):
        if bottom > top:
            begin[top + 1].append((left, bottom + 1))
    open_: dict[int, tuple[int, str]] = {}
    """By column: the last line of the cell that covers it, and its text."""
    for row in _rows(sheet):
        if row.line <= header_line:
            continue
        merged = {at: text for at, (last, text) in open_.items() if row.line <= last}
        if merged:
            cells = [cell or merged.get(at, "") for at, cell in enumerate(row.cells)]
            yield Row(row.line, cells, "\t".join(cells))
        else:
            yield row
        for at, last in begin.get(row.line, ()):
            if 0 <= at < len(row.cells):
                open_[at] = (last, row.cells[at])


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    for line, values in enumerate(sheet.iter_rows(), start=1):
        cells = [as_text(value) for value in values]
        if any(cells):
            yield Row(line, cells, "\t".join(cells))
