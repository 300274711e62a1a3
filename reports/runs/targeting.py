"""How well effort is aimed: three figures over a run, and the best list under a capacity.

Of those contacted, how many are valuable (qualified), how many are key (the best grade), and what
does a contact bring? The figures of two people or two classes side by side show who aims better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from leadgrade.engine.deriving import Deriver
from leadgrade.engine.kleene import Reading, Values, orders_of
from leadgrade.reports.runs.grouping import OWNER, Grouping, check_money
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import Value
from leadgrade.rules.model import Book
from leadgrade.storage.records import StoredDecision, StoredRun


@dataclass(slots=True)
class Figures:
    """What became of the contacts of one group. ``result`` is None while no lead has one."""

    group: str | None
    contacts: int = 0
    valuable: int = 0
    key: int = 0
    result: float | None = None
    without_result: int = 0

    @property
    def valuable_share(self) -> float:
        """How many of the contacts are valuable."""
        return self.valuable / self.contacts if self.contacts else 0.0

    @property
    def key_share(self) -> float:
        """How many of the contacts are key."""
        return self.key / self.contacts if self.contacts else 0.0

    @property
    def per_contact(self) -> float | None:
        """Return what a contact brought."""
        return self.result / self.contacts if self.result is not None and self.contacts else None

    @property
    def per_valuable(self) -> float | None:
        """Return what a valuable customer brought."""
        return self.result / self.valuable if self.result is not None and self.valuable else None

    def add(self, decision: StoredDecision, key_grade: str, result: Value | None) -> None:
        """Count one more contact."""
        self.contacts += 1
        self.valuable += decision.qualified
        self.key += decision.grade == key_grade
        if isinstance(result, float):
            self.result = (self.result or 0.0) + result
        else:
            self.without_result += 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for: a group by fact, class or owner; a money fact; a target for it."""

    by: str | None = None
    result: str | None = None
    target: float | None = None


class Targeting:
    """The figures of a run, all leads first, then each group, the best result a contact first."""

    def __init__(
        self, book: Book, run: StoredRun, decisions: Iterable[StoredDecision], wish: Wish, lang: str
    ) -> None:
        self._book, self._run, self._wish, self._lang = book, run, wish, lang
        self._grouping = Grouping(book, wish.by, lang)
        if wish.result is not None:
            check_money(book, wish.result)
        self.key_grade = book.grades[0].id
        self.all = Figures(None)
        groups: dict[str | None, Figures] = {}
        derive = Deriver(book, run.as_of).derive
        for each in decisions:
            facts = derive(each.known(book))
            result = facts.get(wish.result) if wish.result else None
            self.all.add(each, self.key_grade, result)
            if wish.by is not None:
                name = self._grouping.name(each, facts)
                groups.setdefault(name, Figures(name)).add(each, self.key_grade, result)
        self.groups = sorted(
            groups.values(),
            key=lambda each: (-(each.per_contact or 0), -each.valuable_share, each.group or "~"),
        )

    @property
    def as_json(self) -> dict[str, Any]:
        """The figures as plain data; shares are numbers from 0 to 1."""
        return {
            "run": self._run.number,
            "as_of": self._run.as_of.isoformat(),
            "key_grade": self.key_grade,
            "by": self._wish.by,
            "result": self._wish.result,
            "target": self._wish.target,
            "all": self._json(self.all),
            "groups": [self._json(each) for each in self.groups],
        }

    def _json(self, figures: Figures) -> dict[str, Any]:
        return {
            "group": figures.group,
            "contacts": figures.contacts,
            "valuable": figures.valuable,
            "valuable_share": round(figures.valuable_share, 4),
            "key": figures.key,
            "key_share": round(figures.key_share, 4),
            "result": figures.result,
            "per_contact": figures.per_contact,
            "per_valuable": figures.per_valuable,
            "of_target": self._attained(figures),
        }

    def _attained(self, figures: Figures) -> float | None:
        if self._wish.target is None or figures.result is None:
            return None
        return figures.result / self._wish.target

    def text(self) -> RenderableType:
        """Return the figures as a table that a console prints."""
        title = self._say("title", run=self._run.number, day=self._run.as_of.isoformat())
        table = Table(
            box=None, pad_edge=False, padding=(0, 2, 0, 0), title=title, title_justify="left"
        )
        columns = ["group", "contacts", "valuable", "key"]
        columns += ["result", "per-contact", "per-valuable"] if self._wish.result else []
        columns += ["attained"] if self._wish.target else []
        for column in columns:
            right = column != "group"
            table.add_column(self._say(f"column-{column}"), justify="right" if right else "left")
        for each in (*self.groups, self.all):
            table.add_row(*self._cells(each))
        missing = self.all.without_result if self._wish.result else 0
        legend = "legend" if missing else "legend-plain"
        words = {"key": self.key_grade} | ({"missing": str(missing)} if missing else {})
        return Group(table, "", self._say(legend, **words))

    def _cells(self, each: Figures) -> Iterator[str]:
        is_all = each is self.all
        yield self._say("all") if is_all else self._grouping.shown(each.group)
        yield str(each.contacts)
        yield f"{each.valuable} ({each.valuable_share:.1%})"
        yield f"{each.key} ({each.key_share:.1%})"
        if self._wish.result:
            for amount in (each.result, each.per_contact, each.per_valuable):
                yield "" if amount is None else f"{amount:,.0f}"
        if self._wish.target:
            attained = self._attained(each)
            yield "" if attained is None else f"{attained:.1%}"

    def _say(self, name: str, /, **words: Any) -> str:
        return say(f"targeting.{name}", self._lang, **words)


@dataclass(frozen=True, slots=True)
class BestList:
    """The leads that there is room for, and how many qualified ones stay in reserve."""

    capacity: int
    per: str | None
    taken: tuple[StoredDecision, ...]
    reserve: int

    @property
    def as_json(self) -> dict[str, Any]:
        """What there was room for, as plain data."""
        taken = len(self.taken)
        return {"capacity": self.capacity, "per": self.per, "taken": taken, "reserve": self.reserve}

    def line(self, book: Book, lang: str) -> str:
        """Return what there was room for, in a line."""
        words = {"capacity": self.capacity, "taken": len(self.taken), "reserve": self.reserve}
        if self.per is None:
            return say("targeting.capacity", lang, **words)
        per = say("targeting.owner", lang) if self.per == OWNER else self.per
        if self.per in book.facts:
            per = book.facts[self.per].label.say(lang)
        return say("targeting.capacity-per", lang, per=per, **words)


class ByHand:
    """Whether leads are qualified by the grades in force."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._derive = Deriver(book, as_of).derive
        self._qualified = Reading(orders_of(book)).condition(book.qualified)

    def qualified(self, stored: StoredDecision) -> bool:
        """Return whether a lead is qualified. Who says a grade has looked at its knock-outs."""
        if stored.override is None or stored.override.grade not in self._book.grade_ids:
            return stored.qualified
        decision = stored.decision
        values: Values = {
            **self._derive(stored.known(self._book)),
            **decision.criteria,
            "score": decision.score,
            "fired": frozenset(decision.fired),
            "knock_outs": frozenset(),
            "knocked_out": False,
            "grade": stored.override.grade,
        }
        return self._qualified(values) is True


def best_under(
    book: Book,
    run: StoredRun,
    decisions: Iterable[StoredDecision],
    capacity: int,
    per: str | None,
    lang: str,
) -> BestList:
    """Return the best qualified leads under a capacity, for all or for each group.

    ``decisions`` come best first.

    Raises:
        GroupingError: the book knows no such group.
    """
    grouping, by_hand = Grouping(book, per, lang), ByHand(book, run.as_of)
    used: Counter[str | None] = Counter()
    taken, reserve = [], 0
    for each in decisions:
        if not by_hand.qualified(each):
            continue
        group = None if per is None else grouping.name(each)
        if used[group] < capacity:
            used[group] += 1
            taken.append(each)
        else:
            reserve += 1
    return BestList(capacity, per, tuple(taken), reserve)
