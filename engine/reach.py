"""What changing facts can gain at most: how few facts could be enough for a grade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.moves import Change
from leadgrade.engine.searching import dated_roots
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

Gains = Mapping[str, int]
"""Hundredths by criterion."""


class Reach:
    """Bounds of the score of one lead by the facts that change.

    A rule that one movable fact alone decides gains what the best value of that fact gives. Any
    other rule gains the most that it could give, once, as soon as one of its facts changes. So no
    set of facts gains more than it is credited with.
    """

    def __init__(
        self,
        book: Book,
        explainer: Explainer,
        lead: Lead,
        before: Decision,
        options: Mapping[str, Sequence[Change]],
    ) -> None:
        self.tried = 0
        self._grades = book.grades
        self._before = before
        given = {line.rule: line.points for line in before.ledger if line.rule is not None}
        movable = frozenset(options)
        roots = {rule.id: _roots(book, rule.subjects) & movable for rule in book.rules.values()}
        self._rooms = {
            each.id: each.high - before.criteria[each.id] for each in book.criteria.values()
        }
        self._shared: dict[str, dict[str, tuple[str, int]]] = {fact: {} for fact in options}
        alone: dict[str, list[str]] = defaultdict(list)
        for rule, facts in roots.items():
            if len(facts) == 1:
                alone[next(iter(facts))].append(rule)
                continue
            most = max(0, *(each.points for each in book.rules[rule].outcomes))
            for fact in facts:
                rise = most - given.get(rule, 0)
                self._shared[fact][rule] = (book.criterion_of[rule].id, rise)
        self._own: dict[str, Gains] = {}
        for fact, changes in options.items():
            tried = changes if alone[fact] else ()
            self.tried += len(tried)
            found = [
                explainer.decide(replace(lead, facts={**lead.facts, fact: each.value}))
                for each in tried
            ]
            self._own[fact] = _best(book, alone[fact], given, found)
        self._gains = {fact: self._credit((fact,)) for fact in options}
        self._lifted = any(limit.is_floor for limit in book.limits)  # a grade without its score

    def gain(self, fact: str) -> int:
        """Return the most that a fact can add to the score, together with others."""
        return self._gains[fact]

    def _credit(self, facts: Sequence[str]) -> int:
        by_criterion: dict[str, int] = defaultdict(int)
        rules: dict[str, tuple[str, int]] = {}
        for fact in facts:
            rules.update(self._shared[fact])
            for criterion, gain in self._own[fact].items():
                by_criterion[criterion] += gain
        for criterion, rise in rules.values():
            by_criterion[criterion] += max(rise, 0)
        return sum(min(self._rooms[each], gain) for each, gain in by_criterion.items())

    def enough(self, chosen: Sequence[str], most: Sequence[str], wanted: int) -> bool:
        """Return whether the facts could lift the score to the floor of a grade that is wanted.

        ``most`` stands for the remaining facts: those that gain most.
        """
        if self._lifted:
            return True
        gain = self._credit(chosen) + sum(self._gains[fact] for fact in most)
        score = self._before.score + min(gain, sum(self._rooms.values()))
        return any(
            grade.floor is None or score >= grade.floor for grade in self._grades[: wanted + 1]
        )


def _best(
    book: Book, rules: Sequence[str], given: Mapping[str, int], found: Sequence[Decision]
) -> Gains:
    """Return the most that a fact's own rules gain, by criterion."""
    best: dict[str, int] = {book.criterion_of[rule].id: 0 for rule in rules}
    for decision in found:
        points = {line.rule: line.points for line in decision.ledger if line.rule is not None}
        for criterion, most in best.items():
            ours = (rule for rule in rules if book.criterion_of[rule].id == criterion)
            gain = sum(points.get(rule, 0) - given.get(rule, 0) for rule in ours)
            best[criterion] = max(most, gain)
    return best


def _roots(book: Book, subjects: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(dated_roots(book, each) for each in subjects))
