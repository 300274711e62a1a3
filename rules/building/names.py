"""The names of a book: what a condition may speak of, under any of its names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Scalar


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
    """fired: the rules that fired; knock_outs: those that did"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a condition may test."""

    id: str
    kind: SubjectKind
    stratum: Stratum
    fact: Fact | None = None
    labels: tuple[str, ...] = ()
    """For LABEL and RULES: what it may be. The grades are listed from the worst to the best."""
    derived: bool = False
    """Whether a formula gives it."""

    @property
    def type(self) -> FactType:
        """The type whose values it takes."""
        if self.fact is not None:
            return self.fact.type
        by_kind = {SubjectKind.POINTS: FactType.NUMBER, SubjectKind.TRUTH: FactType.FLAG}
        return by_kind.get(self.kind, FactType.CHOICE)


RESERVED = frozenset({"score", "grade", "qualified", "fired", "knock_outs", "knocked_out"})
"""Names that results have; nothing else may be called so."""

LOUD = frozenset({"and", "or", "not"})
"""Keywords that may be written in capitals too."""

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
        self._broken: set[str] = set()

    def claim(self, name: Scalar) -> bool:
        """Reserve an id for one thing of the book; False (and a finding) where that cannot be."""
        if not is_name(name.text):
            self._findings.add("bad-name", name.span, name=name.text)
        elif name.text in RESERVED or name.text in KEYWORDS or name.text.lower() in LOUD:
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
        for name in (subject.id, *also):
            owners = self._called.setdefault(fold_name(name), [])
            if subject.id not in owners:
                owners.append(subject.id)

    def has(self, name: str) -> bool:
        """Whether a subject has exactly this id."""
        return name in self._subjects

    def excuse(self, names: Iterable[str]) -> None:
        """Take note of declarations that are findings already: their use is not another one."""
        self._broken.update(name for name in names if name not in self._subjects)

    def find(self, name: str, place: Span, until: Stratum | None = None) -> Subject | None:
        """Return the subject with that id or label; a finding where there is not exactly one.

        One that is decided later than the stratum ``until`` is a finding too.
        """
        subject = self._named(name, place, Stratum.CLASSES if until is None else until)
        if subject is not None and until is not None and subject.stratum > until:
            self._findings.add("decided-later", place, name=name)
            return None
        return subject

    def _named(self, name: str, place: Span, until: Stratum) -> Subject | None:
        if name in self._subjects:
            return self._subjects[name]
        owners = self._called.get(fold_name(name), [])
        in_time = [owner for owner in owners if self._subjects[owner].stratum <= until]
        owners = in_time or owners
        if len(owners) == 1:
            return self._subjects[owners[0]]
        if owners:
            self._findings.add("ambiguous-label", place, name=name, ids=", ".join(owners))
        elif name not in self._broken or not self._findings:
            self._findings.add(
                "unknown-name", place, suggestion=self._likely(name, until), name=name
            )
        return None

    def _likely(self, name: str, until: Stratum) -> str | None:
        """Return the id or label that was likely meant, of what is decided in time."""
        known = {id_: [id_] for id_ in self._subjects} | self._called
        in_time = [
            each
            for each, owners in known.items()
            if any(self._subjects[owner].stratum <= until for owner in owners)
        ]
        return nearest(name, in_time)


def is_name(text: str) -> bool:
    """Whether a text can be an id: letters of any script, digits, ``_``; no digit first."""
    return text.isidentifier()
