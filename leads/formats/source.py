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
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from leadgrade.leads.formats.packed import SUFFIXES, is_packed, unpacked
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
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip within gzip",
    b"SQLite format 3": "SQLite",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd within another",
    b"\x89PNG": "PNG",
}
_PARQUET = b"PAR1"
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Kind(StrEnum):
    """The formats that can be read."""

    CSV = "csv"
    SHEET = "sheet"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"
    PARQUET = "parquet"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Source:
    """An open list. ``size`` in bytes and ``sha256`` in hex are those of ``file``.

    ``path`` leads to it, None where it is a temporary file. ``packed`` is the hash of the file
    that it was unpacked from. ``kind`` is set where it is known beforehand.
    """

    name: str
    file: IO[bytes]
    size: int
    sha256: str
    path: str | None = None
    packed: str | None = None
    kind: Kind | None = None

    @property
    def fingerprint(self) -> str:
        """The hash in hex of the bytes that the person has: packed, if they are."""
        return self.packed or self.sha256

    @property
    def extension(self) -> str:
        """The last part of the name in lower case, that of a packed file inside: ``.csv``."""
        name = Path(self.name)
        if self.packed and name.suffix.lower() in SUFFIXES:
            name = name.with_suffix("")
        return name.suffix.lower()

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
            or ``empty-file``, and for a packed one the codes of ``packed``.
    """
    name = str(path)
    try:
        file = _spooled(sys.stdin.buffer) if name == STANDARD_INPUT else _opened(name)
        source = _hashed(name, file)
    except FileNotFoundError as error:
        raise ListError("no-such-file", file=name) from error
    except IsADirectoryError as error:
        raise ListError("is-a-directory", file=name) from error
    except PermissionError as error:
        raise ListError("not-permitted", file=name) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    try:
        if is_packed(source.head(4)):
            content = _hashed(name, unpacked(file, source.size, name))
            source.close()
            source = replace(content, packed=source.sha256)
        elif name != STANDARD_INPUT and Path(name).is_file():
            source = replace(source, path=name)
        if source.size == 0:
            raise ListError("empty-file", file=name)
    except BaseException:
        source.close()
        raise
    return source


def _hashed(name: str, file: IO[bytes]) -> Source:
    digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
    return Source(name, file, file.tell(), digest.hexdigest())


def kind_of(source: Source) -> Kind:
    """Return the format of a list, by its first bytes and its extension.

    Raises:
        ListError: ``unsupported-kind``, ``not-a-spreadsheet`` or ``not-parquet``.
    """
    if source.kind is not None:
        return source.kind
    head = source.head(4096)
    extension = source.extension
    if head.startswith(_PARQUET):
        return Kind.PARQUET
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise ListError("unsupported-kind", file=source.name, kind=kind)
    if head.startswith(_WORKBOOK):
        return Kind.SHEET
    if extension == ".parquet":
        raise ListError("not-parquet", file=source.name, reason="no PAR1")
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
