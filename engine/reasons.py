"""Reason codes: what spoke most for a lead, and what spoke most against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadgrade.engine.decision import Decision
from leadgrade.engine.evidence import Evidence
from leadgrade.rules.model import Book

MOST = 3
"""So many reasons for, and so many against."""


class ReasonKind(StrEnum):
    """How something spoke for or against a lead."""

    GAVE = "gave"
    COST = "cost"
    MISSED = "missed"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule, knock-out or ceiling. ``points`` of at most ``most`` were given, in hundredths.

    ``evidence`` are the tests that failed, of a rule that was missed.
    """

    id: str
    kind: ReasonKind
    points: int = 0
    most: int = 0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """The weightiest reasons, first the one that weighs most."""

    good: tuple[Reason, ...]
    bad: tuple[Reason, ...]


def reasons_of(
    book: Book, decision: Decision, missed: Mapping[str, tuple[Evidence, ...]]
) -> Reasons:
    """Return the reasons for and against a lead.

    For: the rules that gave most, of two equal ones that which gave more of what it could. Against:
    what held the grade down, then the points that were lost: taken away, or not given although all
    is known. What is unknown speaks for nothing and against nobody.
    """
    good = [each for each in _lines(book, decision) if each.kind is ReasonKind.GAVE]
    good.sort(key=lambda each: (-each.points, -each.points / each.most))
    bad = [each for each in _lines(book, decision) if each.kind is ReasonKind.COST]
    for rule, evidence in missed.items():
        points = next((line.points for line in decision.ledger if line.rule == rule), 0)
        if points >= 0:
            bad.append(Reason(rule, ReasonKind.MISSED, points, _most(book, rule), evidence))
    bad.sort(key=lambda each: each.points - each.most)
    return Reasons(tuple(good[:MOST]), (*_caps(book, decision), *bad)[:MOST])


def _lines(book: Book, decision: Decision) -> Iterator[Reason]:
    for line in decision.ledger:
        if line.rule is not None and line.points:
            kind = ReasonKind.GAVE if line.points > 0 else ReasonKind.COST
            yield Reason(line.rule, kind, line.points, _most(book, line.rule))


def _most(book: Book, rule: str) -> int:
    return max(0, *(outcome.points for outcome in book.rules[rule].outcomes))


def _caps(book: Book, decision: Decision) -> Iterator[Reason]:
    """Yield the knock-outs and ceilings that hold the grade where it is."""
    for each in book.knock_outs:
        if each.id in decision.knock_outs and each.grade == decision.grade != decision.earned:
            yield Reason(each.id, ReasonKind.CAPPED)
    for limit in book.limits:
        if limit.is_floor or limit.id not in decision.limits:
            continue
        if limit.grade == decision.grade != decision.earned:
            yield Reason(limit.id, ReasonKind.CAPPED)
