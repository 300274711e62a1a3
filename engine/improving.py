"""The smallest change that lifts a lead to a grade, or the proof that there is none.

Branch and bound over sets of facts. A fact that may change is made unknown: what the decision is
then possible to become (``bounds``) is true of each of its values, so a set whose best grade falls
short holds no answer. What is left is tried value by value, one for each cell (``searching``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.moves import Change, Moves
from leadgrade.engine.reach import Reach
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

MOST_TRIED = 20_000
"""So many decisions are tried for one lead, at most: one or two seconds."""

TRIED_FOR_NEARER = 2_000
"""So many more to find an answer of the same price whose values lie nearer."""

STEPS = 20
"""So many steps of the search count as much as one decision."""

Price = tuple[int, int]
"""How many facts change, and their declared costs (hundredths)."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """What lifts a lead. ``changes`` is None where nothing was found.

    ``proved``: no other change has a lower price; or, where nothing was found, none does at all.
    Otherwise the search was cut at its limit, or a formula of two changed facts was tried only at
    the ends of their values. ``price`` is compared first, ``size`` only decides between equals.
    """

    lead: Lead
    target: str
    before: Decision
    changes: tuple[Change, ...] | None
    after: Decision | None
    price: Price | None
    size: float
    proved: bool
    tried: int


class Improving:
    """Improves leads by one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._explainer = Explainer(book, as_of)
        self._moves = Moves(book, as_of)

    def improve(self, lead: Lead, target: str, most_tried: int = MOST_TRIED) -> Improvement:
        """Return the smallest change that brings the lead to a grade at least as good."""
        before = self._explainer.decide(lead)
        wanted = self._book.grade_ids.index(target)
        search = _Search(self._book, self._explainer, self._moves, lead, wanted)
        search.run(before, most_tried)
        changes = search.best
        return Improvement(
            lead=lead,
            target=target,
            before=before,
            changes=changes,
            after=None if changes is None else self._explainer.decide(changed(lead, changes)),
            price=search.price,
            size=_size(changes or ()),
            proved=search.proved,
            tried=search.tried,
        )


def changed(lead: Lead, changes: Sequence[Change]) -> Lead:
    """Return the lead after the changes."""
    return replace(lead, facts={**lead.facts, **{each.fact: each.value for each in changes}})


def _size(changes: Sequence[Change]) -> float:
    return sum(each.size for each in changes)


class _CutError(Exception):
    """The search has come to its limit."""


class _Search:
    """One search for one lead. ``best`` is what was found, ``price`` what it takes."""

    def __init__(
        self, book: Book, explainer: Explainer, moves: Moves, lead: Lead, wanted: int
    ) -> None:
        self._book, self._explainer, self._moves = book, explainer, moves
        self._lead, self._wanted = lead, wanted
        self._reach: Reach
        self.best: tuple[Change, ...] | None = None
        self.price: Price | None = None
        self.proved = True
        self.tried = self._steps = self._limit = 0
        self._doubtful: list[Price] = []
        self._pairs: list[frozenset[str]] = []

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
        price: Price | None = None
        try:
            if self._could((), free):
                self._by_size(free)
        except _CutError:
            price = self.price if self.price and self._surely_least(free) else (0, 0)
        best = self.price
        open_sets = self._doubtful + ([] if price is None else [price])
        self.proved = not any(best is None or each < best for each in open_sets)

    def _by_size(self, free: Sequence[str]) -> None:
        needed = [each for each in free if not self._could((), [f for f in free if f != each])]
        rest = [each for each in free if each not in needed]
        self._pairs = [
            frozenset(pair)
            for pair in combinations(rest, 2)
            if not self._could(needed, [each for each in rest if each not in pair])
        ]
        for size in range(max(len(needed), 1), len(free) + 1):
            self._choose(tuple(needed), rest, size - len(needed))
            if self.best is not None:
                return

    def _surely_least(self, free: Sequence[str]) -> bool:
        """Return whether no set of as many facts can have a lower price than what is found."""
        assert self.price is not None  # noqa: S101 - asked only where something is found
        costs = sorted(self._moves.cost(fact) for fact in free)
        return self.price[1] <= sum(costs[: self.price[0]])

    def _step(self) -> None:
        self._steps += 1
        if self.tried + self._steps // STEPS > self._limit:
            raise _CutError

    def _choose(self, chosen: tuple[str, ...], free: Sequence[str], size: int) -> None:
        """Go through the sets of ``size`` more facts out of ``free``."""
        self._step()
        if len(free) < size or not self._reach.enough(chosen, free[:size], self._wanted):
            return
        if self._too_dear(chosen, free, size):
            return
        unmet = [pair for pair in self._pairs if not pair & set(chosen)]
        if (unmet and not size) or any(not pair & set(free) for pair in unmet):
            return
        if not self._could(chosen, free if size else ()):
            return
        if size == 0:
            self._fill_set(chosen)
            return
        first = free[0] if not unmet else next(each for each in free if each in unmet[0])
        rest = [each for each in free if each != first]
        self._choose((*chosen, first), rest, size - 1)
        self._choose(chosen, rest, size)

    def _could(self, chosen: Sequence[str], free: Sequence[str]) -> bool:
        """Return whether the grade is thinkable when these facts may have any value."""
        open_facts = {*chosen, *free}
        if open_facts & self._moves.opaque:
            return True  # being unknown means something of its own here: no bound
        facts = self._lead.facts
        return self._possible({name: facts[name] for name in facts if name not in open_facts})

    def _possible(self, facts: Mapping[str, Value]) -> bool:
        found = self._decide(facts).possible.best
        return self._book.grade_ids.index(found) <= self._wanted

    def _reaches(self, decision: Decision) -> bool:
        return self._book.grade_ids.index(decision.grade) <= self._wanted

    def _decide(self, facts: Mapping[str, Value]) -> Decision:
        self.tried += 1
        return self._explainer.decide(replace(self._lead, facts=facts))

    def _fill_set(self, chosen: tuple[str, ...]) -> None:
        before = self.best
        if not self._fill(chosen, ()) and self.best is before:
            self._doubtful.append(self._price_of(chosen))

    def _fill(self, rest: tuple[str, ...], done: tuple[Change, ...]) -> bool:
        """Give each fact of a chosen set a value, in every way that differs.

        Return False where values may differ in a way that was not tried.
        """
        self._step()
        price = self._price_of([*(each.fact for each in done), *rest])
        size = _size(done)
        if self.best is not None and (price, size) >= (self.price, _size(self.best)):
            return True
        facts = changed(self._lead, done).facts
        if not rest:
            if self._reaches(self._decide(facts)):
                if self.best is None:
                    self._limit = min(
                        self._limit, self.tried + self._steps // STEPS + TRIED_FOR_NEARER
                    )
                self.best, self.price = done, price
            return True
        if done and not set(rest) & self._moves.opaque:
            kept = {name: value for name, value in facts.items() if name not in rest}
            if not self._possible(kept):
                return True
        values, exact = self._moves.values(facts, rest[0], rest[1:], self._lead)
        for each in values:
            exact = self._fill(rest[1:], (*done, each)) and exact
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
