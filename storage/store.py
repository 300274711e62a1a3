"""The record as the rest of leadgrade sees it."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from leadgrade.storage import outcomes, overriding, reading
from leadgrade.storage.chain import head
from leadgrade.storage.connect import TIMEOUT, Database, open_database, read_target
from leadgrade.storage.errors import StoreError, store_errors
from leadgrade.storage.files import NewFolder, Replacing, folder_exists, is_taken, refuse_taken
from leadgrade.storage.server import connect_to_write
from leadgrade.storage.sqlite import any_text, empty_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from leadgrade.storage import sql
    from leadgrade.storage.finding import Finding
    from leadgrade.storage.records import (
        Forgotten,
        Outcome,
        OutcomeList,
        RejectedRow,
        RunFacts,
        Source,
        StoredBook,
        StoredDecision,
        StoredOverride,
        StoredRun,
    )
    from leadgrade.storage.writing import Writing

__all__ = ["Store", "StoreError", "open_store"]


def open_store(target: str, *, create: bool, late: bool = False, timeout: float = TIMEOUT) -> Store:
    """Open the record at a path or a SQLAlchemy URL, migrated to our schema.

    Args:
        target: a path, or a URL such as ``postgresql+psycopg://host/name``.
        create: make a database where there is none; without it, that is an error.
        late: make it when it is first used, so that what fails before leaves none. Whether it
            can be made is tried now.
        timeout: seconds to wait for another process that is writing.

    Raises:
        StoreError: ``no-database``, ``no-folder``, ``not-a-database``, ``not-ours``,
            ``newer-schema``, ``read-only``, ``no-access``, ``locked``, ``disk-full``,
            ``damaged``, ``bad-url``, ``no-driver``, ``unreachable``, ``failed``. A file that
            is not ours stays as it was; a database that could not be made leaves no file.
    """
    found = read_target(target)
    return Store(open_database(found, create=create, late=late, timeout=timeout), found.place)


class _TakenBackError(Exception):
    """Ends a change that is not to be kept."""


class Store:
    """An open record. ``place`` is what a person called it, without a password."""

    def __init__(self, database: Database, place: str) -> None:
        self._database = database
        self.place = place

    @property
    def engine(self) -> Engine:
        """Return SQLAlchemy's engine."""
        return self._database.engine

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def writing(self, facts: RunFacts, folder: NewFolder | None = None) -> Iterator[Writing]:
        """Store a run: it is there when the block ends after ``finish``, whole, or not at all.

        ``folder`` is where its decisions are written if they are kept in files.

        Raises:
            StoreError: ``locked``, ``read-only``, ``disk-full``, ``no-access``, ``damaged``,
                ``unstorable``, ``failed``. The record is as it was.
        """
        from leadgrade.storage.writing import Writing  # noqa: PLC0415 - slow; readers need it not

        writing = Writing(self.engine, self.place, facts, folder)
        try:
            yield writing
            if writing.finished:
                writing.commit()
        finally:
            writing.close()

    @contextmanager
    def new_folder(self, path: Path) -> Iterator[NewFolder]:
        """Make a folder for the files of a run; it is there in the end if the run is.

        A folder that is there already may be used if it is empty.

        Raises:
            StoreError: ``folder-exists``, ``folder-of-run``, ``no-out-folder``, ``no-access``,
                ``read-only``, ``disk-full``, ``failed``.
        """
        if is_taken(path):
            if not self._database.is_made:
                raise folder_exists(path)
            with self._reading() as connection:
                refuse_taken(connection, path)
        with NewFolder(path) as folder:
            yield folder

    @contextmanager
    def _reading(self) -> Iterator[sql.Connection]:
        with store_errors(self.place), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _scanning(self) -> Iterator[Connection]:
        """Read with SQLAlchemy."""
        with store_errors(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _changing(self, *, wipe: bool = False) -> Iterator[Connection]:
        """Change the record, whole or not at all. With ``wipe`` old bytes are overwritten."""
        with store_errors(self.place), connect_to_write(self.engine) as connection:
            if wipe and connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection
            connection.commit()
            if wipe and connection.dialect.name == "sqlite":
                with suppress(sqlite3.Error):  # a reader is in the way: the log goes when it does
                    empty_log(connection)

    def runs(self) -> list[StoredRun]:
        """Return all runs, the first one first."""
        with self._reading() as connection:
            return reading.runs(connection)

    def run_numbers(self, number: int | None = None) -> list[int]:
        """Return the numbers of all runs, or that of one if it is there.

        Raises:
            StoreError: ``no-such-run``.
        """
        with self._reading() as connection:
            return reading.run_numbers(connection, number)

    def run(self, number: int | None = None) -> StoredRun:
        """Return a run, by default the latest.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``.
        """
        with self._reading() as connection:
            return reading.run(connection, number)

    def sources(self, run: int) -> list[Source]:
        """Return the files that a run read, in the order in which they were given."""
        with self._reading() as connection:
            return reading.sources(connection, run)

    def rejected(self, run: int) -> Iterator[RejectedRow]:
        """Yield the rows that a run set aside, in the order in which they were found."""
        with self._reading() as connection:
            yield from reading.rejected(connection, run)

    def decisions(
        self,
        run: int | None = None,
        *,
        grade: str | None = None,
        limit: int | None = None,
        best_first: bool = True,
        by_hand: bool = False,
        day: date | None = None,
    ) -> Iterator[StoredDecision]:
        """Yield the decisions of a run, a few hundred in memory at a time.

        Args:
            run: its number, by default the latest.
            grade: only leads of this grade.
            limit: at most so many.
            best_first: by grade, then score, then what the score could be, then lead;
                otherwise in the order of the list.
            by_hand: whether the grade that counts for that is a person's, where one holds.
            day: for which day overrides are shown, by default today.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``, when the first decision is asked for.
        """
        with self._reading() as connection:
            yield from reading.decisions(
                connection,
                run,
                grade=grade,
                limit=limit,
                best_first=best_first,
                by_hand=by_hand,
                day=day,
            )

    def decision(self, run: int | None, lead: str, day: date | None = None) -> StoredDecision:
        """Return what a run, by default the latest, decided of a lead.

        An override is shown that holds on ``day``, by default today.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``, ``no-such-lead``, ``not-in-run``.
        """
        with self._reading() as connection:
            return reading.decision(connection, run, lead, day)

    def history(self, lead: str) -> list[StoredDecision]:
        """Return all that was ever decided of a lead, the oldest first.

        Raises:
            StoreError: ``no-such-lead``.
        """
        with self._reading() as connection:
            return reading.history(connection, lead)

    def book(self, sha256: str) -> StoredBook:
        """Return a rule book as it was used.

        Raises:
            StoreError: ``no-such-book``.
        """
        with self._reading() as connection:
            return reading.book(connection, sha256)

    def overrides(self) -> list[StoredOverride]:
        """Return all overrides, also those that are over, the oldest first."""
        with self._reading() as connection:
            return overriding.overrides(connection)

    def override(
        self,
        lead: str,
        *,
        grade: str,
        reason: str,
        since: date,
        until: date,
        by: str,
        run: int | None = None,
    ) -> StoredOverride:
        """Store what a person says of the grade that a run, by default the latest, gave a lead.

        Raises:
            StoreError: as ``decision``; ``no-such-grade``, ``override-over``.
        """
        with self._changing() as connection:
            found = reading.run(connection, run)
            reading.decision(connection, found.number, lead)
            if found.folder is not None:
                raise StoreError("run-in-files", run=found.number, path=found.folder)
            if grade not in found.grades:
                grades = ", ".join(found.grades)
                raise StoreError("no-such-grade", grade=grade, grades=grades, run=found.number)
            return overriding.add_override(
                connection,
                run=found.number,
                lead=lead,
                grade=grade,
                reason=reason,
                since=since,
                until=until,
                by=by,
            )

    def outcomes(self) -> dict[str, Outcome]:
        """Return the outcome of each lead that has one, by its key."""
        with self._reading() as connection:
            return outcomes.outcomes(connection)

    def outcome_lists(self) -> list[OutcomeList]:
        """Return the lists of outcomes that were read, the first one first."""
        with self._reading() as connection:
            return outcomes.outcome_lists(connection)

    def unknown_leads(self, found: Iterable[Outcome]) -> list[Outcome]:
        """Return the outcomes of leads that the record does not have."""
        with self._reading() as connection:
            return outcomes.unknown_leads(connection, found)

    def add_outcomes(
        self, source: Source, found: Sequence[Outcome], *, by: str, still_open: int, rejected: int
    ) -> OutcomeList:
        """Store a list of outcomes, each lead once; those of unknown leads are left out."""
        with self._changing() as connection:
            return outcomes.add_outcomes(
                connection, source, found, by=by, still_open=still_open, rejected=rejected
            )

    def forget(self, lead: str, *, by: str, reason: str, dry_run: bool = False) -> Forgotten:
        """Take the personal data of a lead out of the record; a hash of it stays.

        A dry run takes nothing out: it says what would go.

        Raises:
            StoreError: ``no-such-lead``.
        """
        from leadgrade.storage.forgetting import forget_lead  # noqa: PLC0415 - seldom needed

        files = Replacing(self._reading)
        with self._erasing(files, dry_run=dry_run) as connection:
            found = forget_lead(connection, lead, files.pairs, by=by, reason=reason)
        return replace(found, left=tuple(files.left))

    def forget_before(
        self, day: date, *, by: str, reason: str, dry_run: bool = False
    ) -> Forgotten | None:
        """Take the personal data of all runs before a day out of the record; None without any."""
        from leadgrade.storage.forgetting import forget_before  # noqa: PLC0415 - seldom needed

        files = Replacing(self._reading)
        with self._erasing(files, dry_run=dry_run) as connection:
            found = forget_before(connection, day, files.pairs, by=by, reason=reason)
        return found and replace(found, left=tuple(files.left))

    @contextmanager
    def _erasing(self, files: Replacing, *, dry_run: bool) -> Iterator[Connection]:
        """Change the record and its files for good; a dry run takes all of it back in the end."""
        with (
            suppress(_TakenBackError),
            files,
            self._changing(wipe=not dry_run) as connection,
        ):
            yield connection
            if dry_run:
                raise _TakenBackError

    def head(self) -> str:
        """Return the head of the hash chain."""
        with self._reading() as connection, any_text(connection):
            return head(connection)

    def check(
        self, runs: Sequence[int], *, everything: bool, noted: str | None = None
    ) -> list[Finding]:
        """Check the hash chain, and every row of these runs, against what was recorded.

        Args:
            runs: their numbers.
            everything: look also for rows that belong to no run, and at all contents.
            noted: a head that was noted once: the chain has to go through it.
        """
        from leadgrade.storage.checking import check  # noqa: PLC0415 - seldom needed

        with self._scanning() as connection:
            return list(check(connection, runs, everything=everything, noted=noted))

    def bundle(self, run: int | None, lead: str | None) -> dict[str, Any]:
        """Return a run, or what it decided of a lead, as a bundle that proves itself.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``, ``no-such-lead``, ``not-in-run``.
        """
        from leadgrade.storage.bundling import make_bundle  # noqa: PLC0415 - seldom needed

        with self._scanning() as connection:
            return make_bundle(connection, reading.run(connection, run).number, lead)

    def leads_like(self, text: str, limit: int = 5) -> list[str]:
        """Return the keys of leads that may be meant by ``text``, the likeliest first."""
        with self._reading() as connection:
            return reading.leads_like(connection, text, limit)
