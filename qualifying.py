"""A list -> a stored run: reads, decides, stores; leads flow one way, batch by batch."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

import leadgrade
from leadgrade.engine.backends.base import EngineUnavailableError, why_unavailable
from leadgrade.engine.pool import Trouble, decide_all, engine_version
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.leads import Listing, Reading, Rejected
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book
from leadgrade.storage.records import Note, RejectedRow, RunFacts, Source
from leadgrade.storage.store import Store
from leadgrade.storage.writing import Writing

REJECTED_AT_ONCE = 1000

REJECTED_AT_MOST = 20_000
"""So many rejected rows wait for a lead that can be decided; then they are stored without one."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a person asked for. ``workers`` None leaves their number to the machine."""

    book: Book
    as_of: date
    by: str
    engine: str = "auto"
    workers: int | None = None
    began: float = field(default_factory=time.monotonic)
    """When the person began to wait, by the clock that only goes forward."""


def choose_engine(wanted: str) -> tuple[str, list[Note]]:
    """Return the engine that decides, and what there is to say about the choice.

    Raises:
        EngineUnavailableError: the engine that was asked for cannot run here.
    """
    reason = why_unavailable("rete" if wanted == "auto" else wanted)
    if reason is None:
        return ("rete" if wanted == "auto" else wanted), []
    if wanted != "auto":
        raise EngineUnavailableError(reason)
    return "explainer", [{"code": "explainer-used", "reason": reason}]


def qualify(job: Job, reading: Reading, store: Store, progress: Callable[[int], None]) -> int:
    """Decide every lead of the lists, store the run, and return its number.

    ``progress`` is told how many leads were decided since it was last called.

    Raises:
        ListError: a list was changed while it was read, or has a lead twice where that is an error.
        StoreError: the record cannot be written.
        EngineUnavailableError: the engine that was asked for cannot run here.
    """
    engine, notes = choose_engine(job.engine)
    with store.writing(_run_facts(job, engine)) as writing:
        troubles = _decide(job, engine, reading, writing, progress)
        for listing in reading.listings:
            writing.add_source(_source(listing))
        return writing.finish(
            rows_read=reading.rows,
            seconds=time.monotonic() - job.began,
            notes=[*notes, *map(_note, troubles)],
        )


def _decide(
    job: Job, engine: str, reading: Reading, writing: Writing, progress: Callable[[int], None]
) -> list[Trouble]:
    troubles: list[Trouble] = []
    rejected: list[RejectedRow] = []
    leads: Iterable[Lead] = _leads(reading, rejected, writing)
    if rankings_of(job.book):
        leads = with_ranks(job.book, list(leads), job.as_of)
    for batch in decide_all(
        job.book,
        leads,
        engine=engine,
        as_of=job.as_of,
        workers=job.workers,
        troubles=troubles,
    ):
        writing.add_decided(batch)
        progress(len(batch))
        if len(rejected) >= REJECTED_AT_ONCE:
            _flush(rejected, writing)
    _flush(rejected, writing)
    return troubles


def _leads(reading: Reading, rejected: list[RejectedRow], writing: Writing) -> Iterator[Lead]:
    """Yield the leads; rejected rows are laid aside on the way."""
    for item in reading:
        if not isinstance(item, Rejected):
            yield item
            continue
        rejected.append(RejectedRow(item.file, item.line, item.code, item.args, item.raw))
        if len(rejected) >= REJECTED_AT_MOST:
            _flush(rejected, writing)


def _flush(rejected: list[RejectedRow], writing: Writing) -> None:
    writing.add_rejected(rejected)
    rejected.clear()


def _run_facts(job: Job, engine: str) -> RunFacts:
    return RunFacts(
        book=job.book,
        as_of=job.as_of,
        by=job.by,
        engine=engine,
        engine_version=engine_version(engine),
        leadgrade_version=leadgrade.__version__,
        python_version=platform.python_version(),
        parameters=job.book.overrides,
    )


def _source(listing: Listing) -> Source:
    return Source(
        file=listing.file,
        sha256=listing.sha256,
        format="XLSX" if listing.sheet else "CSV" if listing.delimiter else "JSON",
        encoding=listing.encoding,
        rows_read=listing.rows,
        mapping={
            "id": listing.headers.id_header,
            "facts": listing.headers.mapped,
            "unmapped": list(listing.headers.unmapped),
            "delimiter": listing.delimiter,
            "sheet": listing.sheet,
            "unread": [asdict(each) for each in listing.unread],
        },
    )


def _note(trouble: Trouble) -> Note:
    return {"code": "engine-failed", **asdict(trouble)}
