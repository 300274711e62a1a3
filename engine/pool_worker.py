"""The work of a worker process: leads in, rows to store out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TimedOutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pebble import ProcessExpired

from leadgrade.engine.backends.base import Backend
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decided, Decision
from leadgrade.engine.legend import Legend
from leadgrade.engine.ranks import places_to_json
from leadgrade.engine.sealing import leaf_of, new_salt
from leadgrade.rules.lead import Lead, facts_to_json
from leadgrade.rules.model import Book

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


def trouble_of(error: Exception) -> tuple[TroubleKind, str]:
    """Return what an engine did that ended in this error."""
    if isinstance(error, ProcessExpired):
        return TroubleKind.CRASH, f"the worker process died with exit code {error.exitcode}"
    if isinstance(error, BrokenProcessPool):
        return TroubleKind.CRASH, "the worker process died"
    if isinstance(error, TimedOutError):
        return TroubleKind.TIMEOUT, "the engine did not answer in time"
    return TroubleKind.ERROR, f"{type(error).__name__}: {error}"


@dataclass(slots=True)
class Worker:
    """What decides in a process. Everything is opened there, when it is first needed."""

    engine: str
    book: Book
    as_of: date
    open_backend: OpenBackend
    backend: Backend | None = None
    legend: Legend | None = None
    explainer: Explainer | None = None

    def decide(self, leads: Sequence[Lead]) -> Rows:
        """Return the rows of leads in order. Where the engine fails, the explainer decides.

        Raises:
            UndecidedError: a lead has facts that are not what their types allow.
        """
        if self.backend is None:
            self.backend = self.open_backend(self.engine, self.book, self.as_of)
        rows: list[Decided] = []
        troubles: list[Trouble] = []
        for lead in leads:
            try:
                rows.append(self._row(lead, self.backend))
            except Exception as error:
                troubles.append(Trouble(lead.id, *trouble_of(error)))
                rows.append(self.explained(lead))
        return rows, troubles

    def explained(self, lead: Lead) -> Decided:
        """Return the row of a lead by the explainer.

        Raises:
            UndecidedError: the lead has facts that are not what their types allow.
        """
        if self.explainer is None:
            self.explainer = Explainer(self.book, self.as_of)
        try:
            return self._row(lead, self.explainer)
        except Exception as error:
            raise UndecidedError(f"{lead.id}: {type(error).__name__}: {error}") from error

    def _row(self, lead: Lead, backend: Backend) -> Decided:
        if self.legend is None:
            self.legend = Legend.of(self.book)
        return row_of(self.legend, lead, backend.decide(lead))


_workers: list[Worker] = []
"""In a worker process: the one worker that it is."""


def start(worker: Worker) -> None:
    """Begin as a worker process."""
    _workers[:] = [worker]


def decide(leads: list[Lead]) -> Rows:
    """Decide leads in a worker process."""
    return _workers[0].decide(leads)


def row_of(legend: Legend, lead: Lead, decision: Decision) -> Decided:
    """Return a decision as the row to store.

    Raises:
        LedgerError: its ledger does not add up.
    """
    decision.check_ledger()
    row = Decided(
        lead=lead.id,
        file=lead.file,
        line=lead.line,
        facts=facts_to_json(lead.facts),
        ranks=places_to_json(lead.ranks) if lead.ranks else "{}",
        qualified=decision.qualified,
        grade=decision.grade,
        score=decision.score,
        low=decision.possible.low,
        high=decision.possible.high,
        worst=decision.possible.worst,
        best=decision.possible.best,
        evidence=legend.write(decision),
        salt=new_salt(),
        leaf="",
    )
    return row._replace(leaf=leaf_of(row))
