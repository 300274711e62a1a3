"""Whether a workbook can be opened without harm: what it unpacks to, and how large its sheets are.

A workbook is a ZIP file of XML. A small one may unpack to any size, and a sheet with one cell in
its first corner and one in its last would be laid out as 17 billion cells.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from leadgrade.leads.formats.title_rows import MOST_COLUMNS
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED = 2 << 30
"""Bytes that a workbook may unpack to."""

MOST_RATIO = 250
ALWAYS_ALLOWED = 64 << 20
"""Up to so many bytes the ratio does not matter."""

MOST_CELLS = 60_000_000
"""Cells that a sheet may span, empty ones as well: a full sheet of 57 columns."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    RuntimeError,
)
"""What comes of reading a damaged archive."""

_BLOCK = 1 << 20
_OVERLAP = 64
_SHEET = re.compile(r"xl/worksheets/.+\.xml", re.IGNORECASE)
_BINARY = re.compile(r"xl/worksheets/.+\.bin", re.IGNORECASE)
_SHAPE = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'",
    b"A" * 52 + b"0" * 10 + b'"',
)
_PLACE = re.compile(rb"[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"':]")
_ELEMENT = re.compile(rb"<table:table-row\b([^>]*)>|<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"'](\d{1,18})")
_MOST_ROWS = 1 << 30


def check_workbook(data: bytes, name: str) -> None:
    """Refuse a workbook that would not fit; one that is no ZIP file passes.

    Raises:
        ListError: ``unpacks-too-large``, ``sheet-too-large``, ``not-a-spreadsheet`` or
            ``unsupported-kind``.
    """
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive, len(data), name)
            for member in archive.infolist():
                _check_member(archive, member, name)
    except _DAMAGE as error:
        raise ListError("not-a-spreadsheet", file=name) from error


def _check_size(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    """Refuse by what the archive says of itself; that it is true is found while it is read."""
    limit = min(max(packed * MOST_RATIO, ALWAYS_ALLOWED), MOST_UNPACKED)
    if sum(member.file_size for member in archive.infolist()) > limit:
        raise ListError("unpacks-too-large", file=name, limit=f"{limit >> 20:,} MB")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Read a part to its end: its size and checksum must be as they are said to be."""
    if _BINARY.fullmatch(member.filename):
        raise ListError("unsupported-kind", file=name, kind="XLSB")
    blocks = _blocks(archive, member)
    if member.filename.lower() == "content.xml":
        _check_repeats(archive.read(member), name)
    elif not _SHEET.fullmatch(member.filename):
        for _ in blocks:
            pass
    elif _may_be_large(blocks):
        _check_extent(_blocks(archive, member), name)


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in blocks, each with the end of the one before, so that nothing is torn."""
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            yield tail + block
            tail = block[-_OVERLAP:]


def _may_be_large(blocks: Iterator[bytes]) -> bool:
    """Whether a sheet may have cells in so many rows and columns that they must be counted.

    Looks at the shapes of references only, ``AA00000`` or ``00000``: that is fast.
    """
    letters = digits = 1
    for block in blocks:
        shapes = block.translate(_SHAPE)
        for count in (3, 2):
            if letters < count and b'"' + b"A" * count + b"0" in shapes:
                letters = count
        for count in range(7, digits, -1):
            if any(mark + b"0" * count + b'"' in shapes for mark in (b"A", b'"')):
                digits = count
                break
    return letters > 1 and 26**letters * 10**digits > MOST_CELLS


def _check_extent(blocks: Iterator[bytes], name: str) -> None:
    columns = rows = 0
    for block in blocks:
        for letters, digits in set(_PLACE.findall(block)):
            columns = max(columns, _number(letters))
            rows = max(rows, int(digits))
    if columns * rows > MOST_CELLS:
        raise ListError("sheet-too-large", file=name, rows=f"{rows:,}", columns=f"{columns:,}")


def _number(letters: bytes) -> int:
    """Return the number of a column, A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_repeats(content: bytes, name: str) -> None:
    """Refuse an OpenDocument sheet whose repeated rows and cells would fill the memory.

    Empty ones at the end do not count: an ordinary sheet has them up to its very corner.
    """
    rows = width = filled = at = 0
    for found in _ELEMENT.finditer(content):
        row, cell, closed = found.groups()
        if row is not None:
            rows, at = rows + _repeated(row, _MOST_ROWS), 0
            continue
        at += _repeated(cell, MOST_COLUMNS)
        if not closed or b"value" in cell:
            filled, width = rows, max(width, min(at, MOST_COLUMNS))
        if filled * width > MOST_CELLS:
            raise ListError("sheet-too-large", file=name, rows=f"{filled:,}", columns=f"{width:,}")


def _repeated(attributes: bytes, most: int) -> int:
    """Return how often a row or cell stands there, by its attributes."""
    found = _REPEATED.search(attributes)
    return min(int(found[1]), most) if found else 1
