"""Where text goes: a console that knows terminals from pipes."""

from __future__ import annotations

import io
import os
import sys
from typing import IO

from rich.console import Console, RenderableType

PIPED_WIDTH = 120
"""Columns of a line when nobody says how wide the reader's screen is."""


def print_answer(answer: RenderableType) -> None:
    """Print an answer on stdout. In a pipe lines end where their text ends, without padding."""
    if sys.stdout.isatty():
        console().print(answer)
        return
    page = io.StringIO()
    console(page).print(answer)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def console(stream: IO[str] | None = None) -> Console:
    """Return a console on a stream, by default stdout. Colour only on a terminal."""
    stream = stream or sys.stdout
    wide = stream.isatty() or "COLUMNS" in os.environ
    return Console(
        file=stream, width=None if wide else PIPED_WIDTH, highlight=False, markup=False, emoji=False
    )
