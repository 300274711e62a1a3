"""Rows of lists, and leads of the record, that are the same lead, or may be: nothing is merged.

What is the same follows from the keys of the book alone (see ``grouping``). Names that look alike
are compared only where a person asks for it, and nothing follows from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.identity.contact import normal_company
from leadgrade.leads.identity.grouping import Groups
from leadgrade.leads.identity.keys import kind_of
from leadgrade.leads.terms import ListError, Rejected
from leadgrade.rules.gathering import KeyKind

if TYPE_CHECKING:
    from leadgrade.leads.identity.keys import Keys
    from leadgrade.leads.reading import Reading
    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book

LEAST_ALIKE = 85.0
"""Names are shown together from this likeness on, of 100."""


class Member(NamedTuple):
    """A row of a list, or a lead of the record: then with its run, and without a line."""

    lead: str
    name: str
    file: str | None = None
    line: int | None = None
    run: int | None = None


class Same(NamedTuple):
    """Members that are one lead, and what they share: ``(key, value)``."""

    members: tuple[Member, ...]
    shared: tuple[tuple[str, str], ...]


class Unclear(NamedTuple):
    """Members that share a key and differ in a stronger one: they stay apart."""

    members: tuple[Member, ...]
    key: str
    value: str
    differ_in: str


class Alike(NamedTuple):
    """Two members whose names look alike, from 0 to 100."""

    score: float
    members: tuple[Member, Member]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found in a list."""

    rows: int
    rejected: int
    same: tuple[Same, ...]
    unclear: tuple[Unclear, ...]
    alike: tuple[Alike, ...]


class Stored(NamedTuple):
    """A lead of the record as it was last decided."""

    lead: str
    run: int
    facts: Mapping[str, Value]


def find_duplicates(
    reading: Reading, book: Book, stored: Iterable[Stored] = (), *, fuzzy: bool = False
) -> Duplicates:
    """Compare the rows of lists with each other, and with leads of the record.

    Raises:
        ListError: a list cannot be read to its end; for ``fuzzy``, ``needs-library`` or
            ``nothing-to-compare``.
    """
    named_by = _name_fact(book) if fuzzy else None
    search = _Search(book, named_by)
    for listing in reading.listings:
        listing.required = ()
        for item in listing:
            if not isinstance(item, Rejected):
                member = Member(item.id, search.name(item.facts), item.file, item.line)
                search.add(member, listing.keys_of(item), item.facts)
    identity = reading.listings[0].identity
    for each in stored:
        member = Member(each.lead, search.name(each.facts), run=each.run)
        keys = identity.keys_of("", each.facts)
        own_id = "" if each.lead in keys else each.lead  # it is called by one of its other keys
        search.add(member, identity.keys_of(own_id, each.facts), each.facts)
    search.groups.settle()
    return Duplicates(
        rows=reading.rows,
        rejected=reading.rejected,
        same=tuple(search.same(identity.labels)),
        unclear=tuple(search.unclear(identity.labels)),
        alike=tuple(search.alike()) if fuzzy else (),
    )


class _Search:
    """Rows as they are compared."""

    def __init__(self, book: Book, company: str | None) -> None:
        self.groups = Groups()
        self._book = book
        self._company = company
        self._members: list[Member] = []
        self._keys: list[Keys] = []
        self._companies: list[str] = []

    def name(self, facts: Mapping[str, Value]) -> str:
        """Return what people call a lead."""
        return str(facts.get(self._book.lead_name or "", ""))

    def add(self, member: Member, keys: Keys, facts: Mapping[str, Value]) -> None:
        """Take the next row."""
        self.groups.note(member.lead, keys)
        self._members.append(member)
        self._keys.append(keys)
        if self._company is not None:
            self._companies.append(normal_company(str(facts.get(self._company, ""))))

    def same(self, labels: tuple[str, ...]) -> Iterator[Same]:
        """Yield the leads that have several rows, or another name in the record."""
        for root, rows in self.groups.together().items():
            members = tuple(self._members[row] for row in rows)
            listed = [each for each in members if each.run is None]
            if len(listed) > 1 or (listed and len({each.lead for each in members}) > 1):
                shared = [
                    (labels[level], value)
                    for level in self.groups.shared(root)
                    for value, count in Counter(self._keys[row][level] for row in rows).items()
                    if count > 1 and value is not None
                ]
                yield Same(members, tuple(shared))

    def unclear(self, labels: tuple[str, ...]) -> Iterator[Unclear]:
        """Yield what shares a key and is not the same."""
        for doubt in self.groups.doubts:
            members = tuple(self._members[row] for row in doubt.rows)
            if any(each.run is None for each in members):
                yield Unclear(members, labels[doubt.level], doubt.value, labels[doubt.stronger])

    def alike(self) -> Iterator[Alike]:
        """Yield the pairs of different leads whose names look alike, the likest first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where it is asked for

        first: dict[str, int] = {}
        for row, company in enumerate(self._companies):
            if company and self.groups.group(row) == row:
                first.setdefault(company, row)
        names = list(first)
        found: list[tuple[float, int, int]] = []
        for at, name in enumerate(names):
            rest = names[at + 1 :]
            for other, score, _ in process.extract(
                name, rest, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=None
            ):
                found.append((score, first[name], first[other]))
        for score, one, two in sorted(found, key=lambda each: (-each[0], each[1:])):
            pair = self._members[one], self._members[two]
            if any(each.run is None for each in pair):
                yield Alike(round(score, 1), pair)


def _name_fact(book: Book) -> str:
    """Return the fact whose texts may look alike: the company of the keys, else of the lead."""
    try:
        import rapidfuzz  # noqa: F401, PLC0415
    except ImportError:
        raise ListError("needs-library", file="--fuzzy", library="rapidfuzz") from None
    parts = [part for key in book.identity for part in key]
    companies = [part.fact for part in parts if kind_of(part, book) is KeyKind.COMPANY]
    found = next(iter(companies), book.lead_name)
    if found is None:
        raise ListError("nothing-to-compare")
    return found
