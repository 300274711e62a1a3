"""The rows of a decided list, until they were checked and are stored.

A list is decided twice where its rows go into a database: at first only its grades, of which a
sample is chosen and checked, then whole, portion by portion, each while the one before is stored.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from math import ceil

from duckdb import DuckDBPyConnection

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.columnar import BATCH, LIST, Columnar, faults
from leadgrade.engine.decision import Decided, DecidedValues
from leadgrade.engine.duck import quoted

# ruff: noqa: S608 - names of our own, and texts with their quotes doubled

GRADES = "grades"
"""The grade of each row beside its number."""

PORTION = "portion"
"""The leads that are decided together."""

FIELDS = ", ".join(Decided._fields)
"""The columns of a row, behind its number."""

_CHECKED = "checked"
_NAMED = "named"


class ListRows(ABC):
    """The rows of one list, as a cross-check asks for them, by their numbers."""

    def __init__(self, columnar: Columnar, files: Sequence[str], table: str = LIST) -> None:
        """Decide the list. ``files`` are its lists by the number in the column ``source``.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: DuckDB failed, or has no room left.
        """
        self._connection = columnar.connection
        self._column_of = columnar.column_of
        self._table = table
        self._at_first, self._at_once = columnar.at_first, columnar.at_once
        named = "list_value({})".format(", ".join(map(quoted, files)))
        view = f'SELECT * REPLACE ({named}[source + 1] AS source) FROM "{table}"'
        with faults():
            self._connection.execute(f'CREATE OR REPLACE VIEW "{_NAMED}" AS {view}')
            self._source = columnar.prepared(_NAMED)
            self._query, self._key = columnar.rows_query(PORTION)
            self._decide()

    @abstractmethod
    def _decide(self) -> None:
        """Decide the list ``_source``, and make ``GRADES``."""

    @abstractmethod
    def some(self, numbers: Sequence[int]) -> list[Decided]:
        """Return the rows with these numbers, in their order.

        Raises:
            EngineFault: DuckDB failed.
        """

    def spread(self, count: int) -> set[int]:
        """Return the numbers of some leads of each grade, ``count`` of them, by chance alike.

        Raises:
            EngineFault: DuckDB failed.
        """
        some = f'unnest(arg_min("n", hash("n"), {count}))'
        query = f'SELECT {some} FROM "{GRADES}" GROUP BY "grade"'
        with faults():
            return {number for (number,) in self._connection.execute(query).fetchall()}

    def beside(self, edges: Sequence[tuple[str, float]]) -> set[int]:
        """Return the numbers of the leads next to thresholds of facts: from each on, and below.

        Raises:
            EngineFault: DuckDB failed.
        """
        by_fact: dict[str, set[float]] = {}
        for fact, value in edges:
            by_fact.setdefault(fact, set()).add(value)
        found: set[int] = set()
        with faults():
            for fact, values in by_fact.items():
                found |= self._beside(f'"{self._column_of[fact]}"', values)
            return self._numbered(found)

    def _beside(self, name: str, values: set[float]) -> set[int]:
        """Return the ``n`` of the leads next to thresholds of one fact.

        The thresholds part its values: what is next to one is the least or greatest of a part.
        """
        part = " + ".join(f"({name} >= {value!r}::DOUBLE)::INT" for value in values)
        rows = self._connection.execute(f"""
            SELECT {part} AS part, arg_min(n, {name}), arg_max(n, {name})
            FROM "{self._table}" WHERE {name} IS NOT NULL GROUP BY 1
        """).fetchall()
        least = {first for part, first, _ in rows if part > 0}
        return least | {last for part, _, last in rows if part < len(values)}

    def _numbered(self, found: set[int]) -> set[int]:
        """Return the numbers of rows of the list by their ``n``."""
        return found


class StreamedRows(ListRows):
    """Rows that are decided when they are stored. Their numbers are those of the list."""

    def _decide(self) -> None:
        self._take(self._connection, "true")
        grades = f"SELECT n, grade FROM ({self._query})"
        self._connection.execute(f'CREATE OR REPLACE TABLE "{GRADES}" AS {grades}', self._key)
        nothing = f"FROM ({self._query}) LIMIT 0"
        self._connection.execute(f'CREATE OR REPLACE TABLE "{_CHECKED}" AS {nothing}', self._key)

    def some(self, numbers: Sequence[int]) -> list[Decided]:
        """Return the rows with these numbers, in their order. They are decided as ``portions`` are.

        Raises:
            EngineFault: DuckDB failed.
        """
        listed = ", ".join(map(str, numbers))
        with faults():
            self._take(self._connection, f"n IN ({listed})" if numbers else "false")
            self._connection.execute(f'INSERT INTO "{_CHECKED}" {self._query}', self._key)
            found = self._connection.execute(f'SELECT {FIELDS} FROM "{_CHECKED}" ORDER BY "n"')
            return list(map(Decided._make, found.fetchall()))

    def portions(self) -> Iterator[str]:
        """Decide the rows in their order, and yield the table of each portion.

        One may be read while the next one is made, in another thread.

        Raises:
            EngineFault: DuckDB failed; or a row comes out otherwise than it was checked.
        """
        for number, (first, last) in enumerate(self._bounds()):
            name = f"{PORTION}_{number % 2}"
            with faults(), closing(self._connection.cursor()) as cursor:
                self._take(cursor, f"n BETWEEN {first} AND {last}")
                cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS {self._query}', self._key)
                _confirm(cursor, name)
            yield name

    def _bounds(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last ``n`` of each portion.

        The first ones are small: nothing can be stored before the first is decided.
        """
        with faults():
            query = f'SELECT min(n), max(n), count(*) FROM "{GRADES}"'
            ((first, last, count),) = self._connection.execute(query).fetchall()
        if not count:
            return
        spread = (last + 1 - first) / count
        leads = self._at_first
        while first <= last:
            beyond = first + ceil(leads * spread)
            yield first, beyond - 1
            first, leads = beyond, min(2 * leads, self._at_once)

    def batches(self, portion: str) -> Iterator[list[DecidedValues]]:
        """Yield the rows of a portion in their order, as plain tuples: a ``Decided`` takes longer.

        Raises:
            EngineFault: DuckDB failed.
        """
        with faults(), closing(self._connection.cursor()) as cursor:
            cursor.execute(f'SELECT {FIELDS} FROM "{portion}" ORDER BY "n"')
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def _take(self, connection: DuckDBPyConnection, which: str) -> None:
        """Let ``PORTION`` be these leads."""
        view = f'FROM "{self._source}" WHERE {which}'
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{PORTION}" AS {view}')


def _confirm(connection: DuckDBPyConnection, portion: str) -> None:
    """Compare the rows of a portion with those that were checked; a leaf is of all of a row.

    Raises:
        EngineFault: one came out otherwise.
    """
    query = f"""
        SELECT again.lead FROM "{portion}" AS again JOIN "{_CHECKED}" AS checked USING (n)
        WHERE again.leaf <> checked.leaf
    """
    for (lead,) in connection.execute(query).fetchall():
        raise EngineFault(f"lead {lead} comes out otherwise than when it was checked")
