"""Files that we write: each appears whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from stat import S_IMODE
from typing import IO

from leadgrade.reports.answering import OutputError


def write_text(out: Path, text: str) -> None:
    """Write a text file in UTF-8.

    Raises:
        OutputError: the file cannot be written.
    """
    with whole_file(out) as file:
        file.write(text.encode("utf-8"))


@contextmanager
def whole_file(out: Path, *, sync: bool = False) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of ``out`` when all is written, with the same mode.

    With ``sync`` it is on the disk before: what it replaces is somebody's work.

    Raises:
        OutputError: the file cannot be written. What was there stays as it was.
    """
    try:
        with _replacing(out, sync=sync) as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("cannot-write", file=out, reason=reason) from error


@contextmanager
def _replacing(out: Path, *, sync: bool) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of ``out`` when all is written. Devices are written to."""
    if out.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(out))
    if out.exists() and not out.is_file():
        with out.open("wb") as file:
            yield file
        return
    target = out.resolve()  # a link stays a link
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")  # for us alone
    try:
        with draft.open("xb") as file:
            _take_mode(draft, target)
            yield file
            if sync:
                file.flush()
                os.fsync(file)
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()


def _take_mode(draft: Path, target: Path) -> None:
    """Let nobody read a file who could not read the one before."""
    with suppress(FileNotFoundError):
        mode = target.stat().st_mode
        if draft.stat().st_mode != mode:  # some file systems know no modes
            draft.chmod(S_IMODE(mode))
