"""The explainer as a backend: plain Python generated from the model, stratum by stratum.

It is the independent reading that the rule engine is compared with, and what decides where
durable_rules does not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from leadgrade.engine.bounds import Bounds
from leadgrade.engine.classes import Classes, cases_of
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.generated import Source, first_ones, true_ones, weighed_ones
from leadgrade.engine.grading import limited
from leadgrade.engine.in_force import in_force
from leadgrade.engine.kleene import orders_of
from leadgrade.engine.ledger import Ledger
from leadgrade.engine.legend import Legend
from leadgrade.rules.conditions import ALWAYS
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, KnockOut, Limit


class Explainer:
    """Decides leads by one book as of one day."""

    name = "explainer"

    def __init__(self, book: Book, as_of: date) -> None:
        book = in_force(book, as_of)
        self._book = book
        self._derive = Deriver(book, as_of).derive
        ledger = Ledger(Legend.of(book))
        self._add_up = ledger.add_up
        self._bounds = Bounds(book)
        self._classified = Classes(book).add
        orders = orders_of(book)
        classes = book.classes.values()
        lines = {
            rule.id: [
                (outcome.when, ledger.lines[rule.id, number])
                for number, outcome in enumerate(rule.outcomes)
            ]
            for rule in book.rules.values()
        }
        self._outcomes = first_ones(lines, Source(orders))
        self._knock_outs = weighed_ones(
            ((each, each.when) for each in book.knock_outs), Source(orders)
        )
        self._limits = weighed_ones(((each, each.when) for each in book.limits), Source(orders))
        self._fulfilled = true_ones(
            ((each, each.needs or ALWAYS) for each in book.grades), Source(orders)
        )
        """Gives the grades whose needs are fulfilled."""
        self._qualified = true_ones([(True, book.qualified)], Source(orders))
        self._guards = true_ones(
            ((each.id, each.applies_when or ALWAYS) for each in classes), Source(orders)
        )
        self._cases = first_ones({each.id: cases_of(each) for each in classes}, Source(orders))
        self._steps = true_ones(((step.id, step.when) for step in book.next_steps), Source(orders))

    def decide(self, lead: Lead) -> Decision:
        """Return the decision about one lead."""
        facts = self._derive(lead.facts)
        fired, open_rules = self._outcomes(facts)
        totals = self._add_up(fired.values())
        values: dict[str, Any] = {
            **facts,
            **totals.criteria,
            "score": totals.score,
            "fired": fired.keys(),
        }
        knock_outs, open_knock_outs = self._knock_outs(values)
        limits, open_limits = self._limits(values)
        earned = next(
            each.id
            for each in self._fulfilled(values)
            if each.floor is None or totals.score >= each.floor
        )
        grade = limited(self._book, earned, limits, knock_outs)
        values["grade"] = grade
        values["knock_outs"] = frozenset(_ids(knock_outs))
        values["knocked_out"] = bool(knock_outs)
        values["qualified"] = bool(self._qualified(values))
        classes = self._classified(values, lead.ranks, self._guards(values), *self._cases(values))
        return Decision(
            qualified=values["qualified"],
            grade=grade,
            earned=earned,
            score=totals.score,
            criteria=totals.criteria,
            ledger=totals.ledger,
            knock_outs=tuple(_ids(knock_outs)),
            limits=tuple(_ids(limits)),
            classes=classes,
            next_steps=tuple(self._steps(values)),
            open=tuple(open_rules + _ids(open_knock_outs) + _ids(open_limits)),
            possible=self._bounds.possible(totals, fired, open_rules, facts),
        )

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""


def _ids(caps: Sequence[KnockOut | Limit]) -> list[str]:
    return [each.id for each in caps]
