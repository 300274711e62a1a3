"""Files that are joined to the lists of a run: any number of rows for a lead become facts of it.

A joined file is read like a list whose facts are its columns. Rows that cannot be read, that were
not known before the day, or that belong to nobody, are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from leadgrade.leads.aggregates import Gathering, Meaning
from leadgrade.leads.identity.keys import kind_of, normal_value
from leadgrade.leads.listing import DEFAULTS, Listing, open_list
from leadgrade.leads.mapping.headers import fold_header
from leadgrade.leads.terms import DateOrder, ListError, Options, Rejected
from leadgrade.rules.conditions import subjects_of
from leadgrade.rules.gathering import ID

if TYPE_CHECKING:
    from datetime import date

    from leadgrade.rules.conditions import Value
    from leadgrade.rules.gathering import JoinedSource
    from leadgrade.rules.model import Book, Fact


@dataclass(slots=True)
class JoinedFile:
    """What became of the rows of a joined file."""

    source: str
    """Its name in the book."""
    listing: Listing
    """The file as a list: its format, its columns, the cells that could not be read."""
    rejected: dict[str, tuple[int, Rejected]] = field(default_factory=dict)
    """The rows that could not be read, by code: how many, and the first."""
    too_late: int = 0
    """The rows that were not known before the day."""
    keys: Counter[str] = field(default_factory=Counter)
    """The rows of each key."""
    matched: set[str] = field(default_factory=set)
    """The keys that rows of the lists have, shared by the files of a source."""

    @property
    def unmatched(self) -> int:
        """The rows that belong to no row of the lists, once those are read."""
        return sum(count for key, count in self.keys.items() if key not in self.matched)


@dataclass(frozen=True, slots=True)
class _Source:
    """A joined source: how its key is written, and what was gathered."""

    declared: JoinedSource
    normal: Callable[[str], str | None]
    gathering: Gathering
    matched: set[str]


class Joins:
    """All that is joined to the lists of a run."""

    def __init__(
        self,
        book: Book,
        as_of: date,
        meaning: Meaning,
        options: Options = DEFAULTS,
    ) -> None:
        self.files: list[JoinedFile] = []
        self._book = book
        self._as_of = as_of
        self._meaning = meaning
        self._options = options
        self._sources: dict[str, _Source] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The sources that were joined."""
        return tuple(self._sources)

    def read(self, name: str, path: str) -> None:
        """Read a file of a source, from its beginning to its end.

        Raises:
            ListError: ``no-such-source``, ``no-key-column``, ``lacks-columns``, or the file
                cannot be used as a list; see ``open_list``.
        """
        declared = declared_source(name, self._book)
        if name not in self._sources:
            self._sources[name] = self._source(declared)
        source = self._sources[name]
        with _opened(path, declared, self._book, self._options) as listing:
            _check(listing, declared, self._facts(name))
            found = JoinedFile(name, listing, matched=source.matched)
            for item in listing:
                if isinstance(item, Rejected):
                    count, first = found.rejected.get(item.code, (0, item))
                    found.rejected[item.code] = (count + 1, first)
                    continue
                key = source.normal(item.id) or ""
                found.keys[key] += 1
                found.too_late += not source.gathering.add(key, item.facts)
        self.files.append(found)

    def facts_of(self, ids: Sequence[str], facts: Mapping[str, Value]) -> dict[str, Value]:
        """Return what the joined files say of a lead with these ids and facts."""
        found: dict[str, Value] = {}
        for source in self._sources.values():
            keys = _keys(source, ids, facts)
            if keys:
                source.matched.update(keys)
                found.update(source.gathering.facts_of(keys))
        return found

    def refuse_twice(self, listings: Iterable[Listing]) -> None:
        """Check that no list has a column for what is gathered.

        Raises:
            ListError: ``joined-and-listed``.
        """
        for listing in listings:
            for header, name in listing.headers.mapped.items():
                aggregate = self._book.facts[name].aggregate
                if aggregate is not None and aggregate.source in self._sources:
                    words = {"header": header, "fact": name, "source": aggregate.source}
                    raise ListError("joined-and-listed", file=listing.file, **words)

    def _facts(self, name: str) -> list[Fact]:
        gathered = (fact for fact in self._book.facts.values() if fact.aggregate is not None)
        return [fact for fact in gathered if fact.aggregate and fact.aggregate.source == name]

    def _source(self, declared: JoinedSource) -> _Source:
        gathering = Gathering(declared, self._facts(declared.id), self._as_of, self._meaning)
        normal: Callable[[str], str | None] = str
        if declared.lead.fact != ID:
            normal = normal_value(kind_of(declared.lead, self._book), self._book)
        return _Source(declared, normal, gathering, set())


def _keys(source: _Source, ids: Sequence[str], facts: Mapping[str, Value]) -> list[str]:
    """Return what the rows of a lead have as their key; none where that is unknown."""
    fact = source.declared.lead.fact
    if fact == ID:
        return list(dict.fromkeys(ids))
    said = facts.get(fact)
    key = None if said is None else source.normal(str(said))
    return [] if key is None else [key]


def declared_source(name: str, book: Book) -> JoinedSource:
    """Return what a book says of a source.

    Raises:
        ListError: ``no-such-source``.
    """
    if name not in book.sources:
        near = get_close_matches(name, book.sources, n=1)
        known = ", ".join(book.sources) or "-"
        raise ListError("no-such-source", name=name, known=known, nearest="".join(near))
    return book.sources[name]


def as_list(declared: JoinedSource, book: Book, options: Options) -> tuple[Book, Options]:
    """Return what reads a joined file as a list: its columns are the facts, its key is the id."""
    inside = replace(
        book, facts=declared.columns, lead_id=declared.key, lead_name=None, identity=(), sources={}
    )
    said = Options(
        encoding=declared.encoding,
        sheet=declared.sheet,
        bare_percent=options.bare_percent,
        date_order=DateOrder(declared.dates) if declared.dates else options.date_order,
        decimal_comma=options.decimal_comma,
    )
    return inside, said


def _opened(path: str, declared: JoinedSource, book: Book, options: Options) -> Listing:
    inside, said = as_list(declared, book, options)
    try:
        return open_list(path, inside, said)
    except ListError as error:
        headers = error.details.get("headers", "")
        if error.code == "no-lead-id":
            raise _no_key(path, declared, headers) from None
        if error.code == "nothing-mapped":
            columns = ", ".join(declared.columns)
            raise ListError("lacks-columns", file=path, columns=columns, headers=headers) from None
        raise


def _check(listing: Listing, declared: JoinedSource, facts: Sequence[Fact]) -> None:
    """Check that a joined file has its key, and the columns that facts are gathered from."""
    titles = {fold_header(title) for title in declared.key}
    if fold_header(listing.headers.id_header) not in titles:  # another column that may be an id
        raise _no_key(listing.file, declared, ", ".join(listing.headers.headers))
    wanted = {declared.dated_by, declared.known_by} - {None}
    for fact in facts:
        aggregate = fact.aggregate
        assert aggregate is not None  # noqa: S101 - only gathered facts come here
        wanted |= {aggregate.column} - {None}
        for condition in (aggregate.test, aggregate.where):
            wanted |= subjects_of(condition) if condition is not None else set()
    lacking = [name for name in declared.columns if name in wanted - listing.headers.facts.keys()]
    if lacking:
        headers = ", ".join(listing.headers.headers)
        missing = ", ".join(lacking)
        raise ListError("lacks-columns", file=listing.file, columns=missing, headers=headers)


def _no_key(file: str, declared: JoinedSource, headers: str) -> ListError:
    wanted = ", ".join(declared.key)
    words = {"source": declared.id, "wanted": wanted, "headers": headers}
    return ListError("no-key-column", file=file, **words)
