"""A rule book's file or text -> the typed model, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from leadgrade.rules.build_criteria import build_criterion
from leadgrade.rules.build_examples import ExampleBuilder
from leadgrade.rules.build_facts import build_derived, build_facts
from leadgrade.rules.build_results import (
    build_class,
    build_grades,
    build_knock_out,
    build_next_step,
)
from leadgrade.rules.conditions import Condition
from leadgrade.rules.document import BookDoc, ParameterDoc
from leadgrade.rules.kinds import record, scalar
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    UNKNOWN_CLASS,
    Book,
    Classification,
    FactType,
    Matrix,
    Parameter,
)
from leadgrade.rules.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.nodes import Mapping, Node, Scalar, read_nodes
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.resolve import NOTHING, Resolver
from leadgrade.rules.source import BookError, Finding, Findings, Span, TooManyFindingsError

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file, or characters of a text. A rule book is written by hand."""


def load_book(path: str | Path) -> Book:
    """Read a rule book from a file.

    Raises:
        BookError: the file cannot be read, or something in it is wrong; all of it is told.
    """
    name = str(path)
    start = Span(name, 1, 1, 1, 1)
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BookError([Finding("book-unreadable", start, {"reason": reason})], "") from None
    if len(raw) > LARGEST_FILE:
        raise BookError([Finding("too-large", start)], "")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = Span(name, line, 1, line, 1)
        raise BookError([Finding("not-utf8", place)], "") from None
    return read_book(text, name)


def read_book(text: str, path: str = "<text>") -> Book:
    """Read a rule book from its text; ``path`` names it in messages.

    Raises:
        BookError: something in it is wrong; all of it is told.
    """
    findings = Findings()
    try:
        book = _read(text, path, findings)
    except TooManyFindingsError:
        book = None
    if findings or book is None:
        raise BookError(findings.all, text)
    return book


def _read(text: str, path: str, findings: Findings) -> Book | None:
    """Return the book, or None with findings."""
    if len(text) > LARGEST_FILE:
        findings.add("too-large", Span(path, 1, 1, 1, 1))
        return None
    tree = read_nodes(text, path, findings)
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        findings.add_unless_any("book-empty", Span(path, 1, 1, 1, 1))
        return None
    doc: BookDoc | None = record(BookDoc)(tree, findings)
    return None if doc is None else _Assembly(doc, findings).book(path, text)


class _Assembly:
    """Builds a book part by part; each part sees the names of those before it."""

    def __init__(self, doc: BookDoc, findings: Findings) -> None:
        self._doc = doc
        self._findings = findings
        self._names = Names(findings)
        grades = doc.node.get("grades")
        entries = grades.entries if isinstance(grades, Mapping) else ()
        self._grade_ids = tuple(name.text for name, _ in entries)
        self._parameters = self._read_parameters()
        literals = {name: parameter.value for name, parameter in self._parameters.items()}
        self._facts = build_facts(doc.facts, self._names, findings)
        self._derived = build_derived(doc.derived, self._facts, literals, self._names, findings)
        self._resolver = Resolver(self._names, literals, findings)

    def book(self, path: str, text: str) -> Book | None:
        doc, resolver = self._doc, self._resolver
        if not self._grade_ids:
            self._findings.add_unless_any("no-grades", doc.place("grades"))
            return None
        self._name_facts()
        self._name_results()
        self._excuse_broken()
        criteria = [build_criterion(name, each, resolver) for name, each in doc.criteria]
        knock_outs = tuple(
            build_knock_out(each, self._grade_ids, resolver) for each in doc.knock_outs
        )
        grades = build_grades(doc.grades, self._grade_ids, resolver)
        qualified = self._qualified()
        built = [build_class(name, each, resolver) for name, each in doc.classes]
        classes = {each.id: each for each in built if each is not None}
        self._name_classes(classes)
        steps = tuple(build_next_step(each, resolver) for each in doc.next_steps)
        self._refuse_twins()
        examples = ExampleBuilder(resolver, self._ids())
        return Book(
            id=doc.book.text,
            title=doc.title or Phrase(en=doc.book.text),
            about=doc.about,
            currency=doc.currency,
            parameters=self._parameters,
            facts=self._facts,
            derived=self._derived,
            criteria={each.id: each for each in criteria},
            knock_outs=knock_outs,
            grades=grades,
            qualified=qualified,
            classes=classes,
            next_steps=steps,
            examples=tuple(examples.build(each) for each in doc.examples),
            lead_id=tuple(doc.lead_id),
            lead_name=self._lead_name(),
            unknown_values=frozenset(doc.unknown_values),
            path=path,
            text=text,
            sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        )

    def _read_parameters(self) -> dict[str, Parameter]:
        parameters: dict[str, Parameter] = {}
        for name, node in self._doc.parameters:
            found = self._parameter(node) if self._names.claim(name) else None
            if found is not None:
                parameters[name.text] = found
        return parameters

    def _parameter(self, node: Node) -> Parameter | None:
        if isinstance(node, Mapping):
            doc: ParameterDoc | None = record(ParameterDoc)(node, self._findings)
            return None if doc is None else Parameter(doc.value.text.strip(), doc.label)
        literal = scalar(node, self._findings)
        return None if literal is None else Parameter(literal.text.strip())

    def _name_facts(self) -> None:
        for fact in (*self._facts.values(), *self._derived.values()):
            subject = Subject(fact.id, SubjectKind.FACT, Stratum.FACTS, fact)
            self._names.add(subject, fact.label.wordings)

    def _name_results(self) -> None:
        """Let conditions speak of results; of one that they come before, there is a finding."""
        for name, doc in self._doc.criteria:
            if self._names.claim(name):
                subject = Subject(name.text, SubjectKind.POINTS, Stratum.CRITERIA)
                self._names.add(subject, doc.label.wordings if doc.label else ())
        for name, each in self._doc.classes:
            if self._names.claim(name):
                subject = Subject(name.text, SubjectKind.LABEL, Stratum.CLASSES)
                self._names.add(subject, each.label.wordings if each.label else ())
        self._names.add(Subject("score", SubjectKind.POINTS, Stratum.CRITERIA))
        rules = self._ids()["rule"]
        self._names.add(Subject("fired", SubjectKind.RULES, Stratum.CRITERIA, labels=rules))
        rising = tuple(reversed(self._grade_ids))
        self._names.add(Subject("grade", SubjectKind.LABEL, Stratum.GRADE, labels=rising))
        self._names.add(Subject("qualified", SubjectKind.TRUTH, Stratum.QUALIFIED))

    def _excuse_broken(self) -> None:
        """Excuse the use of facts and results whose declaration could not be read."""
        for section in ("facts", "derived", "criteria", "classes"):
            node = self._doc.node.get(section)
            if isinstance(node, Mapping):
                self._names.excuse(key.text for key, _ in node.entries)

    def _qualified(self) -> Condition:
        if self._doc.qualified is None:
            return NOTHING
        return self._resolver.condition(self._doc.qualified, Stratum.GRADE)

    def _lead_name(self) -> str | None:
        node = self._doc.lead_name
        subject = None if node is None else self._names.find(node.text, node.span)
        if node is not None and subject is not None and subject.type is not FactType.TEXT:
            self._findings.add("lead-name-not-text", node.span, name=node.text)
        return None if subject is None else subject.id

    def _name_classes(self, classes: dict[str, Classification]) -> None:
        for each in classes.values():
            labels = (*_labels(each), NOT_APPLICABLE, UNKNOWN_CLASS)
            subject = Subject(each.id, SubjectKind.LABEL, Stratum.CLASSES, labels=labels)
            self._names.add(subject, each.label.wordings)

    def _ids(self) -> dict[str, tuple[str, ...]]:
        doc = self._doc
        return {
            "grade": self._grade_ids,
            "criterion": tuple(name.text for name, _ in doc.criteria),
            "rule": tuple(rule.id.text for _, each in doc.criteria for rule in each.rules),
            "knock-out": tuple(each.id.text for each in doc.knock_outs),
            "class": tuple(name.text for name, _ in doc.classes),
            "next step": tuple(each.id.text for each in doc.next_steps),
        }

    def _refuse_twins(self) -> None:
        """Refuse two rules, knock-outs or next steps with the same id."""
        doc = self._doc
        rules = [rule.id for _, each in doc.criteria for rule in each.rules]
        for group in (
            [*rules, *(each.id for each in doc.knock_outs)],
            [each.id for each in doc.next_steps],
        ):
            first: dict[str, Span] = {}
            for name in group:
                place = first.setdefault(name.text, name.span)
                if place is not name.span:
                    line = place.line
                    self._findings.add("duplicate-id", name.span, name=name.text, line=line)


def _labels(classification: Classification) -> tuple[str, ...]:
    if isinstance(classification, Matrix):
        rows = classification.table.values()
        return tuple(dict.fromkeys(name for row in rows for name in row.values()))
    shares = (name for _, name in classification.shares)
    return tuple(dict.fromkeys((*shares, classification.rest)))
