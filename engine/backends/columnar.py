"""Big lists: the book compiled to one query, which DuckDB runs on all cores in bounded memory.

    with Columnar(book, as_of, memory="600MB") as columnar:
        columnar.load(leads)                    # or make the table yourself, see below
        for rows in columnar.decided():         # batches of ``Decided``, in the order of ``n``
            ...

The table of a list has the columns ``columnar.columns``: ``n`` counts the rows, ``lead`` is the
lead's id, ``source`` and ``line`` say where its row began (NULL where nobody knows), and each
fact has a column of its type under the name ``columnar.column_of[fact]``, NULL where it is unknown.
Numbers are finite, choices are ids of the book. Whoever can read a file with DuckDB itself makes
such a table or view on ``columnar.connection``, under any name, and gives the name to ``decided``.

A partly read result blocks its connection: read ``decided`` to the end, or close it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, Self

import duckdb

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.decision import Decided, Decision, LedgerError, Possible
from leadgrade.engine.duck import MEMORY, connect
from leadgrade.engine.legend import Result
from leadgrade.engine.sql.checks import check_statement
from leadgrade.engine.sql.dialects import DIALECTS
from leadgrade.engine.sql.layout import SUMS, AsOf, Layout
from leadgrade.engine.sql.rows import rows_statement
from leadgrade.engine.sql.statement import evidence_statement, places_statement, written
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import Book, FactType

LIST = "leads"
"""The table of a list, where no other is named."""

LOADED_AT_ONCE = 10_000
"""Leads that are handed to DuckDB together."""

BATCH = 10_000
"""Rows that are yielded together."""

KEY = 32
"""Bytes of chance behind the salts of a run."""

_TYPES = {
    FactType.DATE: "DATE",
    FactType.CHOICE: "VARCHAR",
    FactType.TEXT: "VARCHAR",
    FactType.FLAG: "BOOLEAN",
}
_KEYS = {"n": "BIGINT", "lead": "VARCHAR", "source": "VARCHAR", "line": "BIGINT"}


@contextmanager
def faults() -> Iterator[None]:
    """Tell what fails in DuckDB as a fault of the engine."""
    try:
        yield
    except (duckdb.Error, OverflowError) as error:
        raise EngineFault(str(error).split("\n", 1)[0]) from error


class Columnar:
    """Decides lists by one book as of one day."""

    name = "columnar"
    at_once = 100_000
    """Leads in a portion that is decided while another one is stored."""
    at_first = 20_000
    """Leads in the first of them."""

    def __init__(
        self, book: Book, as_of: date, *, memory: str = MEMORY, threads: int | None = None
    ) -> None:
        """Compile the book. ``memory`` is a size such as ``1GB``; ``threads`` None is all cores.

        Raises:
            EngineFault: DuckDB cannot be opened so.
        """
        self._layout = Layout.of(book, AsOf(as_of), DIALECTS["duckdb"])
        with faults():
            self.connection = connect(memory, threads)
        self.column_of = dict(self._layout.read)
        """The column of each fact, by fact id."""
        kinds = [_TYPES.get(fact.type, "DOUBLE") for fact in book.facts.values()]
        self.columns = _KEYS | dict(zip(self.column_of.values(), kinds, strict=True))
        """The columns of a list with their types in SQL."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all tables; DuckDB takes its temporary files away."""
        self.connection.close()

    def decide(self, lead: Lead) -> Decision:
        """Return the decision about one lead, its places in the list taken as they are.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: DuckDB failed.
        """
        return self.decide_all([lead])[0]

    def decide_all(self, leads: Sequence[Lead]) -> list[Decision]:
        """Return the decisions about leads, their places in the list taken as they are.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            EngineFault: DuckDB failed.
        """
        with faults():
            self._insert("given", leads, {**self.columns, **self._place_columns})
            self._check("given")
            rows = self._decide_given()
        return [self._decision(row) for row in rows]

    def _decide_given(self) -> list[tuple[Any, ...]]:
        """Return the results and the evidence of the leads that were given, in their order."""
        return self.connection.execute(self._evidence).fetchall()

    def load(self, leads: Iterable[Lead], table: str = LIST) -> None:
        """Make the table of a list, in the order of the leads.

        Raises:
            EngineFault: DuckDB failed.
        """
        with faults():
            self._insert(table, leads, self.columns)

    def decided(self, table: str = LIST) -> Iterator[list[Decided]]:
        """Yield the rows to store of a list, in the order of its ``n``, in batches.

        All leads of the list are ranked together.

        Raises:
            ValueError: a fact has a value that its type does not allow; nothing was decided.
            EngineFault: DuckDB failed, or a sum of values has more than 38 digits.
        """
        with faults():
            query, key = self.rows_query(self.prepared(table))
            query = f'SELECT {", ".join(Decided._fields)} FROM ({query}) ORDER BY "n"'  # noqa: S608
            with closing(self.connection.cursor()) as cursor:  # the connection stays free
                cursor.execute(query, key)
                while batch := cursor.fetchmany(BATCH):
                    yield list(map(Decided._make, batch))

    def prepared(self, table: str) -> str:
        """Return the table of a list with the places of its leads, where the book has rankings.

        Raises:
            ValueError: a fact has a value that its type does not allow.
            duckdb.Error: DuckDB failed; see ``faults``.
        """
        self._check(table)
        return self._with_places(table) if self._layout.places else table

    def rows_query(self, source: str) -> tuple[str, list[str]]:
        """Return the query of the rows to store of a part of a table that is ``prepared``.

        It is SQL and its parameters: a key for the salts. Each row is behind its ``n``.
        """
        statement = rows_statement(self._layout, source)
        return written(statement, self._layout), [secrets.token_hex(KEY)]

    def _with_places(self, table: str) -> str:
        """Make a table of the list with the places of its leads."""
        places = written(places_statement(self._layout, table), self._layout)
        self.connection.execute(f'CREATE OR REPLACE TABLE "places" AS {places}')
        joined = f'FROM "{table}" JOIN "places" USING ("n")'
        self.connection.execute(f'CREATE OR REPLACE TABLE "placed" AS {joined}')
        self.connection.execute('DROP TABLE "places"')
        return "placed"

    def places(self, table: str = LIST) -> Iterator[dict[str, Rank]]:
        """Yield the places of the leads in a list, by ranking, in the order of ``n``.

        Raises:
            EngineFault: DuckDB failed, or a sum has more than 38 digits.
        """
        with faults():
            rows = self._rank(table)
        for _, *row in rows:
            values = iter(row)
            places = {
                ranking: list(islice(values, len(names)))
                for ranking, names in self._layout.places.items()
            }
            yield {ranking: Rank(*it) for ranking, it in places.items() if it[0] is not None}

    def _rank(self, table: str) -> list[tuple[Any, ...]]:
        """Return the places in a list behind their ``n``, in its order."""
        query = written(places_statement(self._layout, table), self._layout)
        return self.connection.execute(f'{query} ORDER BY "n"').fetchall()

    def _decision(self, row: tuple[Any, ...]) -> Decision:
        _, qualified, grade, score, low, high, worst, best, evidence = row
        result = Result(qualified, grade, score, Possible(low, high, worst, best))
        decision = self._layout.legend.read(evidence, result)
        if decision.score != score:
            raise LedgerError(f"ledger gives {decision.score}, the query {score}")
        return decision

    @cached_property
    def _evidence(self) -> str:
        query = written(evidence_statement(self._layout, "given"), self._layout)
        return f'{query} ORDER BY "n"'

    @cached_property
    def _place_columns(self) -> dict[str, str]:
        return {
            name: "HUGEINT" if kind in SUMS else "BIGINT"
            for names in self._layout.places.values()
            for kind, name in names.items()
        }

    def _check(self, table: str) -> None:
        """Check that every value is one that the type of its fact allows.

        Raises:
            ValueError: one is not.
        """
        statement = check_statement(self._layout, table)
        if statement is not None:
            found = self.connection.execute(written(statement, self._layout)).fetchall()
            for lead, fact, value in found:
                raise ValueError(f"{lead}: {fact} cannot be {value!r}")

    def _insert(self, table: str, leads: Iterable[Lead], columns: dict[str, str]) -> None:
        described = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({described})')
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
        insert = f'INSERT INTO "{table}" SELECT {lists}'
        stream, count = iter(leads), 0
        while part := list(islice(stream, LOADED_AT_ONCE)):
            rows = [self._row(lead, len(columns)) for lead in part]
            values = [list(each) for each in zip(*rows, strict=True)]
            self.connection.execute(insert, [list(range(count, count + len(part))), *values])
            count += len(part)

    def _row(self, lead: Lead, width: int) -> list[Any]:
        found: list[Any] = [lead.id, lead.file, lead.line]
        found += [lead.facts.get(fact) for fact in self.column_of]
        for ranking, names in self._layout.places.items():
            rank = lead.ranks.get(ranking)
            found += [None if rank is None else getattr(rank, kind) for kind in names]
        return found[: width - 1]
