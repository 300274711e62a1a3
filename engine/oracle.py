"""Decides single leads for whoever proves things about a book: all results by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.in_force import DEFAULT_DAY
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import Book, Ranking


class Oracle:
    """Says what becomes of a lead that is alone in its list."""

    def __init__(self, book: Book, as_of: date = DEFAULT_DAY) -> None:
        self._explainer = Explainer(book, as_of)
        self.derive = Deriver(book, as_of).derive
        self._rankings = [each for each in book.classes.values() if isinstance(each, Ranking)]

    def decide(self, facts: Mapping[str, Value]) -> Decision:
        """Return the decision about a lead with these facts."""
        known = self.derive(facts)
        ranks = {each.id: Rank(1, 1) for each in self._rankings if each.fact in known}
        return self._explainer.decide(Lead("example", facts, ranks))

    def __call__(self, facts: Mapping[str, Value]) -> Mapping[str, Any]:
        """Return what is known of the lead, and every result by the name that conditions use."""
        return values_of(self.derive(facts), self.decide(facts))


def values_of(facts: Mapping[str, Value], decision: Decision) -> Mapping[str, Any]:
    """Return facts and results by the names that conditions use."""
    return {
        **facts,
        **decision.criteria,
        **decision.classes,
        "score": decision.score,
        "grade": decision.grade,
        "qualified": decision.qualified,
        "fired": frozenset(decision.fired),
        "knock_outs": frozenset(decision.knock_outs),
        "knocked_out": bool(decision.knock_outs),
    }
