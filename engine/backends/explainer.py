"""The explainer as a backend: plain Python over the model, stratum by stratum.

It is the independent reading that the rule engine is compared with, and what decides where
durable_rules does not run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from leadgrade.engine.bounds import Bounds
from leadgrade.engine.classes import classify
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.grading import limited
from leadgrade.engine.in_force import in_force
from leadgrade.engine.kleene import Reading, Truth, Values, orders_of
from leadgrade.engine.ledger import Ledger
from leadgrade.engine.legend import Legend
from leadgrade.rules.conditions import All, Condition
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import NOT_APPLICABLE, Book, Classification, FirstMatch


class Explainer:
    """Decides leads by one book as of one day."""

    name = "explainer"

    def __init__(self, book: Book, as_of: date) -> None:
        book = in_force(book, as_of)
        self._book = book
        self._derive = Deriver(book, as_of).derive
        self._add_up = Ledger(Legend.of(book)).add_up
        self._bounds = Bounds(book)
        read = Reading(orders_of(book)).condition
        self._rules = {
            rule.id: [read(outcome.when) for outcome in rule.outcomes]
            for rule in book.rules.values()
        }
        self._knock_outs = [(each, read(each.when)) for each in book.knock_outs]
        self._limits = [(each, read(each.when)) for each in book.limits]
        always = read(All(()))
        self._ladder = [(each, read(each.needs) if each.needs else always) for each in book.grades]
        self._qualified = read(book.qualified)
        self._classes = [
            (each, read(each.applies_when) if each.applies_when else always, _cases(each, read))
            for each in book.classes.values()
        ]
        self._steps = [(step.id, read(step.when)) for step in book.next_steps]

    def decide(self, lead: Lead) -> Decision:
        """Return the decision about one lead."""
        facts = self._derive(lead.facts)
        fired = self._fired(facts)
        totals = self._add_up(fired)
        values: dict[str, Any] = {
            **facts,
            **totals.criteria,
            "score": totals.score,
            "fired": fired.keys(),
        }
        verdicts = [(each, truth(values)) for each, truth in self._knock_outs]
        knock_outs = [each for each, found in verdicts if found]
        limit_verdicts = [(each, truth(values)) for each, truth in self._limits]
        limits = [each for each, found in limit_verdicts if found]
        earned = self._earned(totals.score, values)
        grade = limited(self._book, earned, limits, knock_outs)
        values["grade"] = grade
        values["knock_outs"] = frozenset(each.id for each in knock_outs)
        values["knocked_out"] = bool(knock_outs)
        values["qualified"] = self._qualified(values) is True
        classes = self._classified(lead, values)
        values |= classes
        open_rules = self._bounds.open_rules(fired, facts)
        undecided = [each.id for each, found in verdicts if found is None]
        undecided += [each.id for each, found in limit_verdicts if found is None]
        return Decision(
            qualified=values["qualified"],
            grade=grade,
            earned=earned,
            score=totals.score,
            criteria=totals.criteria,
            ledger=totals.ledger,
            knock_outs=tuple(each.id for each in knock_outs),
            limits=tuple(each.id for each in limits),
            classes=classes,
            next_steps=tuple(step for step, truth in self._steps if truth(values)),
            open=(*open_rules, *undecided),
            possible=self._bounds.possible(totals, fired, open_rules, facts),
        )

    def close(self) -> None:
        """Let go of nothing: it holds nothing."""

    def _fired(self, facts: Values) -> dict[str, int]:
        """Return the index of the first outcome that is true, by rule id."""
        fired: dict[str, int] = {}
        for rule, outcomes in self._rules.items():
            for index, truth in enumerate(outcomes):
                if truth(facts):
                    fired[rule] = index
                    break
        return fired

    def _earned(self, score: int, values: Values) -> str:
        """Return the first grade from the top that fits."""
        for grade, needs in self._ladder:
            if (grade.floor is None or score >= grade.floor) and needs(values):
                return grade.id
        raise AssertionError("the last grade fits every lead")  # the loader sees to it

    def _classified(self, lead: Lead, values: Values) -> dict[str, str]:
        """Return the class of each classification; a matrix sees the classes before it."""
        seen = dict(values)
        classes: dict[str, str] = {}
        for each, applies, cases in self._classes:
            found = NOT_APPLICABLE
            if applies(values):
                found = classify(each, seen, lead.ranks, [case(values) for case in cases])
            classes[each.id] = seen[each.id] = found
        return classes


def _cases(classification: Classification, read: Callable[[Condition], Truth]) -> list[Truth]:
    if not isinstance(classification, FirstMatch):
        return []
    return [read(condition) for condition, _ in classification.cases]
