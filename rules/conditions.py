"""The condition model: what every backend visits, and nothing else.

Conditions are resolved: subjects are ids, values are typed (see ``model.Value``), and points
(score, criterion totals) are integers in hundredths. Their meaning is Kleene's three-valued
logic: a test on an unknown subject is unknown, never false.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Value = bool | float | str | date


class Op(StrEnum):
    """The comparison operators, as they are written."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


NEGATED = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """``subject op value``. A flag that stands alone is ``subject = True``.

    An ordered choice is compared by the position of its value among the fact's choices.
    """

    subject: str
    op: Op
    value: Value
    test: str
    """The test without its subject, as the author wrote it: ``>= 1亿``."""


@dataclass(frozen=True, slots=True)
class Between:
    """``subject between low and high``: both ends belong to it. Negated: outside of both."""

    subject: str
    low: Value
    high: Value
    test: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """``subject in [values]`` or ``not in``."""

    subject: str
    values: tuple[Value, ...]
    test: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    """``subject contains needle``: part of a text, or a rule id among ``fired``."""

    subject: str
    needle: str
    test: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """``subject is known`` or ``is missing``: the one test that is never unknown."""

    subject: str
    known: bool
    test: str


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; false when any part is; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when any part is; false when every part is; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


Test = Compare | Between | OneOf | Contains | Presence
Condition = Test | All | AnyOf | Not

ALWAYS = All(())


def tests_of(condition: Condition) -> Iterator[Test]:
    """Yield the tests of a condition from left to right."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case _:
            yield condition


def subjects_of(condition: Condition) -> frozenset[str]:
    """Return the ids that a condition reads."""
    return frozenset(test.subject for test in tests_of(condition))


def without_not(condition: Condition, *, negate: bool = False) -> Condition:
    """Return the same condition with every ``not`` pushed into the tests.

    The result has no ``Not``. This keeps the three-valued meaning: each test and its opposite
    are unknown for the same facts (De Morgan's laws hold in Kleene's logic).
    """
    match condition:
        case All(parts) | AnyOf(parts):
            turned = tuple(without_not(part, negate=negate) for part in parts)
            return All(turned) if isinstance(condition, All) != negate else AnyOf(turned)
        case Not(part):
            return without_not(part, negate=not negate)
        case _:
            return _opposite(condition) if negate else condition


def _opposite(test: Test) -> Test:
    written = f"not ({test.test})"
    match test:
        case Compare(subject, op, value):
            return Compare(subject, NEGATED[op], value, written)
        case Presence(subject, known):
            return Presence(subject, not known, written)
        case Between(subject, low, high):
            return Between(subject, low, high, written, negated=not test.negated)
        case OneOf(subject, values):
            return OneOf(subject, values, written, negated=not test.negated)
        case Contains(subject, needle):
            return Contains(subject, needle, written, negated=not test.negated)


def rewrite(condition: Condition, change: Callable[[Test], Condition]) -> Condition:
    """Return the condition with each test replaced by ``change(test)``."""
    match condition:
        case All(parts):
            return All(tuple(rewrite(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(rewrite(part, change) for part in parts))
        case Not(part):
            return Not(rewrite(part, change))
        case _:
            return change(condition)
