"""Conditions and formulas as written -> the resolved model: names found, values typed."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from lark import Token, Tree

from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    Not,
    OneOf,
    Op,
    Presence,
    Test,
    Value,
)
from leadgrade.rules.kinds import nearest
from leadgrade.rules.literals import read_literal
from leadgrade.rules.model import NUMERIC, FactType, Parameter
from leadgrade.rules.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.nodes import Listing, Mapping, Node, Scalar
from leadgrade.rules.parsing import MisreadError, parse_condition, span_of
from leadgrade.rules.source import Findings, Span

NOTHING = All(())
"""The condition that always holds; also what stands in for one that could not be read."""

_ASCII_OPERATORS = str.maketrans({"≠": "!=", "≤": "<=", "≥": ">=", "＝": "=", "＜": "<", "＞": ">"})


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves the conditions of one book."""

    names: Names
    parameters: MappingType[str, Parameter]
    findings: Findings
    lists: MappingType[str, tuple[Scalar, ...]] = field(default_factory=dict)
    conditions: MappingType[str, Node] = field(default_factory=dict)
    """The named conditions; each use is resolved anew, for what may be read where it stands."""
    _within: list[str] = field(default_factory=list)
    """The named conditions that are being resolved, the outermost first."""

    def named(self, name: str, place: Span, until: Stratum) -> Condition:
        """Return a named condition; one that comes back to itself is a finding."""
        if name in self._within:
            circle = " -> ".join((*self._within, name))
            self.findings.add("condition-in-circle", place, circle=circle)
            return NOTHING
        self._within.append(name)
        try:
            return self.condition(self.conditions[name], until)
        finally:
            self._within.pop()

    def condition(self, node: Node, until: Stratum) -> Condition:
        """Return the resolved condition of a node: a line, a list (all of it), any/all/not.

        It may read what is decided up to and including the stratum ``until``. What cannot be
        read becomes a finding, and ``NOTHING`` takes its place.
        """
        match node:
            case Scalar() if node.text.strip():
                return self._line(node, until)
            case Scalar() | Listing(()):
                self.findings.add("condition-empty", node.span)
                return NOTHING
            case Listing(items):
                parts = tuple(self.condition(item, until) for item in items)
                return parts[0] if len(parts) == 1 else All(parts)
            case Mapping(entries) if len(entries) == 1:
                return self._group(entries[0][0], entries[0][1], until)
        self.findings.add("condition-keys", node.span)
        return NOTHING

    def _group(self, key: Scalar, node: Node, until: Stratum) -> Condition:
        if key.text == "any" and isinstance(node, Listing) and len(node.items) > 1:
            return AnyOf(tuple(self.condition(item, until) for item in node.items))
        if key.text in ("any", "all"):
            return self.condition(node, until)
        if key.text == "not":
            return Not(self.condition(node, until))
        likely = nearest(key.text, ("any", "all", "not"))
        self.findings.add("condition-keys", key.span, suggestion=likely)
        return NOTHING

    def _line(self, node: Scalar, until: Stratum) -> Condition:
        try:
            tree = parse_condition(node.text)
        except MisreadError as misread:
            place = node.part(misread.start, misread.end)
            self.findings.add(
                misread.code, place, suggestion=misread.suggestion, found=misread.found
            )
            return NOTHING
        return _Line(self, node, until).condition(tree)

    def value(self, text: str, subject: Subject, node: Scalar) -> Value | None:
        """Return the value of a literal or of the parameter of that name."""
        return self.value_at(text, subject, node.span)

    def value_at(self, text: str, subject: Subject, place: Span) -> Value | None:
        """Return the value of a literal, or of the parameter of that name.

        What is wrong with a parameter is a finding where the parameter stands.
        """
        parameter = self.parameters.get(text)
        if parameter is not None:
            return read_literal(parameter.value, subject, parameter.span or place, self.findings)
        if text.isidentifier() and is_ordered(subject) and subject.type is not FactType.CHOICE:
            likely = nearest(text, self.parameters)
            if likely is not None:
                self.findings.add("unknown-name", place, suggestion=likely, name=text)
                return None
        return read_literal(text, subject, place, self.findings)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line being resolved."""

    resolver: Resolver
    node: Scalar
    until: Stratum

    def condition(self, tree: Tree[Token]) -> Condition:
        parts = [part for part in tree.children if isinstance(part, Tree)]
        match tree.data:
            case "all_of":
                return All(tuple(self.condition(part) for part in parts))
            case "any_of":
                return AnyOf(tuple(self.condition(part) for part in parts))
            case "negation":
                return Not(self.condition(parts[0]))
            case "alone" if (name := self._name(tree)) in self.resolver.conditions:
                return self.resolver.named(name, self.node.part(*span_of(tree)), self.until)
            case "in_list" | "not_in_list":
                return self._in_list(tree)
        return self._test(tree)

    def _name(self, tree: Tree[Token]) -> str:
        """Return the name that a test begins with, as written."""
        return self.node.text[slice(*span_of(next(tree.find_data("name"))))]

    def _in_list(self, tree: Tree[Token]) -> Condition:
        subject = self._subject(tree)
        part = next(tree.find_data("list_name"))
        name, place = self.node.text[slice(*span_of(part))], self.node.part(*span_of(part))
        if subject is None:
            return NOTHING
        if name not in self.resolver.lists:
            likely = nearest(name, self.resolver.lists)
            mend = likely or f"[{name}]"
            self.resolver.findings.add("unknown-list", place, suggestion=mend, name=name)
            return NOTHING
        if not self._fits(tree, subject, self._written(tree)):
            return NOTHING
        items = self.resolver.lists[name]
        values = [self.resolver.value(item.text, subject, item) for item in items]
        known = tuple(value for value in values if value is not None)
        shown = ", ".join(item.text for item in items)
        negated = tree.data == "not_in_list"
        written = f"{'not in' if negated else 'in'} {name} [{shown}]"
        return OneOf(subject.id, known, written, negated=negated)

    def _test(self, tree: Tree[Token]) -> Condition:
        subject = self._subject(tree)
        if subject is None:
            return NOTHING
        written = self._written(tree)
        if not self._fits(tree, subject, written):
            return NOTHING
        values = [self._value(part, subject) for part in tree.find_data("value")]
        known = [value for value in values if value is not None]
        if len(known) != len(values) or self._upside_down(tree, subject, known):
            return NOTHING
        return _build(tree, subject, known, written)

    def _upside_down(self, tree: Tree[Token], subject: Subject, values: list[Value]) -> bool:
        """Note a ``between`` that no value fulfils."""
        if tree.data != "between" or _rank(subject, values[0]) <= _rank(subject, values[1]):
            return False
        first, second = tree.find_data("value")
        low, high = (self.node.text[slice(*span_of(part))] for part in (first, second))
        place = self.node.part(span_of(first)[0], span_of(second)[1])
        mend = f"{high} and {low}"
        self.resolver.findings.add(
            "between-upside-down", place, suggestion=mend, low=low, high=high
        )
        return True

    def _subject(self, tree: Tree[Token]) -> Subject | None:
        place = self.node.part(*span_of(next(tree.find_data("name"))))
        return self.resolver.names.find(self._name(tree), place, self.until)

    def _value(self, tree: Tree[Token], subject: Subject) -> Value | None:
        token = str(tree.children[0])
        quoted = token[0] in "\"'“「"
        text = token[1:-1] if quoted else token
        place = self.node.part(*span_of(tree))
        if quoted:
            return read_literal(text, subject, place, self.resolver.findings)
        if is_ordered(subject) and self.resolver.names.has(text):
            self.resolver.findings.add("fact-against-fact", place, name=subject.id, other=text)
            return None
        return self.resolver.value_at(text, subject, place)

    def _written(self, tree: Tree[Token]) -> str:
        """Return the test as written, behind the subject; a parameter with its value."""
        at = span_of(next(tree.find_data("name")))[1]
        text = ""
        for part in tree.find_data("value"):
            parameter = self.resolver.parameters.get(str(part.children[0]))
            if parameter is not None:
                stop = span_of(part)[1]
                text += f"{self.node.text[at:stop]} ({parameter.value})"
                at = stop
        return (text + self.node.text[at : span_of(tree)[1]]).strip()

    def _fits(self, tree: Tree[Token], subject: Subject, written: str) -> bool:
        code = _misfit(tree, subject)
        if code is not None:
            place = self.node.part(*span_of(tree))
            self.resolver.findings.add(
                code, place, name=subject.id, type=_type_name(subject), test=written
            )
        return code is None


def _build(tree: Tree[Token], subject: Subject, values: list[Value], written: str) -> Test:
    match tree.data:
        case "alone":
            return Compare(subject.id, Op.EQ, True, "= true")  # noqa: FBT003 - the value of a flag
        case "between":
            return Between(subject.id, values[0], values[1], written)
        case "one_of":
            return OneOf(subject.id, tuple(values), written)
        case "not_one_of":
            return OneOf(subject.id, tuple(values), written, negated=True)
        case "contains":
            return Contains(subject.id, str(values[0]), written)
        case "known" | "missing":
            return Presence(subject.id, tree.data == "known", written)
    return Compare(subject.id, _operator(tree), values[0], written)


def _operator(tree: Tree[Token]) -> Op:
    token = next(part for part in tree.children if isinstance(part, Token))
    return Op(str(token).translate(_ASCII_OPERATORS))


def _misfit(tree: Tree[Token], subject: Subject) -> str | None:
    """Return why a kind of test does not go with a subject, as the code of a finding."""
    match tree.data:
        case "alone":
            return None if subject.type is FactType.FLAG else "not-a-flag"
        case "known" | "missing":
            return None if subject.kind is SubjectKind.FACT else "always-known"
        case "contains":
            is_text = subject.kind is SubjectKind.RULES or subject.type is FactType.TEXT
            return None if is_text else "contains-needs-text"
    if subject.kind is SubjectKind.RULES:
        return "fired-needs-contains"
    ordering = tree.data == "between" or (
        tree.data == "comparison" and _operator(tree) not in (Op.EQ, Op.NE)
    )
    return "no-order" if ordering and not is_ordered(subject) else None


def is_ordered(subject: Subject) -> bool:
    """Whether ``<`` and ``between`` mean something for a subject."""
    if subject.kind is SubjectKind.POINTS or subject.id == "grade":
        return True
    if subject.fact is not None and subject.fact.type is FactType.CHOICE:
        return subject.fact.ordered
    return subject.type in NUMERIC or subject.type is FactType.DATE


def _rank(subject: Subject, value: Value) -> Any:
    """Return what the values of an ordered subject are compared by."""
    if subject.kind is SubjectKind.LABEL:
        return subject.labels.index(str(value))
    if subject.fact is not None and subject.type is FactType.CHOICE:
        return subject.fact.position(value)
    return value


def _type_name(subject: Subject) -> str:
    return "points" if subject.kind is SubjectKind.POINTS else str(subject.type)
