"""An explanation for a terminal: a ledger that adds up before the reader's eyes."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadgrade.engine.decision import Line, LineKind, points_text
from leadgrade.engine.evidence import Evidence
from leadgrade.engine.explain import Explanation
from leadgrade.reports.explanation_json import Occasion
from leadgrade.reports.next_steps import show_step
from leadgrade.reports.values import label_of, show_distance, show_subject, signed
from leadgrade.reports.wording import say, say_count
from leadgrade.rules.model import Book
from leadgrade.rules.why import fill

MOST_MISSES = 5
MOST_QUESTIONS = 5


def explanation_text(occasion: Occasion, explanation: Explanation, lang: str) -> RenderableType:
    """Return the whole explanation as something a console prints."""
    page = _Page(occasion, explanation, lang)
    return Group(*page.parts())


class _Page:
    """One explanation being laid out in one language."""

    def __init__(self, occasion: Occasion, explanation: Explanation, lang: str) -> None:
        self._occasion = occasion
        self._book: Book = occasion.book
        self._seen = explanation
        self._decision = explanation.decision
        self._lang = lang

    def parts(self) -> Iterator[RenderableType]:
        yield from self._head()
        yield self._section("ledger", self._ledger())
        for name, lines in (
            ("knock-outs", list(self._knock_outs())),
            ("near-misses", list(self._near_misses())),
            ("questions", list(self._questions())),
            ("classes", list(self._classes())),
            ("next-steps", list(self._steps())),
        ):
            if lines:
                yield self._section(name, Group(*lines))

    def _say(self, name: str, /, **values: object) -> str:
        return say(f"screens.{name}", self._lang, **values)

    def _section(self, name: str, body: RenderableType) -> RenderableType:
        title = Text(self._say(f"explain-{name}"), style="bold")
        return Group(Text(), title, Padding(body, (0, 0, 0, 2)))

    def _head(self) -> Iterator[RenderableType]:
        lead, decision = self._seen.lead, self._decision
        name = lead.facts.get(self._book.lead_name or "")
        title = f"{lead.id} · {name}" if name else lead.id
        grade = next(each for each in self._book.grades if each.id == decision.grade)
        meaning = grade.label.say(self._lang)
        yield Text(title, style="bold")
        yield Text(
            self._say(
                "explain-grade",
                grade=grade.id if meaning == grade.id else f"{grade.id} ({meaning})",
                qualified=self._say("qualified" if decision.qualified else "not-qualified"),
                score=points_text(decision.score),
                most=points_text(sum(each.high for each in self._book.criteria.values())),
            )
        )
        yield from self._could_be()
        yield Text(self._origin(), style="dim")

    def _could_be(self) -> Iterator[Text]:
        possible = self._decision.possible
        if possible.low != possible.high or possible.worst != possible.best:
            settled = possible.worst == possible.best
            yield Text(
                self._say(
                    "explain-possible-points" if settled else "explain-possible",
                    low=points_text(possible.low),
                    high=points_text(possible.high),
                    worst=possible.worst,
                    best=possible.best,
                )
            )

    def _origin(self) -> str:
        lead = self._seen.lead
        parts = [
            self._say("explain-run", run=self._occasion.run) if self._occasion.run else "",
            self._say("explain-as-of", day=self._occasion.as_of.isoformat()),
            f"{self._book.id} {self._book.sha256[:12]}",
            self._occasion.engine,
            f"{lead.file}:{lead.line}" if lead.file else "",
        ]
        return " · ".join(part for part in parts if part)

    def _ledger(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, show_header=False, pad_edge=False, show_edge=False)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for criterion in self._book.criteria.values():
            lines = [line for line in self._decision.ledger if line.criterion == criterion.id]
            total = points_text(self._decision.criteria[criterion.id])
            range_text = self._say(
                "explain-range", low=points_text(criterion.low), high=points_text(criterion.high)
            )
            heading = Text(criterion.label.say(self._lang), style="bold")
            table.add_row(Text(total, style="bold"), heading, Text(range_text, style="dim"))
            for line in lines:
                table.add_row(*self._line(line))
        table.add_section()
        score = Text(points_text(self._decision.score), style="bold")
        table.add_row(score, Text(self._say("score"), style="bold"), "")
        return table

    def _line(self, line: Line) -> tuple[Text, Text, Text]:
        if line.kind is not LineKind.RULE or line.rule is None:
            what = self._say(f"explain-{line.kind.value}")
            return Text(signed(line.points)), Text(f"  {what}"), Text()
        rule = self._book.rules[line.rule]
        name = f"  {rule.label.say(self._lang)}" if rule.label else f"  {rule.id}"
        evidence = self._seen.evidence[line.rule]
        if rule.why is None:
            return Text(signed(line.points)), Text(name), Text(self._evidence(evidence))
        reason = Text(f"{fill(rule.why.say(self._lang), self._value)} ")
        reason.append(f"[{self._tests(evidence)}]", style="dim")
        return Text(signed(line.points)), Text(name), reason

    def _tests(self, evidence: tuple[Evidence, ...]) -> str:
        """Return the tests alone; a fact is named where it changes."""
        named: list[str] = []
        for before, each in zip((None, *evidence), evidence, strict=False):
            same = before is not None and before.subject == each.subject
            label = "" if same else f"{label_of(self._book, each.subject, self._lang)} "
            named.append(f"{label}{each.test}")
        return ", ".join(named)

    def _value(self, subject: str) -> str:
        return show_subject(self._book, subject, self._seen.values.get(subject), self._lang)

    def _evidence(self, evidence: tuple[Evidence, ...]) -> str:
        return "; ".join(self._test(each) for each in evidence) or self._say("explain-always")

    def _test(self, evidence: Evidence) -> str:
        label = label_of(self._book, evidence.subject, self._lang)
        value = show_subject(self._book, evidence.subject, evidence.value, self._lang)
        return self._say("explain-test", label=label, value=value, test=evidence.test)

    def _knock_outs(self) -> Iterator[Text]:
        for knock_out in self._book.knock_outs:
            if knock_out.id in self._decision.knock_outs:
                reason = self._evidence(self._seen.evidence[knock_out.id])
                name = knock_out.label.say(self._lang) if knock_out.label else knock_out.id
                words = {"name": name, "grade": knock_out.grade, "reason": reason}
                yield Text(self._say("explain-knock-out", **words))
        if self._decision.knock_outs and self._decision.earned != self._decision.grade:
            yield Text(self._say("explain-earned", grade=self._decision.earned))

    def _near_misses(self) -> Iterator[Text]:
        for miss in self._seen.near_misses[:MOST_MISSES]:
            rule, found = self._book.rules[miss.rule], miss.evidence
            words = {
                "points": signed(miss.points),
                "rule": rule.label.say(self._lang) if rule.label else rule.id,
                "test": self._test(found),
            }
            if not found.short_by:
                yield Text(self._say("explain-near-miss-edge", **words))
                continue
            words["distance"] = show_distance(
                self._book, found.subject, found.short_by, found.value, self._lang
            )
            yield Text(self._say("explain-near-miss", **words))

    def _questions(self) -> Iterator[Text]:
        for question in self._seen.questions[:MOST_QUESTIONS]:
            fact = self._book.facts[question.fact]
            how = fact.ask.say(self._lang) if fact.ask else ""
            settled = question.possible.worst == question.possible.best
            text = self._say(
                "explain-question-points" if settled else "explain-question",
                fact=fact.label.say(self._lang),
                worst=question.possible.worst,
                best=question.possible.best,
                low=points_text(question.possible.low),
                high=points_text(question.possible.high),
            )
            yield Text(f"{text} {how}".rstrip())
        more = len(self._seen.questions) - MOST_QUESTIONS
        if more > 0:
            yield Text(say_count("screens.explain-more", self._lang, more), style="dim")

    def _classes(self) -> Iterator[Text]:
        for name, label in self._decision.classes.items():
            words = {
                "name": label_of(self._book, name, self._lang),
                "label": self._class_label(label),
            }
            yield Text(self._say("explain-class", **words))

    def _class_label(self, label: str) -> str:
        known = {"unknown": "class-unknown", "not applicable": "class-not-applicable"}
        return self._say(known[label]) if label in known else label

    def _steps(self) -> Iterator[Text]:
        for step in self._book.next_steps:
            if step.id in self._decision.next_steps:
                yield Text(f"• {show_step(step, self._occasion.as_of, self._lang)}")
