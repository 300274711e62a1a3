"""Conditions and formulas as written -> the resolved model: names found, values typed."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from leadgrade.rules.building.literals import read_literal
from leadgrade.rules.building.names import Names, Stratum, Subject, SubjectKind
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
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.model import NUMERIC, FactType, Parameter
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.misreading import MisreadError
from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar
from leadgrade.rules.text.parsing import Branch, Word, parse_condition

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

    def condition(self, tree: Branch) -> Condition:
        match tree.kind:
            case "all_of":
                return All(tuple(self.condition(part) for part in tree.parts))
            case "any_of":
                return AnyOf(tuple(self.condition(part) for part in tree.parts))
            case "negation":
                return Not(self.condition(tree.parts[0]))
            case "alone" if tree.word.text in self.resolver.conditions:
                return self.resolver.named(tree.word.text, self._place(tree.word), self.until)
            case "in_list" | "not_in_list":
                return self._in_list(tree)
        return self._test(tree)

    def _place(self, word: Word) -> Span:
        return self.node.part(word.start, word.end)

    def _in_list(self, tree: Branch) -> Condition:
        subject = self._subject(tree)
        name = tree.values[0]
        if subject is None:
            return NOTHING
        if name.text not in self.resolver.lists:
            likely = nearest(name.text, self.resolver.lists)
            mend = likely or f"[{name.text}]"
            self.resolver.findings.add(
                "unknown-list", self._place(name), suggestion=mend, name=name.text
            )
            return NOTHING
        if not self._fits(tree, subject, self._written(tree)):
            return NOTHING
        items = self.resolver.lists[name.text]
        values = [self.resolver.value(item.text, subject, item) for item in items]
        known = tuple(value for value in values if value is not None)
        shown = ", ".join(item.text for item in items)
        negated = tree.kind == "not_in_list"
        written = f"{'not in' if negated else 'in'} {name.text} [{shown}]"
        return OneOf(subject.id, known, written, negated=negated)

    def _test(self, tree: Branch) -> Condition:
        subject = self._subject(tree)
        if subject is None:
            return NOTHING
        written = self._written(tree)
        if not self._fits(tree, subject, written):
            return NOTHING
        values = [self._value(word, subject) for word in tree.values]
        known = [value for value in values if value is not None]
        if len(known) != len(values) or self._upside_down(tree, subject, known):
            return NOTHING
        return _build(tree, subject, known, written)

    def _upside_down(self, tree: Branch, subject: Subject, values: list[Value]) -> bool:
        """Note a ``between`` that no value fulfils."""
        if tree.kind != "between" or _rank(subject, values[0]) <= _rank(subject, values[1]):
            return False
        low, high = tree.values
        place = self.node.part(low.start, high.end)
        mend = f"{high.text} and {low.text}"
        self.resolver.findings.add(
            "between-upside-down", place, suggestion=mend, low=low.text, high=high.text
        )
        return True

    def _subject(self, tree: Branch) -> Subject | None:
        return self.resolver.names.find(tree.word.text, self._place(tree.word), self.until)

    def _value(self, word: Word, subject: Subject) -> Value | None:
        quoted = word.text[0] in "\"'“「"
        text = word.text[1:-1] if quoted else word.text
        place = self._place(word)
        if quoted:
            return read_literal(text, subject, place, self.resolver.findings)
        if is_ordered(subject) and self.resolver.names.has(text):
            self.resolver.findings.add("fact-against-fact", place, name=subject.id, other=text)
            return None
        return self.resolver.value_at(text, subject, place)

    def _written(self, tree: Branch) -> str:
        """Return the test as written, behind the subject; a parameter with its value."""
        at = tree.word.end
        text = ""
        for word in tree.values:
            parameter = self.resolver.parameters.get(word.text)
            if parameter is not None:
                text += f"{self.node.text[at : word.end]} ({parameter.value})"
                at = word.end
        return (text + self.node.text[at : tree.end]).strip()

    def _fits(self, tree: Branch, subject: Subject, written: str) -> bool:
        code = _misfit(tree, subject)
        if code is not None:
            place = self.node.part(*tree.place)
            self.resolver.findings.add(
                code, place, name=subject.id, type=_type_name(subject), test=written
            )
        return code is None


def _build(tree: Branch, subject: Subject, values: list[Value], written: str) -> Test:
    match tree.kind:
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
            return Presence(subject.id, tree.kind == "known", written)
    return Compare(subject.id, _operator(tree), values[0], written)


def _operator(tree: Branch) -> Op:
    return Op(tree.operator.translate(_ASCII_OPERATORS))


def _misfit(tree: Branch, subject: Subject) -> str | None:
    """Return why a kind of test does not go with a subject, as the code of a finding."""
    match tree.kind:
        case "alone":
            return None if subject.type is FactType.FLAG else "not-a-flag"
        case "known" | "missing":
            return None if subject.kind is SubjectKind.FACT else "always-known"
        case "contains":
            is_text = subject.kind is SubjectKind.RULES or subject.type is FactType.TEXT
            return None if is_text else "contains-needs-text"
    if subject.kind is SubjectKind.RULES:
        return "fired-needs-contains"
    ordering = tree.kind == "between" or (
        tree.kind == "comparison" and _operator(tree) not in (Op.EQ, Op.NE)
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
