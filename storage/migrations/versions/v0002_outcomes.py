"""What became of the leads: lists of outcomes, read back into the record.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables of outcomes."""
    op.create_table(
        "outcome_list",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("read_at", "read_by")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("file", "sha256", "format")),
        sa.Column("encoding", sa.String()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outcome",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.BigInteger()),
        sa.Column("won", sa.Boolean(), nullable=False),
        sa.Column("line", sa.Integer()),
        sa.Column("decided_on", sa.String()),
        sa.Column("value", sa.Float()),
        *(sa.Column(name, sa.String()) for name in ("salt", "sealed")),
        sa.ForeignKeyConstraint(["list_id"], ["outcome_list.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"]),
        sa.PrimaryKeyConstraint("list_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outcome_lead_id", "outcome", ["lead_id"])


def downgrade() -> None:
    """Take the tables of outcomes away again."""
    op.drop_table("outcome")
    op.drop_table("outcome_list")


_COUNTS = ("rows_read", "won", "lost", "still_open", "unknown", "rejected")
