"""The record as the rest of leadgrade sees it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from leadgrade.storage import reading
from leadgrade.storage.connect import TIMEOUT, open_engine, read_target
from leadgrade.storage.errors import StoreError, store_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from leadgrade.storage.records import (
        RejectedRow,
        RunFacts,
        Source,
        StoredBook,
        StoredDecision,
        StoredRun,
    )
    from leadgrade.storage.writing import Writing

__all__ = ["Store", "StoreError", "open_store"]


def open_store(target: str, *, create: bool, timeout: float = TIMEOUT) -> Store:
    """Open the record at a path or a SQLAlchemy URL, migrated to our schema.

    Args:
        target: a path, or a URL such as ``postgresql+psycopg://host/name``.
        create: make a database where there is none; without it, that is an error.
        timeout: seconds to wait for another process that is writing.

    Raises:
        StoreError: ``no-database``, ``no-folder``, ``not-a-database``, ``not-ours``,
            ``newer-schema``, ``read-only``, ``no-access``, ``locked``, ``disk-full``,
            ``damaged``, ``bad-url``, ``no-driver``, ``unreachable``, ``failed``. A file that
            is not ours stays as it was; a database that could not be made leaves no file.
    """
    found = read_target(target)
    return Store(open_engine(found, create=create, timeout=timeout), found.place)


class Store:
    """An open record. ``place`` is what a person called it, without a password."""

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

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
    def writing(self, facts: RunFacts) -> Iterator[Writing]:
        """Store a run: it is there when the block ends after ``finish``, whole, or not at all.

        Raises:
            StoreError: ``locked``, ``read-only``, ``disk-full``, ``no-access``, ``damaged``,
                ``unstorable``, ``failed``. The record is as it was.
        """
        from leadgrade.storage.writing import Writing  # noqa: PLC0415 - slow; readers need it not

        writing = Writing(self.engine, self.place, facts)
        try:
            yield writing
            if writing.finished:
                writing.commit()
        finally:
            writing.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with store_errors(self.place), self.engine.connect() as connection:
            yield connection

    def runs(self) -> list[StoredRun]:
        """Return all runs, the first one first."""
        with self._reading() as connection:
            return reading.runs(connection)

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
    ) -> Iterator[StoredDecision]:
        """Yield the decisions of a run, a few hundred in memory at a time.

        Args:
            run: its number, by default the latest.
            grade: only leads of this grade.
            limit: at most so many.
            best_first: by grade, then score, then what the score could be, then lead;
                otherwise in the order of the list.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``, when the first decision is asked for.
        """
        with self._reading() as connection:
            yield from reading.decisions(
                connection, run, grade=grade, limit=limit, best_first=best_first
            )

    def decision(self, run: int | None, lead: str) -> StoredDecision:
        """Return what a run, by default the latest, decided of a lead.

        Raises:
            StoreError: ``no-runs``, ``no-such-run``, ``no-such-lead``, ``not-in-run``.
        """
        with self._reading() as connection:
            return reading.decision(connection, run, lead)

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

    def leads_like(self, text: str, limit: int = 5) -> list[str]:
        """Return the keys of leads that may be meant by ``text``, the likeliest first."""
        with self._reading() as connection:
            return reading.leads_like(connection, text, limit)
