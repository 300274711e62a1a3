"""Python functions generated from a book: one that reads many conditions, or all formulas, at once.

A condition is written as two plain expressions: that it is true, and that it is false, which is
that its opposite is true (De Morgan's laws hold in Kleene's logic). It is unknown when it is
neither. Only text of ours becomes code: the ids and values of a book come in by names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, TypeVar

from leadgrade.engine.kleene import Orders, Values
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
    without_not,
)

T = TypeVar("T")

DEEPEST = 20
"""Levels of parentheses in one expression; Python reads no more than 200."""

SIGNS = {Op.EQ: "==", Op.NE: "!=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


@lru_cache(maxsize=64)
def _compiled(text: str) -> CodeType:
    """Compile a text. To explain a lead, a book is read in several ways with much in common."""
    return compile(text, "<generated from a book>", "exec")


class Source:
    """The source of a function of what is known of a lead, while it is being written."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._constants: dict[str, Any] = {"__builtins__": {}}
        self._names: dict[int, str] = {}
        self._facts: dict[str, str] = {}
        self._lines: list[str] = []

    def function(self, *, result: str) -> Callable[[Values], Any]:
        """Return the function that runs the lines and returns an expression."""
        read = f"({''.join(f'{local}, ' for local in self._facts.values())})"
        known = f"{self.constant(map)}(values.get, {self.constant(tuple(self._facts))})"
        body = [f"{read} = {known}", *self._lines, f"return {result}"]
        text = "\n    ".join(("def function(values):", *body))
        exec(_compiled(text), self._constants)  # noqa: S102
        return self._constants["function"]  # type: ignore[no-any-return]

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(text)

    def set(self, expression: str) -> str:
        """Keep the value of an expression, and return the name it has from then on."""
        name = f"t{len(self._lines)}"
        self.line(f"{name} = {expression}")
        return name

    def constant(self, value: object) -> str:
        """Return the name by which the function knows a value."""
        if id(value) not in self._names:  # what has a name lives on: no other gets its id
            self._names[id(value)] = name = f"k{len(self._names)}"
            self._constants[name] = value
        return self._names[id(value)]

    def known(self, fact: str) -> str:
        """Return the variable that has what is known of a subject: None where it is unknown."""
        return self._facts.setdefault(fact, f"v{len(self._facts)}")

    def true(self, condition: Condition) -> str:
        """Return the expression of whether a condition is true."""
        return self._true(without_not(condition), 0)

    def false(self, condition: Condition) -> str:
        """Return the expression of whether a condition is false."""
        return self._true(without_not(condition, negate=True), 0)

    def _true(self, condition: Condition, level: int) -> str:
        match condition:
            case All(parts) | AnyOf(parts):
                sign = " and " if isinstance(condition, All) else " or "
                each = [self._true(part, level + 1) for part in parts]
                whole = f"({sign.join(each)})" if each else str(isinstance(condition, All))
                return self.set(whole) if level and level % DEEPEST == 0 else whole
            case Not():
                raise AssertionError("no condition without_not has one")
            case _:
                return self.test(condition)

    def test(self, test: Test) -> str:
        """Return the expression of whether a test is true."""
        value = self.known(test.subject)
        if isinstance(test, Presence):
            return f"{value} is not None" if test.known else f"{value} is None"
        return f"({value} is not None and {self._holds(test, value)})"

    def _holds(self, test: Compare | Between | OneOf | Contains, value: str) -> str:
        """Return the expression of what a test says of a known value."""
        order = self._orders.get(test.subject)
        key = value if order is None else f"{self.constant(order)}[{value}]"

        def end(wanted: object) -> str:
            return self.constant(wanted if order is None else order[str(wanted)])

        match test:
            case Compare(_, op, wanted):
                return f"{key} {SIGNS[op]} {end(wanted)}"
            case Between(_, low, high):
                holds = f"{end(low)} <= {key} <= {end(high)}"
            case OneOf(_, values):
                holds = f"{value} in {self.constant(frozenset(values))}"
            case Contains(_, needle):
                holds = f"{self.constant(needle)} in {value}"
        return f"not ({holds})" if test.negated else holds


def true_ones(named: Iterable[tuple[T, Condition]], source: Source) -> Callable[[Values], list[T]]:
    """Return a function that gives the names of the conditions that are true, in their order."""
    source.line("found = []")
    for name, condition in named:
        source.line(f"if {source.true(condition)}: found.append({source.constant(name)})")
    return source.function(result="found")


def weighed_ones(
    named: Iterable[tuple[T, Condition]], source: Source
) -> Callable[[Values], tuple[list[T], list[T]]]:
    """Return a function that gives the names of the conditions that are true, and of the unknown.

    Both are in their order.
    """
    source.line("found, unknown = [], []")
    for name, condition in named:
        key = source.constant(name)
        true, false = source.true(condition), source.false(condition)
        source.line(f"if {true}: found.append({key})")
        source.line(f"elif not {false}: unknown.append({key})")
    return source.function(result="found, unknown")


def unknown_ones(
    named: Iterable[tuple[T, Condition]], source: Source
) -> Callable[[Values], list[T]]:
    """Return a function that gives the names of the conditions that are unknown, in their order."""
    source.line("found = []")
    for name, condition in named:
        settled = f"{source.false(condition)} or {source.true(condition)}"
        source.line(f"if not ({settled}): found.append({source.constant(name)})")
    return source.function(result="found")


def first_ones(
    groups: Mapping[str, Sequence[tuple[Condition, T]]], source: Source
) -> Callable[[Values], tuple[dict[str, T], list[str]]]:
    """Return a function that looks at conditions group by group, each with what it gives.

    It gives, by name of the group, what its first true condition gives; and the groups that have
    none where one may be. Both are in the order of the groups.
    """
    source.line("found, unknown = {}, []")
    for name, cases in groups.items():
        key = source.constant(name)
        for condition, given in reversed(cases):  # the first has the last word
            source.line(f"if {source.true(condition)}: found[{key}] = {source.constant(given)}")
        none = source.false(AnyOf(tuple(condition for condition, _ in cases)))
        source.line(f"if {key} not in found and not {none}: unknown.append({key})")
    return source.function(result="found, unknown")
