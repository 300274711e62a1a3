"""Plain Python: one function, written from the rules and compiled once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from bench.peers.base import Peer, Seen, joined
from bench.workload import NEED_CRITERION, Conditional, Test, Work


class PlainPython(Peer):
    """What somebody would write by hand who needs no engine."""

    def __init__(self, work: Work) -> None:
        space: dict[str, Any] = {}
        exec("\n".join(_lines(work)), space)  # noqa: S102 - our own text, made of our own rules
        self._decide = space["decide"]

    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads."""
        decide = self._decide
        return [decide(lead) for lead in leads]

    def seen(self, answer: Any) -> Seen:
        """Return an answer to compare."""
        fired, criteria, knock_outs, grade = answer
        return Seen(tuple(fired), tuple(criteria), tuple(knock_outs), grade)


def _lines(work: Work) -> Iterator[str]:
    names = [*work.ranges]
    asked: list[Conditional] = [*work.outcomes, *work.knock_outs]
    facts = sorted({test.fact for each in asked for clause in each.when for test in clause})
    yield "def decide(lead):"
    for fact in facts:
        yield f"    {fact} = lead['{fact}']"
    yield "    fired = []; fire = fired.append"
    yield f"    {' = '.join(f'k{number}' for number in range(len(names)))} = 0"
    numbered = enumerate(work.outcomes)
    for _, outcomes in itertools.groupby(numbered, key=lambda each: each[1].rule):
        for place, (number, each) in enumerate(outcomes):
            yield f"    {'el' if place else ''}if {joined(each.when, _test)}:"
            yield f"        fire({number}); k{names.index(each.criterion)} += {each.points}"
    for number, (low, high) in enumerate(work.ranges.values()):
        yield f"    k{number} = {low} if k{number} < {low} else min(k{number}, {high})"
    yield "    out = []"
    need = f"k{names.index(NEED_CRITERION)} >= {work.need}"
    yield f"    score = {' + '.join(f'k{number}' for number in range(len(names)))}"
    for place, (grade, floor) in enumerate(work.floors.items()):
        more = "" if place else f" and {need}"
        yield f"    {'el' if place else ''}if score >= {floor}{more}: grade = '{grade}'"
    yield f"    else: grade = '{work.grades[-1]}'"
    for number, knock_out in enumerate(work.knock_outs):
        yield f"    if {joined(knock_out.when, _test)}:"
        yield f"        out.append({number}); grade = max(grade, '{knock_out.grade}')"
    criteria = ", ".join(f"k{number}" for number in range(len(names)))
    yield f"    return fired, ({criteria}), out, grade"


def _test(test: Test) -> str:
    if test.op == "is":
        return test.fact
    if test.op == "in":
        return f"{test.fact} in {test.value!r}"  # None is in none of them
    return f"({test.fact} is not None and {test.fact} {test.op} {test.value!r})"
