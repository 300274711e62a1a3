"""From values of facts, derived facts and points to the facts of a lead that really has them.

What is derived is solved backwards for the facts that it reads; points are looked up in what the
criteria can reach. Neither always succeeds, so each lead is decided, and shown only if it is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leadgrade.rules.checks.solving import CannotSolveError, Facts, Solver
from leadgrade.rules.conditions import (
    All,
    AnyOf,
    Condition,
    Contains,
    Not,
    Presence,
    Value,
    subjects_of,
)
from leadgrade.rules.formulas import Reading
from leadgrade.rules.model import Book
from leadgrade.rules.proving.domains import LABELS, Domains, holds, order_of
from leadgrade.rules.proving.proof import (
    FALSE,
    TRUE,
    UNKNOWN,
    Assignment,
    Goal,
    both,
    either,
    opposite,
)
from leadgrade.rules.proving.reach import BookReach

_DEFAULTS = (1_000_000.0, 100.0, 1.0, 0.0)


class Witness:
    """Finds leads for one book."""

    def __init__(
        self,
        book: Book,
        reach: BookReach,
        domains: Domains,
        oracle: Callable[[Mapping[str, Value]], Mapping[str, Any]],
    ) -> None:
        self._book = book
        self._reach = reach
        self._domains = domains
        self._oracle = oracle

    def lead(self, assignment: Assignment, goals: Sequence[Goal]) -> Facts | None:
        """Return the facts of a lead with these values that reaches the goals, or None."""
        whole = self._with_points(assignment)
        if whole is None:
            return None
        derived = {n: v for n, v in whole.items() if n in self._book.derived}
        known = {n: v for n, v in whole.items() if n in self._book.facts and v is not None}
        missing = {name for name, value in whole.items() if value is None}
        wanted: Facts = {name: value for name, value in derived.items() if value is not None}
        for default in (None, *_DEFAULTS) if wanted else (None,):
            for exactly in (True, False) if wanted else (True,):
                facts = self._solved(known, wanted, missing, default, exactly=exactly)
                if facts is not None and self._is_right(facts, goals):
                    return facts
        return None

    def _with_points(self, assignment: Assignment) -> Assignment | None:
        """Return the values with those of facts that give a criterion or the score its points."""
        found = dict(assignment)
        for name, value in assignment.items():
            if value is None or name not in (*self._book.criteria, "score"):
                continue
            wanted = int(_number(value))
            how = (
                self._reach.values_for_score(wanted)
                if name == "score"
                else self._reach.criteria[name].values_for(wanted)
            )
            if how is None or any(found.get(each, said) != said for each, said in how.items()):
                return None
            found |= how
        return found

    def _solved(
        self,
        known: Mapping[str, Value],
        wanted: Facts,
        missing: set[str],
        default: float | None,
        *,
        exactly: bool,
    ) -> Facts | None:
        """Return facts that give the derived facts their values, or at least let them be known."""
        solver = Solver(self._book, self._domains, dict(known), missing, default)
        try:
            for name, value in wanted.items():
                target = _number(value)
                if exactly:
                    solver.give(Reading(name), target)
                else:
                    solver.settle(Reading(name), target)
        except (CannotSolveError, ZeroDivisionError, OverflowError, ValueError):
            return None
        return solver.facts

    def _is_right(self, facts: Facts, goals: Sequence[Goal]) -> bool:
        read = {name for goal in goals for name in subjects_of(goal.condition)}
        values = facts if self._are_plain(read) else self._oracle(facts)
        return all(truth_of(self._book, goal.condition, values) & goal.wanted for goal in goals)

    def _are_plain(self, names: set[str]) -> bool:
        """Whether names are facts that are taken as they are given: nothing has to be decided."""
        facts = [self._book.facts.get(name) for name in names]
        return all(
            fact is not None and fact.if_unknown is None and fact.max_age_days is None
            for fact in facts
        )


def truth_of(book: Book, condition: Condition, values: Mapping[str, Any]) -> int:
    """Return what a condition says of a decided lead."""
    match condition:
        case All(parts):
            found = TRUE
            for part in parts:
                found = both(found, truth_of(book, part, values))
            return found
        case AnyOf(parts):
            found = FALSE
            for part in parts:
                found = either(found, truth_of(book, part, values))
            return found
        case Not(part):
            return opposite(truth_of(book, part, values))
    value = values.get(condition.subject)
    if isinstance(condition, Contains) and condition.subject in LABELS:
        value = condition.needle in (value or ())
    if value is None and not isinstance(condition, Presence):
        return UNKNOWN
    said = holds(condition, value, order_of(book, condition.subject))
    return TRUE if said else FALSE


def _number(value: object) -> float:
    assert isinstance(value, int | float)  # noqa: S101 - points and derived facts are numbers
    return float(value)
