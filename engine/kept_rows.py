"""The rows of a decided list, kept in DuckDB or in files until they were checked and are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from leadgrade.engine.backends.columnar import BATCH, LIST, Columnar, faults
from leadgrade.engine.decision import Decided, DecidedValues
from leadgrade.engine.duck import quoted

# ruff: noqa: S608 - names of our own, and texts with their quotes doubled

KEPT = "kept"
NAMED = "named"
_ROWS = f'SELECT {", ".join(Decided._fields)} FROM "{KEPT}"'


class KeptRows:
    """The rows of one list. Iterating gives them in the order of the list, in batches.

    They come as the plain tuples that they are stored as: a ``Decided`` costs as much as fetching.
    """

    def __init__(self, columnar: Columnar, files: Sequence[str], table: str = LIST) -> None:
        """Decide the list. ``files`` are its lists by the number in the column ``source``.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: DuckDB failed, or has no room left.
        """
        self._connection = columnar.connection
        self._column_of = columnar.column_of
        self._table = table
        named = "list_value({})".format(", ".join(map(quoted, files)))
        view = f'SELECT * REPLACE ({named}[source + 1] AS source) FROM "{table}"'
        with faults():
            self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{NAMED}" AS {view}')
        self._keep(columnar)

    def _keep(self, columnar: Columnar) -> None:
        """Decide the list ``NAMED``; the rows are then in the table ``KEPT``, by their ``n``."""
        columnar.keep(NAMED, KEPT)

    def __iter__(self) -> Iterator[list[DecidedValues]]:
        with faults(), closing(self._connection.cursor()) as cursor:
            cursor.execute(f'{_ROWS} ORDER BY "n"')
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def some(self, numbers: Sequence[int]) -> list[Decided]:
        """Return the rows with these numbers, in their order.

        Raises:
            EngineFault: DuckDB failed.
        """
        query = f'{_ROWS} WHERE "n" IN (SELECT unnest(?::BIGINT[])) ORDER BY "n"'
        with faults():
            return list(map(Decided._make, self._connection.execute(query, [numbers]).fetchall()))

    def spread(self, count: int) -> set[int]:
        """Return the numbers of some leads of each grade, ``count`` of them, by chance alike.

        Raises:
            EngineFault: DuckDB failed.
        """
        some = f'unnest(arg_min("n", hash("n"), {count}))'
        query = f'SELECT {some} FROM "{KEPT}" GROUP BY "grade"'
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
            return self._kept_as(found)

    def _beside(self, name: str, values: set[float]) -> set[int]:
        """Return the ``n`` of the leads next to thresholds of one fact.

        The thresholds part its values: what is next to one is the least or greatest of a part.
        """
        part = " + ".join(f"({name} >= {value!r}::DOUBLE)::INT" for value in values)
        rows = self._connection.execute(f"""
            SELECT {part} AS part, arg_min(n, {name}), arg_max(n, {name})
            FROM "{self._table}" WHERE {name} IS NOT NULL GROUP BY part
        """).fetchall()
        least = {first for part, first, _ in rows if part > 0}
        return least | {last for part, _, last in rows if part < len(values)}

    def _kept_as(self, numbers: set[int]) -> set[int]:
        """Return the numbers under which rows of the list are kept."""
        return numbers
