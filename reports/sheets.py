"""A table as a file for people: as CSV, or as a sheet with widths, formats and a filter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import IO, Any

from leadgrade.reports.answering import OutputError

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may run as a formula in a spreadsheet."""

MOST_ROWS = (1 << 20) - 1
"""So many rows fit into a sheet below its header; the library would pass over the rest."""

PLACES = 6
"""Decimals of a number: what floats have beyond them is no part of it."""

Cell = str | int | float | bool | date | None


class Form(StrEnum):
    """How the numbers of a column are shown."""

    PLAIN = "plain"
    MONEY = "money"
    PERCENT = "percent"
    """The cells are shares."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. An ``optional`` one is hidden in a sheet where no row fills it."""

    header: str
    width: int = 14
    form: Form = Form.PLAIN
    optional: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table to write; its first ``named`` columns say what a row is about, and stay in sight."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    named: int = 1


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: a leading ``'`` is put before it."""
    return f"'{text}" if text.startswith(DANGEROUS) or text.startswith("'") else text


def write_csv(sheet: Sheet, out: IO[bytes]) -> int:
    """Write UTF-8 with a mark, so that spreadsheets read Chinese right; return the rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(each.header) for each in sheet.columns])
    count = 0
    for row in sheet.rows:
        cells = zip(row, sheet.columns, strict=True)
        writer.writerow([_in_words(cell, column.form) for cell, column in cells])
        count += 1
    text.flush()
    text.detach()
    return count


def _in_words(cell: Cell, form: Form) -> Cell:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if form is Form.PERCENT and isinstance(cell, int | float):
        return f"{_tidy(cell * 100)}%"
    return _tidy(cell) if isinstance(cell, float) else cell


def _tidy(value: float) -> int | float:
    rounded = round(value, PLACES)
    return int(rounded) if rounded == int(rounded) else rounded


def write_xlsx(sheet: Sheet, out: IO[bytes]) -> int:
    """Write a sheet, texts as texts and never as formulas; return the rows.

    Raises:
        OutputError: ``too-many-rows``.
    """
    import xlsxwriter  # noqa: PLC0415 - slow to import, needed here alone

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    sink = _Sink(out)
    with xlsxwriter.Workbook(sink, settings) as workbook:
        count = _Filling(workbook, sheet).fill()
    if sink.error is not None:
        raise sink.error
    return count


class _Sink:
    """A file that keeps its first error until the end: the library reports errors its own way."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        if self.error is None:
            try:
                self._out.write(data)
            except OSError as error:
                self.error = error
        return len(data)

    def flush(self) -> None:
        """Leave that to whoever opened the file."""


class _Filling:
    """A sheet being filled."""

    def __init__(self, workbook: Any, sheet: Sheet) -> None:
        self._sheet = sheet
        self._page = workbook.add_worksheet(
            sheet.name[:31].translate(str.maketrans("[]:*?/\\", "_" * 7))
        )
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self._head = workbook.add_format(head)
        wanted = ("yyyy-mm-dd", "#,##0", "#,##0.00", "0%", "0.0#%")
        self._formats = {each: workbook.add_format({"num_format": each}) for each in wanted}

    def fill(self) -> int:
        """Write header and rows; return how many rows there are."""
        columns = self._sheet.columns
        self._page.write_row(0, 0, [harmless(each.header) for each in columns], self._head)
        filled = [not each.optional for each in columns]
        count = 0
        for count, row in enumerate(self._sheet.rows, start=1):
            if count > MOST_ROWS:
                raise OutputError("too-many-rows", limit=f"{MOST_ROWS:,}")
            for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
                if cell is not None and cell != "":
                    filled[place] = True
                    self._write(count, place, cell, column.form)
        for place, column in enumerate(columns):
            hidden = {} if filled[place] else {"hidden": True}
            self._page.set_column(place, place, column.width, None, hidden)
        self._page.freeze_panes(1, self._sheet.named)
        self._page.autofilter(0, 0, max(count, 1), len(columns) - 1)
        return count

    def _write(self, row: int, place: int, cell: Cell, form: Form) -> None:
        if isinstance(cell, str):
            self._page.write_string(row, place, harmless(cell))
        elif isinstance(cell, bool):
            self._page.write_boolean(row, place, cell)
        elif isinstance(cell, date):
            self._page.write_datetime(row, place, cell, self._formats["yyyy-mm-dd"])
        elif cell is not None:
            self._page.write_number(row, place, _tidy(cell), self._number(cell, form))

    def _number(self, value: float, form: Form) -> Any:
        """Return the format of a number: decimals only where it has any."""
        whole = _tidy(value * 100 if form is Form.PERCENT else value)
        is_whole = isinstance(whole, int)
        match form:
            case Form.MONEY:
                return self._formats["#,##0" if is_whole else "#,##0.00"]
            case Form.PERCENT:
                return self._formats["0%" if is_whole else "0.0#%"]
        return None
