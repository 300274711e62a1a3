"""CSV text -> records with the physical line on which each begins, and what is no record.

A quote that nobody closes would swallow the rest of a file. Here only the line that opens it is
rejected, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

from leadgrade.leads.formats.dialect import find_delimiter, is_separator_line
from leadgrade.leads.formats.encoding import STRICT, UNDECODED, find_encoding, text_of
from leadgrade.leads.formats.limits import longest_cell
from leadgrade.leads.formats.title_rows import LOOKED_AT, header_among
from leadgrade.leads.terms import CELL_LIMIT, Rejected, Row, Table, clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from leadgrade.leads.formats.source import Source
    from leadgrade.leads.mapping.names import Names
    from leadgrade.leads.terms import Options

LINE_LIMIT = 16 * CELL_LIMIT
"""A physical line, or a record of several, may have so many characters."""

PATIENCE = 256 * CELL_LIMIT
"""So many characters of a file are read a second time after quotes that nobody closed."""


class Lines:
    """The physical lines of a text, for ``csv.reader``, with those of the record at hand."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._patience = PATIENCE
        self._size = 0
        self.number = 0
        """The line that was handed out last."""
        self.pending: list[str] = []
        """The lines handed out for the record at hand."""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self.pending:  # the record goes on over a line end
            self._size += len(self.pending[-1])
            if self._patience < 0 or self._size > LINE_LIMIT:
                raise StopIteration
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.pending.append(line)
        self.number += 1
        return line

    def start(self) -> None:
        """Forget the record at hand."""
        self.pending.clear()
        self._size = 0

    def back(self) -> None:
        """Take back all lines of the record at hand but the first."""
        rest = self.pending[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        self._patience -= sum(map(len, rest))
        del self.pending[1:]

    def _read(self) -> str:
        """Return the next line. Of one beyond all limits the end is passed over."""
        line = self._text.readline(LINE_LIMIT)
        if len(line) == LINE_LIMIT:
            while (rest := self._text.readline(LINE_LIMIT)) and not rest.endswith(("\n", "\r")):
                pass
        return line


@dataclass(frozen=True, slots=True)
class CsvText:
    """Where the records of a CSV file are, for those who read many of them at once."""

    source: Source
    encoding: str
    delimiter: str
    width: int
    """Cells of the header."""
    header_line: int
    decodes: bool
    """Whether all bytes are known to be of the encoding."""


def csv_table(source: Source, options: Options, names: Names) -> Table:
    """Return a CSV file as a table. ``names`` may stand among its headers.

    Raises:
        ListError: ``no-such-encoding``, ``unknown-encoding``, ``bad-delimiter``, or a code of
            ``title_rows``.
    """
    encoding = find_encoding(source, options.encoding, names.written)
    with text_of(source, encoding) as text:
        delimiter = find_delimiter(text, options.delimiter, source.name, names)
    decodes = options.encoding is None and encoding in STRICT

    def records() -> Iterator[Row | Rejected]:
        with text_of(source, encoding) as text:
            yield from records_of(text, delimiter, source.name, decodes=decodes)

    first = list(_first(records(), options.header_row))
    header = header_among(first, names, options.header_row, source.name)
    width = len(header.cells)

    def rows() -> Iterator[Row | Rejected]:
        below = dropwhile(lambda record: record.line <= header.line, records())
        return (fitted(record, width, source.name) for record in below)

    return Table(
        tuple(header.cells),
        rows,
        encoding=encoding,
        delimiter=delimiter,
        kind="CSV",
        header_line=header.line,
        above=tuple(clip(record.raw) for record in first if record.line < header.line),
        bulk=CsvText(source, encoding, delimiter, width, header.line, decodes),
    )


def _first(records: Iterator[Row | Rejected], header_row: int | None) -> Iterator[Row | Rejected]:
    """Return the rows among which the header is, and those above it."""
    if header_row is None:
        return islice(records, LOOKED_AT)
    return takewhile(lambda record: record.line <= header_row, records)


def records_of(
    text: TextIO, delimiter: str, file: str, *, decodes: bool = False
) -> Iterator[Row | Rejected]:
    """Yield the records of a CSV text, as they are, without blank lines.

    Rejections: ``cell-too-long``, ``row-too-long``, ``unclosed-quote``, ``bad-quote``,
    ``nul-byte``, ``invalid-bytes``.
    """
    return records_in(Lines(text), delimiter, file, decodes=decodes)


def records_in(
    lines: Lines, delimiter: str, file: str, *, decodes: bool = False
) -> Iterator[Row | Rejected]:
    """Yield the records of lines; see ``records_of``. ``decodes``: all bytes could be decoded."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.start()
        try:
            with longest_cell(CELL_LIMIT):
                cells = next(reader, None)
        except csv.Error as error:
            code = _code(error, lines)
            lines.back()
            yield _rejected(file, lines, code)
            continue
        if cells is None:
            return
        raw = lines.pending[0] if len(lines.pending) == 1 else "".join(lines.pending)
        if "\0" in raw:
            yield _rejected(file, lines, "nul-byte")
        elif not decodes and not raw.isascii() and UNDECODED.search(raw):
            yield _rejected(file, lines, "invalid-bytes")
        elif len(raw) >= LINE_LIMIT:
            yield _rejected(file, lines, "row-too-long")
        elif not _is_blank(cells) and not (lines.number == 1 and is_separator_line(raw)):
            yield Row(lines.number - len(lines.pending) + 1, cells, raw)


def _is_blank(cells: list[str]) -> bool:
    return not (cells and (cells[0].strip() or any(map(str.strip, cells))))


def _code(error: csv.Error, lines: Lines) -> str:
    """Return what is wrong with the record at hand."""
    if len(lines.pending) > 1:
        return "unclosed-quote"
    if "field larger" in str(error):
        return "cell-too-long"
    return "unclosed-quote" if "end of data" in str(error) else "bad-quote"


def _rejected(file: str, lines: Lines, code: str) -> Rejected:
    args = {"limit": str(CELL_LIMIT)} if code == "cell-too-long" else {}
    if code == "row-too-long":
        args = {"limit": str(LINE_LIMIT)}
    first = lines.number - len(lines.pending) + 1
    return Rejected(file, first, code, args, clip("".join(lines.pending)))


def fitted(record: Row | Rejected, width: int, file: str) -> Row | Rejected:
    """Return a record with as many cells as there are headers. Empty cells too many are cut."""
    if isinstance(record, Rejected) or len(record.cells) == width:
        return record
    found = len(record.cells)
    if found > width and not any(cell.strip() for cell in record.cells[width:]):
        return record._replace(cells=record.cells[:width])
    code = "too-few-fields" if found < width else "too-many-fields"
    args = {"expected": str(width), "found": str(found)}
    return Rejected(file, record.line, code, args, clip(record.raw))
