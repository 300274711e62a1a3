"""A big list -> a stored run: the list becomes a table, the book one query over it.

Nothing is stored before a sample of the decisions was made again by the rule engine. Decisions that
are kept in files are written into a hidden folder first, which goes if the run is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from leadgrade.engine.backends.columnar import Columnar
from leadgrade.engine.backends.spark_session import LOCAL
from leadgrade.engine.cross_check import Checked, DisagreementError, cross_check
from leadgrade.engine.duck import MEMORY
from leadgrade.engine.filed_rows import FiledRows
from leadgrade.engine.list_rows import StreamedRows
from leadgrade.leads.columns import Filled, Names, fill
from leadgrade.leads.columns.portions import ahead
from leadgrade.storage.records import Note, RejectedRow

if TYPE_CHECKING:
    from leadgrade.leads import Reading
    from leadgrade.qualifying import Job
    from leadgrade.storage.files import NewFolder
    from leadgrade.storage.writing import Writing

REJECTED_AT_ONCE = 1000


def opened(job: Job, engine: str) -> Columnar:
    """Return what decides a whole list: DuckDB itself, or Spark with DuckDB at its side.

    Raises:
        SparkError: the master does not answer.
    """
    memory = job.memory or MEMORY
    if engine != "spark":
        return Columnar(job.book, job.as_of, memory=memory)
    from leadgrade.engine.backends.spark import Spark  # noqa: PLC0415 - of an optional package

    return Spark(job.book, job.as_of, memory=memory, master=job.master or LOCAL)


class BulkRun:
    """The decisions of a big list, made and checked, before anything of them is stored.

    They are in DuckDB, or where there is a ``folder`` in files of it.

    Raises:
        ListError: a list cannot be read; see ``fill``.
        EngineFault: DuckDB or Spark failed, or has no room left.
        DisagreementError: an engine of another kind decides a lead of the sample otherwise.
    """

    def __init__(
        self,
        job: Job,
        reading: Reading,
        columnar: Columnar,
        folder: NewFolder | None = None,
    ) -> None:
        names = Names(columnar.column_of)
        self._filled: Filled = fill(columnar.connection, reading, job.book, names)
        files = self._filled.files
        self._rows = (
            StreamedRows(columnar, files, names.leads)
            if folder is None
            else FiledRows(columnar, files, folder.draft, names.leads)
        )
        self.checked: Checked | None = None
        if job.check:
            self.checked = cross_check(self._rows, job.book, job.as_of)
            if self.checked.disagreement is not None:
                raise DisagreementError(self.checked.disagreement)

    def store(self, writing: Writing, progress: Callable[[int], None]) -> None:
        """Store the decisions and the rejected rows."""
        if isinstance(self._rows, FiledRows):
            self._add_files(self._rows, writing, progress)
        else:
            with closing(ahead(self._rows.portions())) as portions:
                for portion in portions:
                    for rows in self._rows.batches(portion):
                        writing.add_decided(rows)
                        progress(len(rows))
        rejected = (
            RejectedRow(each.file, each.line, each.code, each.args, each.raw)
            for each in self._filled.rejected()
        )
        while some := list(islice(rejected, REJECTED_AT_ONCE)):
            writing.add_rejected(some)

    @staticmethod
    def _add_files(rows: FiledRows, writing: Writing, progress: Callable[[int], None]) -> None:
        number = 1
        for file in rows.files:
            counts = rows.counts(file)
            (one,) = rows.some([number])
            writing.add_file(file, counts, rows.leaves(file), one)
            decided = sum(count for count, _ in counts.values())
            number += decided
            progress(decided)

    def notes(self) -> Iterator[Note]:
        """Yield what a reader of the run should know: what was checked, and what it cost."""
        if self.checked is not None:
            yield {
                "code": "cross-checked",
                "leads": self.checked.leads,
                "engine": self.checked.engine,
                "seconds": round(self.checked.seconds, 2),
            }
