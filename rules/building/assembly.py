"""A book's document -> the typed model, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from leadgrade.rules.building.aggregates import Sources
from leadgrade.rules.building.classes import build_class
from leadgrade.rules.building.criteria import build_criterion
from leadgrade.rules.building.decay import age_fact
from leadgrade.rules.building.derived import DerivedFacts
from leadgrade.rules.building.examples import ExampleBuilder
from leadgrade.rules.building.facts import build_facts, check_dates
from leadgrade.rules.building.identity import build_identity, build_merging
from leadgrade.rules.building.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.building.properties import build_properties
from leadgrade.rules.building.resolve import NOTHING, Resolver
from leadgrade.rules.building.results import (
    build_grades,
    build_knock_out,
    build_limit,
    build_next_step,
    build_treatment,
)
from leadgrade.rules.conditions import Condition
from leadgrade.rules.documents.book import BookDoc, ClassDoc, ParameterDoc
from leadgrade.rules.documents.kinds import nearest, record, scalar
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    UNKNOWN_CLASS,
    Book,
    Classification,
    Fact,
    FactType,
    NextStep,
    Parameter,
    labels_of,
)
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text import nodes
from leadgrade.rules.text.nodes import Node, Scalar


class Assembly:
    """Builds a book part by part; each part sees the names of those before it."""

    def __init__(self, doc: BookDoc, overrides: Mapping[str, str], findings: Findings) -> None:
        self._doc = doc
        self._findings = findings
        self._names = Names(findings)
        grades = doc.node.get("grades")
        entries = grades.entries if isinstance(grades, nodes.Mapping) else ()
        self._grade_ids = tuple(name.text for name, _ in entries)
        self._overrides = dict(overrides)
        self._parameters = self._read_parameters()
        self._facts = build_facts(doc.facts, self._names, findings)
        for fact in self._facts.values():
            self._name_fact(fact)
        check_dates(self._facts, findings)
        drafts = DerivedFacts([*doc.derived, *self._ages()], self._names, findings)
        self._resolver = Resolver(
            self._names,
            self._parameters,
            findings,
            {name.text: tuple(items) for name, items in doc.lists if self._names.claim(name)},
            {name.text: node for name, node in doc.conditions if self._names.claim(name)},
        )
        self._name_results()
        self._excuse_broken()
        self._sources = Sources(doc.sources, self._names, findings)
        self._facts = self._sources.gathered(doc.facts, self._facts, self._resolver)
        self._derived = drafts.build(self._facts, self._resolver)

    def book(self, path: str, text: str) -> Book | None:
        """Return the book, or None with findings."""
        doc, resolver = self._doc, self._resolver
        if not self._grade_ids:
            self._findings.add_unless_any("no-grades", doc.place("grades"))
            return None
        criteria = [build_criterion(name, each, resolver) for name, each in doc.criteria]
        knock_outs = tuple(
            build_knock_out(each, self._grade_ids, resolver) for each in doc.knock_outs
        )
        limits = [build_limit(each, self._grade_ids, resolver) for each in doc.limits]
        grades = build_grades(doc.grades, self._grade_ids, resolver)
        qualified = self._qualified()
        classes = self._classes()
        steps = [build_next_step(each, resolver) for each in doc.next_steps]
        self._refuse_twins()
        examples = ExampleBuilder(resolver, self._ids())
        return Book(
            id=doc.book.text,
            title=doc.title or Phrase(en=doc.book.text),
            about=doc.about,
            currency=doc.currency,
            parameters=self._parameters,
            lists={
                name: tuple(each.text for each in items) for name, items in resolver.lists.items()
            },
            conditions=self._conditions(),
            facts=self._facts,
            derived=self._derived,
            criteria={each.id: each for each in criteria},
            knock_outs=knock_outs,
            limits=tuple(each for each in limits if each is not None),
            grades=grades,
            qualified=qualified,
            classes=classes,
            next_steps=(*steps, *self._treatments(classes)),
            examples=tuple(built for each in doc.examples for built in examples.build(each)),
            properties=tuple(build_properties(doc.properties, self._names, self._findings)),
            lead_id=tuple(doc.lead_id),
            lead_name=self._lead_name(),
            unknown_values=frozenset(doc.unknown_values),
            path=path,
            text=text,
            sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            overrides=self._overrides,
            identity=build_identity(doc.identity, self._names, self._findings),
            merging=build_merging(doc.merge, self._names, self._findings),
            sources=self._sources.built,
        )

    def _read_parameters(self) -> dict[str, Parameter]:
        parameters: dict[str, Parameter] = {}
        for name, node in self._doc.parameters:
            found = self._parameter(node) if self._names.claim(name) else None
            if found is not None:
                said = self._overrides.get(name.text)
                parameters[name.text] = (
                    found if said is None else replace(found, value=said, span=None)
                )
        for said_name in sorted(self._overrides.keys() - parameters.keys()):
            likely = nearest(said_name, parameters)
            place = self._doc.book.span
            self._findings.add("unknown-parameter", place, suggestion=likely, name=said_name)
        return parameters

    def _parameter(self, node: Node) -> Parameter | None:
        if isinstance(node, nodes.Mapping):
            doc: ParameterDoc | None = record(ParameterDoc)(node, self._findings)
            if doc is None:
                return None
            return Parameter(doc.value.text.strip(), doc.label, doc.value.span)
        literal = scalar(node, self._findings)
        return None if literal is None else Parameter(literal.text.strip(), span=literal.span)

    def _ages(self) -> list[tuple[Scalar, Node]]:
        """Return the derived facts that fading points need and the book does not have."""
        own = {name.text for name, _ in self._doc.derived}
        dates = {
            rule.age_of.text: rule.age_of.span
            for _, criterion in self._doc.criteria
            for rule in criterion.rules
            if rule.age_of is not None and rule.age_of.text in self._facts
        }
        return [
            (Scalar(age_fact(name), span), _age_formula(name, span))
            for name, span in dates.items()
            if age_fact(name) not in own
        ]

    def _name_fact(self, fact: Fact) -> None:
        subject = Subject(fact.id, SubjectKind.FACT, Stratum.FACTS, fact)
        self._names.add(subject, fact.label.wordings)

    def _conditions(self) -> dict[str, Condition]:
        """Return the named conditions as they read where everything is decided."""
        resolver = self._resolver
        return {
            name: resolver.named(name, node.span, Stratum.CLASSES)
            for name, node in resolver.conditions.items()
        }

    def _classes(self) -> dict[str, Classification]:
        """Return the classifications; each may speak of those before it."""
        built: dict[str, Classification] = {}
        for name, doc in self._doc.classes:
            found = build_class(name, doc, self._resolver)
            if found is not None:
                built[found.id] = replace(found, labels=self._class_labels(found, doc))
                labels = (*labels_of(found), NOT_APPLICABLE, UNKNOWN_CLASS)
                subject = Subject(found.id, SubjectKind.LABEL, Stratum.CLASSES, labels=labels)
                self._names.add(subject, found.label.wordings)
        return built

    def _class_labels(self, found: Classification, doc: ClassDoc) -> tuple[tuple[str, Phrase], ...]:
        """Return what people call the classes; a label of no class is a finding."""
        named = [(label, words) for label, words in doc.labels if self._is_class(label, found)]
        return tuple((label.text, words) for label, words in named)

    def _is_class(self, label: Scalar, found: Classification) -> bool:
        labels = labels_of(found)
        if label.text in (*labels, NOT_APPLICABLE, UNKNOWN_CLASS):
            return True
        words = {"kind": "class", "name": label.text}
        likely = nearest(label.text, labels)
        self._findings.add("unknown-id", label.span, suggestion=likely, **words)
        return False

    def _treatments(self, classes: dict[str, Classification]) -> list[NextStep]:
        """Return the next steps of classes."""
        steps: list[NextStep] = []
        for name, doc in self._doc.classes:
            found = classes.get(name.text)
            for label, treatment in doc.treatments if found is not None else ():
                if found is not None and self._is_class(label, found):
                    steps.append(build_treatment(name.text, label.text, treatment, self._resolver))
        return steps

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
        ids = self._ids()
        rules, knock_outs = ids["rule"], ids["knock-out"]
        self._names.add(Subject("fired", SubjectKind.RULES, Stratum.CRITERIA, labels=rules))
        self._names.add(Subject("knock_outs", SubjectKind.RULES, Stratum.GRADE, labels=knock_outs))
        self._names.add(Subject("knocked_out", SubjectKind.TRUTH, Stratum.GRADE))
        rising = tuple(reversed(self._grade_ids))
        self._names.add(Subject("grade", SubjectKind.LABEL, Stratum.GRADE, labels=rising))
        self._names.add(Subject("qualified", SubjectKind.TRUTH, Stratum.QUALIFIED))

    def _excuse_broken(self) -> None:
        """Excuse the use of facts and results whose declaration could not be read."""
        for section in ("facts", "derived", "criteria", "classes"):
            node = self._doc.node.get(section)
            if isinstance(node, nodes.Mapping):
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

    def _ids(self) -> dict[str, tuple[str, ...]]:
        doc = self._doc
        return {
            "grade": self._grade_ids,
            "criterion": tuple(name.text for name, _ in doc.criteria),
            "rule": tuple(rule.id.text for _, each in doc.criteria for rule in each.rules),
            "knock-out": tuple(each.id.text for each in doc.knock_outs),
            "limit": tuple(each.id.text for each in doc.limits),
            "class": tuple(name.text for name, _ in doc.classes),
            "next step": (
                *(each.id.text for each in doc.next_steps),
                *(
                    f"{name.text}.{label.text}"
                    for name, each in doc.classes
                    for label, _ in each.treatments
                ),
            ),
        }

    def _refuse_twins(self) -> None:
        """Refuse two rules, knock-outs, limits or next steps with the same id."""
        doc = self._doc
        rules = [rule.id for _, each in doc.criteria for rule in each.rules]
        for group in (
            [*rules, *(each.id for each in doc.knock_outs), *(each.id for each in doc.limits)],
            [each.id for each in doc.next_steps],
        ):
            first: dict[str, Span] = {}
            for name in group:
                place = first.setdefault(name.text, name.span)
                if place is not name.span:
                    line = place.line
                    self._findings.add("duplicate-id", name.span, name=name.text, line=line)


def _age_formula(date_fact: str, span: Span) -> nodes.Mapping:
    """Return the derived fact of a date's age, as a book would write it."""
    words = {"formula": f"days_since({date_fact})", "type": "days"}
    entries = tuple((Scalar(key, span), Scalar(text, span)) for key, text in words.items())
    return nodes.Mapping(entries, span)
