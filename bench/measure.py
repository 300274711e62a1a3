"""Measurements in processes of their own: wall time, processor time, peak memory.

A *task* is a function of a module of ``bench``. It runs in a fresh process, so that neither
memory nor caches of another measurement are in it; what it measures it says itself, as a dict.
The parent watches how much memory the process and all that it starts hold at once.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.05
"""Seconds between two looks at the memory."""

LONGEST = 1800.0
"""Seconds. What is not done by then is given up."""

Result = dict[str, Any]


class TaskError(Exception):
    """A task failed. The text is the last line that it said."""


@dataclass
class Clock:
    """Seconds of wall time and of processor time; the latter of all threads, not of children."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def clocked() -> Iterator[Clock]:
    """Measure a block."""
    clock = Clock()
    wall, cpu = time.perf_counter(), time.process_time()
    yield clock
    clock.wall, clock.cpu = time.perf_counter() - wall, time.process_time() - cpu


def run(task: str, **arguments: Any) -> Result:
    """Run a task, ``module:function``, in a process of its own.

    To what it returns ``peak_mb`` is added, and the ``total_wall`` and ``total_cpu`` of the
    process and all that it started.

    Raises:
        TaskError: it failed.
    """
    command = [sys.executable, "-m", "bench.measure", task, json.dumps(arguments)]
    done = observe(command)
    if done.code:
        raise TaskError(f"{task} {arguments}: {(done.error.strip().splitlines() or ['?'])[-1]}")
    result: Result = json.loads(done.output.splitlines()[-1])
    return result | done.figures()


@dataclass(frozen=True)
class Observed:
    """A command that ran: what it printed and what it took."""

    code: int
    output: str
    error: str
    wall: float
    cpu: float
    peak_mb: float

    def figures(self) -> Result:
        """Return what it took."""
        return {"total_wall": self.wall, "total_cpu": self.cpu, "peak_mb": self.peak_mb}


def observe(command: Sequence[str], env: Mapping[str, str] | None = None) -> Observed:
    """Run a command from the root of the project, and watch it and all that it starts.

    Raises:
        TaskError: it was not done in half an hour.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    watch = _Watch(process.pid)
    try:
        output, error = process.communicate(timeout=LONGEST)
    except BaseException as problem:  # also Ctrl-C: nothing that was started may go on
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        watch.stop()
        if isinstance(problem, subprocess.TimeoutExpired):
            raise TaskError(f"{' '.join(command)}: not done in {LONGEST} s") from problem
        raise
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Observed(process.returncode, output, error, wall, cpu, watch.stop() / 2**20)


class _Watch(threading.Thread):
    """Looks at the resident memory of all processes of a session, again and again."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = session
        self._peak = 0
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            self._peak = max(self._peak, _resident(self._session))

    def stop(self) -> int:
        """Return the most bytes that were seen."""
        self._ended.set()
        self.join()
        return self._peak


def _resident(session: int) -> int:
    pages = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = Path(entry.path, "stat").read_text(encoding="ascii", errors="replace")
            except OSError:  # it has ended
                continue
            fields = stat.rpartition(")")[2].split()
            if int(fields[3]) == session:
                pages += int(fields[21])
    return pages * PAGE


def alternately(
    tasks: Mapping[str, Callable[[], Result]], rounds: int, say: Callable[[str], None] = print
) -> dict[str, Result]:
    """Run tasks by turns, A B A B, and return for each the medians of its figures.

    The machine may have other work: what comes by turns has the same share of its bad moments. A
    task that fails is reported with its ``error`` and not run again.
    """
    found: dict[str, list[Result]] = {name: [] for name in tasks}
    failed: dict[str, Result] = {}
    for _ in range(rounds):
        for name, task in tasks.items():
            if name not in failed:
                try:
                    found[name].append(task())
                except TaskError as error:
                    failed[name] = {"error": str(error)}
                    say(f"  {error}")
    return {name: failed.get(name) or medians(results) for name, results in found.items()}


def medians(results: Sequence[Result]) -> Result:
    """Return the median of every figure; what is no number is that of the first result."""
    merged: Result = {"rounds": len(results)}
    for key, first in results[0].items():
        number = isinstance(first, int | float) and not isinstance(first, bool)
        merged[key] = statistics.median(each[key] for each in results) if number else first
    return merged


def main() -> None:
    """Run the task that the command line names, in this process."""
    module, _, function = sys.argv[1].partition(":")
    task = getattr(importlib.import_module(f"bench.{module}"), function)
    print(json.dumps(task(**json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
