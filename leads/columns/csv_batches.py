"""A CSV file -> batches: files of plain records for DuckDB, and the rows that are none.

The text is read once, block by block. A block in which all quotes stand as they should is split at
once; in any other the lines with quotes go through the ordinary reader. So what is read is the
same, record by record, whichever way it goes.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect
from codecs import BOM_UTF8
from itertools import compress, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from leadgrade.leads.columns.batches import RowBatch, line_of, shifts_of
from leadgrade.leads.columns.blocks import INSIDE, QUOTE, Block, records_of, split_block
from leadgrade.leads.formats.encoding import MARK_BYTES, text_of
from leadgrade.leads.formats.limits import longest_cell
from leadgrade.leads.formats.records import Lines, fitted, records_in
from leadgrade.leads.terms import CELL_LIMIT, Rejected, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from leadgrade.leads.columns.batches import Batch, Shifts
    from leadgrade.leads.formats.records import CsvText

BLOCK = 1 << 18
"""Bytes that are looked at together: not more than the processor has at hand."""

BATCH = 48 << 20
"""Bytes of plain records in a batch, at least."""

MOST_ROWS = 20_000
"""So many rows that are not plain are laid aside before they become a batch."""

WIDEST = 4 << 20
"""A block that does not end with a record after so many bytes is read line by line."""

UTF_8 = ("utf-8", "utf-8-sig")
"""The encodings whose bytes are taken as they are."""

_TRIES = 8


class NotPlainError(Exception):
    """The text has lines so long, or line ends such, that it has to be read row by row."""


class CsvBatch:
    """Plain records: RFC 4180, as wide as the header, UTF-8, line feeds."""

    kinds: ClassVar[Mapping[int, str]] = {}

    def __init__(self, text: CsvText) -> None:
        self.count = 0
        self.size = 0
        self.places: list[tuple[int, int]] = []
        self._text = text
        self._parts: list[bytes] = []
        self._firsts: list[int] = []
        """The number of the first record of each part."""
        self._file: Path | None = None

    def add(self, records: bytes, lines: Sequence[int] | range) -> None:
        """Add records, with the physical lines on which they begin."""
        first = self.count
        if isinstance(lines, range):
            shifts = [(first, lines.start - first)]
        else:
            shifts = shifts_of(first, lines)
        if self.places and self.places[-1][1] == shifts[0][1]:
            del shifts[0]
        self.places += shifts
        self._parts.append(records)
        self._firsts.append(first)
        self.count += len(lines)
        self.size += len(records)

    @property
    def lines(self) -> Shifts:
        """The physical lines on which the records begin, which are their places."""
        return self.places

    def write(self, path: Path) -> None:
        """Write the records to a file, for ``select``."""
        self._file = path
        with path.open("wb") as file:
            for records in self._parts:
                file.write(records.replace(INSIDE, b"\n") if INSIDE in records else records)

    def select(self, columns: Sequence[int], _: Collection[int] = ()) -> tuple[str, list[Any]]:
        """Return a query that reads the file as it has to be read: nothing is detected.

        No record is longer than the whole lines that ``_next`` puts together: what is wide, the
        block that makes it too wide, and the block that ends its last line.
        """
        every = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(self._text.width))
        wanted = ", ".join(f"c{column}" for column in columns)
        delimiter = self._text.delimiter
        query = (
            f"SELECT {wanted} FROM read_csv(?, auto_detect = false, header = false,"
            f" delim = '{delimiter}', quote = '\"', escape = '\"', strict_mode = true,"
            f" max_line_size = {WIDEST + 4 * BLOCK}, columns = {{{every}}})"
        )
        return query, [str(self._file)]

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """Yield some of the rows; their numbers ascend."""
        for part, wanted in groupby(numbers, key=self._part_of):
            records = records_of(self._parts[part])
            for number in wanted:
                record = records[number - self._firsts[part]].replace(INSIDE, b"\n")
                raw = record.decode("utf-8") + "\n"
                yield Row(line_of(self, number), self._cells(raw), raw)

    def _cells(self, raw: str) -> list[str]:
        with longest_cell(CELL_LIMIT):
            return next(csv.reader([raw], delimiter=self._text.delimiter, strict=True))

    def _part_of(self, number: int) -> int:
        return bisect(self._firsts, number) - 1


class CsvBatches:
    """The batches of a CSV file, and its rejections. Iterating reads it from the beginning."""

    def __init__(self, text: CsvText) -> None:
        self._text = text
        self._file = text.source.name
        self._delimiter = text.delimiter.encode()
        self._errors = MARK_BYTES if text.encoding in UTF_8 else "surrogatepass"

    def __iter__(self) -> Iterator[Batch | Rejected]:
        """Yield batches and rejections; their lines tell the order.

        Raises:
            ListError: ``changed-while-read`` or ``unreadable-file``.
            NotPlainError: the list has to be read in another way.
        """
        self._blocks = _blocks(self._text)
        self._carry = b""
        self._batch, self._rows = CsvBatch(self._text), list[Row]()
        self._lines = _BlockLines(lambda: self._next().decode("utf-8", self._errors))
        self._records = records_in(self._lines, self._text.delimiter, self._file)
        self._skip_header()
        yield from self._by_line()
        while data := self._next():
            block = split_block(data, self._delimiter, self._text.width)
            if block is None or not self._is_utf_8(data):
                self._lines.put(data.decode("utf-8", self._errors))
                yield from self._by_line()
            else:
                yield from self._add(block)
            yield from self._full()
        yield from self._rest()

    def _skip_header(self) -> None:
        for record in self._records:
            if record.line >= self._text.header_line:
                return

    def _is_utf_8(self, data: bytes) -> bool:
        if self._text.decodes:
            return True
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def _add(self, block: Block) -> Iterator[Rejected]:
        """Add the records of a block; those that are as wide as the header are plain."""
        first = self._lines.number + 1
        self._lines.number += block.physical
        lines = block.lines and [first + line for line in block.lines]
        if not block.odd:
            self._batch.add(block.text, lines or range(first, first + block.size))
            return
        records = records_of(block.text)
        lines = lines or list(range(first, first + block.size))
        for at in block.odd:
            yield from self._one(records[at], lines[at])
        plain = [True] * block.size
        for at in block.odd:
            plain[at] = False
        kept = list(compress(lines, plain))
        if kept:
            self._batch.add(_joined(compress(records, plain)), kept)

    def _one(self, record: bytes, line: int) -> Iterator[Rejected]:
        """Read a record that is not as wide as the header."""
        if not record:
            return
        text = io.StringIO(record.replace(INSIDE, b"\n").decode("utf-8"), newline="")
        lines = Lines(text)
        lines.number = line - 1
        for item in records_in(lines, self._text.delimiter, self._file):
            yield from self._odd(item)

    def _odd(self, item: Row | Rejected) -> Iterator[Rejected]:
        item = fitted(item, self._text.width, self._file)
        if isinstance(item, Rejected):
            yield item
        else:
            self._rows.append(item)

    def _by_line(self) -> Iterator[Rejected]:
        """Take what is at hand line by line; lines without a doubt are plain records."""
        plain: list[bytes] = []
        numbers: list[int] = []
        while (line := self._lines.ahead()) is not None:
            record = self._plain(line)
            if record is not None:
                self._lines.skip()
                plain.append(record)
                numbers.append(self._lines.number)
            elif not line.strip("\r\n"):
                self._lines.skip()
            elif (item := next(self._records, None)) is not None:
                yield from self._odd(item)
        if plain:
            self._batch.add(b"".join(plain), numbers)

    def _plain(self, line: str) -> bytes | None:
        """Return a physical line as a record, None where it may be no record or not a plain one."""
        try:
            data = line.encode("utf-8")
        except UnicodeEncodeError:  # bytes that could not be decoded
            return None
        block = split_block(data, self._delimiter, self._text.width)
        return None if block is None or block.odd else block.text

    def _next(self) -> bytes:
        """Return the next whole lines, best with an even number of quotes; at the end none."""
        data = self._carry
        while more := next(self._blocks, b""):
            data += more
            end = _end_of_records(data)
            if not end and len(data) > WIDEST:
                end = data.rfind(b"\n") + 1
                if not end:
                    raise NotPlainError
            if end:
                self._carry = data[end:]
                return data[:end]
        self._carry = b""
        return data

    def _full(self) -> Iterator[Batch]:
        if self._batch.size >= BATCH:
            yield self._batch
            self._batch = CsvBatch(self._text)
        if len(self._rows) >= MOST_ROWS:
            yield RowBatch(self._rows)
            self._rows = []

    def _rest(self) -> Iterator[Batch]:
        if self._batch.count:
            yield self._batch
        if self._rows:
            yield RowBatch(self._rows)


class _BlockLines(Lines):
    """The physical lines of blocks, with those at hand in sight."""

    def __init__(self, block: Callable[[], str]) -> None:
        super().__init__(io.StringIO())
        self._block = block

    def put(self, text: str) -> None:
        """Add whole lines behind those at hand."""
        self._again.extend(io.StringIO(text, newline=""))

    def ahead(self) -> str | None:
        """Return the next line, None where none is at hand."""
        return self._again[0] if self._again else None

    def skip(self) -> None:
        """Take the next line as a record of its own."""
        self._again.popleft()
        self.number += 1

    def _read(self) -> str:
        self.put(self._block())
        return self._again.popleft() if self._again else ""


def _joined(records: Iterable[bytes]) -> bytes:
    return b"".join(record + b"\n" for record in records)


def _blocks(text: CsvText) -> Iterator[bytes]:
    """Yield a text as UTF-8; what could not be decoded is no UTF-8 there either."""
    if text.encoding in UTF_8:
        with text.source.checked() as stream:
            mark = stream.read(len(BOM_UTF8)) if text.encoding == "utf-8-sig" else b""
            block = mark.removeprefix(BOM_UTF8) + stream.read(BLOCK)
            while block:
                yield block
                block = stream.read(BLOCK)
        return
    with text_of(text.source, text.encoding) as decoded:
        while part := decoded.read(BLOCK):
            yield part.encode("utf-8", "surrogatepass")


def _end_of_records(data: bytes) -> int:
    """Return where the last line ends that has an even number of quotes before its end, else 0."""
    end = data.rfind(b"\n") + 1
    quotes = data.count(QUOTE, 0, end)
    for _ in range(_TRIES):
        if quotes % 2 == 0:
            return end
        before = data.rfind(b"\n", 0, data.rfind(QUOTE, 0, end)) + 1
        quotes -= data.count(QUOTE, before, end)
        end = before
    return 0
