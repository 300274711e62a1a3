"""Points that fade with the age of a date: one outcome for each value they take.

The points halve each time the half-life passes, rounded to halves of a point, half up. The ages in
whole days at which they change are found here once, in exact decimals: every backend then only
compares a number of days with them, and all give the same points.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal, localcontext

from leadgrade.rules.building.facts import whole_days
from leadgrade.rules.building.names import Stratum, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.conditions import All, Compare, Condition, Op
from leadgrade.rules.documents.book import RuleDoc
from leadgrade.rules.model import FactType, Outcome

STEP = 50
"""Faded points are multiples of half a point, in hundredths."""

MOST_POINTS = 100 * 100
"""More points than these may not fade: each half point is an outcome of its own."""


def age_fact(date_fact: str) -> str:
    """Return the id of the derived fact that has the age of a date in days."""
    return f"days_since_{date_fact}"


def fading(doc: RuleDoc, outcomes: tuple[Outcome, ...], resolver: Resolver) -> tuple[Outcome, ...]:
    """Return the outcomes of a ``when`` rule whose points fade; what is wrong is a finding."""
    if doc.half_life is None or doc.age_of is None or len(outcomes) != 1 or not doc.has("when"):
        resolver.findings.add("half-life-form", doc.id.span, name=doc.id.text)
        return outcomes
    subject = resolver.names.find(doc.age_of.text, doc.age_of.span, Stratum.FACTS)
    days = whole_days(doc.half_life, resolver.findings)
    if subject is None or days is None:
        return outcomes
    if subject.kind is not SubjectKind.FACT or subject.type is not FactType.DATE:
        resolver.findings.add("not-a-date-fact", doc.age_of.span, name=doc.age_of.text)
        return outcomes
    whole = outcomes[0]
    if days == 0 or abs(whole.points) > MOST_POINTS or whole.points % STEP:
        resolver.findings.add("half-life-points", doc.place("points"))
        return outcomes
    age = age_fact(subject.id)
    return tuple(
        Outcome(All((whole.when, *_between(age, first, last))), points)
        for first, last, points in stages(whole.points, days)
    )


def _between(age: str, first: int | None, last: int | None) -> Iterator[Condition]:
    if first is not None:
        yield Compare(age, Op.GE, float(first), f">= {first} days")
    if last is not None:
        yield Compare(age, Op.LT, float(last), f"< {last} days")


def stages(points: int, half_life: int) -> list[tuple[int | None, int | None, int]]:
    """Return first day, the day after the last, and the points (hundredths) of each stage.

    The first stage has no first day: a date in the future counts as new. The last has no end.
    """
    found: list[tuple[int | None, int | None, int]] = []
    began: int | None = None
    now = points
    days = range(half_life * (2 * abs(points) // STEP).bit_length() + 1)  # nothing is left then
    while now:
        day = bisect_left(
            days, 1, lo=began or 0, key=lambda day: _faded(points, half_life, day) != now
        )
        found.append((began, day, now))
        began, now = day, _faded(points, half_life, day)
    return [*found, (began, None, 0)]


def _faded(points: int, half_life: int, day: int) -> int:
    """Return the points after so many days, rounded half up (away from zero) to ``STEP``."""
    with localcontext() as context:
        context.prec = 50
        rest = Decimal(abs(points)) * Decimal(2) ** (Decimal(-day) / Decimal(half_life))
        steps = int(rest / STEP + Decimal("0.5"))
    return steps * STEP if points > 0 else -steps * STEP
