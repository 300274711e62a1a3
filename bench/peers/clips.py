"""CLIPS by clipspy: a rule for each outcome, a template fact for each lead, chained forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import clips

from bench.facts import BY_ID, FACTS, Fact
from bench.lists import Facts
from bench.peers.base import BELOW, Peer, Seen
from bench.workload import NEED_CRITERION, Condition, Test, Work

YES, NO = clips.Symbol("TRUE"), clips.Symbol("FALSE")


class Clips(Peer):
    """Totals, knock-outs and grade are derived by CLIPS, too."""

    def __init__(self, work: Work) -> None:
        self._environment = clips.Environment()
        for construct in _constructs(work):
            self._environment.build(construct)
        self._environment.reset()
        self._template = self._environment.find_template("lead")
        self._globals = [
            self._environment.find_global(n) for n in ("fired", "outs", "totals", "grade")
        ]

    def prepare(self, leads: Sequence[Facts]) -> Sequence[Any]:
        """Return leads as slots of a fact; what is unknown has the default of its slot."""
        return [
            {name: _slot_value(value) for name, value in lead.items() if value is not None}
            for lead in leads
        ]

    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads."""
        return [self._decide(lead) for lead in leads]

    def _decide(self, slots: dict[str, Any]) -> Any:
        fact = self._template.assert_fact(**slots)
        self._environment.run()
        fact.retract()
        return tuple(each.value for each in self._globals)

    def seen(self, answer: Any) -> Seen:
        """Return an answer to compare."""
        fired, outs, totals, grade = answer
        return Seen(tuple(sorted(fired)), tuple(totals), tuple(sorted(outs)), str(grade))


def _slot_value(value: Any) -> Any:
    return (YES if value else NO) if isinstance(value, bool) else value


def _constructs(work: Work) -> Iterator[str]:
    slots = " ".join(f"(slot {each.id} (default {_not_known(each)}))" for each in FACTS)
    names = [*work.ranges]
    sums = " ".join(f"?*k{number}*" for number in range(len(names)))
    clear = "".join(f" (bind ?*k{number}* 0)" for number in range(len(names)))
    yield f"(deftemplate lead {slots})"
    for name in ("fired", "outs", "totals"):
        yield f"(defglobal ?*{name}* = (create$))"
    yield "(defglobal ?*grade* = nil)"
    for number in range(len(names)):
        yield f"(defglobal ?*k{number}* = 0)"
    yield (
        "(deffunction lid (?at-most) "
        "(if (> (str-compare ?at-most ?*grade*) 0) then (bind ?*grade* ?at-most)))"
    )
    yield (
        "(defrule begin (declare (salience 100)) (lead) => "
        f"(bind ?*fired* (create$)) (bind ?*outs* (create$)) (bind ?*grade* A){clear})"
    )
    for number, each in enumerate(work.outcomes):
        total = f"?*k{names.index(each.criterion)}*"
        yield (
            f"(defrule fire-{number} {_pattern(each.when)} => "
            f"(bind ?*fired* ?*fired* {number}) (bind {total} (+ {total} {each.points})))"
        )
    for number, knock_out in enumerate(work.knock_outs):
        yield (
            f"(defrule out-{number} {_pattern(knock_out.when)} => "
            f"(bind ?*outs* ?*outs* {number}) (lid {knock_out.grade}))"
        )
    clamps = "".join(
        f" (bind ?*k{number}* (max {low} (min {high} ?*k{number}*)))"
        for number, (low, high) in enumerate(work.ranges.values())
    )
    yield (
        f"(defrule end (declare (salience -100)) (lead) => {clamps} "
        f"(bind ?*totals* {sums}) (lid {_earned(work, names, sums)}))"
    )


def _earned(work: Work, names: list[str], sums: str) -> str:
    text = work.grades[-1]
    for place, (grade, floor) in reversed([*enumerate(work.floors.items())]):
        fits = f"(>= (+ {sums}) {floor})"
        if place == 0:
            fits = f"(and {fits} (>= ?*k{names.index(NEED_CRITERION)}* {work.need}))"
        text = f"(if {fits} then {grade} else {text})"
    return text


def _pattern(condition: Condition) -> str:
    """Return a pattern on the lead; tests on one slot stand in it, those on several behind it."""
    slots: dict[str, list[str]] = {}
    behind = ""
    for clause in condition:
        if len(clause) == 1:
            slots.setdefault(clause[0].fact, []).append(_slot(clause[0]))
        else:
            for each in clause:
                slots.setdefault(each.fact, [])
            behind = f" (test (or {' '.join(map(_call, clause))}))"
    inner = " ".join(f"({fact} {'&'.join([f'?{fact}', *tests])})" for fact, tests in slots.items())
    return f"(lead {inner}){behind}"


def _slot(test: Test) -> str:
    if test.op == "is":
        return "TRUE"
    if isinstance(test.value, tuple):
        return "|".join(f'"{each}"' for each in test.value)
    return f":{_call(test)}"


def _call(test: Test) -> str:
    if test.op == "is":
        return f"(eq ?{test.fact} TRUE)"
    assert BY_ID[test.fact].type != "choice"  # noqa: S101 - a choice is tested in its slot
    if test.op in {"<", "<="}:
        return f"({test.op} {BELOW / 2} ?{test.fact} {test.value})"
    return f"({test.op} ?{test.fact} {test.value})"


def _not_known(fact: Fact) -> str:
    """Return what stands for an unknown fact: below all numbers of the work, and no text."""
    return "nil" if fact.type in {"choice", "flag"} else f"{BELOW:.1f}"
