"""A progress bar on stderr, for a person who waits; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from leadgrade.reports.console import console
from leadgrade.reports.wording import say

PATIENCE = 2.0
"""Seconds before a bar appears."""


@contextmanager
def progress(lang: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many leads were done since it was last called."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    speed = TextColumn("{task.completed:,.0f}  {task.fields[rate]:,.0f}/s")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), speed, TimeElapsedColumn())
    bar = Progress(*columns, console=console(sys.stderr), transient=True)
    task = bar.add_task(say("screens.deciding", lang), total=None, rate=0.0)
    began = time.monotonic()
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        waited = time.monotonic() - began
        if waited > PATIENCE:
            bar.start()
        bar.update(task, completed=done, rate=done / max(waited, 0.001))

    try:
        yield advance
    finally:
        bar.stop()
