"""Batches of rows -> typed leads in a table, by the meaning of the ordinary reader.

Plain cells are read by DuckDB. Any other text of a column is read once, by the reader of its cells,
and looked up from there. A row that may have to be rejected is read by itself as it always is.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from leadgrade.leads.columns.batches import RowBatch, line_of, place_of
from leadgrade.leads.columns.plain import SQL_TYPES, kept, plain_fact, plain_id, quoted
from leadgrade.leads.columns.typed import text_of, typed_fact
from leadgrade.leads.listing import ID_LIMIT, SAMPLE_LIMIT
from leadgrade.leads.terms import Rejected, Unread
from leadgrade.leads.totals import TOTALS
from leadgrade.leads.values.cells import Unreadable, clean_id
from leadgrade.rules.model import OnUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from leadgrade.leads.columns.batches import Batch, Shifts
    from leadgrade.leads.columns.table import Tables
    from leadgrade.leads.listing import Listing
    from leadgrade.rules.lead import Lead
    from leadgrade.rules.model import Book

REMEMBERED = 200_000
"""So many texts of all columns are remembered with what they say."""

ONE_BY_ONE = 20_000
"""Rows that are given to DuckDB at once where it does not find those of a file."""


class MismatchError(Exception):
    """DuckDB finds other rows than were given to it."""


class Part(NamedTuple):
    """A column that is read: the id of the lead, or a fact."""

    name: str
    """What its columns are called: ``value_name`` and ``rest_name``."""
    at: int
    """Its place in the list, counted from 0."""
    kind: str
    """Its type in SQL."""
    plain: str
    """The SQL of a plain cell's value."""
    typed: Callable[[str], str | None]
    """The SQL of the value in a column of that type, None where its texts have to be read."""
    kept: str
    """The SQL of what is kept of that value."""
    read: Callable[[str], Any]
    """What any other cell says: a value, None, or an ``Unreadable``."""
    fact: str | None = None
    must_be_known: bool = False
    must_be_read: bool = False


class Loader:
    """Loads the batches of one list. ``base`` is the number of the row before its first line."""

    def __init__(
        self, listing: Listing, book: Book, tables: Tables, source: int, base: int
    ) -> None:
        self._listing = listing
        self._tables = tables
        self._run = tables.connection.execute
        self._source = source
        self._base = base
        self._taken = ""
        """What leaves out the rows that are looked at by themselves, as SQL."""
        self.last = base
        """The number of the last row so far."""
        self._remembered: dict[tuple[str, str], Any] = {}
        self._id = _id_part(listing)
        self._facts = list(_fact_parts(listing, book))
        self._parts = [self._id, *self._facts] if self._id else self._facts
        self._lacks = not listing.headers.facts.keys() >= set(listing.required)
        """Whether no row has all the facts that are wanted of it."""

    def load(self, batch: Batch) -> None:
        """Add the rows of a batch to the table."""
        try:
            self._read(batch)
        except MismatchError:
            numbers = range(batch.count)
            for at in numbers[::ONE_BY_ONE]:
                some = numbers[at : at + ONE_BY_ONE]
                self.load(
                    RowBatch(list(batch.rows(some)), [place_of(batch, each) for each in some])
                )
            return
        looked_up = self._look_up()
        flagged = self._flagged(looked_up)
        self._count_unread(batch, looked_up)
        self._insert(batch, looked_up)
        self._listing.leads += batch.count - len(flagged)
        self._passed(place_of(batch, batch.count - 1))
        for number, row in zip(flagged, batch.rows(flagged), strict=True):
            item = self._listing.item(row)
            if item is not None:
                self.add(place_of(batch, number), item)

    def add(self, place: int, item: Lead | Rejected) -> None:
        """Add a row that was read by itself, with its place in the list."""
        if isinstance(item, Rejected):
            self._listing.rejected += 1
        else:
            self._listing.leads += 1
        self._passed(place)
        self._tables.add(self._base + place, item, self._source)

    def _passed(self, place: int) -> None:
        self.last = max(self.last, self._base + place)

    def _read(self, batch: Batch) -> None:
        """Make the table ``list_cells``: what is plain as its value, the rest as texts.

        Raises:
            MismatchError: DuckDB does not find the rows that it was given.
        """
        typed = self._typed(batch)
        query, parameters = batch.select(sorted({part.at for part in self._parts}), typed)
        seen, split = [], []
        for part in self._parts:
            cell = f"c{part.at}"
            plain, text = (
                (typed[part.at], text_of(cell)) if part.at in typed else (part.plain, cell)
            )
            rest = f"CASE WHEN value_{part.name} IS NULL THEN nullif({text}, '') END"
            seen += [cell, f"{plain} AS plain_{part.name}"]
            split += [f"{part.kept} AS value_{part.name}", f"{rest} AS rest_{part.name}"]
        self._run(
            f"CREATE OR REPLACE TEMP TABLE list_cells AS WITH raw AS ({query}),"
            f" seen AS (SELECT {', '.join(dict.fromkeys(seen))} FROM raw)"
            f" SELECT {', '.join(split)} FROM seen",
            parameters,
        )
        (found,) = self._run("SELECT count(*) FROM list_cells").fetchall()
        if found[0] != batch.count:
            raise MismatchError

    def _typed(self, batch: Batch) -> dict[int, str]:
        """Return the SQL of the values of columns that need not be read as texts."""
        used = Counter(part.at for part in self._parts)
        found = {
            part.at: part.typed(batch.kinds[part.at])
            for part in self._parts
            if part.at in batch.kinds and used[part.at] == 1
        }
        return {at: sql for at, sql in found.items() if sql is not None}

    def _look_up(self) -> dict[str, dict[str, str]]:
        """Read what is not plain, each text once.

        Returns:
            The columns that have such texts, by name: the code of each text that is unreadable.
        """
        counts = ", ".join(f"count(rest_{part.name})" for part in self._parts)
        (found,) = self._run(f"SELECT {counts} FROM list_cells").fetchall()
        present = [part for part, count in zip(self._parts, found, strict=True) if count]
        return {part.name: self._look_up_part(part) for part in present}

    def _look_up_part(self, part: Part) -> dict[str, str]:
        """Make the table ``list_said_…``: the texts of a column that say something, and what."""
        rest = f"rest_{part.name}"
        query = f"SELECT DISTINCT {rest} FROM list_cells WHERE {rest} IS NOT NULL"
        texts, values, codes = list[str](), list[Any](), dict[str, str]()
        for (text,) in self._run(query).fetchall():
            said = self._say(part, text)
            if said is None:
                continue
            texts.append(text)
            unreadable = isinstance(said, Unreadable)
            values.append(None if unreadable else said)
            if unreadable:
                codes[text] = said.code
        bad = [text in codes for text in texts]
        self._run(
            f"CREATE OR REPLACE TEMP TABLE list_said_{part.name} AS"
            f" SELECT unnest(?::VARCHAR[]) AS text,"
            f" unnest(?::{part.kind}[]) AS value, unnest(?::BOOLEAN[]) AS bad",
            [texts, values, bad],
        )
        return codes

    def _say(self, part: Part, text: str) -> Any:
        key = (part.name, text)
        if key in self._remembered:
            return self._remembered[key]
        said = part.read(text)
        if len(self._remembered) < REMEMBERED:
            self._remembered[key] = said
        return said

    def _flagged(self, looked_up: Mapping[str, dict[str, str]]) -> list[int]:
        """Make a table of the rows that may be rejected, and return their numbers."""
        doubts = list(self._doubts(looked_up))
        numbers: list[int] = []
        if doubts:
            joins = self._joins(looked_up)
            query = f"SELECT list_cells.rowid FROM list_cells {joins} WHERE {' OR '.join(doubts)}"
            numbers = sorted(number for (number,) in self._run(query).fetchall())
        self._taken = ""
        if numbers:
            query = "SELECT unnest(?::BIGINT[]) AS number"
            self._run(f"CREATE OR REPLACE TEMP TABLE list_flagged AS {query}", [numbers])
            self._taken = "WHERE list_cells.rowid NOT IN (FROM list_flagged)"
        return numbers

    def _doubts(self, looked_up: Mapping[str, dict[str, str]]) -> Iterator[str]:
        """Yield when a row has to be looked at by itself."""
        if self._id:
            lead = self._value(self._id, looked_up)
            yield f"{lead} IS NULL OR {lead} = '' OR length({lead}) > {ID_LIMIT}"
            yield f"regexp_full_match({lead}, {quoted(TOTALS)})"
        else:  # a row without anything in it is none
            unknown = [f"{self._value(part, looked_up)} IS NULL" for part in self._facts]
            read = [f"list_said_{part.name}.bad IS NOT TRUE" for part in self._facts
                    if part.name in looked_up]  # fmt: skip
            yield f"({' AND '.join([*unknown, *read])})"
        if self._lacks:
            yield "TRUE"
        for part in self._facts:
            if part.must_be_known:
                yield f"{self._value(part, looked_up)} IS NULL"
            if part.must_be_read and looked_up.get(part.name):
                yield f"list_said_{part.name}.bad"

    def _count_unread(self, batch: Batch, looked_up: Mapping[str, dict[str, str]]) -> None:
        for part in self._facts:
            codes = looked_up.get(part.name)
            if not codes:
                continue
            found = self._run(
                f"SELECT rest_{part.name}, count(*), min(list_cells.rowid) FROM list_cells"
                f" JOIN list_said_{part.name} ON rest_{part.name} = text AND bad"
                f" {self._taken} GROUP BY ALL"
            ).fetchall()
            for text, count, first in found:
                sample = text.strip()[:SAMPLE_LIMIT]
                cell = Unread(part.fact or "", codes[text], line_of(batch, first), sample, count)
                self._listing.count_unread(cell)

    def _insert(self, batch: Batch, looked_up: Mapping[str, dict[str, str]]) -> None:
        names = ["n", "lead", "source", "line"]
        names += [self._tables.column(part.fact) for part in self._facts if part.fact]
        place, shifts = self._shifted("list_places", batch.places)
        line, more = (
            (place, "") if batch.lines is batch.places else self._shifted("list_lines", batch.lines)
        )
        lead = self._value(self._id, looked_up) if self._id else f"({line})::VARCHAR"
        facts = [self._value(part, looked_up) for part in self._facts]
        values = [f"{self._base} + {place}", lead, str(self._source), line, *facts]
        self._run(
            f"INSERT INTO {self._tables.leads_table} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM list_cells {shifts} {more} {self._joins(looked_up)}"
            f" {self._taken}"
        )

    def _shifted(self, name: str, shifts: Shifts) -> tuple[str, str]:
        """Return the SQL of the number of a row with its shift, and the join that it takes."""
        if len(shifts) == 1:
            return f"list_cells.rowid + {shifts[0][1]}", ""
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS"
            " SELECT unnest(?::BIGINT[]) AS first, unnest(?::BIGINT[]) AS shift",
            [[first for first, _ in shifts], [shift for _, shift in shifts]],
        )
        return (
            f"list_cells.rowid + {name}.shift",
            f"ASOF JOIN {name} ON list_cells.rowid >= {name}.first",
        )

    def _joins(self, looked_up: Mapping[str, dict[str, str]]) -> str:
        return " ".join(
            f"LEFT JOIN list_said_{name} ON rest_{name} = list_said_{name}.text"
            for name in looked_up
        )

    @staticmethod
    def _value(part: Part, looked_up: Mapping[str, dict[str, str]]) -> str:
        """Return the SQL of what a cell says, whether it was plain or looked up."""
        if part.name in looked_up:
            return f"coalesce(value_{part.name}, list_said_{part.name}.value)"
        return f"value_{part.name}"


def _id_part(listing: Listing) -> Part | None:
    at = listing.headers.lead_id
    if at is None:
        return None
    return Part("id", at, "VARCHAR", plain_id(f"c{at}"), lambda _: None, "plain_id", clean_id)


def _fact_parts(listing: Listing, book: Book) -> Iterator[Part]:
    for number, (fact, at, column) in enumerate(listing.columns):
        policy, cell = listing.policies[fact.id], f"c{at}"
        yield Part(
            str(number),
            at,
            SQL_TYPES[fact.type],
            plain_fact(fact, book, policy, cell),
            partial(typed_fact, fact, book, policy, cell),
            kept(fact, f"plain_{number}"),
            column.__getitem__,
            fact.id,
            fact.id in listing.required,
            fact.on_unreadable is OnUnreadable.REJECT,
        )
