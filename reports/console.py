"""Where text goes: a console that knows terminals from pipes."""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.console import Console

PIPED_WIDTH = 120
"""Columns of a line when nobody says how wide the reader's screen is."""


def console(stream: IO[str] | None = None) -> Console:
    """Return a console on a stream, by default stdout. Colour only on a terminal."""
    stream = stream or sys.stdout
    wide = stream.isatty() or "COLUMNS" in os.environ
    return Console(
        file=stream, width=None if wide else PIPED_WIDTH, highlight=False, markup=False, emoji=False
    )
