"""Where runs keep their decisions that are in Parquet files, and how a folder of them comes to be.

The database says which files those are. A folder that lies in the folder of the database moves
with it; any other is named by its whole path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from leadgrade.storage import sql
from leadgrade.storage.errors import StoreError, store_error
from leadgrade.storage.records import DecisionFile

if TYPE_CHECKING:
    from collections.abc import Callable, Set
    from contextlib import AbstractContextManager

    import sqlalchemy

    from leadgrade.storage.sql import Connection

_FILES = """
    SELECT position, file, rows, sha256 FROM decision_file WHERE run_id = :run ORDER BY position
"""
_ALL = "SELECT run_id, file FROM decision_file ORDER BY run_id, position"
_INSERT = """
    INSERT INTO decision_file (run_id, position, file, rows, sha256)
    VALUES (:run, :position, :file, :rows, :sha256)
"""

_REPLACE = """
    UPDATE decision_file SET file = :file, sha256 = :sha256
    WHERE run_id = :run AND position = :position
"""

_DRAFT = re.compile(r"\..+\.[0-9a-f]{8}\.new", re.DOTALL)


def files_of(connection: Connection, run: int) -> list[DecisionFile]:
    """Return the files with the decisions of a run; none where those are in the database."""
    base, found, first = _home(connection), [], 1
    for position, file, rows, sha256 in sql.rows(connection, _FILES, run=run):
        path = Path(str(file)) if base is None else base / str(file)
        count = rows if isinstance(rows, int) else 0  # for SQLite it may be anything
        found.append(DecisionFile(position, path, first, count, sha256))
        first += count
    return found


def runs_in_files(connection: Connection) -> list[int]:
    """Return the runs whose decisions are in files, the latest first."""
    query = "SELECT DISTINCT run_id FROM decision_file ORDER BY run_id DESC"
    return [run for (run,) in sql.rows(connection, query)]


def known_in_files(connection: Connection, leads: Set[str]) -> set[str]:
    """Return those of some leads that any run in files has, without the forgotten ones.

    Raises:
        StoreError: ``file-missing``, ``file-unreadable``.
    """
    found: set[str] = set()
    for run in runs_in_files(connection):
        from leadgrade.storage.filed import known  # noqa: PLC0415 - DuckDB is slow to import

        if leads - found:
            found |= known(files_of(connection, run), leads - found)
    return found


def paths_of_runs(connection: Connection) -> dict[Path, int]:
    """Return every file of the record, with the run that has it."""
    base = _home(connection) or Path()
    return {base / str(file): run for run, file in sql.rows(connection, _ALL)}


def drafts(connection: Connection) -> list[Path]:
    """Return the drafts of folders that lie where the record has its own: beside it, or beside one.

    Each is of a run that is under way, or was cut off.
    """
    beside = {file.parent.parent for file in paths_of_runs(connection)}
    if (home := _home(connection)) is not None:
        beside.add(home)
    return sorted(
        path
        for folder in beside
        if folder.is_dir()
        for path in folder.iterdir()
        if _DRAFT.fullmatch(path.name) and path.is_dir()
    )


def add_file(connection: sqlalchemy.Connection, run: int, file: DecisionFile) -> None:
    """Note that a run has a file."""
    place = stored_place(connection, file.path)
    values = {"position": file.position, "rows": file.rows, "sha256": file.sha256}
    sql.change(connection, _INSERT, {"run": run, "file": place, **values})


def stored_place(connection: Connection, path: Path) -> str:
    """Return how a file is named in the record."""
    base = _home(connection)
    if base is not None and path.is_relative_to(base):
        return path.relative_to(base).as_posix()
    return str(path)


def _home(connection: Connection) -> Path | None:
    """Return the folder of a SQLite database; others have none."""
    if not sql.is_sqlite(connection):
        return None
    query = "SELECT file FROM pragma_database_list WHERE name = 'main'"
    file = sql.value(connection, query)
    return Path(file).resolve().parent if file else None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(path: Path) -> str:
    """See that the bytes of a new file are on the disk, and return its SHA-256."""
    with path.open("rb+") as file:
        os.fsync(file)
    return digest_of(path)


class Replacing:
    """Files of the record that are written anew: in the end those go that it does not have.

    It is the record that is asked, and not whether it was changed without an error: an
    interruption, or a server that falls silent, may come when the change is already there.
    """

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading
        self.pairs: list[tuple[Path, Path]] = []
        """Old files, and those that take their places."""
        self.left: list[Path] = []
        """What could not be deleted, such as a file that another program has open on Windows."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.pairs:
            return
        with self._reading() as connection:
            known = paths_of_runs(connection)
        for path in (path for pair in self.pairs for path in pair if path not in known):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                self.left.append(path)


def replace_file(connection: sqlalchemy.Connection, run: int, old: DecisionFile, new: Path) -> None:
    """Note that a file of a run was written anew."""
    values = {"file": stored_place(connection, new), "sha256": settle(new)}
    sql.change(connection, _REPLACE, {"run": run, "position": old.position, **values})


class NewFolder:
    """A folder of files that is being written: it appears whole, with its run, or not at all.

    Until ``publish`` it has a hidden name beside the one that it will have.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.draft = self.path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")

    def __enter__(self) -> Self:
        try:
            self.draft.mkdir()
        except FileNotFoundError as error:
            raise StoreError("no-out-folder", path=self.path.parent) from error
        except OSError as error:
            raise store_error(error, str(self.path)) from error
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.draft, ignore_errors=True)

    def publish(self) -> None:
        """Give the folder its name; from then on it stays. An empty one may have it.

        Raises:
            StoreError: ``folder-exists``, something else got the name meanwhile.
        """
        if is_taken(self.path):
            raise folder_exists(self.path)
        if self.path.exists():
            self.path.rmdir()  # only an empty one goes
        self.draft.rename(self.path)
        _sync(self.path)
        _sync(self.path.parent)

    def withdraw(self) -> None:
        """Take the name away again: its run was not stored."""
        self.path.rename(self.draft)


def _sync(folder: Path) -> None:
    with suppress(OSError):  # not every system opens folders
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def refuse_taken(connection: Connection, path: Path) -> NoReturn:
    """Say what is in the way of a new folder by a name that is taken.

    Raises:
        StoreError: ``folder-of-run``, ``folder-exists``.
    """
    for file, run in paths_of_runs(connection).items():
        if file.parent == path.resolve():
            raise StoreError("folder-of-run", path=path, run=run)
    raise folder_exists(path)


def is_taken(path: Path) -> bool:
    """Whether something is in the way of a new folder; an empty one is not."""
    if not path.is_dir():
        return path.exists() or path.is_symlink()
    with suppress(OSError):
        return any(path.iterdir())
    return True


def folder_exists(path: Path) -> StoreError:
    """Return what to say of a name that is taken, with one that is free."""
    names = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    free = next(each for each in names if not (each.exists() or each.is_symlink()))
    return StoreError("folder-exists", path=path, free=free)
