"""Where text goes: a console that knows terminals from pipes."""

from __future__ import annotations

import io
import os
import sys
from typing import IO

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments

from leadgrade.reports.answering import answering
from leadgrade.reports.wording import printable

PIPED_WIDTH = 120
"""Columns of a line when nobody says how wide the reader's screen is."""


def print_answer(answer: RenderableType) -> None:
    """Print an answer on stdout. In a pipe lines end where their text ends, without padding."""
    with answering():
        if sys.stdout.isatty():
            _print(answer, console())
            return
        page = io.StringIO()
        _print(answer, console(page))
        lines = page.getvalue().removesuffix("\n").split("\n")
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in lines)


def _print(answer: RenderableType, screen: Console) -> None:
    """Print an answer without what a lead's text could do to a terminal."""
    segments = (
        part if part.control else Segment(printable(part.text), part.style)
        for part in screen.render(answer)
    )
    screen.print(Segments(segments), end="")


def console(stream: IO[str] | None = None) -> Console:
    """Return a console on a stream, by default stdout. Colour only on a terminal."""
    stream = stream or sys.stdout
    wide = stream.isatty() or "COLUMNS" in os.environ
    return Console(
        file=stream, width=None if wide else PIPED_WIDTH, highlight=False, markup=False, emoji=False
    )
