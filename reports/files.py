"""Files that we write: each appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
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
def whole_file(out: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of ``out`` when all is written.

    Raises:
        OutputError: the file cannot be written. What was there stays as it was.
    """
    try:
        with _replacing(out) as file:
            yield file
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("cannot-write", file=out, reason=reason) from error


@contextmanager
def _replacing(out: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of ``out`` when all is written. Devices are written to."""
    if out.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(out))
    if out.exists() and not out.is_file():
        with out.open("wb") as file:
            yield file
        return
    target = out.resolve()  # a link stays a link
    draft = target.with_name(f".{target.name}.part")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()
