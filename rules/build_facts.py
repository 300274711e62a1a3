"""Facts and derived facts of a book: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from lark import Token, Tree

from leadgrade.rules.document import DerivedDoc, FactDoc
from leadgrade.rules.formulas import (
    ARITY,
    OF_DATES,
    Arithmetic,
    Call,
    Formula,
    Function,
    Number,
    Reading,
    facts_of,
)
from leadgrade.rules.kinds import nearest, phrase, record, scalar
from leadgrade.rules.literals import fact_value
from leadgrade.rules.model import NUMERIC, Actionable, Choice, Fact, FactType, OnUnreadable
from leadgrade.rules.names import Names, fold_name
from leadgrade.rules.nodes import Listing, Mapping, Node, Scalar
from leadgrade.rules.parsing import MisreadError, parse_formula, span_of
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings
from leadgrade.rules.values import ValueReadError, parse_number, parse_percent

K = TypeVar("K", bound=StrEnum)


def build_facts(
    docs: Iterable[tuple[Scalar, FactDoc]], names: Names, findings: Findings
) -> dict[str, Fact]:
    """Return the declared facts by id."""
    claimed = [(name, doc) for name, doc in docs if names.claim(name)]
    facts = [_fact(name, doc, findings) for name, doc in claimed]
    return {fact.id: fact for fact in facts if fact is not None}


def _fact(name: Scalar, doc: FactDoc, findings: Findings) -> Fact | None:
    kind = one_of(doc.type, FactType, findings)
    if kind is None:
        return None
    choices = _choices(doc.values, findings) if doc.values is not None else ()
    if (kind is FactType.CHOICE) != doc.has("values"):
        findings.add("values-and-choice", doc.place("values"), name=name.text)
    if kind is FactType.CHOICE and not choices:
        return None
    if doc.ordered and kind is not FactType.CHOICE:
        findings.add("ordered-and-choice", doc.place("ordered"), name=name.text)
    policy = doc.on_unreadable and one_of(doc.on_unreadable, OnUnreadable, findings)
    fact = Fact(
        id=name.text,
        type=kind,
        label=doc.label or Phrase(en=name.text),
        span=name.span,
        headers=tuple(doc.headers),
        choices=choices,
        ordered=doc.ordered,
        ask=doc.ask,
        on_unreadable=policy or OnUnreadable.UNKNOWN,
        actionable=_actionable(doc, kind, findings),
        cost=_cost(doc, findings),
    )
    return _with_range(fact, doc, findings) if doc.range is not None else fact


def _with_range(fact: Fact, doc: FactDoc, findings: Findings) -> Fact:
    node = doc.node.get("range")
    if fact.type not in NUMERIC or (isinstance(node, Listing) and len(node.items) != 2):
        findings.add("fact-range", doc.place("range"), name=fact.id)
        return fact
    ends = [fact_value(end.text, fact, end.span, findings) for end in doc.range or ()]
    low, high = ends if len(ends) == 2 else (None, None)
    if not isinstance(low, float) or not isinstance(high, float):
        return fact
    if low > high:
        findings.add("range-upside-down", doc.place("range"))
    return replace(fact, low=low, high=high)


def _actionable(doc: FactDoc, kind: FactType, findings: Findings) -> Actionable:
    """Return whether a fact can be changed; a direction needs values that have an order."""
    usual = Actionable.NO if kind is FactType.TEXT else Actionable.YES
    found = (doc.actionable and one_of(doc.actionable, Actionable, findings)) or usual
    ordered = kind in NUMERIC or kind in (FactType.DATE, FactType.FLAG) or doc.ordered
    if found in (Actionable.UP, Actionable.DOWN) and not ordered:
        findings.add("direction-without-order", doc.place("actionable"))
    return found


def _cost(doc: FactDoc, findings: Findings) -> int | None:
    if doc.cost is not None and doc.cost < 0:
        findings.add("cost-below-zero", doc.place("cost"))
        return None
    return doc.cost


def _choices(node: Node, findings: Findings) -> tuple[Choice, ...]:
    pairs: list[tuple[Scalar, Phrase]] = []
    if isinstance(node, Listing):
        ids = [scalar(item, findings) for item in node.items]
        pairs = [(item, Phrase(en=item.text)) for item in ids if item is not None]
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            label = phrase(value, findings)
            both = label and (label if isinstance(value, Mapping) else Phrase(key.text, label.en))
            pairs.append((key, both or Phrase(en=key.text)))
    if isinstance(node, Scalar) or not (node.items if isinstance(node, Listing) else node.entries):
        findings.add("want-choices", node.span)
    seen: set[str] = set()
    for item, label in pairs:
        called = {fold_name(each) for each in (item.text, *label.wordings)}
        if called & seen:
            findings.add("duplicate-value", item.span, value=item.text)
        seen |= called
    return tuple(Choice(item.text, label) for item, label in pairs)


def one_of(node: Scalar, kinds: type[K], findings: Findings) -> K | None:
    """Return the member of an enumeration that a text names, or None with a finding."""
    try:
        return kinds(node.text)
    except ValueError:
        known = [str(each) for each in kinds]
        findings.add(
            "want-one-of",
            node.span,
            suggestion=nearest(node.text, known),
            text=node.text,
            known=", ".join(known),
        )
        return None


def build_derived(
    docs: Iterable[tuple[Scalar, Node]],
    facts: dict[str, Fact],
    parameters: dict[str, str],
    names: Names,
    findings: Findings,
) -> dict[str, Fact]:
    """Return the derived facts by id, each after those that its formula reads."""
    claimed = {name.text: (name, node) for name, node in docs if names.claim(name)}
    known = set(facts) | set(claimed)
    built: dict[str, Fact] = {}
    for name, node in claimed.values():
        fact = _derived(name, node, _FormulaReader(known, facts, parameters, findings), findings)
        if fact is not None:
            built[name.text] = fact
    return _in_order(built, findings)


def _derived(name: Scalar, node: Node, reader: _FormulaReader, findings: Findings) -> Fact | None:
    doc = _derived_doc(node, findings)
    kind = FactType.NUMBER
    if doc is None:
        return None
    if doc.type is not None:
        kind = one_of(doc.type, FactType, findings) or kind
    if kind not in NUMERIC:
        findings.add("derived-type", doc.place("type"), name=name.text, type=kind)
        return None
    formula = reader.read(doc.formula)
    label = doc.label or Phrase(en=name.text)
    if formula is None:
        return None
    return Fact(name.text, kind, label, name.span, formula=formula)


def _derived_doc(node: Node, findings: Findings) -> DerivedDoc | None:
    if isinstance(node, Scalar):
        return DerivedDoc(node=Mapping((), node.span), formula=node)
    doc: DerivedDoc | None = record(DerivedDoc)(node, findings)
    return doc


def _in_order(derived: dict[str, Fact], findings: Findings) -> dict[str, Fact]:
    reads = {
        name: [other for other in facts_of(fact.formula) if other in derived]
        for name, fact in derived.items()
        if fact.formula is not None
    }
    try:
        order = tuple(TopologicalSorter(reads).static_order())
    except CycleError as cycle:
        circle = list(reversed(cycle.args[1]))
        findings.add("derived-in-circle", derived[circle[0]].span, circle=" -> ".join(circle))
        return {}
    return {name: derived[name] for name in order}


class _FormulaReader:
    """Reads formulas over the facts of one book."""

    def __init__(
        self,
        known: set[str],
        facts: dict[str, Fact],
        parameters: dict[str, str],
        findings: Findings,
    ) -> None:
        self._known = known
        self._facts = facts
        self._parameters = parameters
        self._findings = findings

    def read(self, node: Scalar) -> Formula | None:
        """Return the formula, or None with a finding."""
        try:
            tree = parse_formula(node.text)
        except MisreadError as misread:
            place = node.part(misread.start, misread.end)
            self._findings.add(
                misread.code, place, suggestion=misread.suggestion, found=misread.found
            )
            return None
        before = len(self._findings.all)
        formula = self._formula(tree, node)
        return formula if len(self._findings.all) == before else None

    def _formula(self, tree: Tree[Token], node: Scalar) -> Formula:
        parts = [part for part in tree.children if isinstance(part, Tree)]
        tokens = [str(part) for part in tree.children if isinstance(part, Token)]
        match tree.data:
            case "number":
                return Number(_figure(tokens[0]))
            case "reading":
                return self._reading(tokens[0], tree, node, dates=False)
            case "minus" if tokens[0] == "-":
                return Arithmetic(Number(0.0), "-", self._formula(parts[0], node))
            case "minus":
                return self._formula(parts[0], node)
            case "call":
                return self._call(tokens[0], parts, tree, node)
        left, right = (self._formula(part, node) for part in parts)
        return Arithmetic(left, tokens[0], right)

    def _reading(self, name: str, tree: Tree[Token], node: Scalar, *, dates: bool) -> Formula:
        place = node.part(*span_of(tree))
        if name in self._parameters and not dates:
            return self._parameter(name, tree, node)
        if name not in self._known:
            likely = nearest(name, [*self._known, *self._parameters])
            self._findings.add("unknown-name", place, suggestion=likely, name=name)
        elif (name in self._facts) and not self._has_type(name, dates=dates):
            wanted = "date" if dates else "number"
            kind = self._facts[name].type
            self._findings.add("formula-type", place, name=name, type=kind, wanted=wanted)
        return Reading(name)

    def _has_type(self, name: str, *, dates: bool) -> bool:
        kind = self._facts[name].type
        return kind is FactType.DATE if dates else kind in NUMERIC

    def _parameter(self, name: str, tree: Tree[Token], node: Scalar) -> Formula:
        try:
            return Number(_figure(self._parameters[name]))
        except ValueReadError:
            place = node.part(*span_of(tree))
            text = self._parameters[name]
            self._findings.add("parameter-not-a-number", place, name=name, text=text)
            return Number(0.0)

    def _call(
        self, name: str, parts: list[Tree[Token]], tree: Tree[Token], node: Scalar
    ) -> Formula:
        place = node.part(*span_of(tree))
        if name not in list(Function):
            likely = nearest(name, list(Function))
            functions = ", ".join(Function)
            self._findings.add(
                "unknown-function", place, suggestion=likely, name=name, functions=functions
            )
            return Number(0.0)
        function = Function(name)
        least, most = ARITY[function]
        if len(parts) < least or (most is not None and len(parts) > most):
            self._findings.add("function-arguments", place, name=name, count=len(parts))
        if function in OF_DATES:
            return Call(function, tuple(self._date(part, node) for part in parts))
        return Call(function, tuple(self._formula(part, node) for part in parts))

    def _date(self, tree: Tree[Token], node: Scalar) -> Formula:
        if tree.data == "reading":
            return self._reading(str(tree.children[0]), tree, node, dates=True)
        self._findings.add("formula-wants-date", node.part(*span_of(tree)))
        return Number(0.0)


def _figure(text: str) -> float:
    return parse_percent(text) if text.rstrip().endswith("%") else parse_number(text)
