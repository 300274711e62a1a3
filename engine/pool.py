"""Deciding a stream of leads in worker processes, so that no lead can take the run down.

A chunk whose worker dies or takes too long is halved, and the halves are tried one by one in a
process of their own, until the leads at fault are known. Those are decided by the explainer, and
told as troubles.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from multiprocessing import resource_tracker

from pebble import ProcessExpired, ProcessFuture, ProcessPool

import leadgrade
from leadgrade.engine.backends.base import EngineUnavailableError, make_backend
from leadgrade.engine.decision import Decided
from leadgrade.engine.pool_worker import (
    OpenBackend,
    Rows,
    Trouble,
    TroubleKind,
    UndecidedError,
    Worker,
    decide,
    start,
    trouble_of,
)
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

__all__ = ["Trouble", "TroubleKind", "UndecidedError", "decide_all", "engine_version"]

FEW = 200
"""So few leads are decided before a second worker has started."""

CHUNKS_A_WORKER = 3
"""Chunks in flight: enough to keep the workers busy, few enough for a million leads."""

SHORTEST_LIMIT = 3.0
"""Seconds. A part of a chunk gets its part of the time limit, but never less."""


def engine_version(engine: str) -> str:
    """Return the version of what decides under that name."""
    if engine == "rete":
        return importlib.metadata.version("durable-rules")
    if engine == "columnar":
        return importlib.metadata.version("duckdb")
    if engine == "spark":
        return importlib.metadata.version("pyspark")
    return leadgrade.__version__


def decide_all(  # noqa: PLR0913 - each says something of its own, by name
    book: Book,
    leads: Iterable[Lead],
    *,
    engine: str,
    as_of: date,
    workers: int | None = None,
    chunk: int = 500,
    time_limit: float = 30.0,
    troubles: list[Trouble] | None = None,
    open_backend: OpenBackend = make_backend,
) -> Iterator[list[Decided]]:
    """Decide leads, chunk by chunk in their order.

    ``workers`` None means one for each core. ``time_limit`` (seconds) holds for a chunk. Leads
    on which the engine failed are added to ``troubles``. ``open_backend`` is called in each
    worker with engine, book and as-of date; it must be a function of a module.

    Raises:
        EngineUnavailableError: the engine cannot run here, or not with this book.
        UndecidedError: a lead has facts that are not what their types allow.
    """
    stream = iter(leads)
    first = list(itertools.islice(stream, FEW + 1))
    if not first:
        return
    count = 1 if len(first) <= FEW else workers or os.cpu_count() or 1
    told = [] if troubles is None else troubles
    crew = _Crew(Worker(engine, book, as_of, open_backend), count, chunk, time_limit)
    try:
        crew.open()
        for rows, failed in crew.decide(itertools.chain(first, stream)):
            told.extend(failed)
            yield rows
    finally:  # also on Ctrl-C, and for a caller who wants no more
        crew.stop()


START_LIMIT = 60.0
"""Seconds for a process to start and compile the book, beside the time limit of its leads."""

LOST_AFTER = 10.0
"""Seconds without a sign of life after which a chunk of a started pool is taken for lost."""


class _Crew:
    """The worker processes, and what to do when one fails."""

    def __init__(self, worker: Worker, count: int, chunk: int, time_limit: float) -> None:
        self._chunk = chunk
        self._time_limit = time_limit
        self._in_flight = count * CHUNKS_A_WORKER
        self._pool = _Pool(worker, count)
        self._trial = _Pool(worker, 1)
        """Where leads are tried after a failure, one group at a time: if it fails, it is they."""
        self._here = replace(worker)
        """Explains in this process, apart from what is sent to the others."""

    def stop(self) -> None:
        """End the workers, whatever they are doing."""
        self._pool.stop()
        self._trial.stop()

    def open(self) -> None:
        """Let a worker open the engine, so that a book that it cannot run is told once."""
        try:
            _result(self._pool.schedule([], self._time_limit), self._time_limit)
        except Exception as error:
            _, message = trouble_of(error)
            raise EngineUnavailableError(message) from error

    def decide(self, leads: Iterator[Lead]) -> Iterator[Rows]:
        """Yield the rows of each chunk in order."""
        waiting: deque[tuple[list[Lead], ProcessFuture[Rows]]] = deque()
        while True:
            while len(waiting) < self._in_flight and (
                part := list(itertools.islice(leads, self._chunk))
            ):
                waiting.append((part, self._pool.schedule(part, self._limit(part))))
            if not waiting:
                return
            part, future = waiting.popleft()
            settled = self._settle(part, future, [each for _, each in waiting])
            if future.cancelled() or _died(future):
                self._renew(waiting)
            yield settled

    def _renew(self, waiting: deque[tuple[list[Lead], ProcessFuture[Rows]]]) -> None:
        """Start anew after a death: who dies while it takes a chunk keeps the others from theirs.

        All that is not done begins again.
        """
        self._pool.stop()
        with suppress(Exception):  # whatever is wrong is told by the first chunk
            _result(self._pool.schedule([], self._time_limit), self._time_limit)
        for place, (part, future) in enumerate(waiting):
            if not future.done() or future.cancelled():
                waiting[place] = part, self._pool.schedule(part, self._limit(part))

    def _limit(self, leads: list[Lead]) -> float:
        share = self._time_limit * len(leads) / self._chunk
        return min(self._time_limit, max(share, SHORTEST_LIMIT))

    def _settle(
        self,
        leads: list[Lead],
        future: ProcessFuture[Rows],
        later: Sequence[ProcessFuture[Rows]],
    ) -> Rows:
        try:
            return _result(future, self._limit(leads), later)
        except UndecidedError:
            raise
        except BrokenProcessPool:  # perhaps by other leads
            return self._try(leads)
        except Exception:
            return self._try(leads) if len(leads) == 1 else self._halve(leads)

    def _try(self, leads: list[Lead]) -> Rows:
        """Return the rows of leads, whatever it takes."""
        try:
            limit = self._limit(leads)
            return _result(self._trial.schedule(leads, limit), limit)
        except UndecidedError:
            raise
        except Exception as error:
            if len(leads) > 1:
                return self._halve(leads)
            row = self._here.explained(leads[0])
            return [row], [Trouble(leads[0].id, *trouble_of(error))]

    def _halve(self, leads: list[Lead]) -> Rows:
        middle = len(leads) // 2
        settled = [self._try(half) for half in (leads[:middle], leads[middle:])]
        rows = [row for decided, _ in settled for row in decided]
        return rows, [trouble for _, failed in settled for trouble in failed]


def _result(
    future: ProcessFuture[Rows], limit: float, later: Sequence[ProcessFuture[Rows]] = ()
) -> Rows:
    """Return the rows of a chunk, or raise what became of it; never wait for ever.

    A worker that is killed at the wrong moment can take its task along without a trace, or keep
    all others from taking theirs. A chunk is lost when ``_is_hopeless`` for long; or, where
    nothing tells, when the pool should have given it up. It is then tried again like any that
    failed.

    Raises:
        BrokenProcessPool: the chunk is lost.
    """
    deadline = time.monotonic() + limit + START_LIMIT
    hopeless: float | None = None
    while not wait([future], timeout=1.0).done:
        now = time.monotonic()
        if not _is_hopeless(future, later):
            hopeless = None
        elif hopeless is None:
            hopeless = now
        if now > deadline or (hopeless is not None and now - hopeless > LOST_AFTER):
            future.cancel()  # type: ignore[no-untyped-call]
            raise BrokenProcessPool
    return future.result()


def _is_hopeless(future: ProcessFuture[Rows], later: Sequence[ProcessFuture[Rows]]) -> bool:
    """Whether a sound pool would be done with a chunk: see what became of the ``later`` ones.

    They are done, though they began after it; or one died; or nobody works on any of them.
    """
    if not later:
        return False
    if all(each.done() for each in later) or any(map(_died, later)):
        return True
    return not future.running() and not any(each.running() for each in later)


def _died(future: ProcessFuture[Rows]) -> bool:
    """Whether the worker that had a chunk died."""
    return (
        future.done()
        and not future.cancelled()
        and isinstance(future.exception(), ProcessExpired | BrokenProcessPool)
    )


class _Pool:
    """Processes that decide. They start with the first leads, and anew when they broke.

    A pool breaks when a worker dies before it could say what it was working on.
    """

    def __init__(self, worker: Worker, count: int) -> None:
        self._worker = worker
        self._count = count
        self._pool: ProcessPool | None = None

    def schedule(self, leads: list[Lead], limit: float) -> ProcessFuture[Rows]:
        """Return what will be the rows of the leads, or their failure; ``limit`` in seconds."""
        if self._pool is not None and not self._pool.active:
            self.stop()
        with _no_interrupts():  # the processes inherit this
            if self._pool is None:
                self._pool = ProcessPool(
                    self._count,
                    initializer=start,
                    initargs=(self._worker,),
                    context=multiprocessing.get_context("spawn"),  # the same on every platform
                )
            try:
                return self._pool.schedule(decide, args=(leads,), timeout=limit)
            except RuntimeError:  # it broke just now
                future: ProcessFuture[Rows] = ProcessFuture()
                future.set_exception(BrokenProcessPool())
                return future

    def stop(self) -> None:
        """End the processes, whatever they are doing."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from processes started within, also while they start: it is the parent's.

    So is the end of the terminal. It would also end the process in which Python keeps count of
    what processes share.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        # Or the first process started would start it, and unblock Ctrl-C.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
