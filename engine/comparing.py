"""Two decisions side by side, by their ledgers: what differs, and what moved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision, LineKind
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType


class Shift(NamedTuple):
    """A line of the ledger in both decisions, in hundredths; 0 where it is absent."""

    criterion: str
    kind: LineKind
    rule: str | None
    before: int
    after: int


class FactShift(NamedTuple):
    """A fact that differs; None where it is unknown."""

    fact: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two decisions."""

    before: Decision
    after: Decision
    facts: tuple[FactShift, ...]
    shifts: tuple[Shift, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether facts and decisions are the same."""
        return not self.facts and self.before == self.after


def difference(
    before: Decision,
    after: Decision,
    facts_before: Mapping[str, Value],
    facts_after: Mapping[str, Value],
) -> Difference:
    """Return what differs; the facts are those that were read."""
    names = dict.fromkeys((*facts_before, *facts_after))
    shifts = (FactShift(name, facts_before.get(name), facts_after.get(name)) for name in names)
    changed = tuple(each for each in shifts if each.before != each.after)
    return Difference(before, after, changed, shifts_of(before, after))


def shifts_of(before: Decision, after: Decision) -> tuple[Shift, ...]:
    """Return the lines of the ledgers that differ, in the order of the ledgers."""
    points: dict[tuple[str, LineKind, str | None], list[int]] = {}
    for place, decision in enumerate((before, after)):
        for line in decision.ledger:
            key = (line.criterion, line.kind, line.rule)
            points.setdefault(key, [0, 0])[place] += line.points
    return tuple(Shift(*key, *both) for key, both in points.items() if both[0] != both[1])


class Causes(NamedTuple):
    """The decision if only one of the three had changed, and what it was before and after."""

    before: Decision
    after: Decision
    facts: Decision
    rules: Decision
    calendar: Decision

    @property
    def together(self) -> int:
        """The points that no change alone explains: they show when the changes come together."""
        alone = sum(
            each.score - self.before.score for each in (self.facts, self.rules, self.calendar)
        )
        return self.after.score - self.before.score - alone


class Moment(NamedTuple):
    """What a decision was made of: the facts, the book, the day."""

    lead: Lead
    book: Book
    as_of: date


def causes(before: Moment, after: Moment) -> Causes:
    """Replay a lead with the new facts alone, the new rules alone, the new day alone."""
    return Causes(
        before=replay(before.lead, before.book, before.as_of),
        after=replay(after.lead, after.book, after.as_of),
        facts=replay(after.lead, before.book, before.as_of),
        rules=replay(before.lead, after.book, before.as_of),
        calendar=replay(before.lead, before.book, after.as_of),
    )


def replay(lead: Lead, book: Book, as_of: date) -> Decision:
    """Decide a lead by a book that may not be its own: what the book does not know is left out."""
    return Explainer(book, as_of).decide(fitted(lead, book))


def fitted(lead: Lead, book: Book) -> Lead:
    """Return the lead with only the facts that a book can read."""
    facts = {name: value for name, value in lead.facts.items() if _fits(book, name, value)}
    ranks = {name: rank for name, rank in lead.ranks.items() if name in book.classes}
    return replace(lead, facts=facts, ranks=ranks)


def _fits(book: Book, name: str, value: Value) -> bool:
    fact = book.facts.get(name)
    if fact is None:
        return False
    match fact.type:
        case FactType.CHOICE:
            return value in {choice.id for choice in fact.choices}
        case FactType.FLAG:
            return isinstance(value, bool)
        case FactType.DATE:
            return isinstance(value, date)
        case FactType.TEXT:
            return isinstance(value, str)
    return isinstance(value, float)


def movers(book: Book, before: Decision, after: Decision) -> tuple[str, ...]:
    """Return what moved a grade: caps that came or went, else the lines that moved the score most.

    Empty where the score is the same: then the grades themselves were redrawn.
    """
    caps = {*before.knock_outs, *before.limits} ^ {*after.knock_outs, *after.limits}
    if caps and before.earned == after.earned:
        return tuple(sorted(caps))
    rises = book.grade_ids.index(after.grade) < book.grade_ids.index(before.grade)
    moved = [
        (abs(shift.after - shift.before), shift.rule or f"{shift.criterion}:{shift.kind}")
        for shift in shifts_of(before, after)
        if (shift.after > shift.before) is rises
    ]
    moved.sort(key=lambda each: -each[0])
    return tuple(name for _, name in moved)
