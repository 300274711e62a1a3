"""The smallest change that lifts a lead to a grade, or the proof that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.branching import Branching, Explainers, Price, changed, size_of
from leadgrade.engine.decision import Decision
from leadgrade.engine.moves import Change, Moves
from leadgrade.engine.relevance import slim, wary
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

MOST_TRIED = 12_000
"""So many decisions are tried for one lead, at most: one or two seconds."""


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
    at_least: int
    """So many facts must change, whatever else is found."""
    tried: int


class Improving:
    """Improves leads by one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book = slim(book)
        self._explainer = Explainer(book, as_of)
        self._explainers = Explainers(self._explainer, Explainer(wary(book), as_of))
        self._moves = Moves(book, as_of)

    def improve(self, lead: Lead, target: str, most_tried: int = MOST_TRIED) -> Improvement:
        """Return the smallest change that brings the lead to a grade at least as good."""
        before = self._explainer.decide(lead)
        wanted = self._book.grade_ids.index(target)
        search = Branching(self._book, self._explainers, self._moves, lead, wanted)
        search.run(before, most_tried)
        changes = search.best
        return Improvement(
            lead=lead,
            target=target,
            before=before,
            changes=changes,
            after=None if changes is None else self._explainer.decide(changed(lead, changes)),
            price=search.price,
            size=size_of(changes or ()),
            proved=search.proved,
            at_least=search.at_least,
            tried=search.tried,
        )
