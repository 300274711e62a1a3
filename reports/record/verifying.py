"""Proving a record: the chain is checked, and every decision made again by the other engine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.engine.backends.base import why_unavailable
from leadgrade.engine.decision import Decided, Decision, Possible
from leadgrade.engine.legend import Legend, Result
from leadgrade.engine.pool import UndecidedError, decide_all
from leadgrade.reports.record.recall import RecallError, stored_book, stored_lead
from leadgrade.reports.wording import say
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book
from leadgrade.storage.finding import Finding
from leadgrade.storage.records import StoredDecision
from leadgrade.storage.store import Store, StoreError, open_store

MOST_FINDINGS = 50
"""So many findings are shown to a person; ``--json`` has all of them."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run that was decided again."""

    run: int
    decisions: int
    engine: str
    """What decided it first."""
    replayed_by: str


@dataclass(slots=True)
class Verdict:
    """What verifying came to: proved when there are no findings."""

    head: str = ""
    runs: list[Replayed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def verify_record(
    db: str,
    run: int | None,
    progress: Progress,
    *,
    everything: bool = False,
    noted: str | None = None,
    workers: int | None = None,
) -> Verdict:
    """Check the chain and the rows of a run, by default the latest; make its decisions again.

    ``everything`` takes all runs, and looks for rows that belong to none. ``noted`` is a head
    that was noted once. ``progress`` is told how many decisions were made since its last call.

    Raises:
        StoreError: the record cannot be read, or has no such run.
        EngineUnavailableError: no engine can run here with a book of the record.
    """
    began = time.monotonic()
    with open_store(db, create=False) as store:
        runs = store.run_numbers(None if everything or run is None else run)
        if not everything:
            runs = runs[-1:]
        verdict = Verdict(store.head())
        verdict.findings += store.check(runs, everything=everything, noted=noted)
        for number in runs:
            _replay_run(store, number, verdict, progress, workers)
    verdict.seconds = time.monotonic() - began
    return verdict


def _replay_run(
    store: Store, number: int, verdict: Verdict, progress: Progress, workers: int | None
) -> None:
    known = list(verdict.findings)
    if any(
        (each.table in ("run", "book", "legend") and each.run in (number, None))
        or (each.code in ("file-missing", "file-unreadable") and each.run == number)
        for each in known
    ):
        return  # it was said, and what another book or day gives tells nothing
    try:
        _replay_decisions(store, number, verdict, progress, workers)
    except (StoreError, ValueError, TypeError, KeyError) as error:
        # Rows that were changed so that they can no longer be read; they have been named.
        detail = f"{type(error).__name__}: {error}"
        verdict.findings.append(Finding("unreadable", "run", number, str(number), detail))


def _replay_decisions(
    store: Store, number: int, verdict: Verdict, progress: Progress, workers: int | None
) -> None:
    run = store.run(number)
    try:
        book = stored_book(store, run)
    except RecallError as error:
        detail = error.details.get("finding", "")
        verdict.findings.append(Finding("book-unreadable", "book", number, run.book_id, detail))
        return
    decisions = store.decisions(number, best_first=False)
    replay = Replay(book, run.as_of, run.engine, workers)
    for count, findings in replay.findings(decisions):
        progress(count)
        verdict.findings += findings
    verdict.runs.append(Replayed(number, replay.count, run.engine, replay.engine))


def other_engine(engine: str) -> str:
    """Return what makes the decisions of an engine again: another one, where there is one."""
    if engine != "explainer" or why_unavailable("rete") is not None:
        return "explainer"
    return "rete"


class Replay:
    """Makes stored decisions again and compares them, some hundred at a time."""

    def __init__(self, book: Book, as_of: date, engine: str, workers: int | None) -> None:
        self.engine = other_engine(engine)
        self.count = 0
        """The decisions made again so far."""
        self._book = book
        self._as_of = as_of
        self._workers = workers
        self._legend = Legend.of(book)
        self._waiting: deque[StoredDecision] = deque()
        self._others: list[Finding] = []

    def findings(self, stored: Iterable[StoredDecision]) -> Iterator[tuple[int, list[Finding]]]:
        """Yield how many decisions were compared, and what is not as it was stored.

        Finding codes: ``legend-differs``, ``facts-unreadable``, ``replay-differs``,
        ``undecidable``.
        """
        batches = decide_all(
            self._book,
            self._leads(stored),
            engine=self.engine,
            as_of=self._as_of,
            workers=self._workers,
        )
        try:
            for batch in batches:
                found = [f for each in batch for f in self._compare(each, self._waiting.popleft())]
                self.count += len(batch)
                yield len(batch), found
        except UndecidedError as error:
            run = self._waiting[0].run
            yield 0, [Finding("undecidable", "snapshot", run, detail=str(error))]
        yield 0, self._others

    def _leads(self, stored: Iterable[StoredDecision]) -> Iterator[Lead]:
        for number, each in enumerate(stored):
            if number == 0 and each.recalled.legend != self._legend:
                self._others.append(Finding("legend-differs", "legend", each.run))
            try:
                lead = stored_lead(self._book, each)
            except StoreError as error:
                cause = error.__cause__ or error
                detail = f"{type(cause).__name__}: {cause}"
                self._others.append(
                    Finding("facts-unreadable", "snapshot", each.run, each.lead, detail)
                )
            else:
                self._waiting.append(each)
                yield lead

    def _compare(self, made: Decided, stored: StoredDecision) -> Iterator[Finding]:
        differences = list(self._differences(made, stored))
        if differences:
            detail = "; ".join(differences)
            yield Finding("replay-differs", "decision", stored.run, stored.lead, detail)

    def _differences(self, made: Decided, stored: StoredDecision) -> Iterator[str]:
        for name in ("qualified", "grade", "score"):
            if getattr(made, name) != getattr(stored, name):
                yield f"{name}: {getattr(stored, name)} / {getattr(made, name)}"
        possible = Possible(made.low, made.high, made.worst, made.best)
        if possible != stored.possible:
            yield f"possible: {tuple(stored.possible)} / {tuple(possible)}"
        if made.evidence != stored.evidence or self._legend != stored.recalled.legend:
            result = Result(made.qualified, made.grade, made.score, possible)
            yield from _other_parts(stored, self._legend.read(made.evidence, result))


def _other_parts(stored: StoredDecision, made: Decision) -> Iterator[str]:
    try:
        before = stored.decision
    except StoreError:
        yield "evidence: unreadable"
        return
    names = [name for name in Decision.__slots__ if getattr(before, name) != getattr(made, name)]
    if names:
        yield f"evidence: {', '.join(names)}"


def verdict_json(verdict: Verdict, lang: str) -> dict[str, Any]:
    """Return the documented verdict."""
    return {
        "proved": verdict.proved,
        "head": verdict.head,
        "runs": [
            {
                "run": each.run,
                "decisions": each.decisions,
                "engine": each.engine,
                "replayed_by": each.replayed_by,
            }
            for each in verdict.runs
        ],
        "findings": [
            {**each._asdict(), "message": finding_text(each, lang)} for each in verdict.findings
        ],
        "seconds": round(verdict.seconds, 3),
    }


def verdict_text(verdict: Verdict, lang: str, *, noted: bool) -> RenderableType:
    """Return the verdict as something a console prints. ``noted``: a head was given."""
    lines = [Text(_run_line(each, lang)) for each in verdict.runs]
    shown = verdict.findings[:MOST_FINDINGS]
    lines += (Text(finding_text(each, lang), style="red") for each in shown)
    if len(verdict.findings) > len(shown):
        more = f"{len(verdict.findings) - len(shown):,}"
        lines.append(Text(say("record.more-findings", lang, count=more), style="dim"))
    if verdict.proved:
        lines.append(Text(say("record.proved", lang), style="bold green"))
        if not noted:
            lines.append(Text(say("record.note-the-head", lang), style="dim"))
    else:
        count = f"{len(verdict.findings):,}"
        lines.append(Text(say("record.not-proved", lang, count=count), style="bold red"))
    lines.append(Text(say("record.head", lang, head=verdict.head)))
    return Group(*lines)


def _run_line(run: Replayed, lang: str) -> str:
    key = "replayed-by-same" if run.engine == run.replayed_by else "replayed"
    count = f"{run.decisions:,}"
    values = {"run": run.run, "decisions": count, "engine": run.engine, "other": run.replayed_by}
    return say(f"record.{key}", lang, **values)


def finding_text(finding: Finding, lang: str) -> str:
    """Return a finding in words."""
    where = say("record.in-run", lang, run=finding.run) if finding.run is not None else ""
    what = say(f"record.table-{finding.table}", lang)
    words = {"name": finding.name, "detail": finding.detail, "where": where, "what": what}
    return say(f"record.finding-{finding.code}", lang, **words)
