"""What stands in an exported table: for people in words, for programs by ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from leadgrade.engine.decision import LineKind, points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation.data import Occasion, number
from leadgrade.reports.explanation.words import Words
from leadgrade.reports.next_steps import action_words, due_date, show_step
from leadgrade.reports.sheets import Cell, Column, Form, Sheet
from leadgrade.reports.values import label_of, show_class, show_fact, signed
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import subjects_of
from leadgrade.rules.lead import plain
from leadgrade.rules.model import UNKNOWN_CLASS, Book, Fact, FactType

WIDE, NAMING, NARROW = 60, 28, 9
_FORMS = {FactType.MONEY: Form.MONEY, FactType.PERCENT: Form.PERCENT}
_WORDS = frozenset((FactType.CHOICE, FactType.FLAG))
"""What is shown by its label."""


def sheet_of_words(occasion: Occasion, explanations: Iterable[Explanation], lang: str) -> Sheet:
    """Return the table for people: what matters first, then the facts, all in their language."""
    book = occasion.book
    facts = _facts_to_show(book)
    rows = (_row(Words(occasion, each, lang), facts) for each in explanations)
    named = 1 if book.lead_name is None else 2
    return Sheet(book.id, list(_columns(book, facts, lang)), rows, named)


def _facts_to_show(book: Book) -> list[Fact]:
    """Return the facts of the list, and the derived ones that points or limits hang on.

    Other derived facts are steps on the way to those, or to a class.
    """
    looked_at: set[str] = set()
    for rule in book.rules.values():
        looked_at |= rule.subjects
    whens = [*(each.when for each in book.knock_outs), *(each.when for each in book.limits)]
    looked_at |= frozenset().union(*map(subjects_of, whens))
    read = [fact for name, fact in book.facts.items() if name != book.lead_name]
    return [*read, *(fact for name, fact in book.derived.items() if name in looked_at)]


def _columns(book: Book, facts: Iterable[Fact], lang: str) -> Iterator[Column]:
    def named(name: str, width: int = 14, *, optional: bool = False) -> Column:
        return Column(say(f"screens.column-{name}", lang), width, optional=optional)

    yield named("lead")
    if book.lead_name is not None:
        yield Column(label_of(book, book.lead_name, lang), NAMING)
    yield named("grade", NARROW)
    yield named("by-hand", NAMING, optional=True)
    yield from (named(name, NARROW) for name in ("score", "qualified"))
    yield named("possible", NARROW)
    yield named("reasons", WIDE)
    yield named("knock-outs", NAMING, optional=True)
    yield named("open-facts", NAMING)
    yield named("next-step", 40)
    yield from (named("step-owner"), named("due", 12), named("other-steps", 40))
    yield from (Column(label_of(book, each, lang)) for each in book.criteria)
    yield from (Column(label_of(book, each, lang), optional=True) for each in book.classes)
    for fact in facts:
        width = NAMING if fact.type is FactType.TEXT else 14
        form = _FORMS.get(fact.type, Form.PLAIN)
        yield Column(fact.label.say(lang), width, form, optional=True)


def _row(words: Words, facts: Iterable[Fact]) -> list[Cell]:
    book, lang, seen = words.book, words.lang, words.seen
    decision, values, as_of = words.decision, seen.values, words.occasion.as_of
    steps = [step for step in book.next_steps if step.id in decision.next_steps]
    first, others = (steps[0] if steps else None), steps[1:]
    semicolon = say("conditions.semicolon", lang)
    possible = decision.possible
    waiting = dict.fromkeys(name for names in seen.waiting.values() for name in names)
    return [
        seen.lead.id,
        *([] if book.lead_name is None else [values.get(book.lead_name)]),
        decision.grade,
        words.by_hand(),
        number(decision.score),
        say("screens.yes" if decision.qualified else "screens.no", lang),
        "" if possible.worst == possible.best else f"{possible.best}…{possible.worst}",
        semicolon.join(_reasons(words)),
        semicolon.join(words.caps()),
        words.unknown(waiting),
        action_words(first, lang) if first else "",
        first.owner.say(lang) if first and first.owner else "",
        due_date(first, as_of) if first else None,
        semicolon.join(show_step(each, as_of, lang) for each in others),
        *(number(decision.criteria[each]) for each in book.criteria),
        *(_class_cell(words, each) for each in book.classes),
        *(_fact_cell(fact, values.get(fact.id), lang) for fact in facts),
    ]


def _reasons(words: Words) -> Iterator[str]:
    """Yield what gave and took points, in words, the most first."""
    lines = [each for each in words.decision.ledger if each.kind is LineKind.RULE]
    for each in sorted(lines, key=lambda line: -abs(line.points)):
        told = words.line(each)
        yield f"{told.reason or told.name} ({signed(each.points)})"


def _class_cell(words: Words, name: str) -> Cell:
    """Return the class of a lead; nothing where facts are missing, as for the facts themselves."""
    label = words.decision.classes[name]
    return None if label == UNKNOWN_CLASS else show_class(words.book, name, label, words.lang)


def _fact_cell(fact: Fact, value: Any, lang: str) -> Cell:
    if value is None or fact.type not in _WORDS:
        cell: Cell = value
        return cell
    return show_fact(fact, value, lang)


def sheet_of_ids(occasion: Occasion, explanations: Iterable[Explanation]) -> Sheet:
    """Return the table for programs: every column and every value by its id, in any language."""
    book = occasion.book
    fixed = ("lead", "grade", "by_hand", "qualified", "score", "best", "worst")
    last = ("rules", "knock_outs", "next_steps", "due", "open")
    names = [*fixed, *book.criteria, *book.classes, *last, *book.all_facts]
    rows = (_row_of_ids(occasion, each) for each in explanations)
    return Sheet(book.id, [Column(name) for name in names], rows)


def _row_of_ids(occasion: Occasion, explanation: Explanation) -> list[Cell]:
    book, decision, values = occasion.book, explanation.decision, explanation.values
    steps = [step for step in book.next_steps if step.id in decision.next_steps]
    due = due_date(steps[0], occasion.as_of) if steps else None
    override = occasion.overrides.get(explanation.lead.id)
    rules = [each for each in decision.ledger if each.rule is not None]
    return [
        explanation.lead.id,
        decision.grade,
        override.grade if override else "",
        decision.qualified,
        number(decision.score),
        decision.possible.best,
        decision.possible.worst,
        *(number(decision.criteria[each]) for each in book.criteria),
        *(decision.classes[each] for each in book.classes),
        "; ".join(f"{points_text(each.points)} {each.rule}" for each in rules),
        ", ".join(decision.knock_outs),
        ", ".join(step.id for step in steps),
        due.isoformat() if due else "",
        ", ".join(decision.open),
        *(None if (value := values.get(each)) is None else plain(value) for each in book.all_facts),
    ]
