"""The names of a book: what a condition may speak of, under any of its names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from leadgrade.rules.kinds import nearest
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.nodes import Scalar
from leadgrade.rules.source import Findings, Span


class Stratum(IntEnum):
    """The order of a decision. A condition may read what an earlier stratum decided."""

    FACTS = 0
    CRITERIA = 1
    GRADE = 2
    QUALIFIED = 3
    CLASSES = 4


class SubjectKind(IntEnum):
    """What kind of thing a condition speaks of."""

    FACT = 0
    POINTS = 1
    """score or a criterion, in hundredths"""
    LABEL = 2
    """grade or a class: one of ``labels``"""
    TRUTH = 3
    """qualified"""
    RULES = 4
    """fired: the set of rules that fired"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a condition may test."""

    id: str
    kind: SubjectKind
    stratum: Stratum
    fact: Fact | None = None
    labels: tuple[str, ...] = ()
    """For LABEL and RULES: what it may be. The grades are listed from the worst to the best."""

    @property
    def type(self) -> FactType:
        """The type whose values it takes."""
        if self.fact is not None:
            return self.fact.type
        by_kind = {SubjectKind.POINTS: FactType.NUMBER, SubjectKind.TRUTH: FactType.FLAG}
        return by_kind.get(self.kind, FactType.CHOICE)


RESERVED = frozenset({"score", "grade", "qualified", "fired"})
"""Names that results have; nothing else may be called so."""

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "between", "contains", "known", "missing"})


def fold_name(text: str) -> str:
    """Fold width, case and white space, so that a name is found however it is typed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Names:
    """Finds subjects by id or label; refuses names that stand twice or are reserved."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._subjects: dict[str, Subject] = {}
        self._called: dict[str, list[str]] = {}
        self._places: dict[str, Span] = {}

    def claim(self, name: Scalar) -> bool:
        """Reserve an id for one thing of the book; False (and a finding) where that cannot be."""
        if not is_name(name.text):
            self._findings.add("bad-name", name.span, name=name.text)
        elif name.text in RESERVED or name.text in KEYWORDS:
            self._findings.add("reserved-name", name.span, name=name.text)
        elif name.text in self._places:
            line = self._places[name.text].line
            self._findings.add("duplicate-id", name.span, name=name.text, line=line)
        else:
            self._places[name.text] = name.span
            return True
        return False

    def add(self, subject: Subject, also: Iterable[str] = ()) -> None:
        """Let conditions speak of a subject by its id and by other names."""
        self._subjects[subject.id] = subject
        for name in also:
            owners = self._called.setdefault(fold_name(name), [])
            if subject.id not in owners:
                owners.append(subject.id)

    def has(self, name: str) -> bool:
        """Whether a subject has exactly this id."""
        return name in self._subjects

    def find(self, name: str, place: Span) -> Subject | None:
        """Return the subject with that id or label; a finding where there is not exactly one."""
        if name in self._subjects:
            return self._subjects[name]
        owners = self._called.get(fold_name(name), [])
        if len(owners) == 1:
            return self._subjects[owners[0]]
        if owners:
            self._findings.add("ambiguous-label", place, name=name, ids=", ".join(owners))
        else:
            likely = nearest(name, [*self._subjects, *self._called])
            self._findings.add("unknown-name", place, suggestion=likely, name=name)
        return None


def is_name(text: str) -> bool:
    """Whether a text can be an id: letters of any script, digits, ``_``; no digit first."""
    return text.isidentifier()
