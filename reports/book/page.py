"""A rule book for a person who does not read YAML: sections of tables, for text and for HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leadgrade.engine.decision import points_text
from leadgrade.reports.book.words import BookWords
from leadgrade.reports.values import show_class, show_fact, signed
from leadgrade.reports.wording import say
from leadgrade.rules.checks.parts import written
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.model import (
    Book,
    Classification,
    Criterion,
    Fact,
    FirstMatch,
    KnockOut,
    Limit,
    Matrix,
    NextStep,
    Ranking,
    Rule,
    RuleKind,
)
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.proving.domains import Domains
from leadgrade.rules.proving.proof import Goal, possible

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, a sentence below it, and a table. ``columns`` is empty where there is none.

    ``kind`` says what it is: ``scores`` with points first, a ``matrix``, or ``names``.
    """

    title: str
    text: str
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    kind: str = "names"


def book_sections(book: Book, lang: str) -> list[Section]:
    """Return the whole book as sections, in the order in which a person reads it."""
    title, *rest = _Page(book, lang).sections()
    return [title, *(_without_empty_columns(each) for each in rest if each.rows)]


def _without_empty_columns(section: Section) -> Section:
    """Return a table without the columns that say nothing."""
    if section.kind == "matrix":
        return section
    kept = [at for at in range(len(section.columns)) if any(row[at] for row in section.rows)]
    rows = tuple(tuple(row[at] for at in kept) for row in section.rows)
    columns = tuple(section.columns[at] for at in kept)
    return Section(section.title, section.text, columns, rows, section.kind)


class _Page:
    """One book being laid out in one language."""

    def __init__(self, book: Book, lang: str) -> None:
        self._book = book
        self._lang = lang
        self._words = BookWords(book, lang)
        self._when = self._words.condition
        self._domains = Domains(book)

    def sections(self) -> Iterator[Section]:
        """Yield the sections."""
        yield Section(self._book.title.say(self._lang), self._about())
        for criterion in self._book.criteria.values():
            yield self._criterion(criterion)
        yield self._knock_outs()
        yield self._limits()
        yield self._grades()
        for each in self._book.classes.values():
            yield self._class(each)
        yield self._steps()
        yield self._parameters()
        yield self._derived()
        yield self._facts()

    def _say(self, name: str, **values: object) -> str:
        return say(f"book.{name}", self._lang, **values)

    def _columns(self, *names: str) -> Row:
        return tuple(self._say(f"column-{name}") for name in names)

    def _phrase(self, phrase: Phrase | None) -> str:
        return "" if phrase is None else phrase.say(self._lang)

    def _about(self) -> str:
        book = self._book
        counts = self._say(
            "counts",
            rules=len(book.rules),
            criteria=len(book.criteria),
            facts=len(book.facts),
            examples=len(book.examples),
            book=book.id,
            version=book.sha256[:12],
        )
        return "\n".join(filter(None, (self._phrase(book.about), counts)))

    def _criterion(self, criterion: Criterion) -> Section:
        words = {
            "low": points_text(criterion.low),
            "high": points_text(criterion.high),
            "start": points_text(criterion.start),
        }
        rows = tuple(row for rule in criterion.rules for row in self._rule(rule))
        title = self._say("criterion", label=criterion.label.say(self._lang))
        columns = self._columns("points", "rule", "when", "notes", "source")
        return Section(title, self._say("range", **words), columns, rows, "scores")

    def _rule(self, rule: Rule) -> Iterator[Row]:
        name = self._phrase(rule.label) or rule.id
        notes = self._words.days(rule.valid)
        if rule.kind is RuleKind.DECAY:
            points = signed(rule.outcomes[0].points)
            fades = ", ".join(filter(None, (notes, self._say("fades"))))
            yield points, name, self._when(written(rule)), fades, rule.source or ""
            return
        for place, outcome in enumerate(rule.outcomes):
            shown = (name, notes, rule.source or "") if place == 0 else ("", "", "")
            yield signed(outcome.points), shown[0], self._when(outcome.when), *shown[1:]

    def _knock_outs(self) -> Section:
        rows = tuple(
            (
                self._phrase(each.label) or each.id,
                each.grade,
                self._when(each.when),
                *self._notes(each),
            )
            for each in self._book.knock_outs
        )
        columns = self._columns("knock-out", "at-most", "when", "notes", "source")
        return Section(self._say("knock-outs"), self._say("knock-outs-text"), columns, rows)

    def _limits(self) -> Section:
        rows = tuple(
            (
                self._phrase(each.label) or each.id,
                self._say("at-least" if each.is_floor else "at-most-grade", grade=each.grade),
                self._when(each.when),
                *self._notes(each),
            )
            for each in self._book.limits
        )
        columns = self._columns("limit", "grade", "when", "notes", "source")
        return Section(self._say("limits"), "", columns, rows)

    def _notes(self, each: KnockOut | Limit) -> tuple[str, str]:
        return self._words.days(each.valid), each.source or ""

    def _grades(self) -> Section:
        rows = tuple(
            (
                each.id,
                "" if (label := each.label.say(self._lang)) == each.id else label,
                "" if each.floor is None else points_text(each.floor),
                "" if each.needs is None else self._when(each.needs),
            )
            for each in self._book.grades
        )
        text = self._say("grades-text", qualified=self._when(self._book.qualified))
        return Section(
            self._say("grades"), text, self._columns("grade", "label", "from", "needs"), rows
        )

    def _class(self, each: Classification) -> Section:
        title = self._say("class", label=each.label.say(self._lang))
        guard = "" if each.applies_when is None else self._when(each.applies_when)
        text = self._say("applies-when", condition=guard) if guard else ""
        match each:
            case Matrix():
                return self._matrix(each, title, text)
            case FirstMatch():
                cases = [(name, self._when(condition)) for condition, name in each.cases]
                cases.append((each.otherwise, self._say("otherwise")))
                rows = [(self._class_name(each, name), when) for name, when in cases]
            case Ranking():
                rows = [*self._shares(each)]
        return Section(title, text, self._columns("class", "when"), tuple(rows))

    def _class_name(self, each: Classification, name: str) -> str:
        """Return what people call a class, and its id, which conditions use."""
        shown = show_class(self._book, each.id, name, self._lang)
        return f"{shown} ({name})" if name in dict(each.labels) and name != shown else shown

    def _matrix(self, each: Matrix, title: str, text: str) -> Section:
        places = list(dict.fromkeys(place for row in each.table.values() for place in row))
        corner = f"{self._words.label(each.rows)} ↓ · {self._words.label(each.columns)} →"
        rows = tuple(
            (
                self._value(each.rows, row),
                *(self._class_name(each, cells.get(place, "")) for place in places),
            )
            for row, cells in each.table.items()
        )
        heads = (self._value(each.columns, place) for place in places)
        return Section(title, text, (corner, *heads), rows, "matrix")

    def _value(self, subject: str, value: str) -> str:
        fact = self._book.facts.get(subject)
        labels = {} if fact is None else {each.id: each.label for each in fact.choices}
        return labels[value].say(self._lang) if value in labels else value

    def _shares(self, ranking: Ranking) -> Iterator[tuple[str, str]]:
        fact = self._words.label(ranking.fact)
        text = "share-of-total" if ranking.by_total else "share"
        for share, name in ranking.shares:
            percent = f"{float(share * 100):.4g}%"
            yield self._class_name(ranking, name), self._say(text, share=percent, fact=fact)
        yield self._class_name(ranking, ranking.rest), self._say("otherwise")

    def _steps(self) -> Section:
        rows = tuple(self._step(step) for step in self._book.next_steps)
        columns = self._columns(
            "grades", "when", "do", "owner", "channel", "within", "basis", "source"
        )
        return Section(self._say("next-steps"), self._say("next-steps-text"), columns, rows)

    def _step(self, step: NextStep) -> Row:
        basis = "" if step.basis is None else self._say(f"basis-{step.basis}")
        who = self._phrase(step.owner), self._phrase(step.channel)
        within = self._words.long(step.within_days)
        action = " · ".join(filter(None, (step.do.say(self._lang), self._phrase(step.product))))
        grades = ", ".join(self._grades_of(step))
        when = self._when(step.when)
        return grades, when, action, *who, within, basis, step.source or ""

    def _grades_of(self, step: NextStep) -> Iterator[str]:
        """Yield the grades with which a lead can get a step."""
        for grade in self._book.grade_ids:
            has = Compare("grade", Op.EQ, grade, f"= {grade}")
            if possible(self._domains, self._book, [Goal(has), Goal(step.when)]):
                yield grade

    def _parameters(self) -> Section:
        rows = tuple(
            (self._phrase(each.label) or name, each.value, name if each.label else "")
            for name, each in self._book.parameters.items()
        )
        columns = self._columns("label", "value", "name")
        return Section(self._say("parameters"), self._say("parameters-text"), columns, rows)

    def _derived(self) -> Section:
        rows = tuple(
            (each.label.say(self._lang), self._words.formula(each.formula))
            for each in self._book.derived.values()
            if each.formula is not None
        )
        return Section(self._say("derived"), "", self._columns("fact", "formula"), rows)

    def _facts(self) -> Section:
        rows = tuple(
            (
                each.label.say(self._lang),
                self._type(each),
                self._phrase(each.ask),
                self._unknown(each),
                ", ".join(each.headers),
            )
            for each in self._book.facts.values()
        )
        columns = self._columns("fact", "type", "ask", "notes", "headers")
        return Section(self._say("facts"), "", columns, rows)

    def _type(self, fact: Fact) -> str:
        kind = self._say(f"type-{fact.type}")
        comma = say("conditions.list", self._lang)
        if fact.choices:
            sign = " < " if fact.ordered else comma
            return f"{kind}: {sign.join(each.label.say(self._lang) for each in fact.choices)}"
        bounds = (fact.low, fact.high)
        ends = [show_fact(fact, end, self._lang) for end in bounds if end is not None]
        return f"{kind}: {' … '.join(ends)}" if len(ends) == 2 else kind

    def _unknown(self, fact: Fact) -> str:
        """Return what becomes of a fact that is unknown or old."""
        said = []
        if fact.required:
            said.append(self._say("required"))
        if fact.if_unknown is not None:
            value = show_fact(fact, fact.if_unknown, self._lang)
            said.append(self._say("assumed", value=value))
        if fact.max_age_days is not None:
            said.append(self._say("too-old", days=self._words.long(fact.max_age_days)))
        return say("conditions.semicolon", self._lang).join(said)
