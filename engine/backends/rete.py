"""The rule engine: a book compiled for durable_rules, chained forward stratum by stratum.

Each condition is matched in the first stratum that knows all it reads. When the rules of a
stratum have fired, what follows from them (totals, grade, qualified, classes) is derived, and
asserted as the fact that the next stratum matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
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
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.grading import limited
from leadgrade.engine.in_force import in_force
from leadgrade.engine.kleene import Reading, Values, orders_of
from leadgrade.engine.ledger import Ledger, Totals
from leadgrade.engine.legend import Legend
from leadgrade.rules.conditions import All, Compare, Condition, Op, subjects_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import NOT_APPLICABLE, Book, Classification, FirstMatch, Grade


class Stratum(IntEnum):
    """What is known when a condition is matched."""

    FACTS = 0
    TOTALS = 1
    GRADE = 2
    QUALIFIED = 3
    CLASSES = 4


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
        facts = self._derive(lead.facts)
        try:
            return self._run(lead, facts)
        except EngineFault:
            return self._run(lead, facts)

    def _run(self, lead: Lead, facts: Values) -> Decision:
        chain = LeadChain(self.compiled, lead, facts)
        for network in self._networks:
            network.run(chain)
        return chain.decision()


class CompiledBook:
    """A book's conditions by number, what each decides, and the stages that match them."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.bounds = Bounds(book)
        self.add_up = Ledger(Legend.of(book)).add_up
        self._conditions: list[Condition] = []
        self.rules: dict[Goal, tuple[str, int]] = {
            self._number(outcome.when): (rule.id, index)
            for rule in book.rules.values()
            for index, outcome in enumerate(rule.outcomes)
        }
        self.knock_outs = [(self._number(each.when), each) for each in book.knock_outs]
        self.limits = [(self._number(each.when), each) for each in book.limits]
        self.ladder = [(self._number(_fits(grade)), grade.id) for grade in book.grades]
        self.qualified = self._number(book.qualified)
        self.classes = [
            (self._number(each.applies_when or _ALWAYS), each, self._cases(each))
            for each in book.classes.values()
        ]
        self.steps = [(self._number(step.when), step.id) for step in book.next_steps]
        self.certain = frozenset(
            number for number, each in enumerate(self._conditions) if each == _ALWAYS
        )
        """The conditions that always hold. They are not matched."""
        self.stages = list(self._stages())
        self.begins = self.stages[0][0] if self.stages else Stratum.CLASSES
        """What must be known before the first stage: more than facts where no rule reads any."""
        self.ends = [*(stratum for stratum, _ in self.stages[1:]), Stratum.CLASSES]
        """For each stage the stratum of the next one: what must be known when it ends."""
        read = Reading(orders_of(book)).condition
        asked = [number for number, _ in (*self.knock_outs, *self.limits)]
        asked += [case for _, _, cases in self.classes for case in cases]
        self.truths = {number: read(self._conditions[number]) for number in asked}
        """Whether conditions that did not come true are unknown."""
        self.asked = frozenset().union(*(rule.subjects for rule in book.rules.values()))
        """The facts that rules read."""

    def _cases(self, classification: Classification) -> list[int]:
        if not isinstance(classification, FirstMatch):
            return []
        return [self._number(condition) for condition, _ in classification.cases]

    def _number(self, condition: Condition) -> int:
        self._conditions.append(condition)
        return len(self._conditions) - 1

    def _stages(self) -> Iterator[tuple[Stratum, Stage]]:
        planner = Planner(Columns(self.book))
        conditions: dict[Stratum, list[tuple[int, Condition]]] = {each: [] for each in Stratum}
        for number, condition in enumerate(self._conditions):
            if number not in self.certain:
                conditions[_stratum(self.book, condition)].append((number, condition))
        for stratum, each in conditions.items():
            for stage in planner.stages(each):
                yield stratum, stage


class LeadChain:
    """One lead on its way through the strata."""

    def __init__(self, compiled: CompiledBook, lead: Lead, facts: Values) -> None:
        self.values: dict[str, Any] = dict(facts)
        self._compiled = compiled
        self._lead = lead
        self._facts = facts
        self._true: set[Goal] = set(compiled.certain)
        self._known = Stratum.FACTS
        self._fired: dict[str, int] = {}
        self._totals: Totals
        self._earned = ""
        self._classes: dict[str, str] = {}
        self._derive(compiled.begins)

    def close(self, stage: int, fired: Set[Goal]) -> None:
        """Take note of what came true in a stage, and derive what the next one reads."""
        self._true |= fired
        self.values.update((goal, True) for goal in fired if isinstance(goal, str))
        self._derive(self._compiled.ends[stage])

    def _derive(self, until: Stratum) -> None:
        """Derive all that the stratum ``until`` knows."""
        for derive_next in _DERIVE[self._known : until]:
            derive_next(self)
        self._known = max(self._known, until)

    def decision(self) -> Decision:
        """Return the decision."""
        self._derive(Stratum.CLASSES)
        compiled, true, facts, fired = self._compiled, self._true, self._facts, self._fired
        bounds = compiled.bounds
        all_known = compiled.asked <= facts.keys()
        open_rules = () if all_known else bounds.open_rules(fired, facts)
        return Decision(
            qualified=self.values["qualified"],
            grade=self.values["grade"],
            earned=self._earned,
            score=self._totals.score,
            criteria=self._totals.criteria,
            ledger=self._totals.ledger,
            knock_outs=tuple(each.id for number, each in compiled.knock_outs if number in true),
            limits=tuple(each.id for number, each in compiled.limits if number in true),
            classes=self._classes,
            next_steps=tuple(step for number, step in compiled.steps if number in true),
            open=(*open_rules, *self._undecided()),
            possible=bounds.possible(self._totals, fired, open_rules, facts),
        )

    def _undecided(self) -> Iterator[str]:
        """Yield the knock-outs and limits that did not come true since something is unknown."""
        compiled = self._compiled
        ids = [(number, each.id) for number, each in compiled.knock_outs]
        ids += [(number, each.id) for number, each in compiled.limits]
        yield from (name for number, name in ids if self._verdict(number) is None)

    def _verdict(self, number: int) -> bool | None:
        """Return whether a condition is true, or else false or unknown."""
        return True if number in self._true else self._compiled.truths[number](self.values)

    def add_up(self) -> None:
        """Derive score and criteria from the rules that fired."""
        rules = self._compiled.rules
        for number in self._true & rules.keys():
            rule, outcome = rules[number]
            self._fired[rule] = min(outcome, self._fired.get(rule, outcome))
        self._totals = self._compiled.add_up(self._fired)
        self.values |= self._totals.criteria
        self.values["score"] = self._totals.score
        self.values["fired"] = self._fired.keys()

    def grade(self) -> None:
        """Derive the grade: the best that fits, kept down by the knock-outs."""
        compiled, true = self._compiled, self._true
        self._earned = next(each for number, each in compiled.ladder if number in true)
        knock_outs = [each for number, each in compiled.knock_outs if number in true]
        limits = [each for number, each in compiled.limits if number in true]
        self.values["grade"] = limited(compiled.book, self._earned, limits, knock_outs)
        self.values["knock_outs"] = frozenset(each.id for each in knock_outs)
        self.values["knocked_out"] = bool(knock_outs)

    def qualify(self) -> None:
        """Derive whether the lead is qualified."""
        self.values["qualified"] = self._compiled.qualified in self._true

    def classify(self) -> None:
        """Derive the class of each classification."""
        for number, each, cases in self._compiled.classes:
            found = NOT_APPLICABLE
            if number in self._true:
                verdicts = [self._verdict(case) for case in cases]
                found = classify(each, self.values, self._lead.ranks, verdicts)
            self._classes[each.id] = self.values[each.id] = found


_DERIVE: tuple[Callable[[LeadChain], None], ...] = (
    LeadChain.add_up,
    LeadChain.grade,
    LeadChain.qualify,
    LeadChain.classify,
)
"""What is derived at the end of each stratum."""


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
    known |= dict.fromkeys(("grade", "knock_outs", "knocked_out"), Stratum.GRADE)
    known["qualified"] = Stratum.QUALIFIED
    known |= dict.fromkeys(book.classes, Stratum.CLASSES)
    read = [known.get(each, Stratum.FACTS) for each in subjects_of(condition)]
    return max(read, default=Stratum.FACTS)
