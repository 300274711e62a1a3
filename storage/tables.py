"""The tables of the record. Points and scores are integers in hundredths, times UTC in ISO 8601.

JSON is kept as text, so that what was hashed is what is read back, byte for byte, on every
database. The migrations create these tables; a test holds the two together.

What repeats is kept once and named by a small number: a lead's key, and its facts (``snapshot``).
A decision is kept as evidence, which the legend of its book writes out in full. A night on which
a lead has not changed adds one slim row.

What is chained, and what stays when a lead is forgotten, is written down in ``docs/record.md``.
Columns called ``salt`` and ``sealed`` belong to that: the salt goes with the personal data that
it was hashed with, ``sealed`` keeps the hash.

For people with SQL there are two views: ``next_step`` and ``fired_rule`` show what evidence says as
rows.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlmodel import Field, ForeignKeyConstraint, SQLModel, UniqueConstraint

_CLUSTERED = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the primary key itself: no second copy of it, and runs lie together."""

_NUMBERED = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only where the type is INTEGER, which holds 64 bits there."""


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


class LegendRow(SQLModel, table=True):
    """What the evidence of decisions by a rule book stands for, by the hash of its text."""

    __tablename__ = "legend"

    sha256: str = Field(primary_key=True)
    text: str
    """JSON: see ``engine.legend``."""


class LegendStepRow(SQLModel, table=True):
    """A next step of a legend, and where in evidence it is marked."""

    __tablename__ = "legend_step"
    __table_args__ = (_CLUSTERED,)

    legend_sha256: str = Field(primary_key=True, foreign_key="legend.sha256")
    place: int = Field(primary_key=True)
    step: str
    owner: str | None
    channel: str | None
    within_days: int | None
    digit: int
    """The character of evidence that marks it, the first one being 1."""
    marks: str
    """It is marked when that character is one of these."""


class LegendOutcomeRow(SQLModel, table=True):
    """An outcome of a rule, its points in hundredths, and where in evidence it is marked."""

    __tablename__ = "legend_outcome"
    __table_args__ = (_CLUSTERED,)

    legend_sha256: str = Field(primary_key=True, foreign_key="legend.sha256")
    place: int = Field(primary_key=True)
    criterion: str
    rule: str
    outcome: int
    points: int = Field(sa_type=BigInteger)
    digit: int
    marks: str


class RunRow(SQLModel, table=True):
    """One run: who had which list decided by which book, when, and what came out."""

    __tablename__ = "run"
    # Without AUTOINCREMENT, SQLite gives the number of a deleted last run to the next one.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    book_sha256: str = Field(foreign_key="book.sha256")
    legend_sha256: str = Field(foreign_key="legend.sha256")
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
    """A lead's identity. The key stands here only, so that it can be taken out in one place."""

    __tablename__ = "lead"

    id: int | None = Field(default=None, primary_key=True, sa_type=_NUMBERED)
    key: str = Field(unique=True)
    snapshot_id: int = Field(sa_type=BigInteger)
    """What was known when it was last decided."""


class SnapshotRow(SQLModel, table=True):
    """What was known about a lead: canonical JSON. A lead that changes gets another one."""

    __tablename__ = "snapshot"

    id: int | None = Field(default=None, primary_key=True, sa_type=_NUMBERED)
    facts: str


class DecisionRow(SQLModel, table=True):
    """What a run decided of a lead. ``number`` is its place in the run.

    Lead and facts are no foreign keys: whenever some are taken out, the database would look for
    them in every decision. Whether they are there is seen when the record is verified.
    """

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        UniqueConstraint("run_id", "lead_id"),
        _CLUSTERED,
    )

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    number: int = Field(primary_key=True)
    lead_id: int | None = Field(sa_type=BigInteger)
    snapshot_id: int | None = Field(sa_type=BigInteger)
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
    evidence: str
    salt: bytes | None = Field(sa_type=LargeBinary)
    sealed: str | None


class DecisionFileRow(SQLModel, table=True):
    """A Parquet file with decisions of a run, instead of rows in ``decision``.

    Its columns are those of ``engine/decision_files.py``. The decisions are in the tree of the run
    all the same, so that the file can be proved; ``sha256`` tells at once whether it was changed.
    """

    __tablename__ = "decision_file"
    __table_args__ = (_CLUSTERED,)

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    position: int = Field(primary_key=True)
    """From 1 on; the decisions of a file follow those of the file before."""
    file: str
    """Seen from the folder of the database if it lies in there, else the whole path."""
    rows: int
    sha256: str


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
    lead_id: int | None = Field(index=True, sa_type=BigInteger)
    grade: str
    reason: str
    since: str
    until: str
    made_by: str
    made_at: str
    salt: str | None
    sealed: str | None


class OutcomeListRow(SQLModel, table=True):
    """A list of outcomes that was read: its file, by whom, when, and what its rows came to."""

    __tablename__ = "outcome_list"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    read_at: str
    read_by: str
    file: str
    sha256: str
    format: str
    encoding: str | None
    rows_read: int
    won: int
    lost: int
    still_open: int
    unknown: int
    """Rows of leads that the record does not have."""
    rejected: int


class OutcomeRow(SQLModel, table=True):
    """What a list says became of a lead. The list that was read last counts."""

    __tablename__ = "outcome"
    __table_args__ = (_CLUSTERED,)

    list_id: int = Field(primary_key=True, foreign_key="outcome_list.id")
    number: int = Field(primary_key=True)
    lead_id: int | None = Field(foreign_key="lead.id", index=True, sa_type=BigInteger)
    won: bool
    line: int | None
    decided_on: str | None
    value: float | None
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
    """A row whose personal data an erasure took out.

    ``run_id`` is 0 for an override, and the number of the list for an outcome.
    """

    __tablename__ = "erased"
    __table_args__ = (_CLUSTERED,)

    erasure_id: int = Field(primary_key=True, foreign_key="erasure.id")
    kind: str = Field(primary_key=True)
    """The table of the row."""
    run_id: int = Field(primary_key=True)
    number: int = Field(primary_key=True)


class ChainRow(SQLModel, table=True):
    """A link of the hash chain: a run, override, erasure or list of outcomes, and the head."""

    __tablename__ = "chain"

    position: int = Field(primary_key=True)
    kind: str
    number: int
    digest: str
    linked_at: str
    head: str


class MarksRow(SQLModel, table=True):
    """The first bytes of the hash of each row of a run: to name the row that was changed.

    ``first`` is the number of the first of these rows; the others follow.
    """

    __tablename__ = "marks"
    __table_args__ = (_CLUSTERED,)

    run_id: int = Field(primary_key=True, foreign_key="run.id")
    kind: str = Field(primary_key=True)
    first: int = Field(primary_key=True)
    marks: bytes = Field(sa_type=LargeBinary)
