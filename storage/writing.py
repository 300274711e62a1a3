"""Writing a run: one transaction, plain tuples, no objects between the engine and the disk."""

from __future__ import annotations

import json
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from leadgrade.engine.decision import Decided
from leadgrade.engine.legend import Legend
from leadgrade.engine.sealing import leaf_of, new_salt
from leadgrade.storage.bulk import BulkSql
from leadgrade.storage.chain import add_marks, link_run, next_run, now
from leadgrade.storage.errors import store_errors
from leadgrade.storage.files import add_file, settle
from leadgrade.storage.hashing import Tree
from leadgrade.storage.legends import add_legend
from leadgrade.storage.notes import split_mapping
from leadgrade.storage.records import DecisionFile
from leadgrade.storage.server import connect_to_write
from leadgrade.storage.staging import AT_ONCE, Staging
from leadgrade.storage.tables import RunRow, SourceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from leadgrade.engine.decision import DecidedValues
    from leadgrade.storage.files import NewFolder
    from leadgrade.storage.records import Note, RejectedRow, RunFacts, Source


_GRADE = itemgetter(Decided._fields.index("grade"))
_QUALIFIED = itemgetter(Decided._fields.index("qualified"))


class Writing:
    """A run that is being stored. Nothing is locked before its first row arrives.

    Get one from ``Store.writing``; it is committed there, and only after ``finish``.
    """

    number: int | None = None
    """The number of the run, once its first row has arrived."""

    def __init__(
        self, engine: Engine, place: str, facts: RunFacts, folder: NewFolder | None = None
    ) -> None:
        self._engine = engine
        self._place = place
        self._facts = facts
        self._folder = folder
        self._files = 0
        self._started_at = now()
        self._sql = BulkSql(engine.dialect.name)
        self._connection: Connection | None = None
        self._staging: Staging | None = None
        self._tree = Tree()
        self._positions: dict[str, int] = {}
        self._described: set[str] = set()
        self._sources = 0
        self._notes = 0
        self._grades = Counter(dict.fromkeys(facts.book.grade_ids, 0))
        self._qualified = 0
        self._rejected = 0
        self.finished = False

    def add_source(self, source: Source) -> None:
        """Add a file of the list. It may come before or after the rows that name it.

        What its mapping says of single cells or rows may quote a lead: it is kept as notes.
        """
        mapping, notes = split_mapping(source.mapping)
        with store_errors(self._place):
            again = source.file in self._described
            position = self._new_source(source.file) if again else self._position(source.file)
            self._described.add(source.file)
            self._open().execute(
                update(SourceRow)
                .where(col(SourceRow.run_id) == self.number, col(SourceRow.position) == position)
                .values(
                    sha256=source.sha256,
                    format=source.format,
                    encoding=source.encoding,
                    rows_read=source.rows_read,
                    mapping=_json(mapping),
                )
            )
            self._add_notes(notes, position)

    def add_decided(self, decided: Sequence[DecidedValues]) -> None:
        """Add decided leads, some thousand at a time. A lead may come once in a run.

        Plain tuples are stored faster than a ``Decided``.

        Raises:
            ValueError: they were not hashed as the record is.
        """
        for start in range(0, len(decided), AT_ONCE):
            self._add_part(decided[start : start + AT_ONCE])

    def _add_part(self, decided: Sequence[DecidedValues]) -> None:
        first = self._grades.total() + 1
        leaves = [each[-1] for each in decided]
        self._check_leaf(Decided(*decided[0]))
        with store_errors(self._place):
            for file in dict.fromkeys([each[1] for each in decided]):
                self._position(file)
            connection = self._open()
            if self._staging is None:
                self._staging = Staging(connection)
            self._staging.store(self._run(), first, decided)
            self._tree.add(leaves)
            add_marks(connection, self._run(), "decision", first, leaves)
        self._grades.update(map(_GRADE, decided))
        self._qualified += sum(map(_QUALIFIED, decided))

    def add_file(
        self,
        file: Path,
        counts: Mapping[str, tuple[int, int]],
        leaves: Iterable[Sequence[str]],
        one: Decided,
    ) -> None:
        """Add a file of decided leads that was written into the draft of the run's folder.

        Args:
            file: where it is.
            counts: how many leads have each grade, and how many of those are qualified.
            leaves: the hashes of the leads in their order, some thousand at a time.
            one: a lead of the file.

        Raises:
            ValueError: they were not hashed as the record is.
        """
        assert self._folder is not None  # noqa: S101 - for the type checker: files need a folder
        self._check_leaf(one)
        first = number = self._grades.total() + 1
        with store_errors(self._place):
            connection, run = self._open(), self._run()
            for some in leaves:
                self._tree.add(some)
                add_marks(connection, run, "decision", number, some)
                number += len(some)
            self._files += 1
            path = self._folder.path / file.name
            found = DecisionFile(self._files, path, first, number - first, settle(file))
            add_file(connection, run, found)
        self._grades.update({grade: count for grade, (count, _) in counts.items()})
        self._qualified += sum(qualified for _, qualified in counts.values())

    @staticmethod
    def _check_leaf(one: Decided) -> None:
        if leaf_of(one) != one.leaf:  # a source that hashes in another way would never be proved
            raise ValueError(f"lead {one.lead} was not hashed as the record is")

    def add_rejected(self, rows: Sequence[RejectedRow]) -> None:
        """Add rows that were set aside."""
        with store_errors(self._place):
            numbered = enumerate(rows, start=self._rejected + 1)
            self._many(self._sql.rejected, [self._rejection(*each) for each in numbered])
        self._rejected += len(rows)

    def finish(self, *, rows_read: int, seconds: float, notes: Sequence[Note] = ()) -> int:
        """Complete the run and return its number. The store commits it when the block ends.

        Args:
            rows_read: rows of all sources.
            seconds: how long the run took, as a person saw it.
            notes: what a reader of the run should know, such as leads that another engine decided.

        Raises:
            ValueError: the rows do not add up, or a source was named and never added.
        """
        decided = self._grades.total()
        if rows_read != decided + self._rejected:
            raise ValueError(f"{rows_read} rows read, {decided} decided, {self._rejected} rejected")
        if missing := self._positions.keys() - self._described:
            raise ValueError(f"sources that were never added: {sorted(missing)}")
        with store_errors(self._place):
            run = self._run()
            self._add_notes(notes, None)
            self._open().execute(
                update(RunRow)
                .where(col(RunRow.id) == run)
                .values(
                    finished_at=now(),
                    rows_read=rows_read,
                    decided=decided,
                    rejected=self._rejected,
                    qualified=self._qualified,
                    grades=_json(dict(self._grades)),
                    seconds=seconds,
                )
            )
            if self._staging is not None:
                self._staging.drop()
            link_run(self._open(), run, self._tree.root())
        self.finished = True
        return run

    def commit(self) -> None:
        """Make the run visible; the store's business. Its files come first.

        So a crash in between leaves a folder that no run has, and never a run without its files.
        """
        if self._connection is None:
            return
        with store_errors(self._place):
            if self._folder is None or not self._files:
                self._connection.commit()
                return
            self._folder.publish()
            try:
                self._connection.commit()
            except DBAPIError:
                self._folder.withdraw()
                raise

    def close(self) -> None:
        """Let go of the database. What is not committed never was."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self) -> int:
        self._open()
        assert self.number is not None  # noqa: S101 - for the type checker: _open sets it
        return self.number

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = connect_to_write(self._engine)
            self.number = self._begin(self._connection)
        return self._connection

    def _begin(self, connection: Connection) -> int:
        facts, book = self._facts, self._facts.book
        connection.exec_driver_sql(
            self._sql.book,
            (book.sha256, book.id, book.title.en, book.title.zh, book.path, book.text, now()),
        )
        number = next_run(connection)
        connection.execute(
            insert(RunRow).values(
                id=number,
                book_sha256=book.sha256,
                legend_sha256=add_legend(connection, Legend.of(book)),
                started_at=self._started_at,
                as_of=facts.as_of.isoformat(),
                started_by=facts.by,
                engine=facts.engine,
                engine_version=facts.engine_version,
                leadgrade_version=facts.leadgrade_version,
                python_version=facts.python_version,
                parameters=_json(dict(facts.parameters)),
                **dict.fromkeys(("rows_read", "decided", "rejected", "qualified", "seconds"), 0),
                grades="{}",
            )
        )
        return number

    def _many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._open().exec_driver_sql(sql, rows)

    def _position(self, file: str | None) -> int | None:
        if file is None:
            return None
        position = self._positions.get(file)
        return self._new_source(file) if position is None else position

    def _new_source(self, file: str) -> int:
        """Take the next position; the rest of the row comes with ``add_source``."""
        position = self._sources
        self._sources += 1
        self._positions.setdefault(file, position)
        empty = (self._run(), position, file, "", "", None, 0, "{}")
        self._open().exec_driver_sql(self._sql.source, empty)
        return position

    def _rejection(self, number: int, row: RejectedRow) -> tuple[Any, ...]:
        position = self._position(row.file)
        args = {k: _visible(v) if isinstance(v, str) else v for k, v in row.args.items()}
        raw = _visible(row.raw)
        return (
            self._run(),
            number,
            position,
            row.line,
            row.code,
            _json(args),
            raw,
            new_salt().hex(),
        )

    def _add_notes(self, notes: Sequence[Any], source: int | None) -> None:
        numbered = enumerate(notes, start=self._notes + 1)
        self._notes += len(notes)
        rows = [
            (self._run(), number, source, _json(note), new_salt().hex())
            for number, note in numbered
        ]
        self._many(self._sql.note, rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _visible(text: str) -> str:
    """Return text that any database takes: what is no character is written out.

    Rejected rows are where such things turn up. PostgreSQL knows no NUL.
    """
    return text.replace("\0", "\\x00").encode(errors="backslashreplace").decode()
