"""The classes of a lead in words, with how each was reached."""

from __future__ import annotations

from typing import NamedTuple

from leadgrade.engine.evidence import Evidence
from leadgrade.engine.reached import Reached, Way
from leadgrade.reports.explanation.words import Words
from leadgrade.reports.values import label_of, show_class, show_subject
from leadgrade.reports.wording import say


class ClassWords(NamedTuple):
    """A class and how it was reached; classifications that do not apply for one reason are one."""

    names: tuple[str, ...]
    label: str
    how: str


def class_words(words: Words) -> list[ClassWords]:
    """Return the classes in the book's order."""
    found: dict[str, ClassWords] = {}
    for name, label in words.decision.classes.items():
        reached = words.seen.reached[name]
        how = _how(words, reached)
        key = how if reached.way is Way.GUARD else name
        names = found[key].names if key in found else ()
        names = (*names, label_of(words.book, name, words.lang))
        found[key] = ClassWords(names, show_class(words.book, name, label, words.lang), how)
    return list(found.values())


def _how(words: Words, reached: Reached) -> str:
    tests = reached.because
    match reached.way:
        case Way.CASE | Way.GUARD:
            return words.evidence(tests)
        case Way.CELL:
            return " × ".join(_with_value(words, each) for each in tests)
        case Way.OTHERWISE:
            return _say(words, "otherwise")
        case Way.RANK if reached.rank is not None:
            place = {"position": f"{reached.rank.position:,}", "of": f"{reached.rank.of:,}"}
            return _say(words, "rank", fact=_with_value(words, tests[0]), **place)
    return _say(words, "waits", facts=_waited_for(words, tests))


def _with_value(words: Words, test: Evidence) -> str:
    label = label_of(words.book, test.subject, words.lang)
    return f"{label} {show_subject(words.book, test.subject, test.value, words.lang)}"


def _waited_for(words: Words, tests: tuple[Evidence, ...]) -> str:
    """Return the facts that are unknown; a value that the table has no place for, with itself."""
    unknown = words.unknown(each.subject for each in tests if each.value is None)
    strange = [_with_value(words, each) for each in tests if each.value is not None]
    return say("conditions.list", words.lang).join(each for each in (unknown, *strange) if each)


def _say(words: Words, name: str, **values: object) -> str:
    return say(f"conditions.class-{name}", words.lang, **values)
