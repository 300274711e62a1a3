"""Why a lead got its grade: ledger and evidence, near misses, open questions.

Everything here is read anew from the facts and the book, by the plain Python reading. It is not
taken from what an engine said, so an explanation also checks the decision that it explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.bounds import Bounds, roots_of_fact
from leadgrade.engine.decision import Decision, Possible
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.evidence import Evidence, Weighed
from leadgrade.engine.kleene import Reading, Values, orders_of
from leadgrade.engine.ledger import Ledger
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


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact, and what knowing it alone could make of the lead."""

    fact: str
    possible: Possible


@dataclass(frozen=True, slots=True)
class Explanation:
    """The complete answer to "why this grade". Evidence is by id of rule or knock-out."""

    lead: Lead
    values: Values
    """Read and derived facts."""
    unknown: tuple[str, ...]
    """The read facts that are unknown, in the book's order."""
    decision: Decision
    evidence: Mapping[str, tuple[Evidence, ...]]
    near_misses: tuple[NearMiss, ...]
    questions: tuple[Question, ...]


class Explaining:
    """Explains the decisions of one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._derive = Deriver(book, as_of).derive
        self._ledger = Ledger(book)
        self._explainer = Explainer(book, as_of)
        self._bounds = Bounds(book)
        self._roots = {fact: roots_of_fact(book, fact) for fact in book.all_facts}
        reading = Reading(orders_of(book))
        self._outcomes = {
            rule.id: [(each.points, Weighed(each.when, reading)) for each in rule.outcomes]
            for rule in book.rules.values()
        }
        self._knock_outs = {each.id: Weighed(each.when, reading) for each in book.knock_outs}

    def explain(self, lead: Lead) -> Explanation:
        """Decide a lead in plain Python, and say why."""
        decision = self._explainer.decide(lead)
        facts = self._derive(lead.facts)
        values: Values = {
            **facts,
            **decision.criteria,
            "score": decision.score,
            "fired": frozenset(decision.fired),
        }
        return Explanation(
            lead=lead,
            values=facts,
            unknown=tuple(fact for fact in self._book.facts if fact not in lead.facts),
            decision=decision,
            evidence=dict(self._evidence(decision, values)),
            near_misses=tuple(sorted(self._near_misses(decision, values), key=_distance)),
            questions=tuple(sorted(self._questions(decision, facts), key=self._prospect)),
        )

    def _evidence(
        self, decision: Decision, values: Values
    ) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        for line in decision.ledger:
            if line.rule is not None and line.outcome is not None:
                _, condition = self._outcomes[line.rule][line.outcome]
                yield line.rule, condition.because(values)
        for knock_out in decision.knock_outs:
            yield knock_out, self._knock_outs[knock_out].because(values)

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

    def _questions(self, decision: Decision, facts: Values) -> Iterator[Question]:
        """Yield the unknown facts that could move the lead."""
        fired = {line.rule: line.outcome or 0 for line in decision.ledger if line.rule}
        totals = self._ledger.add_up(fired)
        for fact in self._book.facts:
            if fact in facts:
                continue
            hanging = [rule for rule in decision.open if self._hangs(rule, fact)]
            possible = self._bounds.possible(totals, fired, hanging, facts, about=fact)
            settled = possible.low == possible.high and possible.worst == possible.best
            if not settled:
                yield Question(fact, possible)

    def _hangs(self, rule: str, fact: str) -> bool:
        """Whether an open rule hangs on a read fact, itself or through a formula."""
        found = self._book.rules.get(rule)
        return found is not None and any(fact in self._roots[each] for each in found.subjects)

    def _prospect(self, question: Question) -> tuple[int, int]:
        """Order questions by the best grade they could bring, then by the points at stake."""
        possible = question.possible
        return self._book.grade_ids.index(possible.best), possible.low - possible.high


def _is_near(evidence: Evidence) -> bool:
    if evidence.short_by is None or evidence.threshold is None:
        return False
    if isinstance(evidence.value, date):
        return evidence.short_by <= NEAR_DAYS
    return evidence.short_by <= NEAR * abs(evidence.threshold)


def _distance(miss: NearMiss) -> float:
    short_by, threshold = miss.evidence.short_by or 0.0, miss.evidence.threshold or 1.0
    return short_by / abs(threshold)
