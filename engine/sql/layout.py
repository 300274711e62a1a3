"""What a statement is compiled from, the names of its columns, and what is known so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from sqlglot import exp

from leadgrade.engine.in_force import in_force
from leadgrade.engine.legend import Legend
from leadgrade.engine.ranks import rankings_of
from leadgrade.engine.sql.conditions import ConditionReader
from leadgrade.engine.sql.dialects import Dialect
from leadgrade.engine.sql.expressions import (
    Sql,
    case,
    cast,
    certain,
    column,
    known,
    text,
    truth,
    whole,
)
from leadgrade.engine.sql.expressions import day as day_of
from leadgrade.engine.sql.names import Names, names_of_facts
from leadgrade.engine.sql.subjects import FactColumn, Subject
from leadgrade.rules.model import Book, Ranking, Rule, Validity
from leadgrade.rules.phrase import Phrase

PLACES = ("position", "of")
SUMS = ("before", "total")


def kinds_of_place(ranking: Ranking) -> tuple[str, ...]:
    """Return what has to be known of a place: see ``rules/lead.py:Rank``. Few rank by sums."""
    return (*PLACES, *SUMS) if ranking.by_total else PLACES


Words = Callable[..., str]
"""Gives the text of a code, filled with values by name."""


@dataclass(frozen=True)
class AsOf:
    """The as-of date: a day, or a text that will stand for one in the statement."""

    day: date | None
    stands: str = ""

    def sql(self) -> Sql:
        """Return it as a date."""
        if self.day is not None:
            return day_of(self.day)
        return cast(text(self.stands), exp.DType.DATE)

    def within(self, valid: Validity | None, found: Sql, otherwise: Callable[[], Sql]) -> Sql:
        """Return what is found on days on which something is in force, else ``otherwise``."""
        if valid is None or self.day is not None:  # what is not in force then was left out
            return found
        outside = [
            kind(this=self.sql(), expression=day_of(end))
            for kind, end in ((exp.LT, valid.first), (exp.GT, valid.last))
            if end is not None
        ]
        return case([(each, otherwise()) for each in outside], found)


@dataclass(frozen=True)
class RuleColumn:
    """The column of a rule: whether it fires, or the number of the outcome that does.

    It is NULL where the rule is open. Outcomes are counted from 1; 0 is none of them.
    """

    name: str
    rule: Rule
    may_be_open: bool

    @property
    def is_truth(self) -> bool:
        """Whether the column is a truth, for a rule of one outcome."""
        return len(self.rule.outcomes) == 1

    def nothing(self) -> Sql:
        """Return the value of a rule that does not fire and is not open."""
        return truth(False) if self.is_truth else whole(0)  # noqa: FBT003

    def fires(self) -> Sql:
        """Return whether the rule fires; NULL where it is open."""
        if self.is_truth:
            return column(self.name)
        return exp.GT(this=column(self.name), expression=whole(0))

    def fired(self) -> Sql:
        """Return whether the rule fired: false also where it is open."""
        return certain(self.fires()) if self.may_be_open else self.fires()

    def is_open(self) -> Sql:
        """Return whether the rule is open."""
        return known(column(self.name), negated=True)


@dataclass
class Layout:
    """The book, where each of its parts is found, and what conditions may speak of by now."""

    book: Book
    """Only what is in force of it, where the as-of date is fixed."""
    legend: Legend
    as_of: AsOf
    dialect: Dialect
    read: dict[str, str]
    """The columns of the facts as they were read."""
    subjects: dict[str, Subject] = field(default_factory=dict)
    """What conditions may speak of, as it is."""
    thinkable: dict[str, Subject] = field(default_factory=dict)
    """The same, where open rules may yet fire and points lie between two ends."""
    rules: dict[str, RuleColumn] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """The columns of the places in the list, by ranking and kind."""
    words: Words | None = None
    """What says in words where something comes from; None where nobody reads it."""
    lang: str = "en"
    _names: Names = field(default_factory=Names)
    _given: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        book: Book,
        as_of: AsOf,
        dialect: Dialect,
        words: Words | None = None,
        lang: str = "en",
    ) -> Self:
        """Return the layout of a book. What is not in force is left out, but keeps its place."""
        names, read = names_of_facts(book)
        kept = book if as_of.day is None else in_force(book, as_of.day)
        places = {
            each.id: {kind: names.give(f"{kind}_{each.id}") for kind in kinds_of_place(each)}
            for each in rankings_of(book)
        }
        return cls(
            kept,
            Legend.of(book),
            as_of,
            dialect,
            read,
            places=places,
            words=words,
            lang=lang,
            _names=names,
        )

    def name(self, kind: str, thing: str = "") -> str:
        """Return the column of a thing of a kind; always the same."""
        key = (kind, thing)
        if key not in self._given:
            self._given[key] = self._names.give(f"{kind}_{thing}" if thing else kind)
        return self._given[key]

    def about(
        self, code: str, *phrases: Phrase | None, source: str | None = None, **values: object
    ) -> str:
        """Return where something comes from, in words, and what the book says of it."""
        if self.words is None:
            return ""
        said = [phrase.say(self.lang) for phrase in phrases if phrase is not None]
        named = self.words("colon").join([self.words(code, **values), *said])
        return named if source is None else f"{named} {self.words('source', name=source)}"

    def settle(self, fact: str, name: str, *, may_be_unknown: bool) -> None:
        """Say in which column a fact is found from now on."""
        known_fact = self.book.all_facts[fact]
        subject = FactColumn(name, known_fact, may_be_unknown, self.dialect.contains)
        self.subjects[fact] = subject

    def fact(self, fact: str) -> FactColumn:
        """Return the column of a fact.

        Raises:
            KeyError: it is not settled yet.
        """
        found = self.subjects[fact]
        assert isinstance(found, FactColumn)  # noqa: S101 - names are unique in a book
        return found

    @property
    def reader(self) -> ConditionReader:
        """What reads conditions on what is decided by now."""
        return ConditionReader(self.subjects)

    @property
    def doubtful_reader(self) -> ConditionReader:
        """What reads conditions where open rules may yet fire."""
        return ConditionReader({**self.subjects, **self.thinkable})
