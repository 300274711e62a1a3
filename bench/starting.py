"""How long a person waits for a command that has little to do."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measure import Result, TaskError, alternately, observe
from bench.whole import COMMAND


def measure(db: Path, lead: str, book: Path, rounds: int) -> dict[str, Result]:
    """Return the medians of commands, and of Python doing nothing."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "leadgrade --help": [COMMAND, "--help"],
        "leadgrade explain": [COMMAND, "explain", lead, "--db", str(db)],
        "leadgrade check, the measured book": [COMMAND, "check", str(book)],
    }
    tasks = {name: lambda c=command: _wait(c) for name, command in commands.items()}
    return alternately(tasks, rounds)


def _wait(command: list[str]) -> Result:
    seen = observe(command)
    if seen.code:
        raise TaskError(f"{' '.join(command)}: {seen.error.strip() or seen.output.strip()}")
    return {"wall": seen.wall, "cpu": seen.cpu, "peak_mb": seen.peak_mb}
