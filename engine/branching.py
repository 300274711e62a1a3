"""Branch and bound: the cheapest set of facts, and values for them, that reach a grade.

A fact that may change is made unknown: what the decision is then possible to become (``bounds``)
is true of each of its values, so a set whose best grade falls short holds no answer. What is left
is tried value by value, one for each cell (``searching``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.moves import Change, Moves
from leadgrade.engine.reach import Reach
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

TRIED_FOR_NEARER = 2_000
"""So many more to find an answer of the same price whose values lie nearer."""

STEPS = 20
"""So many steps of the search count as much as one decision."""

Price = tuple[int, int]
"""How many facts change, and their declared costs (hundredths)."""


def changed(lead: Lead, changes: Sequence[Change]) -> Lead:
    """Return the lead after the changes."""
    return replace(lead, facts={**lead.facts, **{each.fact: each.value for each in changes}})


def size_of(changes: Sequence[Change]) -> float:
    """Return how far the values move, all changes together."""
    return sum(each.size for each in changes)


class Explainers(NamedTuple):
    """By the book, and by one that assumes nothing of what is unknown (see ``relevance``)."""

    own: Explainer
    wary: Explainer


class _CutError(Exception):
    """The search has come to its limit."""


class Branching:
    """One search for one lead. ``best`` is what was found, ``price`` what it takes.

    ``proved``, ``at_least`` and ``tried`` are as in ``Improvement``.
    """

    def __init__(
        self, book: Book, explainers: Explainers, moves: Moves, lead: Lead, wanted: int
    ) -> None:
        self._book, self._moves = book, moves
        self._explainer, self._wary = explainers
        self._lead, self._wanted = lead, wanted
        self._reach: Reach
        self.best: tuple[Change, ...] | None = None
        self.price: Price | None = None
        self.proved = True
        self.tried = self._steps = self._limit = 0
        self._doubtful: list[Price] = []
        self._cores: list[frozenset[str]] = []
        self.at_least = 0

    def run(self, before: Decision, limit: int) -> None:
        """Search sets of one fact, of two, and so on, until one is found or none is left."""
        if self._reaches(before):
            self.best, self.price = (), (0, 0)
            return
        self._limit = limit
        relevant = [each for each in self._moves.movable() if each in self._moves.relevant]
        options = {fact: self._moves.of(self._lead, fact) for fact in relevant}
        self._reach = Reach(self._book, self._explainer, self._lead, before, options)
        self.tried += self._reach.tried
        free = sorted(relevant, key=lambda fact: -self._reach.gain(fact))
        unsure: list[Price] = []
        try:
            if self._could((), free):
                self._by_size(free)
        except _CutError:
            if self.best is None:
                self._climb(before, free)
            if not self._surely_least(free):
                unsure = [(self.at_least, 0)]
        self.at_least = min([self.at_least, *(count for count, _ in self._doubtful)])
        found = self.price
        self.proved = not any(found is None or each < found for each in self._doubtful + unsure)

    def _by_size(self, free: Sequence[str]) -> None:
        self._cores = self._find_cores(free)
        for size in range(max(len(self._cores), 1), len(free) + 1):
            self.at_least = size
            self._choose((), free, size)
            if self.best is not None:
                return

    def _find_cores(self, free: Sequence[str]) -> list[frozenset[str]]:
        """Return sets of facts, none in two of them, of each of which one must change."""
        cores: list[frozenset[str]] = []
        kept = list(free)
        while not self._could([each for each in free if each not in kept], ()):
            core = list(kept)
            for fact in kept:
                less = [each for each in core if each != fact]
                if not self._could([each for each in free if each not in less], ()):
                    core = less
            cores.append(frozenset(core))
            kept = [each for each in kept if each not in core]
        return sorted(cores, key=len)

    def _climb(self, before: Decision, free: Sequence[str]) -> None:
        """Find some answer, one best change after another."""
        facts, done = dict(self._lead.facts), dict[str, Change]()
        rank = self._rank(before)
        while not self.best:
            options = [
                (self._rank(self._decide({**facts, each.fact: each.value})), each)
                for fact in free
                if fact not in done
                for each in self._moves.values(facts, fact, (), self._lead)[0]
            ]
            best = max(options, key=lambda option: option[0], default=None)
            if best is None or best[0] <= rank:
                return
            rank, change = best
            done[change.fact] = change
            facts[change.fact] = change.value
            if -rank[0] <= self._wanted:
                self.best, self.price = tuple(done.values()), self._price_of(list(done))

    def _rank(self, decision: Decision) -> tuple[int, int, int, int]:
        """Order decisions: by grade, by the grade that is earned, by score, by points unclamped."""
        place = self._book.grade_ids.index
        points = sum(line.points for line in decision.ledger if line.rule is not None)
        return -place(decision.grade), -place(decision.earned), decision.score, points

    def _surely_least(self, free: Sequence[str]) -> bool:
        """Return whether no set of as many facts can have a lower price than what is found."""
        if self.price is None or self.price[0] > self.at_least:
            return False
        costs = sorted(self._moves.cost(fact) for fact in free)
        return self.price[1] <= sum(costs[: self.price[0]])

    def _step(self) -> None:
        self._steps += 1
        if self.tried + self._steps // STEPS > self._limit:
            raise _CutError

    def _choose(self, chosen: tuple[str, ...], free: Sequence[str], size: int) -> None:
        """Go through the sets of ``size`` more facts out of ``free``."""
        self._step()
        unmet = [core for core in self._cores if not core & set(chosen)]
        if len(free) < size or len(unmet) > size:
            return
        heads = [next((each for each in free if each in core), None) for core in unmet]
        most = [each for each in heads if each is not None] + list(free[: size - len(unmet)])
        if None in heads or not self._reach.enough(chosen, most, self._wanted):
            return
        if self._too_dear(chosen, free, size):
            return
        if size == 0:
            if self._could(chosen, ()):
                self._fill_set(chosen)
            return
        first = heads[0] if heads else free[0]
        rest = [each for each in free if each != first]
        self._choose((*chosen, str(first)), rest, size - 1)
        if self._could(chosen, rest):
            self._choose(chosen, rest, size)

    def _could(self, chosen: Sequence[str], free: Sequence[str]) -> bool:
        """Return whether the grade is thinkable when these facts may have any value."""
        open_facts = {*chosen, *free}
        if open_facts & self._moves.opaque:
            return True  # being unknown means something of its own here: no bound
        facts = self._lead.facts
        return self._possible({name: facts[name] for name in facts if name not in open_facts})

    def _possible(self, facts: Mapping[str, Value]) -> bool:
        self.tried += 1
        found = self._wary.decide(replace(self._lead, facts=facts)).possible.best
        return self._book.grade_ids.index(found) <= self._wanted

    def _reaches(self, decision: Decision) -> bool:
        return self._book.grade_ids.index(decision.grade) <= self._wanted

    def _decide(self, facts: Mapping[str, Value]) -> Decision:
        self.tried += 1
        return self._explainer.decide(replace(self._lead, facts=facts))

    def _fill_set(self, chosen: tuple[str, ...]) -> None:
        """Try the values of a chosen set of facts, those first that no formula joins."""
        joined = [each for each in chosen if self._moves.partners(each) & set(chosen)]
        values: dict[str, list[Change]] = {}
        for fact in chosen:
            if fact not in joined:
                found = self._moves.of(self._lead, fact)
                values[fact] = [each for each in found if self._fits(each, chosen)]
        before = self.best
        order = sorted(values, key=lambda fact: len(values[fact]))
        if all(values.values()):
            exact = self._fill((*order, *joined), (), values)
            if not exact and self.best is before:
                self._doubtful.append(self._price_of(chosen))

    def _fits(self, change: Change, chosen: Sequence[str]) -> bool:
        """Return whether the grade is thinkable with this value, the rest of the set being free."""
        rest = {*chosen} - {change.fact}
        if rest & self._moves.opaque:
            return True
        facts = changed(self._lead, (change,)).facts
        return self._possible({name: facts[name] for name in facts if name not in rest})

    def _fill(
        self,
        rest: tuple[str, ...],
        done: tuple[Change, ...],
        values: Mapping[str, Sequence[Change]],
    ) -> bool:
        """Give each fact of a chosen set a value, in every way that differs.

        Return False where values may differ in a way that was not tried.
        """
        self._step()
        price = self._price_of([*(each.fact for each in done), *rest])
        if self.best is not None and (price, size_of(done)) >= (self.price, size_of(self.best)):
            return True
        facts = changed(self._lead, done).facts
        if not rest:
            if self._reaches(self._decide(facts)):
                if self.best is None:
                    spent = self.tried + self._steps // STEPS
                    self._limit = min(self._limit, spent + TRIED_FOR_NEARER)
                self.best, self.price = done, price
            return True
        if len(done) > 1 and not set(rest) & self._moves.opaque:
            kept = {name: value for name, value in facts.items() if name not in rest}
            if not self._possible(kept):
                return True
        exact = True
        if rest[0] in values:
            found = values[rest[0]]
        else:
            found, exact = self._moves.values(facts, rest[0], rest[1:], self._lead)
        for each in found:
            exact = self._fill(rest[1:], (*done, each), values) and exact
        return exact

    def _price_of(self, facts: Sequence[str]) -> Price:
        return len(facts), sum(self._moves.cost(fact) for fact in facts)

    def _too_dear(self, chosen: Sequence[str], free: Sequence[str], size: int) -> bool:
        """Return whether each set with these facts costs more than the best that is found."""
        if self.price is None:
            return False
        costs = sorted(self._moves.cost(fact) for fact in free)[:size]
        least = self._price_of(chosen)[1] + sum(costs)
        return (len(chosen) + size, least) > self.price
