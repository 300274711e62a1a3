"""The rule engine: a book compiled for durable_rules, chained forward stratum by stratum.

Each condition is matched in the first stratum that knows all it reads. When the rules of a
stratum have fired, what follows from them (totals, grade, qualified, classes) is derived, and
asserted as the fact that the next stratum matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from datetime import date
from enum import IntEnum
from typing import Any

from leadgrade.engine.backends.base import EngineFault
from leadgrade.engine.backends.rete_columns import Columns
from leadgrade.engine.backends.rete_network import Network, split
from leadgrade.engine.backends.rete_plan import Goal, Planner, Stage
from leadgrade.engine.bounds import Bounds
from leadgrade.engine.classes import classify
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import derive
from leadgrade.engine.kleene import Reading, Values, orders_of
from leadgrade.engine.ledger import Totals, add_up
from leadgrade.rules.conditions import All, Compare, Condition, Op, subjects_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import NOT_APPLICABLE, Book, Grade


class Stratum(IntEnum):
    """What is known when a condition is matched."""

    FACTS = 0
    TOTALS = 1
    GRADE = 2
    QUALIFIED = 3
    CLASSES = 4


Part = tuple[str, str, int]
"""What a condition decides: its kind, an id, and of a rule the index of the outcome."""

_ALWAYS = All(())


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
        self.book = book
        self._as_of = as_of
        self.bounds = Bounds(book)
        read = Reading(orders_of(book)).condition
        self.knock_outs = [
            (each, read(each.when), subjects_of(each.when)) for each in book.knock_outs
        ]
        self.parts: list[Part] = []
        self.certain: frozenset[Part] = frozenset(
            part for part, condition in _conditions(book) if condition == _ALWAYS
        )
        stages = self._plan(book)
        self.ends = self._ends(stages)
        self._networks: list[Network] = []
        try:
            for group in split([stage for _, stage in stages]):
                self._networks.append(Network(group))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Rete:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it failed before it had networks
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
        facts = derive(self.book, lead.facts, self._as_of)
        try:
            return self._run(lead, facts)
        except EngineFault:
            return self._run(lead, facts)

    def _run(self, lead: Lead, facts: Values) -> Decision:
        chain = LeadChain(self, lead, facts)
        for network in self._networks:
            network.run(chain)
        return chain.decision()

    def _plan(self, book: Book) -> list[tuple[Stratum, Stage]]:
        planner = Planner(Columns(book))
        conditions: dict[Stratum, list[tuple[int, Condition]]] = {each: [] for each in Stratum}
        for part, condition in _conditions(book):
            if part not in self.certain:
                conditions[_stratum(book, condition)].append((len(self.parts), condition))
                self.parts.append(part)
        return [
            (stratum, stage)
            for stratum, each in conditions.items()
            for stage in planner.stages(each)
        ]

    @staticmethod
    def _ends(stages: list[tuple[Stratum, Stage]]) -> list[Stratum]:
        """Return for each stage the stratum of the next one: what must be known when it ends."""
        return [*(stratum for stratum, _ in stages[1:]), Stratum.CLASSES]


class LeadChain:
    """One lead on its way through the strata."""

    def __init__(self, rete: Rete, lead: Lead, facts: Values) -> None:
        self.values: dict[str, Any] = dict(facts)
        self._rete = rete
        self._book = rete.book
        self._lead = lead
        self._facts = facts
        self._true: set[Part] = set(rete.certain)
        self._known = Stratum.FACTS
        self._fired: dict[str, int] = {}
        self._totals: Totals
        self._earned = ""
        self._classes: dict[str, str] = {}

    def close(self, stage: int, fired: Set[Goal]) -> None:
        """Take note of what came true in a stage, and derive what the next one reads."""
        parts = self._rete.parts
        for goal in fired:
            if isinstance(goal, str):
                self.values[goal] = True
            else:
                self._true.add(parts[goal])
        self._derive(self._rete.ends[stage])

    def _derive(self, until: Stratum) -> None:
        """Derive all that the stratum ``until`` knows."""
        for derive_next in _DERIVE[self._known : until]:
            derive_next(self)
        self._known = max(self._known, until)

    def decision(self) -> Decision:
        """Return the decision."""
        self._derive(Stratum.CLASSES)
        book, bounds, fired, facts = self._book, self._rete.bounds, self._fired, self._facts
        open_rules = bounds.open_rules(fired, facts)
        return Decision(
            qualified=self.values["qualified"],
            grade=self.values["grade"],
            earned=self._earned,
            score=self._totals.score,
            criteria=self._totals.criteria,
            ledger=self._totals.ledger,
            knock_outs=tuple(
                each.id for each in book.knock_outs if ("knock-out", each.id, 0) in self._true
            ),
            classes=self._classes,
            next_steps=tuple(
                step.id for step in book.next_steps if ("step", step.id, 0) in self._true
            ),
            open=(*open_rules, *self._open_knock_outs()),
            possible=bounds.possible(fired, open_rules, facts),
        )

    def _open_knock_outs(self) -> Iterator[str]:
        """Yield the knock-outs that did not come true because something is unknown."""
        for each, truth, subjects in self._rete.knock_outs:
            if (
                ("knock-out", each.id, 0) not in self._true
                and not subjects <= self.values.keys()
                and truth(self.values) is None
            ):
                yield each.id

    def add_up(self) -> None:
        """Derive score and criteria from the rules that fired."""
        for kind, rule, outcome in self._true:
            if kind == "rule":
                self._fired[rule] = min(outcome, self._fired.get(rule, outcome))
        self._totals = add_up(self._book, self._fired)
        self.values |= self._totals.criteria
        self.values["score"] = self._totals.score
        self.values["fired"] = self._fired.keys()

    def grade(self) -> None:
        """Derive the grade: the best that fits, kept down by the knock-outs."""
        book = self._book
        grade = self._earned = next(
            (each for each in book.grade_ids if ("grade", each, 0) in self._true),
            book.grade_ids[-1],
        )
        for knock_out in book.knock_outs:
            if ("knock-out", knock_out.id, 0) in self._true:
                grade = book.worse(grade, knock_out.grade)
        self.values["grade"] = grade

    def qualify(self) -> None:
        """Derive whether the lead is qualified."""
        self.values["qualified"] = ("qualified", "", 0) in self._true

    def classify(self) -> None:
        """Derive the class of each classification."""
        ranks = self._lead.ranks
        self._classes = {
            each.id: classify(each, self.values, ranks)
            if ("class", each.id, 0) in self._true
            else NOT_APPLICABLE
            for each in self._book.classes.values()
        }
        self.values |= self._classes


_DERIVE: tuple[Callable[[LeadChain], None], ...] = (
    LeadChain.add_up,
    LeadChain.grade,
    LeadChain.qualify,
    LeadChain.classify,
)
"""What is derived at the end of each stratum."""


def _conditions(book: Book) -> Iterator[tuple[Part, Condition]]:
    """Yield every condition of a book with what it decides."""
    for rule in book.rules.values():
        for index, outcome in enumerate(rule.outcomes):
            yield ("rule", rule.id, index), outcome.when
    for knock_out in book.knock_outs:
        yield ("knock-out", knock_out.id, 0), knock_out.when
    for grade in book.grades:
        yield ("grade", grade.id, 0), _fits(grade)
    yield ("qualified", "", 0), book.qualified
    for each in book.classes.values():
        yield ("class", each.id, 0), each.applies_when or _ALWAYS
    for step in book.next_steps:
        yield ("step", step.id, 0), step.when


def _fits(grade: Grade) -> Condition:
    """Return the condition under which a grade fits."""
    needs = _ALWAYS if grade.needs is None else grade.needs
    if grade.floor is None:
        return needs
    floor = Compare("score", Op.GE, float(grade.floor), "")
    return floor if needs == _ALWAYS else All((floor, needs))


def _stratum(book: Book, condition: Condition) -> Stratum:
    """Return the first stratum that knows all that a condition reads."""
    known = dict.fromkeys((*book.criteria, "score", "fired"), Stratum.TOTALS)
    known |= {"grade": Stratum.GRADE, "qualified": Stratum.QUALIFIED}
    known |= dict.fromkeys(book.classes, Stratum.CLASSES)
    read = [known.get(each, Stratum.FACTS) for each in subjects_of(condition)]
    return max(read, default=Stratum.FACTS)
