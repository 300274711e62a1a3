"""What to find out, as people and programs read it: of one lead, and of a whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.engine.asking import Asking, Question
from leadgrade.engine.decision import Decision, points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation.data import Occasion, question_json
from leadgrade.reports.explanation.text import question_lines
from leadgrade.reports.explanation.words import Words
from leadgrade.reports.record.recall import stored_book, stored_lead
from leadgrade.reports.wording import say
from leadgrade.rules.model import Book
from leadgrade.storage.store import Store

MOST_OF_LEAD = 50
MOST_OF_LIST = 10


def ask_text(occasion: Occasion, explanation: Explanation, lang: str) -> RenderableType:
    """Return the questions about one lead."""
    words = Words(occasion, explanation, lang)
    head = say(
        "answers.ask-head",
        lang,
        lead=words.title(),
        grade=explanation.decision.grade,
        score=points_text(explanation.decision.score),
    )
    lines = list(question_lines(words, MOST_OF_LEAD))
    if not explanation.asked.questions:
        lines.insert(0, Text(say("answers.ask-none", lang)))
    return Group(Text(head, style="bold"), *lines)


def ask_json(occasion: Occasion, explanation: Explanation, lang: str) -> dict[str, Any]:
    """Return the questions about one lead as plain values."""
    asked = explanation.asked
    return {
        "lead": explanation.lead.id,
        "run": occasion.run,
        "grade": explanation.decision.grade,
        "ask": [question_json(each, occasion.book, lang) for each in asked.questions],
        "together": [list(each) for each in asked.together],
    }


@dataclass
class Tally:
    """How many leads of a run each fact could settle, lift or lower, by fact id."""

    run: int
    leads: int = 0
    unsettled: int = 0
    settles: Counter[str] = field(default_factory=Counter)
    may_settle: Counter[str] = field(default_factory=Counter)
    rise: Counter[str] = field(default_factory=Counter)
    fall: Counter[str] = field(default_factory=Counter)

    def add(self, book: Book, decision: Decision, questions: Iterable[Question]) -> None:
        """Count the questions about one lead."""
        self.leads += 1
        open_grade = decision.possible.worst != decision.possible.best
        self.unsettled += open_grade
        place = book.grade_ids.index
        for each in questions:
            self.settles[each.fact] += open_grade and each.settles
            self.may_settle[each.fact] += open_grade and each.may_settle
            self.rise[each.fact] += place(each.possible.best) < place(decision.grade)
            self.fall[each.fact] += place(each.possible.worst) > place(decision.grade)

    def best(self, most: int) -> list[str]:
        """Return the facts that would settle most leads, then lift most, then lower most."""
        counts = (self.settles, self.rise, self.may_settle, self.fall)
        facts = {fact for count in counts for fact, number in count.items() if number}
        return sorted(facts, key=lambda fact: (*(-count[fact] for count in counts), fact))[:most]


def tally(store: Store, run: int | None) -> tuple[Book, Tally]:
    """Return what could be asked about the leads of a run.

    Raises:
        StoreError: no such run, or the record cannot be read.
    """
    found = store.run(run)
    book = stored_book(store, found)
    asking = Asking(book, found.as_of)
    counted = Tally(found.number)
    for stored in store.decisions(found.number, best_first=False):
        decision = stored.decision
        counted.add(book, decision, asking.all_questions(stored_lead(book, stored)))
    return book, counted


def tally_json(book: Book, counted: Tally, lang: str) -> dict[str, Any]:
    """Return the ten best questions about a run as plain values."""
    return {
        "run": counted.run,
        "leads": counted.leads,
        "unsettled": counted.unsettled,
        "ask": [
            {
                "fact": fact,
                "how": how.say(lang) if (how := book.facts[fact].ask) else None,
                "settles": counted.settles[fact],
                "may_settle": counted.may_settle[fact],
                "could_rise": counted.rise[fact],
                "could_fall": counted.fall[fact],
            }
            for fact in counted.best(MOST_OF_LIST)
        ],
    }


def tally_text(book: Book, counted: Tally, lang: str) -> RenderableType:
    """Return the ten best questions about a run as a table."""
    head = say(
        "answers.ask-list", lang, run=counted.run, open=counted.unsettled, leads=counted.leads
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("answers.column-fact", lang), overflow="fold")
    for name in ("settles", "may-settle", "could-rise", "could-fall"):
        table.add_column(say(f"answers.column-{name}", lang), justify="right")
    table.add_column(say("answers.column-how", lang), overflow="fold")
    for fact in counted.best(MOST_OF_LIST):
        counts = (counted.settles, counted.may_settle, counted.rise, counted.fall)
        how = book.facts[fact].ask
        table.add_row(
            book.facts[fact].label.say(lang),
            *(f"{count[fact]:,}" for count in counts),
            how.say(lang) if how else "",
        )
    if not table.rows:
        return Group(Text(head, style="bold"), Text(say("answers.ask-none", lang)))
    return Group(Text(head, style="bold"), table)
