"""Formulas as written -> the model: names found, functions checked."""

from __future__ import annotations

from collections.abc import Mapping

from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.formulas import (
    ARITY,
    OF_DATES,
    Arithmetic,
    Call,
    Formula,
    Function,
    Number,
    Reading,
)
from leadgrade.rules.model import NUMERIC, Fact, FactType, Parameter
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.misreading import MisreadError
from leadgrade.rules.text.nodes import Scalar
from leadgrade.rules.text.parsing import Branch, parse_formula
from leadgrade.rules.values import ValueReadError, parse_number, parse_percent

_DATES = frozenset({FactType.DATE})


class FormulaReader:
    """Reads formulas over the facts of one book."""

    def __init__(
        self,
        known: set[str],
        facts: Mapping[str, Fact],
        parameters: Mapping[str, Parameter],
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

    def _formula(self, tree: Branch, node: Scalar) -> Formula:
        word = tree.word.text
        match tree.kind:
            case "number":
                return self._number(word, node.part(*tree.place))
            case "reading":
                return self._reading(tree, node, dates=False)
            case "minus" if word == "-":
                return Arithmetic(Number(0.0), "-", self._formula(tree.parts[0], node))
            case "minus":
                return self._formula(tree.parts[0], node)
            case "call":
                return self._call(tree, node)
        left, right = (self._formula(part, node) for part in tree.parts)
        return Arithmetic(left, word, right)

    def _number(self, text: str, place: Span) -> Formula:
        try:
            return Number(_figure(text))
        except ValueReadError:
            self._findings.add("formula-number", place, text=text)
            return Number(0.0)

    def _reading(self, tree: Branch, node: Scalar, *, dates: bool) -> Formula:
        name, place = tree.word.text, node.part(*tree.place)
        if name in self._parameters and not dates:
            return self._parameter(name, place)
        if name not in self._known:
            likely = nearest(name, [*self._known, *self._parameters])
            self._findings.add("unknown-name", place, suggestion=likely, name=name)
        elif (kind := self._type(name)) not in (_DATES if dates else NUMERIC):
            wanted = "date" if dates else "number"
            self._findings.add("formula-type", place, name=name, type=kind, wanted=wanted)
        return Reading(name)

    def _type(self, name: str) -> FactType:
        """Return the type of a fact; every derived one is some kind of number."""
        return self._facts[name].type if name in self._facts else FactType.NUMBER

    def _parameter(self, name: str, place: Span) -> Formula:
        text = self._parameters[name].value
        try:
            return Number(_figure(text))
        except ValueReadError:
            self._findings.add("parameter-not-a-number", place, name=name, text=text)
            return Number(0.0)

    def _call(self, tree: Branch, node: Scalar) -> Formula:
        name, place = tree.word.text, node.part(*tree.place)
        if name not in list(Function):
            likely = nearest(name, list(Function))
            functions = ", ".join(Function)
            self._findings.add(
                "unknown-function", place, suggestion=likely, name=name, functions=functions
            )
            return Number(0.0)
        function = Function(name)
        least, most = ARITY[function]
        count = len(tree.parts)
        if count < least or (most is not None and count > most):
            self._findings.add("function-arguments", place, name=name, count=count)
        if function in OF_DATES:
            return Call(function, tuple(self._date(part, node) for part in tree.parts))
        return Call(function, tuple(self._formula(part, node) for part in tree.parts))

    def _date(self, tree: Branch, node: Scalar) -> Formula:
        if tree.kind == "reading":
            return self._reading(tree, node, dates=True)
        self._findings.add("formula-wants-date", node.part(*tree.place))
        return Number(0.0)


def _figure(text: str) -> float:
    return parse_percent(text) if text.rstrip().endswith("%") else parse_number(text)
