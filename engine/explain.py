"""Why a lead got its grade: ledger and evidence, near misses, reasons, open questions.

Everything here is read anew from the facts and the book, by the plain Python reading. It is not
taken from what an engine said, so an explanation also checks the decision that it explains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from leadgrade.engine.amending import Amended, Amending
from leadgrade.engine.asking import Asked, Asking
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.evidence import Evidence, Weighed
from leadgrade.engine.in_force import in_force
from leadgrade.engine.kleene import Reading, Values, orders_of
from leadgrade.engine.reached import Classes, Reached, waits_for
from leadgrade.engine.reasons import Reasons, reasons_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

NEAR = 0.25
"""A miss is near when the value is within this share of the threshold."""

NEAR_DAYS = 30
"""A date's miss is near within so many days."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that one number kept from giving ``points`` more (hundredths)."""

    rule: str
    points: int
    evidence: Evidence


@dataclass(frozen=True)
class Explanation:
    """The complete answer to "why this grade".

    Evidence is by id of a rule, a knock-out or a limit: of what happened.
    """

    lead: Lead
    values: Values
    """Read and derived facts."""
    unknown: tuple[str, ...]
    """The read facts that are unknown, in the book's order."""
    decision: Decision
    evidence: Mapping[str, tuple[Evidence, ...]]
    waiting: Mapping[str, tuple[str, ...]]
    """What each open rule, knock-out and limit waits for: subjects that are unknown."""
    reached: Mapping[str, Reached]
    """How the lead came to its class, by classification."""
    amended: tuple[Amended, ...]
    """The facts that count otherwise than they stand in the list."""
    near_misses: tuple[NearMiss, ...]
    reasons: Reasons
    ask: Callable[[], Asked]

    @cached_property
    def asked(self) -> Asked:
        """What to find out. It is searched when somebody looks: a whole export need not."""
        return self.ask()


class Explaining:
    """Explains the decisions of one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book = in_force(book, as_of)
        self._as_of = as_of
        self._derive = Deriver(book, as_of).derive
        self._explainer = Explainer(book, as_of)
        self._amending = Amending(book, as_of)
        reading = Reading(orders_of(book))
        self._outcomes = {
            rule.id: [(each.points, Weighed(each.when, reading)) for each in rule.outcomes]
            for rule in book.rules.values()
        }
        self._caps = {each.id: Weighed(each.when, reading) for each in book.knock_outs}
        self._caps |= {each.id: Weighed(each.when, reading) for each in book.limits}
        self._classes = Classes(book, reading)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self._book, self._as_of)

    def explain(self, lead: Lead) -> Explanation:
        """Decide a lead in plain Python, and say why."""
        decision = self._explainer.decide(lead)
        facts = self._derive(lead.facts)
        values: Values = {
            **facts,
            **decision.criteria,
            "score": decision.score,
            "fired": frozenset(decision.fired),
            "knock_outs": frozenset(decision.knock_outs),
        }
        return Explanation(
            lead=lead,
            values=facts,
            unknown=tuple(fact for fact in self._book.facts if fact not in lead.facts),
            decision=decision,
            evidence=dict(self._evidence(decision, values)),
            waiting=dict(self._waiting(decision, values)),
            reached=self._classes.reached(decision, values, lead.ranks),
            amended=tuple(self._amending.amended(lead.facts, facts)),
            near_misses=tuple(sorted(self._near_misses(decision, values), key=_distance)),
            reasons=reasons_of(self._book, decision, self._missed(decision, values)),
            ask=lambda: self._asking.ask(lead, decision),
        )

    def _evidence(
        self, decision: Decision, values: Values
    ) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        for line in decision.ledger:
            if line.rule is not None and line.outcome is not None:
                _, condition = self._outcomes[line.rule][line.outcome]
                yield line.rule, condition.because(values)
        for cap in (*decision.knock_outs, *decision.limits):
            yield cap, self._caps[cap].because(values)

    def _waiting(self, decision: Decision, values: Values) -> Iterator[tuple[str, tuple[str, ...]]]:
        for each in decision.open:
            outcomes = self._outcomes.get(each)
            conditions = [when for _, when in outcomes] if outcomes else [self._caps[each]]
            yield each, waits_for(conditions, values)

    def _near_misses(self, decision: Decision, values: Values) -> Iterator[NearMiss]:
        """Yield the rules that one near number kept from giving more."""
        given = {line.rule: line.points for line in decision.ledger}
        for rule, outcomes in self._outcomes.items():
            for points, condition in outcomes:
                gain = points - given.get(rule, 0)
                if gain > 0 and condition.truth(values) is False:
                    failing = condition.because(values)
                    if len(failing) == 1 and _is_near(failing[0]):
                        yield NearMiss(rule, gain, failing[0])

    def _missed(self, decision: Decision, values: Values) -> dict[str, tuple[Evidence, ...]]:
        """Return, for each rule whose best outcome is false, the tests that failed."""
        missed: dict[str, tuple[Evidence, ...]] = {}
        given = {line.rule: line.points for line in decision.ledger}
        for rule, outcomes in self._outcomes.items():
            points, condition = max(outcomes, key=lambda outcome: outcome[0])
            if points > max(given.get(rule, 0), 0) and condition.truth(values) is False:
                missed[rule] = condition.because(values)
        return missed


def _is_near(evidence: Evidence) -> bool:
    if evidence.short_by is None or evidence.threshold is None:
        return False
    if isinstance(evidence.value, date):
        return evidence.short_by <= NEAR_DAYS
    return evidence.short_by <= NEAR * abs(evidence.threshold)


def _distance(miss: NearMiss) -> float:
    short_by, threshold = miss.evidence.short_by or 0.0, miss.evidence.threshold or 1.0
    return short_by / abs(threshold)
