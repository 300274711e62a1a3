"""Tests of a rule book as people read them: values by their labels, operators in their language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from leadgrade.engine.evidence import Evidence
from leadgrade.reports.values import label_of, show_days, show_subject
from leadgrade.reports.wording import say
from leadgrade.rules.model import Book, FactType

PRESENCE = ("is known", "is missing")
FLAGS = ("qualified", "knocked_out")

_INSIDE = r"[^\s\[\]()（）,，、]"
"""What a name within a test may be made of, beside the spaces in the names of some classes."""
_NEGATED = re.compile(r"not \((.*)\)", re.DOTALL)
_OPERATOR = re.compile(r"not in\b|in\b|contains\b|between\b|is known|is missing")
_AND = re.compile(r"\band\b")
_DAYS = re.compile(r"\b(\d+) ?days?\b")


def show_test(book: Book, subject: str, test: str, lang: str) -> str:
    """Return a test without its subject: as its author wrote it, in the words of the language."""
    return _in_language(_with_labels(book, subject, test, lang), lang)


def _with_labels(book: Book, subject: str, test: str, lang: str) -> str:
    """Return the test with the labels of choices, flags and classes for their ids."""
    fact = book.all_facts.get(subject)
    labels: dict[str, str] = {}
    if fact is not None and fact.type is FactType.CHOICE:
        labels = {each.id: each.label.say(lang) for each in fact.choices}
    elif subject in FLAGS or (fact is not None and fact.type is FactType.FLAG):
        labels = {"true": say("screens.yes", lang), "false": say("screens.no", lang)}
    elif subject in book.classes:
        labels = {name: words.say(lang) for name, words in book.classes[subject].labels}
    if not labels:
        return test
    longest_first = sorted(map(re.escape, labels), key=len, reverse=True)
    names = f"(?<!{_INSIDE})([\"']?)({'|'.join(longest_first)})\\1(?!{_INSIDE})"
    return re.sub(names, lambda name: labels[name[2]], test)


def _in_language(test: str, lang: str) -> str:
    if negated := _NEGATED.fullmatch(test):
        return say("conditions.not", lang, test=_in_language(negated[1], lang))
    if found := _OPERATOR.match(test):
        operator = found[0].replace(" ", "-")
        test = f"{say(f'conditions.{operator}', lang)}{test[found.end() :]}"
        if operator == "between":
            test = _AND.sub(say("conditions.and", lang), test, count=1)
    return _DAYS.sub(lambda days: show_days(int(days[1]), lang), test)


def weighed_words(book: Book, evidence: Sequence[Evidence], lang: str) -> str:
    """Return tests with the values that they looked at; what was wanted, where one does not hold.

    Tests of one subject that stand beside each other are one; a test that the value alone says is
    left out.
    """
    grouped = groupby(evidence, lambda each: (each.subject, each.holds))
    words = (_weighed(book, list(tests), lang) for _, tests in grouped)
    return say("conditions.semicolon", lang).join(words)


def _weighed(book: Book, tests: Sequence[Evidence], lang: str) -> str:
    first = tests[0]
    value = show_subject(book, first.subject, first.value, lang)
    shown = [show_test(book, first.subject, each.test, lang) for each in tests]
    told = isinstance(first.value, bool) or first.test in PRESENCE or shown == [f"= {value}"]
    kind = "is" if told else "holds" if first.holds else "fails"
    test = say("conditions.comma", lang).join(shown)
    label = label_of(book, first.subject, lang)
    return say(f"conditions.{kind}", lang, label=label, value=value, test=test)


def bare_tests(book: Book, evidence: Sequence[Evidence], lang: str) -> str:
    """Return tests without values; a fact is named where it changes."""
    named: list[str] = []
    for before, each in zip((None, *evidence), evidence, strict=False):
        same = before is not None and before.subject == each.subject
        label = "" if same else f"{label_of(book, each.subject, lang)} "
        named.append(f"{label}{show_test(book, each.subject, each.test, lang)}")
    return say("conditions.comma", lang).join(named)
