"""business-rules: rules as JSON, facts as methods, what follows as actions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation, getcontext
from typing import Any

from business_rules.actions import BaseActions, rule_action
from business_rules.engine import run
from business_rules.fields import FIELD_NUMERIC
from business_rules.variables import (
    BaseVariables,
    boolean_rule_variable,
    numeric_rule_variable,
    select_rule_variable,
)

from bench.facts import FACTS, Fact
from bench.lists import Facts
from bench.peers.base import Grading, Peer, Seen
from bench.workload import Condition, Test, Work

NOT_KNOWN = Decimal("NaN")
"""No comparison with it is true, once the decimal context lets it be compared."""

NUMBERS = frozenset({"money", "number", "percent", "days", "date"})

OPERATORS = {
    ">=": "greater_than_or_equal_to",
    ">": "greater_than",
    "<=": "less_than_or_equal_to",
    "<": "less_than",
}


class BusinessRules(Peer):
    """It runs an action for each rule that holds; the totals are added up in Python."""

    def __init__(self, work: Work) -> None:
        getcontext().traps[InvalidOperation] = False
        rules = [("fire", n, each.when) for n, each in enumerate(work.outcomes)]
        rules += [("knock_out", n, each.when) for n, each in enumerate(work.knock_outs)]
        self._rules = [
            {
                "conditions": _conditions(when),
                "actions": [{"name": action, "params": {"number": number}}],
            }
            for action, number, when in rules
        ]
        self._grading = Grading(work)
        self._variables = type(
            "LeadVariables",
            (BaseVariables,),
            {"__init__": _keep, **{each.id: _variable(each) for each in FACTS}},
        )

    def prepare(self, leads: Sequence[Facts]) -> Sequence[Any]:
        """Return leads with the decimals that the library compares."""
        return [
            {
                fact.id: _decimal(lead[fact.id]) if fact.type in NUMBERS else lead[fact.id]
                for fact in FACTS
            }
            for lead in leads
        ]

    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads."""
        return [self._decide(lead) for lead in leads]

    def _decide(self, lead: Any) -> Any:
        variables, found = self._variables(lead), Found()
        for rule in self._rules:
            run(rule, variables, found)
        totals = self._grading.add_up(found.fired)
        return found.fired, totals, found.outs, self._grading.grade(totals, found.outs)

    def seen(self, answer: Any) -> Seen:
        """Return an answer to compare."""
        fired, totals, outs, grade = answer
        return Seen(tuple(fired), tuple(totals), tuple(outs), grade)


class Found(BaseActions):
    """What fired on a lead."""

    def __init__(self) -> None:
        self.fired: list[int] = []
        self.outs: list[int] = []

    @rule_action(params={"number": FIELD_NUMERIC})
    def fire(self, number: int) -> None:
        """Take note of an outcome."""
        self.fired.append(number)

    @rule_action(params={"number": FIELD_NUMERIC})
    def knock_out(self, number: int) -> None:
        """Take note of a knock-out."""
        self.outs.append(number)


def _keep(self: Any, lead: Any) -> None:
    self.lead = lead


def _decimal(value: Any) -> Decimal:
    return NOT_KNOWN if value is None else Decimal(repr(value))


def _variable(fact: Fact) -> Any:
    """Return the method that gives a fact."""
    name = fact.id
    if fact.type == "flag":

        def get(self: Any) -> bool:
            return self.lead[name] is True

        return boolean_rule_variable()(get)
    if fact.type == "choice":

        def chosen(self: Any) -> tuple[Any, ...]:
            return (self.lead[name],)

        return select_rule_variable()(chosen)

    def number(self: Any) -> Decimal:
        value: Decimal = self.lead[name]
        return value

    return numeric_rule_variable()(number)


def _conditions(condition: Condition) -> dict[str, Any]:
    clauses = [_clause([*map(_test, clause)]) for clause in condition]
    return clauses[0] if len(clauses) == 1 else {"all": clauses}


def _clause(tests: list[dict[str, Any]]) -> dict[str, Any]:
    return tests[0] if len(tests) == 1 else {"any": tests}


def _test(test: Test) -> dict[str, Any]:
    if test.op == "is":
        return {"name": test.fact, "operator": "is_true", "value": True}
    if isinstance(test.value, tuple):
        values = [
            {"name": test.fact, "operator": "contains", "value": value} for value in test.value
        ]
        return _clause(values)
    limit = Decimal(repr(test.value))
    return {"name": test.fact, "operator": OPERATORS[test.op], "value": limit}
