"""The bytes of a list: opened once, hashed, and read again without surprises.

The file stays open while it is used, so that it may be moved or deleted meanwhile. It is read as
far as it went when it was opened: what is appended later is left alone, and a file that was
changed or cut is noticed by its hash.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"

BLOCK = 1 << 20
"""Bytes read at once."""

_SHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_LINES = frozenset({".jsonl", ".ndjson"})
_TEXTS = frozenset({".csv", ".tsv", ".tab", ".txt"})
_FOREIGN = {
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x89PNG": "PNG",
}
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Kind(StrEnum):
    """The formats that can be read."""

    CSV = "csv"
    SHEET = "sheet"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"


@dataclass(frozen=True, slots=True)
class Source:
    """An open list. ``size`` in bytes; ``sha256`` in hex, of the bytes as they are."""

    name: str
    file: IO[bytes]
    size: int
    sha256: str

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes from the beginning, block by block."""
        with self.checked() as stream:
            while block := stream.read(BLOCK):
                yield block

    def head(self, size: int = BLOCK) -> bytes:
        """Return the first bytes."""
        with self.checked() as stream:
            return stream.read(size)

    def checked(self) -> io.BufferedReader:
        """Return the bytes from the beginning as a stream that notices a changed file.

        At its end it raises ListError ``changed-while-read`` unless the hash is as it was.
        """
        self.file.seek(0)
        return io.BufferedReader(_Checked(self), BLOCK)

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class _Checked(io.RawIOBase):
    """The bytes of a source, hashed as they pass. Closing it leaves the source open."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = source.size
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        block = self._read(min(len(view), self._left))
        view[: len(block)] = block
        self._hash.update(block)
        self._left -= len(block)
        if not block and self._hash.hexdigest() != self._source.sha256:
            raise ListError("changed-while-read", file=self._source.name)
        return len(block)

    def _read(self, size: int) -> bytes:
        try:
            return self._source.file.read(size)
        except OSError as error:
            raise _unreadable(self._source.name, error) from error


def open_source(path: str | Path) -> Source:
    """Open a list by its path; ``-`` is standard input, which is copied to a temporary file.

    Raises:
        ListError: ``no-such-file``, ``is-a-directory``, ``not-permitted``, ``unreadable-file``
            or ``empty-file``.
    """
    name = str(path)
    try:
        file = _spooled(sys.stdin.buffer) if name == STANDARD_INPUT else _opened(name)
        digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
        size = file.tell()
    except FileNotFoundError as error:
        raise ListError("no-such-file", file=name) from error
    except IsADirectoryError as error:
        raise ListError("is-a-directory", file=name) from error
    except PermissionError as error:
        raise ListError("not-permitted", file=name) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    if size == 0:
        file.close()
        raise ListError("empty-file", file=name)
    return Source(name, file, size, digest.hexdigest())


def kind_of(source: Source) -> Kind:
    """Return the format of a list, by its first bytes and its extension.

    Raises:
        ListError: ``unsupported-kind`` or ``not-a-spreadsheet``.
    """
    head = source.head(4096)
    extension = Path(source.name).suffix.lower()
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise ListError("unsupported-kind", file=source.name, kind=kind)
    if head.startswith(_WORKBOOK):
        return Kind.SHEET
    if extension in _SHEETS:
        raise ListError("not-a-spreadsheet", file=source.name)
    if extension in _LINES:
        return Kind.JSON_LINES
    # Spaces, byte order marks and the zero bytes of UTF-16 may stand before what tells.
    first = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if extension in _TEXTS or first not in (b"{", b"["):
        return Kind.CSV
    return Kind.JSON_ARRAY if first == b"[" else Kind.JSON_LINES


def _opened(name: str) -> IO[bytes]:
    if "\0" in name:
        raise FileNotFoundError(name)
    file = Path(name).open("rb")  # noqa: SIM115 (it stays open while the list is used)
    if file.seekable():
        return file
    with file:  # a pipe
        return _spooled(file)


def _spooled(stream: IO[bytes]) -> IO[bytes]:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 (it stays open while the list is used)
    shutil.copyfileobj(stream, spool, BLOCK)
    spool.seek(0)
    return spool


def _unreadable(name: str, error: OSError) -> ListError:
    return ListError("unreadable-file", file=name, reason=error.strerror or error)
