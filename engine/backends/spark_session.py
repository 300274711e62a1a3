"""A session of Spark: what it needs, how it is set, and what becomes of its failures.

There is one in a process, since Spark has no more. What the Java process prints goes to a file: of
a failure a person is told the first line. Nothing of ours runs in the cluster but SQL, so its
workers need neither Python nor leadgrade.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, TYPE_CHECKING, ClassVar

from leadgrade.engine.backends.base import EngineFault
from leadgrade.rules.problem import Problem

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

LOCAL = "local[*]"
"""The master that runs everything on this machine, on all cores."""

MASTER = re.compile(
    r"local(\[(\*|[1-9]\d*)(,[1-9]\d*)?\])?"
    r"|spark://[^\s/,:]+:\d{1,5}(,[^\s/,:]+:\d{1,5})*"
    r"|k8s://\S+|yarn"
)
"""How masters are written."""

REACHED_WITHIN = 10.0
"""Seconds within which a master has to be reached."""

ANSWERED_WITHIN = 120.0
"""Seconds within which a cluster has to do its first, tiny job: else nobody works there."""

OPTIONS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.codegen.hugeMethodLimit": "8000",
    "spark.sql.legacy.javaCharsets": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
}
"""What a statement means hangs on nothing that a site may have set. Generated methods of more than
8,000 bytes are not compiled by Java, and are three times slower than no generated code."""

_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
_CHATTER = re.compile(r"^\s+at |^NOTE|^WARNING|\b(WARN|INFO)\b|^Using |log level")
_ON_LOOPBACK = re.compile(r"local|spark://(localhost|127\.)")
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class SparkError(Problem):
    """Spark cannot be used here, or the master that was named does not answer."""

    texts: ClassVar[str] = "spark"


def missing() -> SparkError | None:
    """Return what is missing to run Spark here, None where nothing is."""
    if find_spec("pyspark") is None:
        return SparkError("no-pyspark")
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        return SparkError("no-java", where=f"JAVA_HOME={home}" if home else "PATH")
    return None


@contextmanager
def spark_faults() -> Iterator[None]:
    """Tell what fails in Spark as a fault of the engine."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - of an optional package
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        raise EngineFault(_said_first(error)) from error


def session(master: str = LOCAL) -> SparkSession:
    """Return the session of this process with a master, a new one where there is none.

    Raises:
        SparkError: ``no-pyspark``, ``no-java``, ``bad-master``, ``no-master``, ``no-start`` or
            ``no-answer``.
    """
    problem = missing()
    if problem is not None:
        raise problem
    if not MASTER.fullmatch(master):
        raise SparkError("bad-master", master=master)
    from pyspark import SparkContext  # noqa: PLC0415 - of an optional package
    from pyspark.sql import SparkSession  # noqa: PLC0415

    context = SparkContext._active_spark_context
    if context is not None and context.master != master:
        context.stop()
        context = None
    if context is None:
        _reach(master)
        context = _started(master)
    found = SparkSession(context).newSession()
    for name, value in OPTIONS.items():
        found.conf.set(name, value)
    return found


@contextmanager
def shared_folder(master: str) -> Iterator[str]:
    """Give a temporary folder that the workers of a master may write to, if they see it."""
    with tempfile.TemporaryDirectory(prefix="leadgrade-") as folder:
        if not master.startswith("local"):  # they may be another user's
            Path(folder).chmod(0o1777)
        yield folder


def url_of(path: Path) -> str:
    """Return a path as Spark takes it, whatever file system is its default; nothing is escaped."""
    return f"file:///{path.as_posix().removeprefix('/')}"


def _reach(master: str) -> None:
    """Check that somebody listens where a master is to be.

    Raises:
        SparkError: ``no-master``.
    """
    if not master.startswith("spark://"):
        return
    reason = ""
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), REACHED_WITHIN).close()
        except (OSError, OverflowError, UnicodeError) as error:
            reason = str(error)
        else:
            return
    raise SparkError("no-master", master=master, reason=reason)


def _started(master: str) -> SparkContext:
    """Start a context, and see that it answers.

    Raises:
        SparkError: ``no-start`` or ``no-answer``.
    """
    from py4j.protocol import Py4JError  # noqa: PLC0415 - of an optional package
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("leadgrade")
    conf.setAll([*_QUIET.items(), *(_HERE.items() if _ON_LOOPBACK.match(master) else ())])
    with tempfile.TemporaryFile() as said:
        try:
            gateway = SparkContext._gateway  # Java outlives a context
            if gateway is None:
                gateway = launch_gateway(conf, {"stdout": said, "stderr": said})
            context = SparkContext(conf=conf, gateway=gateway)
        except (PySparkException, Py4JError, OSError, ValueError) as error:
            raise SparkError("no-start", master=master, reason=_reason(error, said)) from error
    problem = _problem_of(lambda: SparkSession(context).range(1).count())
    if problem is not None:
        with suppress(Exception):  # it is of no use any more
            context.cancelAllJobs()
            context.stop()
        raise SparkError("no-answer", master=master, reason=_said_first(problem)) from problem
    return context


def _problem_of(job: Callable[[], object]) -> Exception | None:
    """Return what kept a job from being done in time, None where nothing did."""
    answer: Queue[Exception | None] = Queue()

    def ask() -> None:
        try:
            job()
        except Exception as error:  # whatever it is, it is told by the one who waits
            answer.put(error)
        else:
            answer.put(None)

    Thread(target=ask, daemon=True).start()  # nobody has to wait for it in the end
    try:
        return answer.get(timeout=ANSWERED_WITHIN)
    except Empty:
        return TimeoutError(f"nothing within {ANSWERED_WITHIN:.0f} s")


def _said_first(error: Exception) -> str:
    """Return the line of an error that says what went wrong; a trace of Java follows it."""
    lines = [line.strip(" :") for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith("An error occurred while")]
    return told[0] if told else type(error).__name__


def _reason(error: Exception, said: IO[bytes]) -> str:
    """Return why Java did not start: what it said itself, if it did."""
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    telling = [line.strip() for line in lines if line.strip() and not _CHATTER.search(line)]
    return " ".join(telling[:2]) or _said_first(error)
