"""Spreadsheets (XLSX, and what else calamine reads) as tables of texts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from leadgrade.leads.terms import ListError, Row, Table
from leadgrade.leads.texts import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadgrade.leads.source import Source
    from leadgrade.leads.terms import Options, Rejected


def sheet_table(source: Source, options: Options) -> Table:
    """Return a sheet as a table: the first that is not empty, or the one that is named.

    Lines are the row numbers of the sheet. The header is the first row that is not empty.

    Raises:
        ListError: ``not-a-spreadsheet``, ``password-protected``, ``no-such-sheet`` or
            ``empty-file``.
    """
    data = b"".join(source.blocks())
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = _choose(workbook, options.sheet, source.name)
        header = next(_rows(sheet), None)
    except PasswordError as error:
        raise ListError("password-protected", file=source.name) from error
    except CalamineError as error:
        raise ListError("not-a-spreadsheet", file=source.name) from error
    if header is None:
        raise ListError("empty-file", file=source.name)

    def rows() -> Iterator[Row | Rejected]:
        body = _rows(sheet)
        next(body, None)
        return body

    return Table(tuple(header.cells), rows, sheet=sheet.name, kind="XLSX")


def _choose(workbook: CalamineWorkbook, wanted: str | None, file: str) -> CalamineSheet:
    names = workbook.sheet_names
    if wanted is not None:
        if wanted not in names:
            raise ListError("no-such-sheet", file=file, sheet=wanted, sheets=", ".join(names))
        return workbook.get_sheet_by_name(wanted)
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height:
            return sheet
    raise ListError("empty-file", file=file)


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    for line, values in enumerate(sheet.iter_rows(), start=1):
        cells = [as_text(value) for value in values]
        if any(cells):
            yield Row(line, cells, "\t".join(cells))
