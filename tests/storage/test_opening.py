"""Opening: what is made, what is refused, and that a refused file stays as it was."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from leadgrade.storage import connect, schema
from leadgrade.storage.errors import StoreError
from leadgrade.storage.sqlite import file_uri
from leadgrade.storage.store import open_store


def refused(target, *, create=True):
    with pytest.raises(StoreError) as caught:
        open_store(str(target), create=create, timeout=0.1)
    return caught.value


def state(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def foreign(path, *, wal=False):
    with closing(sqlite3.connect(path)) as connection:
        if wal:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE guests (name TEXT)")
        connection.execute("INSERT INTO guests VALUES ('韩梅梅')")
        connection.commit()


def test_a_new_database_is_made_and_opened_again(path):
    open_store(str(path), create=True).close()
    assert [each.name for each in path.parent.iterdir()] == ["leads.db"]
    with open_store(str(path), create=False) as store:
        assert store.runs() == []
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        (PureWindowsPath(r"C:\数据\my leads.db"), "file:///C:/%E6%95%B0%E6%8D%AE/my%20leads.db"),
        (PureWindowsPath(r"\\server\share\a%b.db"), "file:////server/share/a%25b.db"),
        (PureWindowsPath(r"\\?\C:\leads.db"), "file:////%3F/C:/leads.db"),
        (PurePosixPath("/home/a?b#c.db"), "file:///home/a%3Fb%23c.db"),
        (PurePosixPath("/home/\udcff.db"), "file:///home/%FF.db"),
    ],
)
def test_a_path_is_a_uri_of_sqlite_without_a_host(file, uri):
    assert file_uri(file, "ro") == f"{uri}?mode=ro"


def test_sqlite_refuses_a_host_and_opens_a_path_with_two_slashes(path):
    """As the path of a share on Windows has them."""
    open_store(str(path), create=True).close()
    share = Path(f"/{path.resolve()}")
    assert str(share).startswith("//")
    with pytest.raises(sqlite3.OperationalError, match="invalid uri authority"):
        sqlite3.connect("file:" + share.as_posix(), uri=True)
    with closing(sqlite3.connect(file_uri(share, "ro"), uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (0,)


def test_reading_does_not_make_a_database(path):
    error = refused(path, create=False)
    assert (error.code, error.details) == ("no-database", {"path": str(path)})
    assert not path.exists()


def test_a_late_database_is_made_when_it_is_first_used(path):
    with open_store(str(path), create=True, late=True) as store:
        assert list(path.parent.iterdir()) == []
        assert store.runs() == []
        assert path.exists()
    with open_store(str(path), create=True, late=True):  # never used
        pass
    assert [each.name for each in path.parent.iterdir()] == ["leads.db"]


def test_a_late_database_may_be_made_by_another_process_first(path):
    with open_store(str(path), create=True, late=True) as store:
        open_store(str(path), create=True).close()
        before = path.read_bytes()
        assert store.runs() == []
        assert path.read_bytes() == before


def test_whether_a_late_database_can_be_made_is_tried_when_it_is_opened(path, monkeypatch):
    with pytest.raises(StoreError, match="no-folder"):
        open_store(str(path / "no" / "leads.db"), create=True, late=True)

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(connect, "use_wal", full)
    with pytest.raises(StoreError):
        open_store(str(path), create=True, late=True)
    assert list(path.parent.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    error = refused(tmp_path / "no" / "leads.db")
    assert (error.code, error.details) == ("no-folder", {"path": str(tmp_path / "no")})


@pytest.mark.parametrize("content", [b"name,revenue\n", b"S", b"SQLite format 3\0" + b"x" * 500])
@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_stays_as_it_was(path, content, create):
    path.write_bytes(content)
    assert refused(path, create=create).code == "not-a-database"
    assert state(path.parent) == {"leads.db": content}


def test_a_folder_is_no_database(tmp_path):
    assert refused(tmp_path).code == "not-a-database"


@pytest.mark.parametrize("wal", [True, False])
@pytest.mark.parametrize("create", [True, False])
def test_others_databases_stay_as_they_were(path, wal, create):
    foreign(path, wal=wal)
    before = state(path.parent)
    error = refused(path, create=create)
    assert (error.code, error.details["tables"]) == ("not-ours", "guests")
    assert state(path.parent) == before


def test_others_databases_stay_as_they_were_while_they_are_written(path):
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE guests (name TEXT)")
        before = path.read_bytes()
        assert refused(path).code == "not-ours"
        assert path.read_bytes() == before


def test_an_empty_file_becomes_a_database_only_when_one_is_to_be_made(path):
    path.touch()
    assert refused(path, create=False).code == "no-database"
    assert path.read_bytes() == b""
    open_store(str(path), create=True).close()
    open_store(str(path), create=False).close()


def test_a_copy_that_lost_our_mark_is_still_ours(store, path, made):
    made.write_run(store, [made.make_decided()])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id=0")
    with open_store(str(path), create=False) as again:
        assert again.run().decided == 1


def test_a_newer_schema_is_left_alone(store, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE leadgrade_schema SET version_num = '9999'")
        connection.commit()
    before = path.read_bytes()
    error = refused(path)
    assert error.code == "newer-schema"
    assert error.details == {"path": str(path), "found": "9999", "known": schema.HEAD}
    assert path.read_bytes() == before


@pytest.mark.parametrize("failure", [KeyboardInterrupt, sqlite3.OperationalError("no")])
def test_a_database_that_could_not_be_made_leaves_nothing(path, monkeypatch, failure):
    def fail(*_):
        raise failure

    monkeypatch.setattr(connect, "use_wal", fail)
    with pytest.raises((KeyboardInterrupt, StoreError)):
        open_store(str(path), create=True)
    assert list(path.parent.iterdir()) == []


def test_no_room_for_a_new_database_leaves_nothing(path, monkeypatch, made):
    monkeypatch.setattr(connect, "sqlite_engine", made.make_small(connect.sqlite_engine, 8))
    assert refused(path).code == "disk-full"
    assert list(path.parent.iterdir()) == []


def test_no_room_for_the_tables_leaves_an_empty_file_empty(path, monkeypatch, made):
    path.touch()
    monkeypatch.setattr(connect, "sqlite_engine", made.make_small(connect.sqlite_engine, 8))
    assert refused(path).code == "disk-full"
    assert state(path.parent) == {"leads.db": b""}


def test_another_process_that_was_quicker_keeps_its_database(path, monkeypatch, made):
    def slower(draft, file):
        open_store(str(file), create=True).close()
        with open_store(str(file), create=True) as quick:
            made.write_run(quick, [made.make_decided()])
        move(draft, file)

    move = connect._move
    monkeypatch.setattr(connect, "_move", slower)
    monkeypatch.setattr(connect, "_create_file", once(connect._create_file, monkeypatch, move))
    with open_store(str(path), create=True) as store:
        assert store.run().decided == 1
    assert [each.name for each in path.parent.iterdir()] == ["leads.db"]


def once(create_file, monkeypatch, move):
    """The first creation is overtaken by a second one, which is not."""

    def create(*args):
        monkeypatch.setattr(connect, "_create_file", plain)
        create_file(*args)

    def plain(*args):
        slow, connect._move = connect._move, move
        try:
            create_file(*args)
        finally:
            connect._move = slow

    return create


def test_without_hard_links_a_new_database_is_moved(path, monkeypatch):
    def link(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    open_store(str(path), create=True).close()
    assert [each.name for each in path.parent.iterdir()] == ["leads.db"]


def test_many_processes_may_make_one_database(path, child):
    script = """
from leadgrade.storage.store import open_store
with open_store(sys.argv[1], create=True) as store:
    made["write_run"](store, [made["make_decided"](sys.argv[2])])
"""
    processes = [child(script, path, f"E{n}", wait=False) for n in range(4)]
    for process in processes:
        assert process.communicate(timeout=60)[1] == ""
    with open_store(str(path), create=False) as store:
        assert [run.number for run in store.runs()] == [1, 2, 3, 4]
    assert [each.name for each in path.parent.iterdir()] == ["leads.db"]


def test_links_are_followed(path, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(path)
    open_store(str(link), create=True).close()
    assert path.is_file()


def test_names_may_have_any_characters(tmp_path):
    odd = tmp_path / "线索 100% #1?.db"
    open_store(str(odd), create=True).close()
    assert odd.is_file()


@pytest.mark.parametrize("form", ["sqlite:///{}", "sqlite:///file:{}?uri=true"])
def test_a_file_by_its_url(tmp_path, form):
    path = tmp_path / "线索.db"
    with open_store(form.format(path), create=True) as store:
        assert store.place == str(path)
    assert path.is_file()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("://", "bad-url"),
        ("nonsense://host/name", "no-driver"),
        ("postgresql+nonsense://host/name", "no-driver"),
    ],
)
def test_urls_that_lead_nowhere(url, code):
    assert refused(url).code == code


def test_a_database_in_memory(made):
    with open_store("sqlite://", create=True) as store:
        made.write_run(store, [made.make_decided()])
        assert store.decision(None, "E1").grade == "A"


def test_a_password_is_never_shown():
    target = connect.read_target("postgresql+psycopg://me:secret@host/name")
    assert "secret" not in target.place
