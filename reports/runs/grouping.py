"""Groups of leads in a report: by grade, by a classification, by a fact, by who has to act."""

from __future__ import annotations

from typing import ClassVar

from leadgrade.reports.values import show_class, show_fact
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import Compare, Op, Value
from leadgrade.rules.model import Book, FactType
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import StoredDecision

OWNER = "owner"
"""The group by who does the first next step."""
GRADE = "grade"


class GroupingError(Problem):
    """What was asked for is not in the book."""

    texts: ClassVar[str] = "grouping"


class Grouping:
    """What group a lead belongs to.

    Raises:
        GroupingError: the book knows no such group.
    """

    def __init__(self, book: Book, by: str | None, lang: str) -> None:
        if by not in (None, OWNER, GRADE, *book.classes, *book.all_facts):
            known = ", ".join((OWNER, GRADE, *book.classes))
            raise GroupingError("no-such-group", name=by, book=book.id, known=known)
        self._book, self._by, self._lang = book, by or "", lang
        self._steps = {step.id: step for step in book.next_steps}

    @property
    def classifies(self) -> bool:
        """Whether the groups are grades or classes: what a book sorts leads into."""
        return self._by == GRADE or self._by in self._book.classes

    def name(self, decision: StoredDecision, facts: dict[str, Value] | None = None) -> str | None:
        """Return the group, None where it is not known."""
        if self._by == OWNER:
            steps = (self._steps[each.id] for each in decision.steps)
            owner = next((step.owner for step in steps if step.owner), None)
            return owner.say(self._lang) if owner else None
        if self._by == GRADE:
            return decision.grade
        if self._by in self._book.classes:
            return decision.decision.classes[self._by]
        known = decision.known(self._book) if facts is None else facts
        value = known.get(self._by)
        return None if value is None else str(value)

    def shown(self, group: str | None) -> str:
        """Return what people call a group."""
        if group is None:
            return say("screens.unknown", self._lang)
        fact = self._book.all_facts.get(self._by)
        if fact is not None and fact.type is FactType.CHOICE:
            return show_fact(fact, group, self._lang)
        return show_class(self._book, self._by, group, self._lang)

    def owner(self, group: str | None) -> str | None:
        """Return who answers for a grade or class: the owner of the step that it asks for."""
        for step in self._book.next_steps:
            match step.when:
                case Compare(self._by, Op.EQ, value) if value == group and step.owner:
                    return step.owner.say(self._lang)
        return None


def money_facts(book: Book) -> tuple[str, ...]:
    """Return the money facts of a book, read and derived."""
    return tuple(each.id for each in book.all_facts.values() if each.type is FactType.MONEY)


def check_money(book: Book, *names: str) -> None:
    """See to it that each name is a money fact of the book.

    Raises:
        GroupingError: one is not.
    """
    for name in names:
        if name not in money_facts(book):
            known = ", ".join(money_facts(book)) or "-"
            raise GroupingError("not-money", name=name, book=book.id, known=known)
