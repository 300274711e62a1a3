"""Deciding a stream of leads in worker processes, so that no lead can take the run down.

A chunk whose worker dies or takes too long is halved, and the halves are tried by other workers,
until the leads at fault are known. Those are decided by the explainer, and told as troubles.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import itertools
import json
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as TimedOutError
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pebble import ProcessExpired, ProcessFuture, ProcessPool

import leadgrade
from leadgrade.engine.backends.base import Backend, EngineUnavailableError, make_backend
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decided, Decision, decision_to_json
from leadgrade.rules.lead import Lead, facts_to_json
from leadgrade.rules.model import Book

FEW = 200
"""So few leads are decided before a second worker has started."""

CHUNKS_A_WORKER = 3
"""Chunks in flight: enough to keep the workers busy, few enough for a million leads."""

SHORTEST_LIMIT = 3.0
"""Seconds. A part of a chunk gets its part of the time limit, but never less."""

OpenBackend = Callable[[str, Book, date], Backend]


class TroubleKind(StrEnum):
    """What the engine did instead of deciding a lead."""

    CRASH = "crash"
    TIMEOUT = "timeout"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A lead on which the engine failed. The explainer decided it; ``message`` says what failed."""

    lead: str
    kind: TroubleKind
    message: str


class UndecidedError(Exception):
    """A lead that even the explainer cannot decide: its facts are not what their types allow."""


Rows = tuple[list[Decided], list[Trouble]]


def engine_version(engine: str) -> str:
    """Return the version of what decides under that name."""
    if engine == "rete":
        return importlib.metadata.version("durable-rules")
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
    crew = _Crew(_Worker(engine, book, as_of, open_backend), count, chunk, time_limit)
    try:
        for rows, failed in crew.decide(itertools.chain(first, stream)):
            told.extend(failed)
            yield rows
    except BaseException:  # also Ctrl-C, and a caller who wants no more: at once
        crew.stop()
        raise
    crew.close()


class _Crew:
    """The worker processes, and what to do when one fails."""

    def __init__(self, worker: _Worker, count: int, chunk: int, time_limit: float) -> None:
        self._worker = worker
        self._chunk = chunk
        self._time_limit = time_limit
        self._in_flight = count * CHUNKS_A_WORKER
        self._explainer: Explainer | None = None
        context = multiprocessing.get_context("spawn")  # the same on every platform
        self._pool = ProcessPool(count, initializer=_start, initargs=(worker,), context=context)
        try:
            self._open()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the workers, whatever they are doing."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def close(self) -> None:
        """End the workers, who have nothing left to do."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def decide(self, leads: Iterator[Lead]) -> Iterator[Rows]:
        """Yield the rows of each chunk in order."""
        waiting: deque[tuple[list[Lead], ProcessFuture[Rows]]] = deque()
        while True:
            while len(waiting) < self._in_flight and (
                part := list(itertools.islice(leads, self._chunk))
            ):
                waiting.append((part, self._schedule(part)))
            if not waiting:
                return
            yield self._settle(*waiting.popleft())

    def _open(self) -> None:
        """Let a worker open the engine, so that a book that it cannot run is told once."""
        with _no_interrupts():  # the workers inherit this
            opening = self._pool.schedule(_decide, args=([],), timeout=self._time_limit)
        try:
            opening.result()
        except Exception as error:
            _, message = _failure(error)
            raise EngineUnavailableError(message) from error

    def _schedule(self, leads: list[Lead]) -> ProcessFuture[Rows]:
        share = self._time_limit * len(leads) / self._chunk
        limit = min(self._time_limit, max(share, SHORTEST_LIMIT))
        return self._pool.schedule(_decide, args=(leads,), timeout=limit)

    def _settle(self, leads: list[Lead], future: ProcessFuture[Rows]) -> Rows:
        """Return the rows of leads, whatever it takes."""
        try:
            return future.result()
        except UndecidedError:
            raise
        except Exception as error:
            if len(leads) == 1:
                return self._explain(leads[0], error)
        middle = len(leads) // 2
        halves = [(half, self._schedule(half)) for half in (leads[:middle], leads[middle:])]
        settled = [self._settle(half, future) for half, future in halves]
        rows = [row for decided, _ in settled for row in decided]
        return rows, [trouble for _, failed in settled for trouble in failed]

    def _explain(self, lead: Lead, error: Exception) -> Rows:
        if self._explainer is None:
            self._explainer = Explainer(self._worker.book, self._worker.as_of)
        return [_explained(self._explainer, lead)], [Trouble(lead.id, *_failure(error))]


def _failure(error: Exception) -> tuple[TroubleKind, str]:
    if isinstance(error, ProcessExpired):
        return TroubleKind.CRASH, f"the worker process died with exit code {error.exitcode}"
    if isinstance(error, TimedOutError):
        return TroubleKind.TIMEOUT, "the engine did not answer in time"
    return TroubleKind.ERROR, f"{type(error).__name__}: {error}"


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from processes started within, also while they start: it is the parent's."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(slots=True)
class _Worker:
    """What a worker process decides with. The engine is opened there, with the first chunk."""

    engine: str
    book: Book
    as_of: date
    open_backend: OpenBackend
    backend: Backend | None = None
    explainer: Explainer | None = None

    def decide(self, leads: Sequence[Lead]) -> Rows:
        if self.backend is None:
            self.backend = self.open_backend(self.engine, self.book, self.as_of)
        rows: list[Decided] = []
        troubles: list[Trouble] = []
        for lead in leads:
            try:
                rows.append(_row(lead, self.backend.decide(lead)))
            except Exception as error:
                troubles.append(Trouble(lead.id, *_failure(error)))
                if self.explainer is None:
                    self.explainer = Explainer(self.book, self.as_of)
                rows.append(_explained(self.explainer, lead))
        return rows, troubles


_workers: list[_Worker] = []
"""In a worker process: the one worker that it is."""


def _start(worker: _Worker) -> None:
    _workers[:] = [worker]


def _decide(leads: list[Lead]) -> Rows:
    return _workers[0].decide(leads)


def _explained(explainer: Explainer, lead: Lead) -> Decided:
    try:
        return _row(lead, explainer.decide(lead))
    except Exception as error:
        raise UndecidedError(f"{lead.id}: {type(error).__name__}: {error}") from error


def _row(lead: Lead, decision: Decision) -> Decided:
    """Return a decision as the row to store.

    Raises:
        LedgerError: its ledger does not add up.
    """
    decision.check_ledger()
    facts = facts_to_json(lead.facts)
    places = {name: [rank.position, rank.of] for name, rank in lead.ranks.items()}
    return Decided(
        lead=lead.id,
        file=lead.file,
        line=lead.line,
        facts=facts,
        snapshot=hashlib.sha256(facts.encode()).hexdigest(),
        ranks=json.dumps(places, ensure_ascii=False, sort_keys=True) if places else "{}",
        qualified=decision.qualified,
        grade=decision.grade,
        score=decision.score,
        low=decision.possible.low,
        high=decision.possible.high,
        worst=decision.possible.worst,
        best=decision.possible.best,
        steps=decision.next_steps,
        decision=decision_to_json(decision),
    )
