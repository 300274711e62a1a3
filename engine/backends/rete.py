"""The rule engine: a book compiled for durable_rules, chained forward stratum by stratum.

Each condition is matched in the first stratum that knows all it reads. When the rules of a
stratum have fired, what follows from them (totals, grade, qualified, classes) is derived, and
asserted as the fact that the next stratum matches.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date
from typing import Any

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.rete_book import CompiledBook
from leadgrade.engine.backends.rete_network import Network, split
from leadgrade.engine.backends.rete_plan import Goal
from leadgrade.engine.decision import Decision, Line
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.grading import limited
from leadgrade.engine.in_force import in_force
from leadgrade.engine.ledger import Totals
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book


class Rete:
    """Decides leads by one book as of one day, on durable_rules.

    It holds memory of the engine: ``close`` it, or use it in a ``with`` block.
    """

    name = "rete"

    def __init__(self, book: Book, as_of: date) -> None:
        """Compile the book.

        Raises:
            EngineFault: durable_rules refuses it.
        """
        self._networks: list[Network] = []
        book = in_force(book, as_of)
        self._derive = Deriver(book, as_of).derive
        self.compiled = CompiledBook(book)
        try:
            for group in split([stage for _, stage in self.compiled.stages]):
                self._networks.append(Network(group))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Rete:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Give the engine's memory back. No lead can be decided any more."""
        while self._networks:
            self._networks.pop().close()

    def decide(self, lead: Lead) -> Decision:
        """Return the decision about one lead.

        Raises:
            EngineFault: the engine failed twice; the next lead is not affected.
            ValueError, TypeError, KeyError: a fact has a value that its type does not allow.
        """
        try:
            return self._run(lead)
        except EngineFault:
            return self._run(lead)

    def _run(self, lead: Lead) -> Decision:
        chain = LeadChain(self.compiled, lead, self._derive(lead.facts))
        for network in self._networks:
            network.run(chain)
        return chain.decision()


class LeadChain:
    """One lead on its way through the strata."""

    def __init__(self, compiled: CompiledBook, lead: Lead, facts: dict[str, Any]) -> None:
        self.values = facts
        self._compiled = compiled
        self._lead = lead
        self._true = compiled.certain
        """The numbers of the conditions that came true, in ascending order."""
        self._fired: dict[str, Line] = {}
        self._totals: Totals
        self._earned = ""
        self._classes: dict[str, str] = {}
        self._derive(0)

    def close(self, stage: int, fired: Set[Goal]) -> None:
        """Take note of what came true in a stage, and derive what the next one reads."""
        if self._compiled.intermediate:
            self.values |= dict.fromkeys(self._compiled.intermediate & fired, True)
            fired = fired - self._compiled.intermediate
        self._true = sorted((*self._true, *fired))  # type: ignore[arg-type]
        self._derive(stage + 1)

    def _derive(self, stage: int) -> None:
        """Derive what a stage reads."""
        for derive in _DERIVE[self._compiled.passed[stage]]:
            derive(self)

    def decision(self) -> Decision:
        """Return the decision, when all stages are closed."""
        compiled, true, values, totals = self._compiled, self._true, self.values, self._totals
        open_rules = compiled.unknown.rules(values)
        return Decision(
            qualified=values["qualified"],
            grade=values["grade"],
            earned=self._earned,
            score=totals.score,
            criteria=totals.criteria,
            ledger=totals.ledger,
            knock_outs=tuple([each.id for each in compiled.knock_outs.come_true(true)]),
            limits=tuple([each.id for each in compiled.limits.come_true(true)]),
            classes=self._classes,
            next_steps=tuple(compiled.steps.come_true(true)),
            open=(*open_rules, *compiled.unknown.caps(values)),
            possible=compiled.bounds.possible(totals, self._fired, open_rules, values),
        )

    def add_up(self) -> None:
        """Derive score and criteria from the rules that fired."""
        outcomes = self._compiled.rules.come_true(self._true)
        fired = dict(reversed(outcomes))  # the first of a rule has the last word
        self._fired = dict(reversed(fired.items()))
        self._totals = self._compiled.add_up(self._fired.values())
        self.values |= self._totals.criteria
        self.values["score"] = self._totals.score
        self.values["fired"] = self._fired.keys()

    def grade(self) -> None:
        """Derive the grade: the best that fits, kept down by the knock-outs."""
        compiled = self._compiled
        self._earned = compiled.ladder.come_true(self._true)[0]
        knock_outs = compiled.knock_outs.come_true(self._true)
        limits = compiled.limits.come_true(self._true)
        self.values["grade"] = limited(compiled.book, self._earned, limits, knock_outs)
        self.values["knock_outs"] = frozenset([each.id for each in knock_outs])
        self.values["knocked_out"] = bool(knock_outs)

    def qualify(self) -> None:
        """Derive whether the lead is qualified."""
        self.values["qualified"] = bool(self._compiled.qualified.come_true(self._true))

    def classify(self) -> None:
        """Derive the class of each classification."""
        compiled, values = self._compiled, self.values
        applying = compiled.guards.come_true(self._true)
        cases = dict(reversed(compiled.cases.come_true(self._true)))  # the first has the last word
        unknown = compiled.unknown.classes(values)
        self._classes = compiled.classes.add(values, self._lead.ranks, applying, cases, unknown)


_DERIVE: tuple[Callable[[LeadChain], None], ...] = (
    LeadChain.add_up,
    LeadChain.grade,
    LeadChain.qualify,
    LeadChain.classify,
)
"""What is derived at the end of each stratum, for the next one."""
