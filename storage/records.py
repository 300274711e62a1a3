"""What goes into the record and what comes out of it: plain values, no database objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leadgrade.engine.legend import Result
from leadgrade.rules.lead import facts_from_json
from leadgrade.storage.errors import readable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from leadgrade.engine.decision import Decision, Possible
    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book
    from leadgrade.rules.phrase import Phrase
    from leadgrade.storage.legends import Recalled

Note = dict[str, Any]
"""Something a reader of a run should know: ``{"code": …, …}``, plain JSON values."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run before its first lead is decided.

    ``parameters`` are those that were said at the command line; those of the book are in its text.
    """

    book: Book
    as_of: date
    by: str
    engine: str
    engine_version: str
    leadgrade_version: str
    python_version: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a run read. ``mapping`` says how its columns became facts, as plain JSON."""

    file: str
    sha256: str
    format: str
    encoding: str | None
    rows_read: int
    mapping: Any = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not become a lead: ``code`` names the reason, ``args`` fill it."""

    file: str | None
    line: int | None
    code: str
    args: Mapping[str, Any]
    raw: str


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """A Parquet file with the decisions of a run from the number ``first`` on."""

    position: int
    path: Path
    first: int
    rows: int
    sha256: str

    @property
    def numbers(self) -> range:
        """The numbers of its decisions."""
        return range(self.first, self.first + self.rows)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a lead: won or lost, on which day, and what it was worth."""

    lead: str
    won: bool
    on: date | None = None
    value: float | None = None
    line: int | None = None
    """Its line in the list."""


@dataclass(frozen=True, slots=True)
class OutcomeList:
    """A list of outcomes that was read; its rows are won, lost, open, unknown or rejected.

    ``unknown`` rows are of leads that the record does not have, ``rejected`` ones say nothing that
    can be understood. These are not stored, and neither are those that are still open.
    """

    number: int
    read_at: str
    by: str
    source: Source
    won: int
    lost: int
    open: int
    unknown: int
    rejected: int
    head: str = ""


@dataclass(frozen=True, slots=True)
class ReadOutcomes:
    """What reading a list of outcomes came to. ``stored`` is None where no row could be."""

    source: Source
    stored: OutcomeList | None
    open: int
    unknown: tuple[Outcome, ...]
    rejected: tuple[RejectedRow, ...]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run. Times are UTC in ISO 8601, ``grades`` goes from the best to the worst.

    ``head`` is that of the hash chain up to the run. ``folder`` has its decisions, None where they
    are in the database.
    """

    number: int
    book_id: str
    book_title: Phrase
    book_sha256: str
    started_at: str
    finished_at: str
    as_of: date
    by: str
    engine: str
    engine_version: str
    leadgrade_version: str
    python_version: str
    parameters: dict[str, Any]
    rows_read: int
    decided: int
    rejected: int
    qualified: int
    grades: dict[str, int]
    seconds: float
    notes: list[Note]
    head: str = ""
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A next step of a lead. The book that the run names has its wording by ``id``."""

    id: str
    owner: str | None
    channel: str | None
    due: date | None


@dataclass(frozen=True, slots=True)
class StoredOverride:
    """What a person says of a lead's grade, from ``since`` to ``until`` (both included).

    ``machine`` is the grade that the run gave, ``decision`` what it decided in full.
    """

    number: int
    run: int
    lead: str
    grade: str
    machine: str
    reason: str
    since: date
    until: date
    by: str
    made_at: str
    decision: Decision

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure took out of the record: how many rows of each kind lost personal data."""

    number: int
    leads: int
    decisions: int
    rejected: int
    notes: int
    outcomes: int
    head: str = ""
    left: tuple[Path, ...] = ()
    """Files that were written anew without the data, and whose old ones could not be deleted."""
    runs: tuple[int, ...] = ()
    """The runs whose decisions are among them."""


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What a run decided of a lead. ``facts`` and ``ranks`` are JSON as stored.

    ``score`` and the scores of ``possible`` are in hundredths. ``evidence`` is written out in full
    by what is ``recalled`` of the run. ``file`` and ``line`` are None for a lead that was made by
    hand. ``override`` is what a person says instead, on the day for which the decision was read;
    the grade here is the machine's all the same.
    """

    run: int
    lead: str
    file: str | None
    line: int | None
    facts: str
    ranks: str
    qualified: bool
    grade: str
    score: int
    possible: Possible
    evidence: str
    recalled: Recalled
    override: StoredOverride | None = None

    def known(self, book: Book) -> dict[str, Value]:
        """Return the facts of the lead, typed by the book of its run.

        Raises:
            StoreError: ``unreadable-decision``, they are none of this book.
        """
        with readable("unreadable-decision", lead=self.lead, run=self.run):
            return facts_from_json(book, self.facts)

    @property
    def steps(self) -> tuple[StoredStep, ...]:
        """The next steps, in the book's order.

        Raises:
            StoreError: ``unreadable-decision``, the evidence is not of this run.
        """
        with readable("unreadable-decision", lead=self.lead, run=self.run):
            return self.recalled.steps(self.evidence)

    @property
    def decision(self) -> Decision:
        """The decision in full, to the last ledger line.

        Raises:
            StoreError: ``unreadable-decision``, the evidence is not of this run.
        """
        result = Result(self.qualified, self.grade, self.score, self.possible)
        with readable("unreadable-decision", lead=self.lead, run=self.run):
            return self.recalled.legend.read(self.evidence, result)


@dataclass(frozen=True, slots=True)
class StoredBook:
    """A rule book as it was used."""

    id: str
    title: Phrase
    path: str
    text: str
    sha256: str
    added_at: str
