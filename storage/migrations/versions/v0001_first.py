"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VIEWS = ("next_step", "fired_rule")
TABLES = (
    *("marks", "chain", "erased", "erasure", "override", "rejected", "decision", "snapshot"),
    *("lead", "note", "run_source", "run", "legend_outcome", "legend_step", "legend", "book"),
)


def upgrade() -> None:
    """Create the tables, each after those it refers to, and the views."""
    _create_books()
    _create_runs()
    _create_decisions()
    _create_rejected()
    _create_overrides()
    _create_erasures()
    _create_chain()
    _create_views()


def downgrade() -> None:
    """Drop everything; what was stored is lost."""
    for view in VIEWS:
        op.execute(f"DROP VIEW {view}")
    for table in TABLES:
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _texts(names: str) -> list[sa.Column[str]]:
    return [_text(name) for name in names.split()]


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _long(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _of_source() -> sa.ForeignKeyConstraint:
    names = ["run_source.run_id", "run_source.position"]
    return sa.ForeignKeyConstraint(["run_id", "source"], names)


def _of_run() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["run_id"], ["run.id"])


def _create_books() -> None:
    owner, channel = _text("owner", nullable=True), _text("channel", nullable=True)
    within = _whole("within_days", nullable=True)
    op.create_table(
        "book",
        *_texts("sha256 book_id"),
        _text("title_en", nullable=True),
        _text("title_zh", nullable=True),
        *_texts("path text added_at"),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table("legend", *_texts("sha256 text"), sa.PrimaryKeyConstraint("sha256"))
    tables: dict[str, list[sa.Column[Any]]] = {
        "legend_step": [_text("step"), owner, channel, within],
        "legend_outcome": [*_texts("criterion rule"), _whole("outcome"), _long("points")],
    }
    for name, columns in tables.items():
        op.create_table(
            name,
            _text("legend_sha256"),
            _whole("place"),
            *columns,
            _whole("digit"),
            _text("marks"),
            sa.ForeignKeyConstraint(["legend_sha256"], ["legend.sha256"]),
            sa.PrimaryKeyConstraint("legend_sha256", "place"),
            sqlite_with_rowid=False,
        )


def _create_runs() -> None:
    op.create_table(
        "run",
        _whole("id"),
        *_texts("book_sha256 legend_sha256 started_at"),
        _text("finished_at", nullable=True),
        *_texts("as_of started_by engine engine_version leadgrade_version python_version"),
        _text("parameters"),
        *map(_whole, ("rows_read", "decided", "rejected", "qualified")),
        _text("grades"),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["book_sha256"], ["book.sha256"]),
        sa.ForeignKeyConstraint(["legend_sha256"], ["legend.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_source",
        _whole("run_id"),
        _whole("position"),
        *_texts("file sha256 format"),
        _text("encoding", nullable=True),
        _whole("rows_read"),
        _text("mapping"),
        _of_run(),
        sa.PrimaryKeyConstraint("run_id", "position"),
    )
    op.create_table(
        "note",
        _whole("run_id"),
        _whole("number"),
        _whole("source", nullable=True),
        _text("note"),
        _text("salt", nullable=True),
        _text("sealed", nullable=True),
        _of_source(),
        _of_run(),
        sa.PrimaryKeyConstraint("run_id", "number"),
        sqlite_with_rowid=False,
    )


def _create_decisions() -> None:
    # SQLite numbers rows by itself only where the type is INTEGER, which holds 64 bits there.
    numbered = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "lead",
        sa.Column("id", numbered, nullable=False),
        _text("key"),
        _long("snapshot_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", numbered, nullable=False),
        _text("facts"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "decision",
        _whole("run_id"),
        _whole("number"),
        _long("lead_id", nullable=True),
        _long("snapshot_id", nullable=True),
        _whole("source", nullable=True),
        _whole("line", nullable=True),
        _text("ranks"),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        _text("grade"),
        *map(_long, ("score", "low", "high")),
        *_texts("worst best evidence"),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        _text("sealed", nullable=True),
        _of_source(),
        _of_run(),
        sa.PrimaryKeyConstraint("run_id", "number"),
        sa.UniqueConstraint("run_id", "lead_id"),
        sqlite_with_rowid=False,
    )


def _create_rejected() -> None:
    op.create_table(
        "rejected",
        _whole("run_id"),
        _whole("number"),
        _whole("source", nullable=True),
        _whole("line", nullable=True),
        *_texts("code args raw"),
        _text("salt", nullable=True),
        _text("sealed", nullable=True),
        _of_source(),
        _of_run(),
        sa.PrimaryKeyConstraint("run_id", "number"),
        sqlite_with_rowid=False,
    )


def _create_overrides() -> None:
    names = ["decision.run_id", "decision.lead_id"]
    op.create_table(
        "override",
        _whole("id"),
        _whole("run_id"),
        _long("lead_id", nullable=True),
        *_texts("grade reason since until made_by made_at"),
        _text("salt", nullable=True),
        _text("sealed", nullable=True),
        sa.ForeignKeyConstraint(["run_id", "lead_id"], names),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_override_lead_id", "override", ["lead_id"])


def _create_erasures() -> None:
    op.create_table(
        "erasure",
        _whole("id"),
        _text("kind"),
        _text("before", nullable=True),
        *_texts("made_by made_at reason"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "erased",
        _whole("erasure_id"),
        _text("kind"),
        _whole("run_id"),
        _whole("number"),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"]),
        sa.PrimaryKeyConstraint("erasure_id", "kind", "run_id", "number"),
        sqlite_with_rowid=False,
    )


def _create_chain() -> None:
    op.create_table(
        "chain",
        sa.Column("position", sa.Integer(), nullable=False),
        _text("kind"),
        _whole("number"),
        *_texts("digest linked_at head"),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "marks",
        _whole("run_id"),
        _text("kind"),
        _whole("first"),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        _of_run(),
        sa.PrimaryKeyConstraint("run_id", "kind", "first"),
        sqlite_with_rowid=False,
    )


# A place is marked when its digit is one of ``marks``. Evidence that was emptied marks nothing.
_MARKED = """
    FROM decision JOIN run ON run.id = decision.run_id
    JOIN {0} ON {0}.legend_sha256 = run.legend_sha256
    WHERE decision.evidence <> ''
        AND {0}.marks LIKE '%' || substr(decision.evidence, {0}.digit, 1) || '%'
"""
_DUE = {
    "sqlite": "coalesce(date(run.as_of, '+' || within_days || ' days'), '9999-12-31')",
    "postgresql": """
        to_char(least(CAST(run.as_of AS date) + within_days, DATE '9999-12-31'), 'YYYY-MM-DD')
    """,
}
"""As the record reads it: what is due after the end of the calendar is due on its last day."""


def _create_views() -> None:
    due = _DUE.get(op.get_bind().dialect.name, "NULL")
    op.execute(
        f"""
        CREATE VIEW next_step AS
        SELECT decision.run_id, decision.lead_id, legend_step.place AS position,
            legend_step.step, legend_step.owner, legend_step.channel,
            CASE WHEN within_days IS NOT NULL THEN {due} END AS due
        {_MARKED.format("legend_step")}
        """
    )
    op.execute(
        f"""
        CREATE VIEW fired_rule AS
        SELECT decision.run_id, decision.lead_id, legend_outcome.place AS position,
            legend_outcome.criterion, legend_outcome.rule, legend_outcome.outcome,
            legend_outcome.points
        {_MARKED.format("legend_outcome")}
        """
    )
