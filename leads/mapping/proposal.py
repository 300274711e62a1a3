"""What would be made of a list, column by column, with how sure that is: for a person to settle.

Nothing is refused here that a person can settle: a column that may be two facts, or a fact that
two columns name, is shown with its choices.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from leadgrade.leads.formats.source import open_source
from leadgrade.leads.formats.tables import table_of
from leadgrade.leads.listing import DEFAULTS
from leadgrade.leads.mapping.headers import find_id, id_names, of_preset, shown_headers, shut
from leadgrade.leads.mapping.map_file import read_map_file
from leadgrade.leads.mapping.matching import (
    NO_MATCH,
    SURE,
    Match,
    Sure,
    Why,
    all_names,
    match_columns,
    suggest,
)
from leadgrade.leads.mapping.presets import recognised
from leadgrade.leads.terms import ListError, Row
from leadgrade.leads.values.amounts import read_unit
from leadgrade.leads.values.cells import Column, Unreadable, unknown_text
from leadgrade.leads.values.decimals import DECLARED, Evidence, marks_of
from leadgrade.leads.values.detection import SAMPLE, detect
from leadgrade.leads.values.policy import Policy
from leadgrade.leads.values.settling import fitting_format
from leadgrade.rules.model import NUMERIC
from leadgrade.rules.values import ValueReadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from leadgrade.leads.mapping.presets import Preset
    from leadgrade.leads.terms import Options, Table
    from leadgrade.rules.model import Book

MOST_SAMPLES = 3
SAMPLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Proposed:
    """What one column may be. ``readable`` is the share of its known cells, None without a fact.

    ``rivals`` are the other columns that name the same fact. ``open``: its numbers are all like
    ``1.200``, and nothing says what that is.
    """

    header: str
    match: Match
    sure: Sure
    policy: Policy
    samples: tuple[str, ...]
    known: float
    readable: float | None
    rivals: tuple[str, ...] = ()
    open: bool = False

    @property
    def fact(self) -> str | None:
        """The fact that the column is taken for, None where it is not, or not sure enough."""
        if self.sure is Sure.DOUBTFUL or self.rivals or len(self.match.facts) != 1:
            return None
        return self.match.facts[0]

    @property
    def doubt(self) -> bool:
        """Whether a person has to say which: the list is refused as it is."""
        return self.sure is not Sure.DOUBTFUL and (len(self.match.facts) > 1 or bool(self.rivals))

    @property
    def proposed(self) -> bool:
        """Whether it is like a fact, and not used unless a person says that it is one."""
        return self.sure is Sure.DOUBTFUL


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be made of a list. ``rows`` were looked at. ``id_column`` None: not known."""

    file: str
    table: Table
    preset: Preset | None
    id_column: str | None
    columns: tuple[Proposed, ...]
    rows: int

    @property
    def settled(self) -> bool:
        """Whether the list can be read as it is, and no column waits for a person to say yes."""
        facts = any(column.fact for column in self.columns)
        asked = any(each.doubt or each.proposed for each in self.columns)
        return bool(facts and self.id_column and not asked)


def propose(path: str | Path, book: Book, options: Options = DEFAULTS) -> Proposal:
    """Return what would be made of a list.

    Raises:
        ListError, BookError: it cannot be read at all; see ``open_list``.
    """
    source = open_source(path)
    try:
        said = read_map_file(options.map_file, book) if options.map_file else None
        options = said.over(options) if said else options
        table = table_of(source, book, options, said)
        headers = shown_headers(table.headers)
        preset = recognised(headers)
        if said:
            by_hand = said.headers(table.headers, book, source.name, options.id_column)
            matches = {at: Match((fact,), Why.MAPPING) for fact, at in by_hand.facts.items()}
            policies = {at: by_hand.policies[fact] for fact, at in by_hand.facts.items()}
        else:
            matches = match_columns(headers, book, preset)
            policies = {}
        sample = [row.cells for row in islice(table.rows(), SAMPLE) if isinstance(row, Row)]
        view = _View(headers, book, options, table, sample, preset)
        columns = view.columns(matches, policies, by_hand=said is not None)
        lead_id = _id(headers, book, preset, source.name, options.id_column)
        return Proposal(source.name, table, preset, lead_id, columns, len(sample))
    finally:
        source.close()


def _id(
    headers: Sequence[str], book: Book, preset: Preset | None, file: str, wanted: str | None
) -> str | None:
    try:
        at = find_id(headers, id_names(book, preset), file, wanted)
    except ListError as error:
        if error.code == "no-such-column":
            raise
        return None
    return "row" if at is None else headers[at]


class _View:
    """A sample of a list, looked at column by column."""

    def __init__(
        self,
        headers: Sequence[str],
        book: Book,
        options: Options,
        table: Table,
        sample: list[list[str]],
        preset: Preset | None,
    ) -> None:
        self._headers = headers
        self._book = book
        self._said = fitting_format(Policy.of(options), table)
        self._table = table
        self._sample = sample
        self._preset = preset

    def columns(
        self, matches: dict[int, Match], policies: dict[int, Policy], *, by_hand: bool
    ) -> tuple[Proposed, ...]:
        named = Counter(fact for match in matches.values() for fact in match.facts)
        names, claimed = all_names(self._book), set(named)
        evidence = self._evidence(matches, policies)
        found = []
        for at, header in enumerate(self._headers):
            if not header:
                continue
            match = matches.get(at) or (NO_MATCH if by_hand or shut(header, self._preset) else None)
            match = match or suggest(header, names, claimed)
            one = self._column(at, match, policies.get(at, Policy()), evidence)
            rivals = [
                self._headers[other]
                for other, rival in matches.items()
                if other != at and at in matches and set(rival.facts) & set(match.facts)
            ]
            found.append(replace(one, rivals=tuple(rivals)))
        return tuple(found)

    def _evidence(self, matches: Mapping[int, Match], policies: Mapping[int, Policy]) -> Evidence:
        """Return what the number columns that are read show of points and commas."""
        shown = []
        for at, match in matches.items():
            fact = self._book.facts[match.facts[0]]
            if fact.type in NUMERIC:
                declared = policies.get(at, Policy()).over(self._said)
                cells = (row[at] for row in self._sample)
                shown.append(DECLARED if declared.decimal_comma else marks_of(cells))
        return Evidence(shown, self._table.delimiter)

    def _column(self, at: int, match: Match, declared: Policy, evidence: Evidence) -> Proposed:
        cells = [row[at] for row in self._sample]
        known = [cell for cell in cells if not unknown_text(cell)]
        samples = tuple(dict.fromkeys(each.strip()[:SAMPLE_LENGTH] for each in known))
        share = len(known) / len(cells) if cells else 0.0
        one = Proposed(
            self._headers[at], match, SURE[match.why], Policy(), samples[:MOST_SAMPLES], share, None
        )
        return self._read(at, one, declared, known, evidence) if match.facts else one

    def _read(
        self, at: int, one: Proposed, declared: Policy, known: list[str], evidence: Evidence
    ) -> Proposed:
        """Return a column with how its cells would be read, and the share that can be."""
        match = one.match
        fact = self._book.facts[match.facts[0]]
        if match.unit and fact.type in NUMERIC:
            try:
                read_unit(match.unit, self._book.currency)
                declared = replace(declared, unit=match.unit)
            except ValueReadError:
                pass
        preset = of_preset(self._headers[at], self._preset) or Policy()
        declared = declared.over(self._said).over(preset).fitting(fact.type)
        comma = evidence.decimal_comma(marks_of(known)) if fact.type in NUMERIC else False
        policy = declared.over(detect(fact, known, decimal_comma=bool(comma)))
        column = Column(fact, self._book, policy)
        read = sum(not isinstance(column[cell], Unreadable) for cell in known)
        readable = read / len(known) if known else None
        open_ = comma is None and not policy.decimal_comma
        return replace(one, policy=policy, readable=readable, open=open_)
