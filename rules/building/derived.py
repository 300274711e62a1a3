"""Derived facts of a book: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from leadgrade.rules.building.facts import one_of
from leadgrade.rules.building.formula_reader import FormulaReader
from leadgrade.rules.building.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.documents.book import DerivedDoc
from leadgrade.rules.documents.kinds import record
from leadgrade.rules.formulas import Choose, Formula, Number, facts_of
from leadgrade.rules.model import NUMERIC, Fact, FactType
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings
from leadgrade.rules.text import nodes
from leadgrade.rules.text.nodes import Node, Scalar


class DerivedFacts:
    """The derived facts of one book while they are being built.

    All are named first, since formulas and conditions may speak of each other's facts.
    """

    def __init__(
        self, entries: Iterable[tuple[Scalar, Node]], names: Names, findings: Findings
    ) -> None:
        self._findings = findings
        self._docs: dict[str, DerivedDoc] = {}
        self._drafts: dict[str, Fact] = {}
        self._known: set[str] = set()
        for name, node in entries:
            if names.claim(name):
                self._known.add(name.text)
                self._draft(name, node, names)

    def _draft(self, name: Scalar, node: Node, names: Names) -> None:
        doc = _document(node, self._findings)
        if doc is None:
            return
        kind = FactType.NUMBER
        if doc.type is not None:
            kind = one_of(doc.type, FactType, self._findings) or kind
        if kind not in NUMERIC:
            self._findings.add("derived-type", doc.place("type"), name=name.text, type=kind)
            return
        if doc.has("formula") == doc.has("cases") or (doc.has("otherwise") and doc.has("formula")):
            self._findings.add("derived-form", name.span, name=name.text)
            return
        fact = Fact(name.text, kind, doc.label or Phrase(en=name.text), name.span)
        self._docs[name.text], self._drafts[name.text] = doc, fact
        subject = Subject(fact.id, SubjectKind.FACT, Stratum.FACTS, fact, derived=True)
        names.add(subject, fact.label.wordings)

    def build(self, facts: Mapping[str, Fact], resolver: Resolver) -> dict[str, Fact]:
        """Return the derived facts by id, each after those that it reads."""
        known = self._known | set(facts)
        reader = FormulaReader(known, facts, resolver.parameters, self._findings)
        built: dict[str, Fact] = {}
        for name, doc in self._docs.items():
            formula = self._formula(doc, reader, resolver)
            if formula is not None:
                built[name] = replace(self._drafts[name], formula=formula)
        return self._in_order(built)

    def _formula(
        self, doc: DerivedDoc, reader: FormulaReader, resolver: Resolver
    ) -> Formula | None:
        if doc.formula is not None:
            return reader.read(doc.formula)
        cases = tuple(
            (resolver.condition(case.when, Stratum.FACTS), reader.read(case.value) or Number(0.0))
            for case in doc.cases or ()
        )
        otherwise = None if doc.otherwise is None else reader.read(doc.otherwise)
        return Choose(cases, otherwise) if cases else None

    def _in_order(self, derived: dict[str, Fact]) -> dict[str, Fact]:
        reads = {
            name: [other for other in facts_of(fact.formula) if other in derived]
            for name, fact in derived.items()
            if fact.formula is not None
        }
        try:
            order = tuple(TopologicalSorter(reads).static_order())
        except CycleError as cycle:
            circle = list(reversed(cycle.args[1]))
            place = derived[circle[0]].span
            self._findings.add("derived-in-circle", place, circle=" -> ".join(circle))
            return {}
        return {name: derived[name] for name in order}


def _document(node: Node, findings: Findings) -> DerivedDoc | None:
    if isinstance(node, Scalar):
        return DerivedDoc(
            node=nodes.Mapping(((Scalar("formula", node.span), node),), node.span), formula=node
        )
    doc: DerivedDoc | None = record(DerivedDoc)(node, findings)
    return doc
