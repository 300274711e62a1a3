"""The typed rule book: what every backend, every report and the reader of lists work from.

Everything here is frozen and picklable. Names are resolved, literals are typed, points are
integers in hundredths. ``span`` says where a part stands in its file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from leadgrade.rules.conditions import Condition, Value, subjects_of
from leadgrade.rules.gathering import Merging

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from leadgrade.rules.formulas import Formula
    from leadgrade.rules.gathering import Aggregate, JoinedSource, Key
    from leadgrade.rules.phrase import Phrase
    from leadgrade.rules.properties import Property
    from leadgrade.rules.source import Span

HUNDREDTHS = 100
"""Points are kept as integers in hundredths, so that sums are the same everywhere."""

NOT_APPLICABLE = "not applicable"
"""The class of a lead that a classification's ``applies_when`` leaves out."""

UNKNOWN_CLASS = "unknown"
"""The class of a lead for which the facts of a classification are unknown."""


class FactType(StrEnum):
    """The types of facts. The comment says what the value is in Python."""

    MONEY = "money"  # float, in the book's currency
    NUMBER = "number"  # float
    PERCENT = "percent"  # float, as a share: 20 % is 0.2
    DAYS = "days"  # float
    DATE = "date"  # datetime.date
    CHOICE = "choice"  # str, the id of the choice
    FLAG = "flag"  # bool
    TEXT = "text"  # str


NUMERIC = frozenset({FactType.MONEY, FactType.NUMBER, FactType.PERCENT, FactType.DAYS})


class OnUnreadable(StrEnum):
    """What becomes of a lead whose cell cannot be read."""

    UNKNOWN = "unknown"
    REJECT = "reject"


class Actionable(StrEnum):
    """Whether somebody can change a fact, and which way."""

    YES = "true"
    NO = "false"
    UP = "up"  # to a higher number, a later date or choice; a flag from no to yes
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice fact."""

    id: str
    label: Phrase


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that may be known about a lead: read from a list, or derived by a formula."""

    id: str
    type: FactType
    label: Phrase
    span: Span
    headers: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    ordered: bool = False
    low: float | None = None
    high: float | None = None
    ask: Phrase | None = None
    on_unreadable: OnUnreadable = OnUnreadable.UNKNOWN
    required: bool = False
    """Whether a row without it is rejected (``if_unknown: reject``)."""
    if_unknown: Value | None = None
    """The value that is assumed where it is unknown."""
    max_age_days: int | None = None
    dated_by: str | None = None
    """The date fact that says how old it is; older than ``max_age_days`` it is unknown."""
    personal: bool = False
    """Whether it is a personal attribute: age, sex, belief, family, health."""
    formula: Formula | None = None
    actionable: Actionable = Actionable.YES
    cost: int | None = None
    """What it takes to change the fact, in hundredths; None where the book does not say."""
    aggregate: Aggregate | None = None
    """How it is gathered from a joined file, where it is."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a rule or a file header may call this fact: id, labels, headers."""
        return tuple(dict.fromkeys((self.id, *self.label.wordings, *self.headers)))

    def position(self, choice: Value) -> int:
        """Return where a choice stands in the order of the fact's values, lowest first.

        Raises:
            ValueError: the fact has no such choice.
        """
        return [each.id for each in self.choices].index(str(choice))


@dataclass(frozen=True, slots=True)
class Validity:
    """The days on which something of a book is in force; both ends belong to it."""

    first: date | None
    last: date | None

    def covers(self, day: date) -> bool:
        """Return whether the day belongs to it."""
        after_start = self.first is None or self.first <= day
        return after_start and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule gives when its condition is true."""

    when: Condition
    points: int


class RuleKind(StrEnum):
    """How the rule is written; it decides what an open rule may still give."""

    WHEN = "when"
    BANDS = "bands"
    VALUES = "values"
    DECAY = "decay"
    """a ``when`` whose points fade with the age of a date"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a criterion. The outcomes exclude each other; a ``when`` rule has one."""

    id: str
    kind: RuleKind
    outcomes: tuple[Outcome, ...]
    span: Span
    label: Phrase | None = None
    why: Phrase | None = None
    source: str | None = None
    valid: Validity | None = None
    justification: str | None = None
    """Why a personal attribute may count here."""

    @property
    def subjects(self) -> frozenset[str]:
        """The facts this rule reads."""
        return frozenset().union(*(subjects_of(outcome.when) for outcome in self.outcomes))


@dataclass(frozen=True, slots=True)
class Criterion:
    """A sum of rules, starting at ``start``, kept within ``low`` and ``high`` (hundredths)."""

    id: str
    label: Phrase
    low: int
    high: int
    start: int
    rules: tuple[Rule, ...]
    span: Span
    source: str | None = None


@dataclass(frozen=True, slots=True)
class KnockOut:
    """When its condition is true, the lead gets at most ``grade``."""

    id: str
    when: Condition
    grade: str
    span: Span
    label: Phrase | None = None
    why: Phrase | None = None
    source: str | None = None
    valid: Validity | None = None
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling or a floor: when its condition is true, the grade is at most or at least this.

    Floors lift first, ceilings lower then, and knock-outs have the last word.
    """

    id: str
    when: Condition
    grade: str
    is_floor: bool
    span: Span
    label: Phrase | None = None
    why: Phrase | None = None
    source: str | None = None
    valid: Validity | None = None
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A step of the ladder: fits when the score is at least ``floor`` and ``needs`` is true."""

    id: str
    label: Phrase
    span: Span
    floor: int | None = None
    needs: Condition | None = None
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """A classification by two choice facts or earlier classes.

    ``table[row][column]`` is the class; where a row or a column has no place in the table (it is
    unknown or not applicable), the class is unknown.
    """

    id: str
    label: Phrase
    rows: str
    columns: str
    table: dict[str, dict[str, str]]
    span: Span
    applies_when: Condition | None = None
    source: str | None = None
    labels: tuple[tuple[str, Phrase], ...] = ()
    """What people call the classes, by class; one that has none is called by its id."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A classification relative to the list: the best share of the leads by one fact.

    Leads with a known value are ordered by value, highest first, ties by lead id. ``shares``
    are cumulative and ascending: a lead at position p of n is in the first share s with
    p <= ceil(s * n), so that the first lead is always in the first class. ``by_total`` shares
    are of the sum of the (positive) values: a lead is in the first share s for which the leads
    before it have less than s of the total.
    """

    id: str
    label: Phrase
    fact: str
    shares: tuple[tuple[Fraction, str], ...]
    rest: str
    span: Span
    applies_when: Condition | None = None
    source: str | None = None
    by_total: bool = False
    labels: tuple[tuple[str, Phrase], ...] = ()
    """What people call the classes, by class; one that has none is called by its id."""


@dataclass(frozen=True, slots=True)
class FirstMatch:
    """A classification by conditions: the class of the first case that is true."""

    id: str
    label: Phrase
    cases: tuple[tuple[Condition, str], ...]
    otherwise: str
    span: Span
    applies_when: Condition | None = None
    source: str | None = None
    labels: tuple[tuple[str, Phrase], ...] = ()
    """What people call the classes, by class; one that has none is called by its id."""


Classification = Matrix | Ranking | FirstMatch


def labels_of(classification: Classification) -> tuple[str, ...]:
    """Return the classes of a classification, in the order in which the book names them."""
    match classification:
        case Matrix():
            rows = classification.table.values()
            return tuple(dict.fromkeys(name for row in rows for name in row.values()))
        case Ranking():
            shares = (name for _, name in classification.shares)
            return tuple(dict.fromkeys((*shares, classification.rest)))
        case FirstMatch():
            cases = (name for _, name in classification.cases)
            return tuple(dict.fromkeys((*cases, classification.otherwise)))


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next with a lead for which ``when`` is true."""

    id: str
    when: Condition
    do: Phrase
    span: Span
    owner: Phrase | None = None
    channel: Phrase | None = None
    product: Phrase | None = None
    within_days: int | None = None
    basis: str | None = None
    """``stated`` by the source or ``proposed`` by the author of the book."""
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold: its literal as written, typed wherever it is used.

    ``span`` is the place of the literal, None where it was said at the command line.
    """

    value: str
    label: Phrase | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an example expects; None where it does not say."""

    grade: str | None = None
    qualified: bool | None = None
    score: int | None = None
    criteria: dict[str, int] = field(default_factory=dict)
    fired: tuple[str, ...] = ()
    not_fired: tuple[str, ...] = ()
    knock_outs: tuple[str, ...] | None = None
    limits: tuple[str, ...] | None = None
    classes: dict[str, str] = field(default_factory=dict)
    next_steps: tuple[str, ...] | None = None
    ask: tuple[str, ...] | None = None
    """The facts to find out first, the weightiest first; empty where there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class Example:
    """A lead that lives beside the rules, and what the book must say of it."""

    name: str
    given: dict[str, Value]
    expect: Expectation
    span: Span
    as_of: date | None = None


@dataclass(frozen=True)
class Book:
    """A whole rule book. ``text`` is the file as read, ``sha256`` its hash in hex."""

    id: str
    title: Phrase
    about: Phrase | None
    currency: str
    facts: dict[str, Fact]
    """The facts that lists carry, by id, in the book's order."""
    derived: dict[str, Fact]
    """The facts that formulas give, by id, each after those it reads."""
    criteria: dict[str, Criterion]
    knock_outs: tuple[KnockOut, ...]
    limits: tuple[Limit, ...]
    """Floors and ceilings, in the book's order."""
    grades: tuple[Grade, ...]
    """From the best to the worst; the last fits every lead."""
    qualified: Condition
    classes: dict[str, Classification]
    next_steps: tuple[NextStep, ...]
    examples: tuple[Example, ...]
    parameters: dict[str, Parameter]
    lists: dict[str, tuple[str, ...]]
    """Named lists of literals, as written."""
    conditions: dict[str, Condition]
    """Named conditions, resolved; they stand in full wherever a rule uses them."""
    lead_id: tuple[str, ...]
    """The headers that may name the lead, the preferred one first."""
    lead_name: str | None
    """The text fact that names the lead for people, such as the company."""
    unknown_values: frozenset[str]
    """Cell texts that mean "not known", beyond the usual ones."""
    path: str
    text: str
    """The whole book as one YAML text: the file, or what its includes come to."""
    sha256: str
    overrides: dict[str, str] = field(default_factory=dict)
    """The parameters that were said at the command line; ``text`` has the book's own."""
    identity: tuple[Key, ...] = ()
    """The keys that name a lead; the first that is complete does."""
    merging: Merging = field(default_factory=Merging)
    """How the rows of one lead become one, where that is asked for."""
    sources: dict[str, JoinedSource] = field(default_factory=dict)
    """The files that may be joined, by name."""
    properties: tuple[Property, ...] = ()
    """What is tried on generated leads."""

    @cached_property
    def all_facts(self) -> dict[str, Fact]:
        """Read and derived facts by id."""
        return {**self.facts, **self.derived}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Every rule of every criterion by id, in the book's order."""
        return {rule.id: rule for crit in self.criteria.values() for rule in crit.rules}

    @cached_property
    def grade_ids(self) -> tuple[str, ...]:
        """The grades from the best to the worst."""
        return tuple(grade.id for grade in self.grades)

    @cached_property
    def criterion_of(self) -> dict[str, Criterion]:
        """The criterion that each rule belongs to, by rule id."""
        return {rule.id: crit for crit in self.criteria.values() for rule in crit.rules}

    def better(self, one: str, other: str) -> str:
        """Return the higher of two grades."""
        return min(one, other, key=self.grade_ids.index)

    def worse(self, one: str, other: str) -> str:
        """Return the lower of two grades."""
        return max(one, other, key=self.grade_ids.index)
