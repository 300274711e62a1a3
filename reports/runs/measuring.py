"""``measure``: a run held against what became of its leads.

Whether the score tells winners from losers (area under the ROC curve), the win rate and lift of
each grade, of each tenth of the list, of the leads on which each rule fired, and of any group.
Lift is a win rate as a multiple of the win rate of all. The formulas are in ``rates.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import fsum
from typing import Any, ClassVar, NamedTuple

from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.reports.explanation.data import number
from leadgrade.reports.runs.grouping import Grouping
from leadgrade.reports.runs.rates import (
    FEWEST,
    Area,
    Rate,
    area_of_counts,
    area_under_curve,
    difference,
)
from leadgrade.rules.model import Book, Rule
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import Outcome, StoredDecision, StoredRun

MOST_BANDS = 10


class MeasuringError(Problem):
    """There is nothing to measure."""

    texts: ClassVar[str] = "measuring"


class Verdict(StrEnum):
    """What a comparison of winners and losers comes to, in plain words."""

    SEPARATES = "separates"
    REVERSED = "reversed"
    """It separates the wrong way round."""
    NONE = "no-separation"
    TOO_FEW = "too-few"


def verdict(area: Area | None) -> Verdict:
    """Return what an area says; it takes enough leads of both kinds to say anything."""
    if area is None or not area.enough:
        return Verdict.TOO_FEW
    if area.separates:
        return Verdict.SEPARATES
    return Verdict.REVERSED if area.reversed else Verdict.NONE


class Known(NamedTuple):
    """A lead of which the outcome is known. ``score`` is in hundredths."""

    lead: str
    score: int
    grade: str
    won: bool
    value: float | None
    group: str | None


@dataclass(frozen=True, slots=True)
class Winners:
    """The win rate of one grade, band or group. ``of_won`` is its share of all won leads."""

    name: str | None
    rate: Rate
    lift: float | None
    of_won: float | None
    value: float | None
    """What its won leads brought; None where no outcome has a value."""
    scores: tuple[int, int] | None = None
    """The lowest and highest score of a band, in hundredths."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The leads on which a rule fired beside those on which it did not.

    Where it is open, nobody knows which of them a lead is: it is counted in neither.
    """

    rule: Rule
    fired: Rate
    not_fired: Rate
    open: int
    lift: float | None
    area: Area | None
    """Of the points that the rule gave."""
    levels: dict[int, Rate]
    """The win rates by the points that it gave, the most points first; 0 where it did not fire."""

    @property
    def verdict(self) -> Verdict:
        """Whether leads with more points of this rule win more often."""
        sizes = sorted(each.of for each in self.levels.values())
        few = sum(sizes[:-1]) < FEWEST  # nearly all leads got the same
        return Verdict.TOO_FEW if few else verdict(self.area)


class Measure:
    """A run and the outcomes of its leads.

    An outcome from before the day of the decision could have been known to it: it proves nothing
    and is left out, unless ``earlier`` asks for it. One without a date counts.

    Raises:
        MeasuringError: no lead of the run has an outcome that counts.
        GroupingError: the book knows no such group.
    """

    def __init__(
        self,
        book: Book,
        run: StoredRun,
        decisions: Iterable[StoredDecision],
        outcomes: Mapping[str, Outcome],
        by: str | None = None,
        *,
        earlier: bool = False,
        lang: str = "en",
    ) -> None:
        self.book, self.run, self.by = book, run, by
        self.grouping = Grouping(book, by, lang)
        self.earlier = 0
        self._allow_earlier = earlier
        self._given: dict[str, dict[int, list[int]]] = {each: {} for each in book.rules}
        self._open: dict[str, list[int]] = {each: [0, 0] for each in book.rules}
        self.known = [*self._known(decisions, outcomes)]
        if not self.known:
            code = "only-earlier" if self.earlier else "no-outcomes"
            raise MeasuringError(code, run=run.number, count=self.earlier, day=run.as_of)
        self.all = Rate(sum(each.won for each in self.known), len(self.known))
        self.area = area_under_curve((each.score, each.won) for each in self.known)

    def _known(
        self, decisions: Iterable[StoredDecision], outcomes: Mapping[str, Outcome]
    ) -> Iterator[Known]:
        derive = Deriver(self.book, self.run.as_of).derive
        for each in decisions:
            outcome = outcomes.get(each.lead)
            if outcome is None:
                continue
            if not self._allow_earlier and outcome.on and outcome.on < self.run.as_of:
                self.earlier += 1
                continue
            facts = derive(each.known(self.book)) if self.by else {}
            group = self.grouping.name(each, facts) if self.by else None
            self._count(each.decision, won=outcome.won)
            yield Known(each.lead, each.score, each.grade, outcome.won, outcome.value, group)

    def _count(self, decision: Decision, *, won: bool) -> None:
        """Count a lead for each rule that fired or is open: lost and won, by points."""
        for line in decision.ledger:
            if line.rule is not None:
                self._given[line.rule].setdefault(line.points, [0, 0])[won] += 1
        for name in decision.open:
            if name in self._open:
                self._open[name][won] += 1

    @property
    def verdict(self) -> Verdict:
        """Whether the score tells winners from losers."""
        return verdict(self.area)

    @property
    def grades(self) -> list[Winners]:
        """Each grade, the best first."""
        return [
            self._winners(grade.id, [each for each in self.known if each.grade == grade.id])
            for grade in self.book.grades
        ]

    @property
    def ordered(self) -> bool | None:
        """Whether each grade wins more often than the next; None of fewer than two."""
        shares = [each.rate.share for each in self.grades if each.rate.share is not None]
        return None if len(shares) < 2 else all(a > b for a, b in pairwise(shares))

    @property
    def unsure(self) -> list[tuple[str, str]]:
        """Neighbouring grades whose win rates may differ by chance alone."""
        there = [each for each in self.grades if each.rate.of]
        return [
            (str(one.name), str(other.name))
            for one, other in pairwise(there)
            if difference(one.rate, other.rate).covers(0.0)
        ]

    @property
    def bands(self) -> list[Winners]:
        """The list in up to ten equal parts, the best scores first; equal ones by lead id.

        None where a part would have fewer than ten leads.
        """
        count = min(MOST_BANDS, len(self.known) // FEWEST)
        if count < 2:
            return []
        best = sorted(self.known, key=lambda each: (-each.score, each.lead))
        edges = [round(place * len(best) / count) for place in range(count + 1)]
        return [
            self._winners(str(place), best[start:end])
            for place, (start, end) in enumerate(pairwise(edges), start=1)
        ]

    @property
    def groups(self) -> list[Winners]:
        """What was asked for by ``by``, the highest win rate first."""
        members: dict[str | None, list[Known]] = {}
        for each in self.known if self.by else ():
            members.setdefault(each.group, []).append(each)
        found = [self._winners(name, leads) for name, leads in members.items()]
        return sorted(found, key=lambda each: (-(each.rate.share or 0), each.name or "~"))

    @property
    def effects(self) -> list[Effect]:
        """Each rule, in the book's order."""
        return [self._effect(rule) for rule in self.book.rules.values()]

    def _effect(self, rule: Rule) -> Effect:
        given, waiting = self._given[rule.id], self._open[rule.id]
        fired = [sum(each[side] for each in given.values()) for side in (False, True)]
        everyone = (self.all.of - self.all.won, self.all.won)
        rest = [everyone[side] - fired[side] - waiting[side] for side in (False, True)]
        counts = {points: [*each] for points, each in given.items()}
        if any(rest):
            at_none = counts.get(0, [0, 0])
            counts[0] = [at_none[side] + rest[side] for side in (False, True)]
        rate, others = Rate(fired[True], sum(fired)), Rate(rest[True], sum(rest))
        levels = {points: Rate(won, lost + won) for points, (lost, won) in counts.items()}
        return Effect(
            rule,
            rate,
            others,
            sum(waiting),
            self._lift(rate),
            area_of_counts(counts),
            dict(sorted(levels.items(), reverse=True)),
        )

    def _winners(self, name: str | None, leads: list[Known]) -> Winners:
        rate = Rate(sum(each.won for each in leads), len(leads))
        values = [each.value for each in leads if each.won and each.value is not None]
        scores = [each.score for each in leads]
        return Winners(
            name,
            rate,
            self._lift(rate),
            rate.won / self.all.won if self.all.won else None,
            fsum(values) if values else None,
            (min(scores), max(scores)) if scores else None,
        )

    def _lift(self, rate: Rate) -> float | None:
        return rate.share / self.all.share if rate.share is not None and self.all.share else None

    @property
    def as_json(self) -> dict[str, Any]:
        """Everything as plain data; rates are numbers from 0 to 1."""
        return {
            "run": self.run.number,
            "as_of": self.run.as_of.isoformat(),
            "book": {"id": self.run.book_id, "sha256": self.run.book_sha256},
            "leads": self.run.decided,
            "known": self.all.of,
            "won": self.all.won,
            "lost": self.all.of - self.all.won,
            "earlier": self.earlier,
            "rate": _rounded(self.all.share),
            "area": _area_json(self.area),
            "verdict": self.verdict.value,
            "ordered": self.ordered,
            "unsure": [list(pair) for pair in self.unsure],
            "grades": [_winners_json(each) for each in self.grades],
            "bands": [_winners_json(each) for each in self.bands],
            "rules": [_effect_json(each) for each in self.effects],
            "by": self.by,
            "groups": [_winners_json(each) for each in self.groups],
        }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _area_json(area: Area | None) -> dict[str, float] | None:
    if area is None:
        return None
    low, high = area.interval
    return {"area": round(area.area, 4), "low": round(low, 4), "high": round(high, 4)}


def _winners_json(each: Winners) -> dict[str, Any]:
    low, high = each.rate.interval
    return {
        "name": each.name,
        **({"scores": [number(score) for score in each.scores]} if each.scores else {}),
        "won": each.rate.won,
        "of": each.rate.of,
        "rate": _rounded(each.rate.share),
        "low": _rounded(low),
        "high": _rounded(high),
        "lift": _rounded(each.lift),
        "of_won": _rounded(each.of_won),
        "value": each.value,
    }


def _effect_json(each: Effect) -> dict[str, Any]:
    return {
        "rule": each.rule.id,
        "fired": each.fired.of,
        "fired_rate": _rounded(each.fired.share),
        "not_fired": each.not_fired.of,
        "not_fired_rate": _rounded(each.not_fired.share),
        "open": each.open,
        "lift": _rounded(each.lift),
        "levels": [
            {"points": number(points), "won": rate.won, "of": rate.of, "rate": _rounded(rate.share)}
            for points, rate in each.levels.items()
        ],
        "area": _area_json(each.area),
        "verdict": each.verdict.value,
    }
