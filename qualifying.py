"""A list -> a stored run: reads, decides, stores; leads flow one way, batch by batch."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import leadgrade
from leadgrade.engine.backends.base import LISTWISE, EngineUnavailableError, why_unavailable
from leadgrade.engine.backends.spark_session import missing as spark_missing
from leadgrade.engine.kleene import Reading as Conditions
from leadgrade.engine.kleene import Truth, orders_of
from leadgrade.engine.pool import Trouble, decide_all, engine_version
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.leads import Listing, Options, Reading, Rejected
from leadgrade.leads.joining import JoinedFile, Joins
from leadgrade.leads.mapping.headers import proposed
from leadgrade.rules.conditions import Condition
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, Fact
from leadgrade.storage.files import NewFolder
from leadgrade.storage.records import Note, RejectedRow, RunFacts, Source
from leadgrade.storage.store import Store
from leadgrade.storage.writing import Writing

BIG = 8 << 20
"""Bytes. Lists of so many, some twenty thousand leads, are decided as one query."""

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
    memory: str | None = None
    """What a columnar run may use, such as ``1GB``."""
    master: str | None = None
    """Where Spark runs, such as ``spark://HOST:7077``; None is this machine."""
    check: bool = True
    """Whether a sample of a columnar run is decided again before anything is stored."""
    out: Path | None = None
    """A folder for the decisions, in Parquet files; None for the database."""
    began: float = field(default_factory=time.monotonic)
    """When the person began to wait, by the clock that only goes forward."""


def choose_engine(wanted: str, size: int = 0) -> tuple[str, list[Note]]:
    """Return the engine that decides lists of ``size`` bytes, and what there is to say about it.

    Raises:
        EngineUnavailableError: the engine that was asked for cannot run here.
        SparkError: so does Spark, which says what is missing.
    """
    if wanted == "spark" and (problem := spark_missing()) is not None:
        raise problem
    if wanted != "auto":
        reason = why_unavailable(wanted)
        if reason is not None:
            raise EngineUnavailableError(reason, wanted)
        return wanted, []
    if size >= BIG and why_unavailable("columnar") is None:
        return "columnar", []
    reason = why_unavailable("rete")
    if reason is None:
        return "rete", []
    return "explainer", [{"code": "explainer-used", "reason": reason}]


def qualify(job: Job, reading: Reading, store: Store, progress: Callable[[int], None]) -> int:
    """Decide every lead of the lists, store the run, and return its number.

    ``progress`` is told how many leads were decided since it was last called.

    Raises:
        ListError: a list was changed while it was read, or has a lead twice where that is an error.
        StoreError: the record cannot be written.
        EngineUnavailableError: the engine that was asked for cannot run here.
        SparkError: Spark is wanted, and cannot run here, or its master does not answer.
        EngineFault: an engine that decides by a query failed; nothing was stored.
        DisagreementError: such an engine decided a lead otherwise than the rule engine does;
            nothing was stored.
    """
    wanted = "columnar" if job.out is not None and job.engine == "auto" else job.engine
    engine, notes = choose_engine(wanted, sum(each.size for each in reading.listings))
    if engine in LISTWISE:
        return _qualify_in_bulk(job, engine, reading, store, progress)
    with store.writing(_run_facts(job, engine)) as writing:
        troubles = _decide(job, engine, reading, writing, progress)
        return _finish(job, reading, writing, [*notes, *map(_note, troubles)])


def _qualify_in_bulk(
    job: Job, engine: str, reading: Reading, store: Store, progress: Callable[[int], None]
) -> int:
    from leadgrade.bulk import BulkRun, opened  # noqa: PLC0415 - DuckDB is slow to import

    with _folder(job, store) as folder, opened(job, engine) as columnar:
        run = BulkRun(job, reading, columnar, folder)
        with store.writing(_run_facts(job, engine), folder) as writing:
            run.store(writing, progress)
            return _finish(job, reading, writing, list(run.notes()))


def _folder(job: Job, store: Store) -> AbstractContextManager[NewFolder | None]:
    return nullcontext() if job.out is None else store.new_folder(job.out)


def _finish(job: Job, reading: Reading, writing: Writing, notes: list[Note]) -> int:
    for listing in reading.listings:
        writing.add_source(_source(listing, reading, job.book))
    for joined in reading.joins.files if reading.joins else ():
        writing.add_source(_joined_source(joined))
    return writing.finish(
        rows_read=reading.rows - reading.merged,  # the record counts leads and rejections
        seconds=time.monotonic() - job.began,
        notes=[*notes, *_reading_notes(job.book, reading)],
    )


def join(
    book: Book, as_of: date, files: Iterable[tuple[str, str]], options: Options
) -> Joins | None:
    """Read the files that are joined, ``(name, path)``; None where there are none.

    Raises:
        ListError: one of them cannot be used; see ``Joins.read``.
    """

    def meaning(condition: Condition, columns: Mapping[str, Fact]) -> Truth:
        orders = orders_of(replace(book, facts=dict(columns)))
        return Conditions(orders).condition(condition)

    joins = Joins(book, as_of, meaning, options)
    for name, path in files:
        joins.read(name, path)
    return joins if joins.files else None


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


def _source(listing: Listing, reading: Reading, book: Book) -> Source:
    source = _file(listing)
    source.mapping["identity"] = list(listing.identity.labels)
    if asked := proposed(listing.headers, book):
        source.mapping["proposed"] = asked
    merged = [asdict(each) for each in reading.merges if each.rows[0][0] == listing.file]
    if merged:
        source.mapping["merged"] = merged
    return source


def _joined_source(joined: JoinedFile) -> Source:
    source = _file(joined.listing)
    source.mapping.update(
        joins=joined.source,
        rejected=[  # objects in a list: what quotes a cell can be forgotten
            {"code": code, "count": count, "line": first.line, "args": first.args}
            for code, (count, first) in joined.rejected.items()
        ],
        too_late=joined.too_late,
        unmatched=joined.unmatched,
    )
    return source


def _file(listing: Listing) -> Source:
    return Source(
        file=listing.file,
        sha256=listing.sha256,
        format=listing.format,
        encoding=listing.encoding,
        rows_read=listing.rows,
        mapping={
            "id": listing.named_by,
            "facts": listing.headers.mapped,
            "unmapped": list(listing.headers.unmapped),
            "headers": list(listing.headers.headers),
            "delimiter": listing.delimiter,
            "sheet": listing.sheet,
            **listing.how,
            "unread": [asdict(each) for each in listing.unread],
        },
    )


def _reading_notes(book: Book, reading: Reading) -> Iterator[Note]:
    if reading.merged:
        yield {"code": "merged", "rows": reading.merged, "leads": len(reading.merges)}
    joined = reading.joins.names if reading.joins else ()
    gathered = (fact.aggregate for fact in book.facts.values())
    for source in dict.fromkeys(each.source for each in gathered if each):
        if source not in joined:
            yield {"code": "not-joined", "source": source}


def _note(trouble: Trouble) -> Note:
    return {"code": "engine-failed", **asdict(trouble)}
