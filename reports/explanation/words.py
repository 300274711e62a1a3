"""An explanation in words, piece by piece: what its text and its HTML page have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leadgrade.engine.asking import Question
from leadgrade.engine.bounds import roots_of_fact
from leadgrade.engine.decision import Line, LineKind, points_text
from leadgrade.engine.evidence import Evidence
from leadgrade.engine.explain import Explanation, NearMiss
from leadgrade.engine.reasons import Reason, ReasonKind
from leadgrade.reports.condition_words import bare_tests, weighed_words
from leadgrade.reports.explanation.data import Occasion
from leadgrade.reports.next_steps import StepWords, step_words
from leadgrade.reports.ranges import show_answer
from leadgrade.reports.record.overriding import override_text
from leadgrade.reports.values import label_of, show_distance, show_subject, signed
from leadgrade.reports.wording import list_name, say, say_count
from leadgrade.rules.building.why import fill
from leadgrade.rules.model import Book, KnockOut, Limit, Rule


class LineWords(NamedTuple):
    """A line of the ledger: what it is, why in words, and the tests behind it."""

    kind: LineKind
    points: int
    name: str
    reason: str
    tests: str


class Words:
    """One explanation being put into words of one language."""

    def __init__(self, occasion: Occasion, explanation: Explanation, lang: str) -> None:
        self.occasion = occasion
        self.book: Book = occasion.book
        self.seen = explanation
        self.decision = explanation.decision
        self.lang = lang
        self._caps: list[KnockOut | Limit] = [*self.book.knock_outs, *self.book.limits]

    def say(self, name: str, /, **values: object) -> str:
        """Return a text of the screens."""
        return say(f"screens.{name}", self.lang, **values)

    def title(self) -> str:
        """Return the lead's id and name."""
        lead = self.seen.lead
        name = lead.facts.get(self.book.lead_name or "")
        return f"{lead.id} · {name}" if name else lead.id

    def most(self) -> int:
        """Return the highest score that the book can give."""
        return sum(each.high for each in self.book.criteria.values())

    def meaning(self) -> str:
        """Return what the grade means, an empty text where the book does not say."""
        grade = next(each for each in self.book.grades if each.id == self.decision.grade)
        meaning = grade.label.say(self.lang)
        return "" if meaning == grade.id else meaning

    def grade(self) -> str:
        """Return grade, score and qualified in one line."""
        decision = self.decision
        return self.say(
            "explain-grade",
            grade=decision.grade,
            qualified=self.say("qualified" if decision.qualified else "not-qualified"),
            score=points_text(decision.score),
            most=points_text(self.most()),
        )

    def by_hand(self) -> str:
        """Return what a person says of the grade; empty where nobody does."""
        override = self.occasion.overrides.get(self.seen.lead.id)
        return override_text(override, self.lang) if override else ""

    def could_be(self) -> str:
        """Return what missing facts could still make of it; empty where nothing."""
        possible = self.decision.possible
        if possible.low == possible.high and possible.worst == possible.best:
            return ""
        settled = possible.worst == possible.best
        return self.say(
            "explain-possible-points" if settled else "explain-possible",
            low=points_text(possible.low),
            high=points_text(possible.high),
            worst=possible.worst,
            best=possible.best,
        )

    def origin(self) -> str:
        """Return run, day, book, engine and the row of the list."""
        lead, occasion = self.seen.lead, self.occasion
        parts = [
            self.say("explain-run", run=occasion.run) if occasion.run else "",
            self.say("explain-as-of", day=occasion.as_of.isoformat()),
            f"{self.book.id} {self.book.sha256[:12]}",
            occasion.engine,
            f"{list_name(lead.file, self.lang)}:{lead.line}" if lead.file else "",
        ]
        return " · ".join(part for part in parts if part)

    def lines(self, criterion: str) -> list[LineWords]:
        """Return the lines of a criterion."""
        return [self.line(each) for each in self.decision.ledger if each.criterion == criterion]

    def line(self, line: Line) -> LineWords:
        """Return a line of the ledger in words."""
        if line.kind is not LineKind.RULE or line.rule is None:
            return LineWords(line.kind, line.points, self.say(f"explain-{line.kind.value}"), "", "")
        rule = self.book.rules[line.rule]
        evidence = self.seen.evidence[line.rule]
        name = rule.label.say(self.lang) if rule.label else rule.id
        if rule.why is None:
            return LineWords(line.kind, line.points, name, self.evidence(evidence), "")
        reason = fill(rule.why.say(self.lang), self._value)
        return LineWords(
            line.kind, line.points, name, reason, bare_tests(self.book, evidence, self.lang)
        )

    def _value(self, subject: str) -> str:
        return show_subject(self.book, subject, self.seen.values.get(subject), self.lang)

    def evidence(self, evidence: tuple[Evidence, ...]) -> str:
        """Return tests with the values that they looked at."""
        return weighed_words(self.book, evidence, self.lang) or self.say("explain-always")

    def caps(self) -> Iterator[str]:
        """Yield the knock-outs, ceilings and floors that hold, and what they changed."""
        held = {*self.decision.knock_outs, *self.decision.limits}
        for each in self._caps:
            if each.id in held:
                is_floor = isinstance(each, Limit) and each.is_floor
                words = {"name": self.name_of(each), "grade": each.grade}
                reason = self.evidence(self.seen.evidence[each.id])
                text = "explain-floor" if is_floor else "explain-knock-out"
                yield say(
                    f"{'answers' if is_floor else 'screens'}.{text}",
                    self.lang,
                    reason=reason,
                    **words,
                )
        if held and self.decision.earned != self.decision.grade:
            yield self.say("explain-earned", grade=self.decision.earned)

    def name_of(self, part: Rule | KnockOut | Limit) -> str:
        """Return what people call a rule, a knock-out or a limit."""
        return part.label.say(self.lang) if part.label else part.id

    def near_miss(self, miss: NearMiss) -> tuple[str, str]:
        """Return the points that a near miss would give, and what it is with its distance."""
        found = miss.evidence
        words = {"rule": self.name_of(self.book.rules[miss.rule]), "test": self.evidence((found,))}
        if not found.short_by:
            return signed(miss.points), self.say("explain-near-miss-edge", **words)
        words["distance"] = show_distance(
            self.book, found.subject, found.short_by, found.value, self.lang
        )
        return signed(miss.points), self.say("explain-near-miss", **words)

    def reason(self, reason: Reason) -> str:
        """Return a reason for or against in one sentence."""
        words = {"points": points_text(reason.points), "most": points_text(reason.most)}
        if reason.kind is ReasonKind.CAPPED:
            cap = next(each for each in self._caps if each.id == reason.id)
            why = (
                fill(cap.why.say(self.lang), self._value)
                if cap.why
                else self.evidence(self.seen.evidence[cap.id])
            )
            words |= {"name": self.name_of(cap), "grade": cap.grade, "reason": why}
            return say("answers.reason-capped", self.lang, **words)
        rule = self.book.rules[reason.id]
        words["name"] = self.name_of(rule)
        if reason.kind is ReasonKind.MISSED:
            words["reason"] = self.evidence(reason.evidence)
            return say("answers.reason-missed", self.lang, **words)
        line = next(each for each in self.decision.ledger if each.rule == reason.id)
        words["reason"] = self.line(line).reason
        return say(f"answers.reason-{reason.kind.value}", self.lang, **words)

    def open(self) -> Iterator[tuple[str, str]]:
        """Yield what each open rule, knock-out and limit could do, and the facts it hangs on."""
        caps = {each.id: each for each in self._caps}
        for name, subjects in self.seen.waiting.items():
            rule = self.book.rules.get(name)
            does = self._points_of(rule) if rule else self._lid(caps[name])
            named = self.name_of(rule or caps[name])
            facts = self.unknown(subjects)
            told = named if facts == named else self.say("explain-waits", name=named, facts=facts)
            yield does, told

    def amended(self) -> Iterator[str]:
        """Yield the facts that count otherwise than they stand in the list, and why."""
        for each in self.seen.amended:
            words = {"fact": label_of(self.book, each.fact, self.lang)}
            if each.value is not None:
                words["value"] = show_subject(self.book, each.fact, each.value, self.lang)
            if each.dated is not None:
                words["day"] = each.dated.isoformat()
            key = f"answers.amended-{each.how}"
            if each.divisor is not None:
                words["divisor"] = label_of(self.book, each.divisor, self.lang)
                key += "-by"
            yield say(key, self.lang, **words)

    def unknown(self, subjects: Iterable[str]) -> str:
        """Return the facts that are unknown behind some subjects, by their labels."""
        named: dict[str, None] = {}
        for subject in subjects:
            roots = roots_of_fact(self.book, subject) if subject in self.book.derived else ()
            missing = [each for each in self.book.facts if each in roots]
            missing = [each for each in missing if each not in self.seen.values] or [subject]
            named |= dict.fromkeys(label_of(self.book, each, self.lang) for each in missing)
        return say("conditions.list", self.lang).join(named)

    def _points_of(self, rule: Rule) -> str:
        """Return the points that an open rule may give: ``+2``, or ``-4…+2``."""
        points = [outcome.points for outcome in rule.outcomes]
        ends = [each for each in (min(0, *points), max(0, *points)) if each]
        return "…".join(signed(each) for each in ends) or "0"

    def _lid(self, cap: KnockOut | Limit) -> str:
        is_floor = isinstance(cap, Limit) and cap.is_floor
        return f"{'≥' if is_floor else '≤'} {cap.grade}"

    def question(self, question: Question) -> str:
        """Return what an unknown fact could bring, by its answers, and how to find it out."""
        fact = self.book.facts[question.fact]
        words = {
            "fact": fact.label.say(self.lang),
            "how": fact.ask.say(self.lang) if fact.ask else "",
        }
        possible = question.possible
        if possible.worst == possible.best == self.decision.grade:
            low, high = points_text(possible.low), points_text(possible.high)
            text = say("answers.question-points", self.lang, low=low, high=high, **words)
        else:
            answers = [show_answer(fact, each, question, self.lang) for each in question.answers]
            told = say("conditions.semicolon", self.lang).join(answers)
            text = say("answers.question", self.lang, answers=told, **words)
        note = "" if question.exact else say("answers.question-sampled", self.lang)
        return f"{text} {note}".strip()

    def together(self, facts: tuple[str, ...]) -> str:
        """Return facts that matter only when all of them are known."""
        names = [self.book.facts[each].label.say(self.lang) for each in facts]
        return say("answers.together", self.lang, facts=" + ".join(names))

    def more_questions(self, count: int) -> str:
        """Return that there are so many questions more."""
        return say_count("screens.explain-more", self.lang, count)

    def plan(self) -> Iterator[StepWords]:
        """Yield the next steps, the main one first."""
        for step in self.book.next_steps:
            if step.id in self.decision.next_steps:
                yield step_words(step, self.occasion.as_of, self.lang)
