"""The legend of a book: what each place in the evidence of a decision stands for.

A decision is a choice among things that its book names: which outcomes fired, what is open, which
knock-outs apply. So it is kept as *evidence*, a short text with one mark for each of them, and is
written out in full, to the last ledger line, with the legend that is stored beside the book.

Evidence is ``fired.open.knock_outs.limits.steps.classes.earned``. The first five are marks in hex,
four places to a digit, the first place its highest bit; ``classes`` are the numbers of the
classes, separated by commas; ``earned`` is the number of the grade that was earned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

from leadgrade.engine.decision import Decision, Possible
from leadgrade.engine.ledger import Ledger
from leadgrade.rules.model import NOT_APPLICABLE, UNKNOWN_CLASS, Book, labels_of


class LegendCriterion(NamedTuple):
    """A criterion: where it starts and the range that it is kept within, in hundredths."""

    id: str
    low: int
    high: int
    start: int


class LegendOutcome(NamedTuple):
    """An outcome of a rule: its number within the rule, and the points it gives in hundredths."""

    criterion: str
    rule: str
    number: int
    points: int


class LegendClasses(NamedTuple):
    """A classification and its classes; the last two are ``not applicable`` and ``unknown``."""

    id: str
    labels: tuple[str, ...]


class LegendStep(NamedTuple):
    """A next step. Owner and channel are in one wording, English where there is one."""

    id: str
    owner: str | None
    channel: str | None
    within_days: int | None


class Marks:
    """Places that may be marked, written as hex."""

    def __init__(self, places: Iterable[Any]) -> None:
        self._places = tuple(places)
        self._digits = -(-len(self._places) // 4)
        width = 4 * self._digits
        self._bits = {place: 1 << (width - 1 - at) for at, place in enumerate(self._places)}

    def write(self, marked: Iterable[Any]) -> str:
        """Return the marks of these places, each named once.

        Raises:
            KeyError: there is no such place.
        """
        if not self._digits:
            return ""
        bits = self._bits
        return f"{sum([bits[each] for each in marked]):0{self._digits}x}"

    def read(self, text: str) -> list[Any]:
        """Return the places that are marked, in their order.

        Raises:
            ValueError: these are not marks of these places.
        """
        if len(text) != self._digits:
            raise ValueError(f"{text!r} has not {self._digits} digits")
        if not self._digits:
            return []
        marks = f"{int(text, 16):0{4 * self._digits}b}"
        if "1" in marks[len(self._places) :]:
            raise ValueError(f"{text!r} marks more than {len(self._places)} places")
        return [place for place, mark in zip(self._places, marks, strict=False) if mark == "1"]


class Result(NamedTuple):
    """What is kept of a decision beside its evidence. ``score`` is in hundredths."""

    qualified: bool
    grade: str
    score: int
    possible: Possible


@dataclass(frozen=True)
class Legend:
    """What the places of evidence stand for. Everything is in the book's order.

    It is that of the whole book, whatever of it is in force: what is not in force never fires.
    """

    criteria: tuple[LegendCriterion, ...]
    outcomes: tuple[LegendOutcome, ...]
    knock_outs: tuple[str, ...]
    limits: tuple[str, ...]
    steps: tuple[LegendStep, ...]
    classes: tuple[LegendClasses, ...]
    grades: tuple[str, ...]
    """From the best to the worst."""

    @classmethod
    def of(cls, book: Book) -> Self:
        """Return the legend of a book."""
        return cls(
            criteria=tuple(
                LegendCriterion(each.id, each.low, each.high, each.start)
                for each in book.criteria.values()
            ),
            outcomes=tuple(
                LegendOutcome(criterion.id, rule.id, number, outcome.points)
                for criterion in book.criteria.values()
                for rule in criterion.rules
                for number, outcome in enumerate(rule.outcomes)
            ),
            knock_outs=tuple(each.id for each in book.knock_outs),
            limits=tuple(each.id for each in book.limits),
            steps=tuple(
                LegendStep(
                    each.id,
                    each.owner.say("en") if each.owner else None,
                    each.channel.say("en") if each.channel else None,
                    each.within_days,
                )
                for each in book.next_steps
            ),
            classes=tuple(
                LegendClasses(each.id, (*labels_of(each), NOT_APPLICABLE, UNKNOWN_CLASS))
                for each in book.classes.values()
            ),
            grades=book.grade_ids,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the legend that ``to_json`` wrote.

        Raises:
            ValueError, KeyError, TypeError: the text is not a legend.
        """
        data = json.loads(text)
        return cls(
            criteria=tuple(LegendCriterion(*each) for each in data["criteria"]),
            outcomes=tuple(LegendOutcome(*each) for each in data["outcomes"]),
            knock_outs=tuple(data["knock_outs"]),
            limits=tuple(data["limits"]),
            steps=tuple(LegendStep(*each) for each in data["steps"]),
            classes=tuple(LegendClasses(name, tuple(labels)) for name, labels in data["classes"]),
            grades=tuple(data["grades"]),
        )

    def to_json(self) -> str:
        """Return the legend as canonical JSON: what the record keeps."""
        parts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Every rule by id."""
        return tuple(dict.fromkeys(each.rule for each in self.outcomes))

    @cached_property
    def openings(self) -> tuple[str, ...]:
        """What may be open: rules, knock-outs, floors and ceilings."""
        return (*self.rules, *self.knock_outs, *self.limits)

    def write(self, decision: Decision) -> str:
        """Return the evidence of a decision.

        Raises:
            KeyError: it names something that the book does not have.
        """
        fired = [line[3:] for line in decision.ledger if line.rule is not None]
        marked = zip(
            self._marks,
            (fired, decision.open, decision.knock_outs, decision.limits, decision.next_steps),
            strict=True,
        )
        found = decision.classes
        classes = [str(numbers[found[name]]) for name, numbers in self._class_numbers]
        parts = [marks.write(places) for marks, places in marked]
        return f"{'.'.join(parts)}.{','.join(classes)}.{self.grades.index(decision.earned)}"

    def read(self, evidence: str, result: Result) -> Decision:
        """Return the decision in full. Its score is that of the ledger.

        Raises:
            ValueError, IndexError: this is not evidence of this legend.
        """
        *marks, classes, earned = evidence.split(".")
        fired, opened, knock_outs, limits, steps = (
            tuple(each.read(text)) for each, text in zip(self._marks, marks, strict=True)
        )
        totals = self._ledger.add_up(map(self._ledger.lines.__getitem__, fired))
        numbers = classes.split(",") if classes else []
        return Decision(
            qualified=result.qualified,
            grade=result.grade,
            earned=self.grades[int(earned)],
            score=totals.score,
            criteria=totals.criteria,
            ledger=totals.ledger,
            knock_outs=knock_outs,
            limits=limits,
            classes={
                each.id: each.labels[int(number)]
                for each, number in zip(self.classes, numbers, strict=True)
            },
            next_steps=steps,
            open=opened,
            possible=result.possible,
        )

    @cached_property
    def _marks(self) -> tuple[Marks, ...]:
        return (
            Marks((each.rule, each.number) for each in self.outcomes),
            Marks(self.openings),
            Marks(self.knock_outs),
            Marks(self.limits),
            Marks(each.id for each in self.steps),
        )

    @cached_property
    def _class_numbers(self) -> list[tuple[str, dict[str, int]]]:
        return [
            (each.id, {label: number for number, label in enumerate(each.labels)})
            for each in self.classes
        ]

    @cached_property
    def _ledger(self) -> Ledger:
        return Ledger(self)
