"""The tables of the record. Points and scores are integers in hundredths, times UTC in ISO 8601.

JSON is kept as text, so that what was hashed is what is read back, byte for byte, on every
database. The migrations create these tables; a test holds the two together.

What repeats is kept once and named by a small number: a lead's key, its facts (``snapshot``) and
a decision in full (``evidence``). A night on which a lead has not changed adds one slim row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger
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
    notes: str


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
    """JSON: how its columns were matched to facts."""


class LeadRow(SQLModel, table=True):
    """A lead's identity. The key stands here only, so that it can be taken out in one place."""

    __tablename__ = "lead"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)


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
