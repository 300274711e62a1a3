"""Migrations: they make what the models say; an old database is backed up and brought up."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from leadgrade.storage import connect, schema, tables
from leadgrade.storage.errors import StoreError
from leadgrade.storage.records import Outcome, Source
from leadgrade.storage.store import open_store

NOW, NEXT = schema.HEAD, f"{int(schema.HEAD) + 1:04}"
LATER = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{NOW}"


def upgrade():
    op.add_column("run", sa.Column("mood", sa.String()))
    {{more}}
"""


@pytest.fixture
def later(tmp_path, monkeypatch):
    """Pretend that there is a later migration, which does ``more`` besides."""

    def pretend(more=""):
        folder = tmp_path / "migrations"
        shutil.copytree(schema.MIGRATIONS, folder)
        (folder / "versions" / f"v{NEXT}_later.py").write_text(LATER.format(more=more))
        monkeypatch.setattr(schema, "MIGRATIONS", folder)
        monkeypatch.setattr(schema, "HEAD", NEXT)
        monkeypatch.setattr(connect, "HEAD", NEXT)

    return pretend


@pytest.fixture
def old(store, path, made):
    made.write_run(store, [made.make_decided()])
    return path


def columns(path):
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(run)")]


def test_the_constant_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_models_and_migrations_agree(store):
    options = {"version_table": schema.VERSION_TABLE, "compare_server_default": True}
    assert tables.RunRow.metadata is SQLModel.metadata
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_keys_and_clustering_are_as_the_models_say(path, store):
    """Alembic does not compare these."""
    with closing(sqlite3.connect(path)) as connection:
        made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    for table in SQLModel.metadata.tables.values():
        clustered = not table.dialect_options["sqlite"]["with_rowid"]
        assert clustered == ("WITHOUT ROWID" in made[table.name]), table.name
        keys = ", ".join(each.name for each in table.primary_key)
        numbered = bool(table.dialect_options["sqlite"]["autoincrement"])
        assert numbered == ("AUTOINCREMENT" in made[table.name]), table.name
        assert numbered or f"PRIMARY KEY ({keys})" in made[table.name], table.name


def test_a_migration_can_be_taken_back(store, path):
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with store.engine.connect().execution_options(writes=True) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        connection.commit()
    with closing(sqlite3.connect(path)) as connection:
        left = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {each for each in left if not each.startswith("sqlite_")} == {schema.VERSION_TABLE}


def test_a_record_from_before_outcomes_gets_them(old):
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with (
        open_store(str(old), create=False) as store,
        store.engine.connect().execution_options(writes=True) as connection,
    ):
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.commit()
    with open_store(str(old), create=False) as store:
        assert store.outcomes() == {}
        source = Source("became.csv", "0" * 64, "CSV", "utf-8", 1)
        store.add_outcomes(source, [Outcome("E1", won=True)], by="Lin", still_open=0, rejected=0)
        assert store.outcomes()["E1"].won
        assert store.check(store.run_numbers(), everything=True) == []
    assert Path(f"{old}.backup-0001").exists()


def test_an_old_database_is_backed_up_and_migrated(old, later):
    later()
    with open_store(str(old), create=False) as store:
        assert store.decision(None, "E1").grade == "A"
    assert "mood" in columns(old)
    backup = Path(f"{old}.backup-{NOW}")
    assert "mood" not in columns(backup)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM decision").fetchone() == (1,)
    open_store(str(old), create=False).close()
    assert not Path(f"{old}.backup-{NOW}-2").exists()


def test_an_older_backup_stays(old, later):
    older = Path(f"{old}.backup-{NOW}")
    older.write_text("mine")
    later()
    open_store(str(old), create=False).close()
    assert older.read_text() == "mine"
    assert "mood" not in columns(f"{older}-2")


def test_a_migration_that_fails_changes_nothing(old, later):
    before = old.read_bytes()
    later('op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(StoreError) as caught:
        open_store(str(old), create=False)
    assert caught.value.code == "failed"
    assert old.read_bytes() == before
    assert [each.name for each in old.parent.iterdir() if each.is_file()] == ["leads.db"]


def test_an_old_database_that_may_not_be_written(old, later):
    later()
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///file:{old}?mode=ro&uri=true", create=False)
    assert caught.value.code == "read-only"
    assert [each.name for each in old.parent.iterdir() if "backup" in each.name] == []


def test_a_backup_that_fails_leaves_no_file(old, later, monkeypatch):
    def fail(*_, **__):
        raise sqlite3.OperationalError("disk")

    later()
    before = old.read_bytes()
    monkeypatch.setattr(schema.sqlite3, "connect", once_real(sqlite3.connect, fail))
    with pytest.raises(StoreError):
        open_store(str(old), create=False)
    monkeypatch.undo()
    assert old.read_bytes() == before
    assert not Path(f"{old}.backup-{NOW}").exists()


def once_real(connect_to, fail):
    """Opening works, except for the backup itself."""
    return lambda name, **options: fail() if "backup" in str(name) else connect_to(name, **options)
