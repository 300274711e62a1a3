"""The examples of a book: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from leadgrade.rules.building.example_rows import rows_of
from leadgrade.rules.building.names import Stratum, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.conditions import Value
from leadgrade.rules.documents.book import ExampleDoc, ExpectDoc
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.model import Example, Expectation
from leadgrade.rules.text.nodes import Scalar
from leadgrade.rules.values import ValueReadError, parse_date


class ExampleBuilder:
    """Builds examples; knows the ids that they may name."""

    def __init__(self, resolver: Resolver, ids: dict[str, tuple[str, ...]]) -> None:
        """Take ``ids``: what there is of each kind (grade, rule, criterion, …)."""
        self._resolver = resolver
        self._ids = ids

    def build(self, doc: ExampleDoc) -> Iterator[Example]:
        """Yield an example, or one for each row of its table; a wrong name is a finding."""
        if doc.rows is not None:
            criteria, classes = self._ids["criterion"], self._ids["class"]
            for row in rows_of(doc, criteria, classes, self._resolver.findings):
                yield from self.build(row)
            return
        for key in ("name", "given", "expect"):
            if not doc.has(key) and not (doc.has("rows") and key != "name"):
                self._resolver.findings.add("missing-key", doc.place("name"), key=key)
        yield Example(
            name=doc.name,
            given=self._given(doc.given),
            expect=Expectation() if doc.expect is None else self._expect(doc.expect),
            span=doc.place("name"),
            as_of=self._as_of(doc.as_of),
        )

    def _given(self, pairs: Iterable[tuple[Scalar, Scalar]]) -> dict[str, Value]:
        given: dict[str, Value] = {}
        for name, literal in pairs:
            subject = self._resolver.names.find(name.text, name.span)
            if subject is None:
                continue
            if subject.kind is not SubjectKind.FACT or subject.derived:
                self._resolver.findings.add("given-not-a-fact", name.span, name=name.text)
                continue
            value = self._resolver.value(literal.text, subject, literal)
            if value is not None:
                given[subject.id] = value
        return given

    def _expect(self, doc: ExpectDoc) -> Expectation:
        def checked(nodes: Iterable[Scalar], kind: str) -> tuple[str, ...]:
            return tuple(self._known(node, kind) for node in nodes)

        return Expectation(
            grade=None if doc.grade is None else self._known(doc.grade, "grade"),
            qualified=doc.qualified,
            score=doc.score,
            criteria={self._known(name, "criterion"): points for name, points in doc.criteria},
            fired=checked(doc.fired, "rule"),
            not_fired=checked(doc.not_fired, "rule"),
            knock_outs=None if doc.knock_outs is None else checked(doc.knock_outs, "knock-out"),
            limits=None if doc.limits is None else checked(doc.limits, "limit"),
            classes={self._known(name, "class"): node.text for name, node in doc.classes},
            next_steps=None if doc.next_steps is None else checked(doc.next_steps, "next step"),
            ask=None if doc.ask is None else tuple(self._facts(doc.ask)),
        )

    def _facts(self, names: Iterable[Scalar]) -> Iterator[str]:
        """Yield the ids of facts that somebody can be asked for."""
        for name in names:
            subject = self._resolver.names.find(name.text, name.span, Stratum.FACTS)
            if subject is None:
                continue
            if subject.derived:
                self._resolver.findings.add("given-not-a-fact", name.span, name=name.text)
            else:
                yield subject.id

    def _known(self, node: Scalar, kind: str) -> str:
        known = self._ids[kind]
        if node.text not in known:
            likely = nearest(node.text, known)
            self._resolver.findings.add(
                "unknown-id", node.span, suggestion=likely, kind=kind, name=node.text
            )
        return node.text

    def _as_of(self, node: Scalar | None) -> date | None:
        if node is None:
            return None
        try:
            return parse_date(node.text)
        except ValueReadError:
            self._resolver.findings.add(
                "value-not-a-date", node.span, text=node.text, name="as_of", type="date"
            )
            return None
