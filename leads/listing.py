"""One list: its headers, and its rows as leads or rejections, one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.formats.source import Source, open_source
from leadgrade.leads.formats.tables import table_of
from leadgrade.leads.identity.keys import Keys, identity_of, map_with_identity, names_itself
from leadgrade.leads.mapping.headers import HeaderMap, map_headers
from leadgrade.leads.mapping.map_file import MapFile, read_map_file
from leadgrade.leads.rejects import without_reasons
from leadgrade.leads.terms import ListError, Options, Rejected, Row, Table, Unread, clip
from leadgrade.leads.totals import adds_up
from leadgrade.leads.values.cells import Column, Unreadable, clean_id
from leadgrade.leads.values.policy import Policy
from leadgrade.leads.values.settling import settle
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import OnUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book

ID_LIMIT = 500
"""A lead id may have so many characters."""

SAMPLE_LIMIT = 200
"""So many characters of an unreadable cell are kept as its sample."""

DEFAULTS = Options()


class Refusal(NamedTuple):
    """Why a lead is not taken: the code and the arguments of its rejection."""

    code: str
    args: dict[str, str]


class Listing:
    """An open list. Iterating reads it from the beginning, and counts anew.

    Duplicate ids are not looked at here: see ``reading``.
    """

    def __init__(
        self,
        source: Source,
        table: Table,
        book: Book,
        options: Options,
        said: MapFile | None = None,
    ) -> None:
        self.file = source.name
        self.size = source.size
        """In bytes, unpacked."""
        self.sha256 = source.fingerprint
        """The hash in hex of the bytes as they are."""
        self.encoding = table.encoding
        """None for a spreadsheet."""
        self.delimiter = table.delimiter
        """None for what is no CSV."""
        self.header_line = table.header_line
        self.above = table.above
        """The rows above the header: titles, notes."""
        self.format = table.kind
        """CSV, XLSX, JSON, Parquet or SQL."""
        self.sheet = table.sheet
        """None for what is no spreadsheet."""

        def mapped(id_column: str | None) -> HeaderMap:
            if said:
                return said.headers(table.headers, book, source.name, id_column)
            return map_headers(table.headers, book, source.name, id_column=id_column)

        self.headers = map_with_identity(mapped, book, options.id_column)
        id_said = options.id_column is not None
        self.identity = identity_of(book, id_said=id_said)
        """The keys that tell its leads apart."""
        self.required = tuple(fact.id for fact in book.facts.values() if fact.required)
        """A row without one of these facts is rejected."""
        self.gather: Callable[[Sequence[str], dict[str, Value]], dict[str, Value]] | None = None
        """What joined files say of a lead, by its ids and its facts; see ``joining``."""
        self.raw = ""
        """The text of the row that was read last."""
        self.leads = 0
        self.rejected = 0
        self.by_keys = names_itself(book, id_said=id_said)
        """Whether keys of the book name its leads, and no column."""
        self._own_id = ""
        self._source = source
        self.table = table
        """Its rows as texts."""
        self._unread: dict[tuple[str, str], Unread] = {}
        settled = settle(table, self.headers, book, Policy.of(options))
        self.policies = settled.policies
        """How the cells of each fact are read, declared or detected."""
        self.detected = settled.detected
        """What of it was detected."""
        self.open_decimals = settled.open
        """The facts whose numbers are like ``1.200``, where nothing says what that is."""
        self.columns = [
            (book.facts[fact], at, Column(book.facts[fact], book, self.policies[fact]))
            for fact, at in self.headers.facts.items()
        ]
        """The facts that it has, the columns that they stand in, and what their cells say."""
        self._columns = [(fact.id, at, column) for fact, at, column in self.columns]
        self._must_be_read = {
            fact.id for fact, _, _ in self.columns if fact.on_unreadable is OnUnreadable.REJECT
        }

    @property
    def how(self) -> dict[str, object]:
        """How the list is read, for the record: what was recognised, declared and detected."""
        preset = self.headers.preset
        settled = {fact: dict(policy.settled()) for fact, policy in self.policies.items()}
        detected = {fact: dict(policy.settled()) for fact, policy in self.detected.items()}
        return {
            "preset": preset.id if preset else None,
            "header_row": self.header_line,
            "above": len(self.above),
            "policies": {fact: policy for fact, policy in settled.items() if policy},
            "detected": {fact: policy for fact, policy in detected.items() if policy},
            **({"open_decimals": list(self.open_decimals)} if self.open_decimals else {}),
        }

    @property
    def rows(self) -> int:
        """The rows read so far: leads and rejections. Blank rows are none."""
        return self.leads + self.rejected

    @property
    def named_by(self) -> str:
        """What names its leads: a header, ``row``, or keys, the first one first."""
        return ", ".join(self.identity.labels) if self.by_keys else self.headers.id_header

    @property
    def own_id(self) -> str:
        """What its column says of the lead that was read last, "" where there is none."""
        return self._own_id

    def keys_of(self, lead: Lead) -> Keys:
        """Return the keys of the lead that was read last."""
        return self.identity.keys_of(self._own_id, lead.facts)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The cells that could not be read so far, by fact and reason, in order of appearance."""
        places = {fact: place for place, fact in enumerate(self.headers.facts)}
        return tuple(sorted(self._unread.values(), key=lambda cell: (cell.line, places[cell.fact])))

    def __iter__(self) -> Iterator[Lead | Rejected]:
        return self.items(lambda _: None)

    def items(self, claim: Callable[[Lead], Refusal | None]) -> Iterator[Lead | Rejected]:
        """Yield the rows from the beginning. ``claim`` may refuse a lead: its row is rejected.

        Rejections: those of the tables, ``empty-id``, ``totals-row``, ``no-key``,
        ``id-too-long``, ``unreadable-cell``, ``missing-fact``.

        Raises:
            ListError: ``changed-while-read`` or ``unreadable-file``.
        """
        self.restart()
        for row in self.table.rows():
            item = row if isinstance(row, Rejected) else self.item(row, claim)
            if item is None:
                continue
            if isinstance(item, Rejected):
                self.rejected += 1
            else:
                self.leads += 1
            yield item

    def watched(self, look: Callable[[list[str]], None]) -> Iterator[Lead | Rejected]:
        """Yield the rows from the beginning; ``look`` sees the cells of each whole one before."""
        table = self.table

        def rows() -> Iterator[Row | Rejected]:
            for row in table.rows():
                if isinstance(row, Row):
                    look(row.cells)
                yield row

        self.table = replace(table, rows=rows, bulk=None)
        try:
            yield from self
        finally:
            self.table = table

    def restart(self) -> None:
        """Set the counts to nothing read."""
        self.leads = self.rejected = 0
        self._unread.clear()

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def item(
        self, row: Row, claim: Callable[[Lead], Refusal | None] | None = None
    ) -> Lead | Rejected | None:
        """Return what a row is, None for a blank one. Its unread cells are counted."""
        item = self._lead(row)
        if claim is not None and isinstance(item, Lead) and (refusal := claim(item)):
            return self._rejected(row, refusal.code, **refusal.args)
        return item

    def _lead(self, row: Row) -> Lead | Rejected | None:
        """Return what a row is; None for a blank one."""
        at = self.headers.lead_id
        self._own_id = "" if at is None else clean_id(row.cells[at])
        self.raw = row.raw
        if not self._own_id and not any(map(str.strip, row.cells)):
            return None
        if at is not None and (refused := self._refused_id(row, at)):
            return refused
        facts: dict[str, Value] = {}
        unread: list[Unread] = []
        cells = row.cells
        for name, at, column in self._columns:
            value = column[cells[at]]
            if value is None:
                continue
            if not isinstance(value, Unreadable):
                facts[name] = value
                continue
            text = cells[at].strip()[:SAMPLE_LIMIT]
            if name in self._must_be_read:
                return self._rejected(
                    row, "unreadable-cell", fact=name, reason=value.code, text=text
                )
            unread.append(Unread(name, value.code, row.line, text))
        found = self._named(row, facts)
        if isinstance(found, Lead):
            for cell in unread:
                self.count_unread(cell)
        return found

    def _refused_id(self, row: Row, at: int) -> Rejected | None:
        """Return the rejection of a row whose id names nobody."""
        if not self._own_id:
            if self.by_keys:
                return None
            return self._rejected(row, "empty-id", column=self.headers.id_header)
        if adds_up(self._own_id, (cell for place, cell in enumerate(row.cells) if place != at)):
            return self._rejected(row, "totals-row", id=self._own_id)
        return None

    def _named(self, row: Row, facts: dict[str, Value]) -> Lead | Rejected:
        """Return the lead of a row's facts, with what joined files say of it."""
        if self.by_keys:
            lead = self.identity.name(self._own_id, facts)
            if not lead:
                return self._rejected(row, "no-key", keys=", ".join(self.identity.labels))
        else:
            lead = self._own_id or str(row.line)
        if len(lead) > ID_LIMIT:
            return self._rejected(row, "id-too-long", limit=str(ID_LIMIT))
        if self.gather is not None:
            facts.update(self.gather((self._own_id or lead,), facts))
        for name in self.required:
            if name not in facts:
                return self._rejected(row, "missing-fact", fact=name)
        return Lead(lead, facts, file=self.file, line=row.line)

    def count_unread(self, cell: Unread) -> None:
        """Count cells that could not be read; the first of them is the sample."""
        known = self._unread.setdefault((cell.fact, cell.code), cell)
        if known is cell:
            return
        known.count += cell.count
        if cell.line < known.line:
            known.line, known.text = cell.line, cell.text

    def _rejected(self, row: Row, code: str, **args: str) -> Rejected:
        return Rejected(self.file, row.line, code, args, clip(row.raw))


def open_list(path: str | Path | Source, book: Book, options: Options = DEFAULTS) -> Listing:
    """Open a list by its path, if it is not open yet; ``-`` is standard input. Close it when done.

    Raises:
        ListError: the list cannot be used as a whole; see the codes of ``source``, ``encoding``,
            ``dialect``, ``records``, ``sheets``, ``objects``, ``headers``, and ``no-rows``.
    """
    source = path if isinstance(path, Source) else open_source(path)
    return opened_list(source, book, options)


def opened_list(source: Source, book: Book, options: Options = DEFAULTS) -> Listing:
    """Return an open source as a list; it is closed where it cannot be one.

    Raises:
        ListError: see ``open_list``.
    """
    try:
        said = read_map_file(options.map_file, book) if options.map_file else None
        options = said.over(options) if said else options
        table = without_reasons(table_of(source, book, options, said), source.name)
        listing = Listing(source, table, book, options, said)
        if next(iter(listing), None) is None:
            raise ListError("no-rows", file=source.name)
        listing.restart()
    except BaseException:
        source.close()
        raise
    return listing
