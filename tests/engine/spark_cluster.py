"""A cluster of Spark for the tests: a master and workers, made, started and stopped by them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 180.0
"""Seconds to wait for anything; machines that test are busy."""

QUICK_START = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""What Java does not do here: the best it can. That pays off in long runs only."""

HERE = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1", **QUICK_START}


@dataclass(frozen=True)
class Cluster:
    url: str
    workers: tuple[int, ...]
    """Their processes."""

    def executors(self) -> list[int]:
        """The processes that decide, of all workers."""
        return [each for worker in self.workers for each in children(worker)]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster on loopback with workers of one core each, on ports that are free."""
    with ExitStack() as stack:

        def start(name: str, what: str, *more: str) -> tuple[int, Path]:
            log = folder / f"{name}.log"
            command = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *more]
            process = stack.enter_context(running(what, command, log))
            return process.pid, log

        _, log = start("master", "master.Master")
        (url,) = wait_for(lambda: found("Starting Spark master at (spark://\\S+)", log))
        share = ["--cores", "1", "--memory", "1G"]
        pids = [
            start(f"worker-{number}", "worker.Worker", *share, "--work-dir", str(folder), url)[0]
            for number in range(workers)
        ]
        wait_for(lambda: len(found("Registering worker", log)) >= workers)
        yield Cluster(url, tuple(pids))


@contextmanager
def running(what: str, arguments: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A part of Spark in a process group of its own, which is ended whole."""
    import pyspark  # noqa: PLC0415 - optional

    script = Path(pyspark.__file__).parent / "bin" / "spark-class"
    command = [str(script), f"org.apache.spark.deploy.{what}", *arguments]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=os.environ | HERE,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        below = children(process.pid)
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)
        for each in below:  # executors outlive a worker that is killed
            kill(each)


def found(pattern: str, log: Path) -> list[str]:
    return re.findall(pattern, log.read_text(encoding="utf-8", errors="replace"))


def children(pid: int) -> list[int]:
    """The processes that a process has started, and that run."""
    seen = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(parent) == pid and state != "Z":
            seen.append(int(path.parent.name))
    return seen


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_for(what: Callable[[], T]) -> T:
    """What a function gives, once that is something."""
    end = time.monotonic() + PATIENCE
    while not (seen := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return seen
