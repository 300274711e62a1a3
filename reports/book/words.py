"""Conditions, formulas and points of a rule book as a person reads them: labels for names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from leadgrade.reports.condition_words import show_test
from leadgrade.reports.values import label_of, show_days, show_subject
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Condition,
    Contains,
    Not,
    OneOf,
    Presence,
    Test,
)
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula, Number, Reading
from leadgrade.rules.model import Book, KnockOut, Rule, Validity

_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_OPERATOR = re.compile(r"^(<=|>=|!=)")
_PARAMETER = re.compile(r"([^\W\d]\w*) \(([^()]*)\)")
_ARITHMETIC = {"*": "×", "/": "÷", "-": "−", "+": "+"}


class BookWords:
    """Puts parts of one book into words of one language."""

    def __init__(self, book: Book, lang: str) -> None:
        self._book = book
        self._lang = lang

    def _say(self, name: str, **values: object) -> str:
        return say(f"book.{name}", self._lang, **values)

    def label(self, subject: str) -> str:
        """Return what people call a fact or a result."""
        return label_of(self._book, subject, self._lang)

    def condition(self, condition: Condition) -> str:
        """Return a condition as a sentence, ``and`` and ``or`` between its parts."""
        match condition:
            case All(()):
                return self._say("always")
            case All(parts):
                return self._joined(parts, "and")
            case AnyOf(parts):
                return self._joined(parts, "or")
            case Not(part):
                return self._say("not", condition=self._inner(part))
        return self._test(condition)

    def _joined(self, parts: Sequence[Condition], word: str) -> str:
        """Return parts with a word between; the fact of tests side by side is named once."""
        said: list[str] = []
        for subject, group in groupby(parts, self._compared):
            members = list(group)
            said.append(self._inner(members[0]))
            for each in members[1:]:
                if subject is None or isinstance(each, All | AnyOf | Not):
                    said.append(self._inner(each))
                else:
                    said.append(self._bare(each))
        return self._say(word).join(said)

    def _compared(self, part: Condition) -> str | None:
        """Return the subject of a test that reads as a comparison, None of anything else."""
        if isinstance(part, All | AnyOf | Not | Presence) or part.test == "= true":
            return None
        return None if part.subject in ("fired", "knock_outs") else part.subject

    def _inner(self, condition: Condition) -> str:
        words = self.condition(condition)
        several = isinstance(condition, All | AnyOf) and len(condition.parts) > 1
        return f"({words})" if several else words

    def _test(self, test: Test) -> str:
        label = self.label(test.subject)
        if isinstance(test, Presence):
            return self._say("known" if test.known else "missing", label=label)
        if isinstance(test, Contains) and test.subject in ("fired", "knock_outs"):
            key = "not-fires" if test.negated else "fires"
            return self._say(key, rule=self.reason(test.needle))
        return label if test.test == "= true" else f"{label} {self._bare(test)}"

    def _bare(self, test: Test) -> str:
        """Return a test without its subject: ``≥ 500万 (Large company from)``."""
        if isinstance(test, OneOf):  # a named list reads as what is in it
            return self._listed(test)
        words = show_test(self._book, test.subject, test.test, self._lang)
        signed = _OPERATOR.sub(lambda found: _SIGNS[found[1]], words)
        return _PARAMETER.sub(self._parameter, signed)

    def _listed(self, test: OneOf) -> str:
        label = self._say("not-in" if test.negated else "in")
        comma = say("conditions.list", self._lang)
        values = (show_subject(self._book, test.subject, each, self._lang) for each in test.values)
        return f"{label} {comma.join(values)}"

    def _parameter(self, found: re.Match[str]) -> str:
        """Return the value of a parameter before what it is called."""
        parameter = self._book.parameters.get(found[1])
        if parameter is None:
            return found[0]
        label = found[1] if parameter.label is None else parameter.label.say(self._lang)
        return f"{found[2]} ({label})"

    def reason(self, name: str) -> str:
        """Return what people call a rule, a knock-out or a limit."""
        known: list[Rule | KnockOut] = [*self._book.rules.values(), *self._book.knock_outs]
        label = next((each.label for each in known if each.id == name), None)
        return name if label is None else label.say(self._lang)

    def formula(self, formula: Formula) -> str:
        """Return a formula with labels and the signs of arithmetic."""
        match formula:
            case Number(value):
                return f"{value:.12g}"
            case Reading(fact):
                return self.label(fact)
            case Arithmetic(left, sign, right):
                sides = (self._operand(left, sign), self._operand(right, sign, is_right=True))
                return f"{sides[0]} {_ARITHMETIC[sign]} {sides[1]}"
            case Call(function, arguments):
                comma = say("conditions.list", self._lang)
                words = comma.join(self.formula(each) for each in arguments)
                return f"{self._say(f'function-{function}')} ({words})"
            case Choose(cases, otherwise):
                said = [
                    self._say("case", when=self.condition(when), value=self.formula(value))
                    for when, value in cases
                ]
                if otherwise is not None:
                    said.append(self._say("case-otherwise", value=self.formula(otherwise)))
                return say("conditions.semicolon", self._lang).join(said)

    def _operand(self, part: Formula, sign: str, *, is_right: bool = False) -> str:
        words = self.formula(part)
        if not isinstance(part, Arithmetic):
            return words
        looser = part.sign in "+-" and sign in "*/"
        return f"({words})" if looser or (is_right and sign in "-/") else words

    def days(self, valid: Validity | None) -> str:
        """Return when something is in force; nothing where it always is."""
        if valid is None:
            return ""
        words = {"first": valid.first, "last": valid.last}
        ends = "between" if valid.first and valid.last else "from" if valid.first else "until"
        return self._say(f"in-force-{ends}", **words)

    def long(self, days: int | None) -> str:
        """Return a number of days with its unit; nothing where there is none."""
        return "" if days is None else show_days(days, self._lang)
