"""The tables of the record. Points and scores are integers in hundredths, times UTC in ISO 8601.

JSON is kept as text, so that what was hashed is what is read back, byte for byte, on every
database. The migrations create these tables; a test holds the two together.

What repeats is kept once and named by a small number: a lead's key, its facts (``snapshot``) and
a decision in full (``evidence``). A night on which a lead has not changed adds one slim row.

What is chained, and what stays when a lead is forgotten, is written down in ``docs/record.md``.
Columns called ``salt`` and ``sealed`` belong to that: the salt goes with the personal data that
it was hashed with, ``sealed`` keeps the hash.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, ForeignKeyConstraint, SQLModel

_CLUSTERED = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the primary key itself: no second copy of it, and runs lie together."""


class BookRow(SQLModel, table=True):
    """A rule book as it was used, by the hash of its text."""

    __tablename__ = "book"

    sha256: str = Field(primary_key=True)
    book_id: str
    title_en: str | None
    title_zh: str | None
    path: str
    text: str
    added_at: str


class RunRow(SQLModel, table=True):
    """One run: who had which list decided by which book, when, and what came out."""

    __tablename__ = "run"
    # Without AUTOINCREMENT, SQLite gives the number of a deleted last run to the next one.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    book_sha256: str = Field(foreign_key="book.sha256")
    started_at: str
    finished_at: str | None
    as_of: str
    started_by: str
    engine: str
    engine_version: str
    leadgrade_version: str
    python_version: str
    parameters: str
    rows_read: int
    decided: int
    rejected: int
    qualified: int
    grades: str
    """JSON: how many leads got each grade, from the best to the worst."""
    seconds: float


class SourceRow(SQLModel, table=True):
    """A file that a run read."""

    __tablename__ = "run_source"

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    position: int = Field(primary_key=True)
    file: str
    sha256: str
    format: str
    encoding: str | None
    rows_read: int
    mapping: str
    """JSON: how its columns were matched to facts. What it says of cells is in ``note``."""


class NoteRow(SQLModel, table=True):
    """What a reader of a run, or of one of its files, should know. It may quote a lead."""

    __tablename__ = "note"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        _CLUSTERED,
    )

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    number: int = Field(primary_key=True)
    source: int | None
    note: str
    salt: str | None
    sealed: str | None


class LeadRow(SQLModel, table=True):
    """A lead's identity. The key stands here only, so that it can be taken out in one place.

    A forgotten lead has no salt any more.
    """

    __tablename__ = "lead"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    salt: str | None


class SnapshotRow(SQLModel, table=True):
    """What was known about a lead: canonical JSON, by its hash."""

    __tablename__ = "snapshot"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    facts: str


class EvidenceRow(SQLModel, table=True):
    """A decision in full, ledger and all: canonical JSON, by its hash."""

    __tablename__ = "evidence"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    record: str


class DecisionRow(SQLModel, table=True):
    """What a run decided of a lead."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        _CLUSTERED,
    )

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    lead_id: int = Field(primary_key=True, foreign_key="lead.id", index=True)
    snapshot_id: int = Field(foreign_key="snapshot.id")
    evidence_id: int = Field(foreign_key="evidence.id")
    source: int | None
    line: int | None
    ranks: str
    qualified: bool
    grade: str
    score: int = Field(sa_type=BigInteger)
    low: int = Field(sa_type=BigInteger)
    high: int = Field(sa_type=BigInteger)
    worst: str
    best: str
    sealed: str | None


class NextStepRow(SQLModel, table=True):
    """What is to be done next with a lead, by whom and until when."""

    __tablename__ = "next_step"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "lead_id"], ["decision.run_id", "decision.lead_id"]),
        _CLUSTERED,
    )

    run_id: int = Field(primary_key=True)
    lead_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    step: str
    owner: str | None
    channel: str | None
    due: str | None


class RejectionRow(SQLModel, table=True):
    """A row of a list that could not become a lead, and why."""

    __tablename__ = "rejected"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        _CLUSTERED,
    )

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    number: int = Field(primary_key=True)
    source: int | None
    line: int | None
    code: str
    args: str
    raw: str
    salt: str | None
    sealed: str | None


class OverrideRow(SQLModel, table=True):
    """What a person says of a lead's grade, against a run. The machine's grade stays as it was."""

    __tablename__ = "override"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "lead_id"], ["decision.run_id", "decision.lead_id"]),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int
    lead_id: int = Field(index=True)
    grade: str
    reason: str
    since: str
    until: str
    made_by: str
    made_at: str
    salt: str | None
    sealed: str | None


class ErasureRow(SQLModel, table=True):
    """That personal data was taken out of the record: when, by whom, why."""

    __tablename__ = "erasure"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """``lead`` for one lead, ``age`` for everything older than ``before``."""
    before: str | None
    made_by: str
    made_at: str
    reason: str


class ErasedRow(SQLModel, table=True):
    """A row whose personal data an erasure took out; ``run_id`` is 0 for what is of no run."""

    __tablename__ = "erased"
    __table_args__ = (_CLUSTERED,)

    erasure_id: int = Field(primary_key=True, foreign_key="erasure.id")
    kind: str = Field(primary_key=True)
    """The table of the row."""
    run_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)


class ChainRow(SQLModel, table=True):
    """A link of the hash chain: a run, an override or an erasure, and the head up to it."""

    __tablename__ = "chain"

    position: int = Field(primary_key=True)
    kind: str
    number: int
    digest: str
    linked_at: str
    head: str


class MarksRow(SQLModel, table=True):
    """The first bytes of the hash of each row of a run: to name the row that was changed."""

    __tablename__ = "marks"
    __table_args__ = (_CLUSTERED,)

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    kind: str = Field(primary_key=True)
    marks: bytes = Field(sa_type=LargeBinary)
