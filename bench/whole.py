"""Whole runs, as a person starts them in the shell: from a list to a record."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench import ours
from bench.measure import Result, TaskError, observe
from bench.workload import AS_OF

COMMAND = str(Path(sys.executable).with_name("leadgrade"))


@dataclass(frozen=True, slots=True)
class Run:
    """A run to measure. ``out`` is a folder for Parquet files, None for a record only."""

    engine: str
    workers: int
    source: Path
    book: Path
    db: Path
    out: Path | None = None

    def command(self) -> list[str]:
        """Return the command line."""
        words = [COMMAND, "qualify", str(self.source), "--book", str(self.book), "--json"]
        words += ["--as-of", AS_OF.isoformat(), "--db", str(self.db), "--engine", self.engine]
        if takes("--workers"):
            words += ["--workers", str(self.workers)]
        if self.engine == "spark":
            words += ["--master", f"local[{self.workers}]"]
        if self.out is not None:
            words += ["--out", str(self.out)]
        return words


def engines() -> list[str]:
    """Return the engines that `qualify` offers and that can run here."""
    text = " ".join(_help().split())
    offered = re.search(r"--engine \[([^\]]+)\]", text)
    return [each for each in offered[1].split("|") if each in ours.names()] if offered else []


def takes(option: str) -> bool:
    """Return whether `qualify` has an option."""
    return option in _help()


@cache
def _help() -> str:
    return observe([COMMAND, "qualify", "--help"]).output


def measure(run: Run) -> Result:
    """Run it, and return leads, seconds, processor time, peak memory and the record's size.

    Raises:
        TaskError: it failed.
    """
    for path in (run.db, *run.db.parent.glob(f"{run.db.name}-*")):
        path.unlink(missing_ok=True)
    if run.out is not None:
        shutil.rmtree(run.out, ignore_errors=True)
    seen = observe(run.command())
    if seen.code:
        said = (seen.error.strip() or seen.output.strip()).splitlines() or ["?"]
        raise TaskError(f"{' '.join(run.command())}: {said[-1]}")
    said_json = json.loads(seen.output)
    leads = said_json["decided"]
    size = _size(run.out) if run.out else run.db.stat().st_size
    return {
        "leads": leads,
        "rejected": said_json["rejected"],
        "decided_by": said_json["engine"],
        "wall": seen.wall,
        "cpu": seen.cpu,
        "rate_wall": leads / seen.wall,
        "rate": leads / seen.cpu,
        "peak_mb": seen.peak_mb,
        "bytes_a_lead": size / leads,
    }


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size
