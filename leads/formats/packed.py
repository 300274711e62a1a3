"""Lists packed with gzip or zstd -> their bytes, in a temporary file, within bounds.

A small file may unpack to a size that fills any disk. What grows beyond ``MOST_RATIO`` times its
packed size, or beyond ``MOST_UNPACKED``, is refused before it is written.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import zlib
from typing import IO, TYPE_CHECKING, cast

from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Callable

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"

SUFFIXES = frozenset({".gz", ".zst", ".zstd"})

MOST_RATIO = 250
"""A list may unpack to so many times its packed size. CSV packs to a tenth, rarely a hundredth."""

ALWAYS_ALLOWED = 64 << 20
"""Bytes that any file may unpack to, whatever the ratio."""

MOST_UNPACKED = 32 << 30
"""Bytes that no file may unpack to."""

_BLOCK = 1 << 20
_LARGEST_WINDOW = 27
"""Zstd frames that need more than 2**27 bytes of memory to unpack are refused."""


def is_packed(head: bytes) -> bool:
    """Whether a file that begins like this is packed."""
    return head.startswith((GZIP, ZSTD))


def unpacked(file: IO[bytes], size: int, name: str) -> IO[bytes]:
    """Return the content of a packed file of ``size`` bytes, in a temporary file at its start.

    Raises:
        ListError: ``unpacks-too-large``, ``damaged-archive`` or ``needs-library``.
    """
    file.seek(0)
    stream = _stream(file, file.read(4), name)
    limit = min(max(size * MOST_RATIO, ALWAYS_ALLOWED), MOST_UNPACKED)
    spool = tempfile.TemporaryFile()  # noqa: SIM115 (it stays open while the list is used)
    try:
        _copy(stream, spool, limit, name)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return cast("IO[bytes]", spool)


def _copy(stream: IO[bytes], spool: IO[bytes], limit: int, name: str) -> None:
    done = 0
    try:
        while block := stream.read(_BLOCK):
            done += len(block)
            if done > limit:
                raise ListError("unpacks-too-large", file=name, limit=f"{limit >> 20:,} MB")
            spool.write(block)
    except ListError:
        raise
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ListError("damaged-archive", file=name) from error
    except OSError as error:
        raise ListError("unreadable-file", file=name, reason=error.strerror or error) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":  # of whichever module there is
            raise
        raise ListError("damaged-archive", file=name) from error


def _stream(file: IO[bytes], magic: bytes, name: str) -> IO[bytes]:
    file.seek(0)
    if magic.startswith(GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))
    return _zstd(name)(file)


def _zstd(name: str) -> Callable[[IO[bytes]], IO[bytes]]:
    """Return what opens a zstd stream: the standard library from Python 3.14, else its backport."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415 - only who needs it
        else:
            from backports import zstd  # noqa: PLC0415
    except ImportError as error:
        raise ListError("needs-library", file=name, library="backports.zstd") from error
    bounds = {int(zstd.DecompressionParameter.window_log_max): _LARGEST_WINDOW}
    return lambda file: cast("IO[bytes]", zstd.ZstdFile(file, options=bounds))
