"""Writing to stdout, which may be full, closed, or read by someone who has seen enough."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

from leadgrade.rules.problem import Problem


class OutputError(Problem):
    """A file, or the answer, that cannot be written."""

    texts: ClassVar[str] = "screens"


class ReaderGone(Exception):  # noqa: N818 - no error: the reader of the pipe wants no more
    """Whoever read our stdout has closed it."""


@contextmanager
def answering() -> Iterator[None]:
    """Give stdout to the block, and flush it at the end.

    Raises:
        ReaderGone: the other end of the pipe is closed.
        OutputError: stdout is closed, or cannot take the answer.
    """
    if sys.stdout is None:
        raise OutputError("cannot-answer", reason="stdout is closed")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("cannot-answer", reason=reason) from error


def drop_stdout() -> None:
    """Let go of what stdout cannot take, so that Python does not try again when it ends."""
    with suppress(OSError, AttributeError, ValueError):
        sys.stdout.flush()
        return
    with suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
