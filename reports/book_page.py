"""A rule book for a person who does not read YAML: sections of tables, in text or as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadgrade.engine.decision import points_text
from leadgrade.reports.condition_words import show_test
from leadgrade.reports.values import label_of, show_days
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import All, AnyOf, Condition, Not, Presence, Test
from leadgrade.rules.model import (
    Book,
    Classification,
    Criterion,
    FirstMatch,
    Matrix,
    NextStep,
    Ranking,
    Rule,
)
from leadgrade.rules.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a sentence below it, and a table. ``columns`` is empty where there is none."""

    title: str
    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def book_sections(book: Book, lang: str) -> list[Section]:
    """Return the whole book as sections, in the order in which a person reads it."""
    title, *rest = _Page(book, lang).sections()
    return [title, *(each for each in rest if each.rows)]


def condition_words(book: Book, condition: Condition, lang: str) -> str:
    """Return a condition as a sentence: labels instead of ids, ``and`` and ``or`` between."""
    match condition:
        case All(()):
            return say("book.always", lang)
        case All(parts):
            return say("book.and", lang).join(_within(book, part, lang) for part in parts)
        case AnyOf(parts):
            return say("book.or", lang).join(_within(book, part, lang) for part in parts)
        case Not(part):
            return say("book.not", lang, condition=_within(book, part, lang))
    return _test_words(book, condition, lang)


def _within(book: Book, condition: Condition, lang: str) -> str:
    words = condition_words(book, condition, lang)
    several = isinstance(condition, All | AnyOf) and len(condition.parts) > 1
    return f"({words})" if several else words


def _test_words(book: Book, test: Test, lang: str) -> str:
    label = label_of(book, test.subject, lang)
    if isinstance(test, Presence):
        return say("book.known" if test.known else "book.missing", lang, label=label)
    if test.test == "= true":
        return label
    return f"{label} {show_test(book, test.subject, test.test, lang)}"


class _Page:
    """One book being laid out in one language."""

    def __init__(self, book: Book, lang: str) -> None:
        self._book = book
        self._lang = lang

    def sections(self) -> Iterator[Section]:
        """Yield the sections."""
        about = self._phrase(self._book.about)
        yield Section(self._book.title.say(self._lang), about)
        yield self._parameters()
        for criterion in self._book.criteria.values():
            yield self._criterion(criterion)
        yield self._knock_outs()
        yield self._limits()
        yield self._grades()
        for each in self._book.classes.values():
            yield self._class(each)
        yield self._steps()
        yield self._facts()

    def _say(self, name: str, **values: object) -> str:
        return say(f"book.{name}", self._lang, **values)

    def _columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self._say(f"column-{name}") for name in names)

    def _phrase(self, phrase: Phrase | None) -> str:
        return "" if phrase is None else phrase.say(self._lang)

    def _words(self, condition: Condition | None) -> str:
        return "" if condition is None else condition_words(self._book, condition, self._lang)

    def _parameters(self) -> Section:
        rows = tuple(
            (name, self._phrase(each.label), each.value)
            for name, each in self._book.parameters.items()
        )
        return Section(
            self._say("parameters") if rows else "",
            "",
            self._columns("name", "label", "value"),
            rows,
        )

    def _criterion(self, criterion: Criterion) -> Section:
        words = {
            "low": points_text(criterion.low),
            "high": points_text(criterion.high),
            "start": points_text(criterion.start),
        }
        rows = tuple(row for rule in criterion.rules for row in self._rule(rule))
        title = self._say("criterion", label=criterion.label.say(self._lang))
        columns = self._columns("points", "rule", "when", "source")
        return Section(title, self._say("range", **words), columns, rows)

    def _rule(self, rule: Rule) -> Iterator[tuple[str, ...]]:
        name = self._phrase(rule.label) or rule.id
        for place, outcome in enumerate(rule.outcomes):
            shown = (name, rule.source or "") if place == 0 else ("", "")
            yield points_text(outcome.points), shown[0], self._words(outcome.when), shown[1]

    def _knock_outs(self) -> Section:
        rows = tuple(
            (
                self._phrase(each.label) or each.id,
                each.grade,
                self._words(each.when),
                each.source or "",
            )
            for each in self._book.knock_outs
        )
        columns = self._columns("knock-out", "at-most", "when", "source")
        return Section(self._say("knock-outs"), self._say("knock-outs-text"), columns, rows)

    def _limits(self) -> Section:
        rows = tuple(
            (
                self._phrase(each.label) or each.id,
                self._say("at-least" if each.is_floor else "at-most-grade", grade=each.grade),
                self._words(each.when),
                each.source or "",
            )
            for each in self._book.limits
        )
        columns = self._columns("limit", "grade", "when", "source")
        return Section(self._say("limits") if rows else "", "", columns, rows)

    def _grades(self) -> Section:
        rows = tuple(
            (
                each.id,
                each.label.say(self._lang),
                "" if each.floor is None else points_text(each.floor),
                self._words(each.needs),
            )
            for each in self._book.grades
        )
        text = self._say("grades-text", qualified=self._words(self._book.qualified))
        return Section(
            self._say("grades"), text, self._columns("grade", "label", "from", "needs"), rows
        )

    def _class(self, each: Classification) -> Section:
        title = self._say("class", label=each.label.say(self._lang))
        guard = self._words(each.applies_when)
        text = self._say("applies-when", condition=guard) if guard else ""
        match each:
            case Matrix():
                return self._matrix(each, title, text)
            case FirstMatch():
                rows = tuple((name, self._words(condition)) for condition, name in each.cases)
                rows += ((each.otherwise, self._say("otherwise")),)
            case Ranking():
                rows = tuple(self._shares(each))
        return Section(title, text, self._columns("class", "when"), rows)

    def _matrix(self, each: Matrix, title: str, text: str) -> Section:
        places = list(dict.fromkeys(place for row in each.table.values() for place in row))
        corner = f"{label_of(self._book, each.rows, self._lang)} \\ "
        corner += label_of(self._book, each.columns, self._lang)
        rows = tuple(
            (self._value(each.rows, row), *(cells.get(place, "") for place in places))
            for row, cells in each.table.items()
        )
        heads = (self._value(each.columns, place) for place in places)
        return Section(title, text, (corner, *heads), rows)

    def _value(self, subject: str, value: str) -> str:
        fact = self._book.facts.get(subject)
        labels = {} if fact is None else {each.id: each.label for each in fact.choices}
        return labels[value].say(self._lang) if value in labels else value

    def _shares(self, ranking: Ranking) -> Iterator[tuple[str, str]]:
        fact = label_of(self._book, ranking.fact, self._lang)
        text = "share-of-total" if ranking.by_total else "share"
        for share, name in ranking.shares:
            percent = f"{float(share * 100):.4g}%"
            yield name, self._say(text, share=percent, fact=fact)
        yield ranking.rest, self._say("otherwise")

    def _steps(self) -> Section:
        rows = tuple(self._step(step) for step in self._book.next_steps)
        columns = self._columns("when", "do", "owner", "channel", "within", "basis", "source")
        return Section(self._say("next-steps"), "", columns, rows)

    def _step(self, step: NextStep) -> tuple[str, ...]:
        days = step.within_days
        within = "" if days is None else show_days(days, self._lang)
        basis = "" if step.basis is None else self._say(f"basis-{step.basis}")
        who = self._phrase(step.owner), self._phrase(step.channel)
        action = " · ".join(filter(None, (step.do.say(self._lang), self._phrase(step.product))))
        return self._words(step.when), action, *who, within, basis, step.source or ""

    def _facts(self) -> Section:
        rows = tuple(
            (
                each.label.say(self._lang),
                self._say(f"type-{each.type}"),
                self._phrase(each.ask),
                ", ".join(each.headers),
            )
            for each in self._book.facts.values()
        )
        return Section(
            self._say("facts"), "", self._columns("fact", "type", "ask", "headers"), rows
        )
