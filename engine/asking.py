"""What to find out: what knowing one unknown fact alone would make of a lead, exactly.

Each cell of the fact's values is tried (see ``searching``), and the explainer decides each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.bounds import roots_of_fact
from leadgrade.engine.decision import Decision, Possible
from leadgrade.engine.relevance import slim, wary
from leadgrade.engine.searching import Cell, Searching
from leadgrade.rules.conditions import subjects_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers that bring the same grade: their cells, and the lowest and highest score."""

    grade: str
    low: int
    high: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown fact that alone could move the lead, and what each answer would make of it."""

    fact: str
    answers: tuple[Answer, ...]
    """By grade, the best first."""
    exact: bool
    """False where a formula could only be sampled: there may be more that it could bring."""
    settles: bool
    """Whether the grade is certain after it, whatever the answer."""
    may_settle: bool
    """Whether the grade is certain after some answer."""

    @property
    def possible(self) -> Possible:
        """The scores and grades that knowing this fact alone can bring."""
        low = min(each.low for each in self.answers)
        high = max(each.high for each in self.answers)
        return Possible(low, high, self.answers[-1].grade, self.answers[0].grade)


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions about a lead, the weightiest first.

    ``together`` are sets of unknown facts that move the lead only when all of them are known.
    """

    questions: tuple[Question, ...]
    together: tuple[tuple[str, ...], ...]


class Asking:
    """Finds what to ask about leads by one book as of one day."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book = slim(book)
        self._searching = Searching(book, as_of)
        self._explainer = Explainer(book, as_of)
        self._wary = Explainer(wary(book), as_of)
        self._relevant = self._searching.relevant
        self._opaque = self._searching.opaque
        groups = [*(rule.subjects for rule in book.rules.values())]
        groups += [subjects_of(each.when) for each in book.knock_outs]
        groups += [subjects_of(each.when) for each in book.limits]
        groups += [frozenset((each,)) for each in book.derived]
        known = [group & book.all_facts.keys() for group in groups]
        roots = [frozenset().union(*(roots_of_fact(book, each) for each in g)) for g in known]
        self._joined = [each for each in dict.fromkeys(roots) if len(each & self._relevant) > 1]

    def ask(self, lead: Lead, decision: Decision) -> Asked:
        """Return the questions about a lead; ``decision`` is what stands now."""
        unknown = [each for each in self._book.facts if each not in lead.facts]
        found = self.all_questions(lead)
        moving = [each for each in found if _moves(each, decision)]
        moving.sort(key=lambda each: self._weight(each, decision))
        return Asked(tuple(moving), tuple(self._together(unknown, moving)))

    def all_questions(self, lead: Lead) -> list[Question]:
        """Return a question for each unknown fact that the book reads, moving or not."""
        bare = self._wary.decide(lead)  # an assumed value does not settle anything
        possible = bare.possible
        unsettled = bare.open or (possible.low, possible.worst) != (possible.high, possible.best)
        unknown = (each for each in self._book.facts if each not in lead.facts)
        facts = [each for each in unknown if each in self._relevant]
        return [self.question(lead, fact) for fact in facts if unsettled or fact in self._opaque]

    def question(self, lead: Lead, fact: str) -> Question:
        """Return what each value of one unknown fact would make of a lead."""
        cells, exact = self._searching.cells(fact, lead.facts)
        tried = [(cell, self._decide(lead, fact, cell)) for cell in cells]
        certain = [each.possible.worst == each.possible.best for _, each in tried]
        grades = sorted({each.grade for _, each in tried}, key=self._book.grade_ids.index)
        return Question(
            fact=fact,
            answers=tuple(_answer(grade, tried) for grade in grades),
            exact=exact,
            settles=all(certain),
            may_settle=any(certain),
        )

    def _decide(self, lead: Lead, fact: str, cell: Cell) -> Decision:
        return self._explainer.decide(replace(lead, facts={**lead.facts, fact: cell.value}))

    def _weight(self, question: Question, decision: Decision) -> tuple[int, int, int]:
        """Order questions: the best grade they could bring, the worst, the points at stake."""
        possible, place = question.possible, self._book.grade_ids.index
        low, high = min(possible.low, decision.score), max(possible.high, decision.score)
        return place(possible.best), -place(possible.worst), low - high

    def _together(
        self, unknown: Sequence[str], moving: Sequence[Question]
    ) -> Iterator[tuple[str, ...]]:
        """Yield the unknown facts of one rule of which none moves the lead alone."""
        alone = {each.fact for each in moving}
        seen: set[tuple[str, ...]] = set()
        for roots in self._joined:
            open_facts = tuple(fact for fact in unknown if fact in roots)
            if len(open_facts) > 1 and not alone & set(open_facts) and open_facts not in seen:
                seen.add(open_facts)
                yield open_facts


def _answer(grade: str, tried: Sequence[tuple[Cell, Decision]]) -> Answer:
    ours = [(cell, decision) for cell, decision in tried if decision.grade == grade]
    scores = [decision.score for _, decision in ours]
    return Answer(grade, min(scores), max(scores), tuple(cell for cell, _ in ours))


def _moves(question: Question, decision: Decision) -> bool:
    possible = question.possible
    now = Possible(decision.score, decision.score, decision.grade, decision.grade)
    return possible != now
