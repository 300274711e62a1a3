"""The hash chain, overrides, erasures; notes get a table of their own.

Notes on a run and on the cells of its files may quote a lead, so each has to be forgettable by
itself. The chain over the runs that are there is made when the schema is (``schema.migrate``).
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is needed; what was stored stays, in the place that it has now."""
    for table, names in (
        ("lead", ("salt",)),
        ("decision", ("sealed",)),
        ("rejected", ("salt", "sealed")),
    ):
        for name in names:
            op.add_column(table, sa.Column(name, sa.String()))
    _create_notes()
    _move_notes()
    op.drop_column("run", "notes")
    _add_salts("lead", ("id",))
    _add_salts("rejected", ("run_id", "number"))
    _create_overrides()
    _create_erasures()
    _create_chain()


def downgrade() -> None:
    """Go back to the first schema. The chain, overrides and erasures are lost."""
    op.add_column("run", sa.Column("notes", sa.String(), nullable=False, server_default="[]"))
    _move_notes_back()
    for table in ("marks", "chain", "erased", "erasure", "override", "note"):
        op.drop_table(table)
    for table, name in (
        ("lead", "salt"),
        ("decision", "sealed"),
        ("rejected", "salt"),
        ("rejected", "sealed"),
    ):
        op.drop_column(table, name)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _create_notes() -> None:
    op.create_table(
        "note",
        _whole("run_id"),
        _whole("number"),
        _whole("source", nullable=True),
        _text("note"),
        _text("salt", nullable=True),
        _text("sealed", nullable=True),
        sa.ForeignKeyConstraint(["run_id", "source"], ["run_source.run_id", "run_source.position"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("run_id", "number"),
        sqlite_with_rowid=False,
    )


def _create_overrides() -> None:
    op.create_table(
        "override",
        _whole("id"),
        _whole("run_id"),
        _whole("lead_id"),
        *map(_text, ("grade", "reason", "since", "until", "made_by", "made_at")),
        _text("salt", nullable=True),
        _text("sealed", nullable=True),
        sa.ForeignKeyConstraint(["run_id", "lead_id"], ["decision.run_id", "decision.lead_id"]),
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
        *map(_text, ("made_by", "made_at", "reason")),
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
        *map(_text, ("digest", "linked_at", "head")),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "marks",
        _whole("run_id"),
        _text("kind"),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.PrimaryKeyConstraint("run_id", "kind"),
        sqlite_with_rowid=False,
    )


def _move_notes() -> None:
    """Take the notes out of the runs, and those on cells out of the mappings of their files."""
    bind = op.get_bind()
    insert = sa.text(
        "INSERT INTO note (run_id, number, source, note, salt)"
        " VALUES (:run, :number, :source, :note, :salt)"
    )
    runs = bind.execute(sa.text("SELECT id, notes FROM run")).all()
    for run, notes in runs:
        found = [*_cell_notes(bind, run), *((None, note) for note in json.loads(notes))]
        for number, (source, note) in enumerate(found, start=1):
            salt, written = secrets.token_hex(16), _json(note)
            values = {"run": run, "number": number, "source": source, "note": written, "salt": salt}
            bind.execute(insert, values)


def _cell_notes(bind: sa.Connection, run: int) -> list[tuple[int, Any]]:
    query = "SELECT position, mapping FROM run_source WHERE run_id = :run ORDER BY position"
    found: list[tuple[int, Any]] = []
    for position, text in bind.execute(sa.text(query), {"run": run}).all():
        mapping = json.loads(text)
        if isinstance(mapping, dict) and mapping.get("unread"):
            found += ((position, {"in": "unread", "says": each}) for each in mapping["unread"])
            _set_mapping(bind, run, position, {**mapping, "unread": []})
    return found


def _set_mapping(bind: sa.Connection, run: int, position: int, mapping: Any) -> None:
    update = sa.text(
        "UPDATE run_source SET mapping = :mapping WHERE run_id = :run AND position = :position"
    )
    bind.execute(update, {"mapping": _json(mapping), "run": run, "position": position})


def _move_notes_back() -> None:
    bind = op.get_bind()
    rows = bind.execute(
        sa.text("SELECT run_id, source, note FROM note WHERE sealed IS NULL ORDER BY number")
    ).all()
    for run in {row.run_id for row in rows}:
        notes = [json.loads(row.note) for row in rows if row.run_id == run and row.source is None]
        update = sa.text("UPDATE run SET notes = :notes WHERE id = :run")
        bind.execute(update, {"notes": _json(notes), "run": run})
    for run, position in {(row.run_id, row.source) for row in rows if row.source is not None}:
        mine = [json.loads(row.note)["says"] for row in rows if row[:2] == (run, position)]
        query = "SELECT mapping FROM run_source WHERE run_id = :run AND position = :position"
        mapping = json.loads(
            bind.execute(sa.text(query), {"run": run, "position": position}).scalar_one()
        )
        _set_mapping(bind, run, position, {**mapping, "unread": mine})


def _add_salts(table: str, key: tuple[str, ...]) -> None:
    bind = op.get_bind()
    columns = ", ".join(key)
    rows = bind.execute(sa.text(f"SELECT {columns} FROM {table}")).all()  # noqa: S608 - constants
    if rows:
        where = " AND ".join(f"{name} = :{name}" for name in key)
        update = sa.text(f"UPDATE {table} SET salt = :salt WHERE {where}")  # noqa: S608 - constants
        bind.execute(update, [{"salt": secrets.token_hex(16), **row._asdict()} for row in rows])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
