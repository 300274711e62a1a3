"""The first schema: books, runs and their sources, leads, decisions, next steps, rejected rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, each after those it refers to."""
    _runs()
    _kept_once()
    _decisions()
    _rejected()


def downgrade() -> None:
    """Drop everything; what was stored is lost."""
    for table in (
        "rejected",
        "next_step",
        "decision",
        "evidence",
        "snapshot",
        "lead",
        "run_source",
        "run",
        "book",
    ):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _hundredths(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _runs() -> None:
    op.create_table(
        "book",
        _text("sha256"),
        _text("book_id"),
        _text("title_en", nullable=True),
        _text("title_zh", nullable=True),
        _text("path"),
        _text("text"),
        _text("added_at"),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "run",
        _whole("id"),
        _text("book_sha256"),
        _text("started_at"),
        _text("finished_at", nullable=True),
        _text("as_of"),
        _text("started_by"),
        _text("engine"),
        _text("engine_version"),
        _text("leadgrade_version"),
        _text("python_version"),
        _text("parameters"),
        _whole("rows_read"),
        _whole("decided"),
        _whole("rejected"),
        _whole("qualified"),
        _text("grades"),
        sa.Column("seconds", sa.Float(), nullable=False),
        _text("notes"),
        sa.ForeignKeyConstraint(["book_sha256"], ["book.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_source",
        _whole("run_id"),
        _whole("position"),
        _text("file"),
        _text("sha256"),
        _text("format"),
        _text("encoding", nullable=True),
        _whole("rows_read"),
        _text("mapping"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("run_id", "position"),
    )


def _kept_once() -> None:
    for table, name, content in (
        ("lead", "key", None),
        ("snapshot", "sha256", "facts"),
        ("evidence", "sha256", "record"),
    ):
        op.create_table(
            table,
            _whole("id"),
            _text(name),
            *([_text(content)] if content else []),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint(name),
        )


def _decisions() -> None:
    op.create_table(
        "decision",
        _whole("run_id"),
        _whole("lead_id"),
        _whole("snapshot_id"),
        _whole("evidence_id"),
        _whole("source", nullable=True),
        _whole("line", nullable=True),
        _text("ranks"),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        _text("grade"),
        _hundredths("score"),
        _hundredths("low"),
        _hundredths("high"),
        _text("worst"),
        _text("best"),
        sa.ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"]),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"]),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.PrimaryKeyConstraint("run_id", "lead_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_decision_lead_id", "decision", ["lead_id"])
    op.create_table(
        "next_step",
        _whole("run_id"),
        _whole("lead_id"),
        _whole("position"),
        _text("step"),
        _text("owner", nullable=True),
        _text("channel", nullable=True),
        _text("due", nullable=True),
        sa.ForeignKeyConstraint(["run_id", "lead_id"], ["decision.run_id", "decision.lead_id"]),
        sa.PrimaryKeyConstraint("run_id", "lead_id", "position"),
        sqlite_with_rowid=False,
    )


def _rejected() -> None:
    op.create_table(
        "rejected",
        _whole("run_id"),
        _whole("number"),
        _whole("source", nullable=True),
        _whole("line", nullable=True),
        _text("code"),
        _text("args"),
        _text("raw"),
        sa.ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("run_id", "number"),
        sqlite_with_rowid=False,
    )
