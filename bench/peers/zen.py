"""GoRules zen-engine, in the two ways that its documentation shows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import zen

from bench.peers.base import Peer, Seen, beyond, bits, joined
from bench.workload import NEED_CRITERION, Clause, Condition, Outcome, Test, Work


class ZenExpression(Peer):
    """The whole decision as one expression, compiled once.

    Of the ways tried this was the fastest: a number for each group of outcomes, which carries the
    bits of those that fired and, below them, their points; two to three times as fast as a list
    of true and false.
    """

    def __init__(self, work: Work) -> None:
        groups = [*_groups(work)]
        lines = [
            f"m{place} = {_balanced([*map(_flagged, range(GROUP), members)])}"
            for place, (_, members) in enumerate(groups)
        ]
        for number, (low, high) in enumerate(work.ranges.values()):
            own = [f"m{place} % {SHIFT}" for place, (at, _) in enumerate(groups) if at == number]
            lines.append(f"k{number} = min([{high}, max([{low}, {' + '.join(own) or 0}])])")
        lines += [f"o{n} = {joined(each.when, _test)}" for n, each in enumerate(work.knock_outs)]
        lines += [_score(work), f"e = {_earned(work)}"]
        masks, criteria, outs = (
            ", ".join(f"{letter}{number}" for number in range(count))
            for letter, count in (
                ("m", len(groups)),
                ("k", len(work.ranges)),
                ("o", len(work.knock_outs)),
            )
        )
        result = f"{{f: [{masks}], k: [{criteria}], o: [{outs}], g: {_kept(work)}}}"
        self._evaluate = zen.compile_expression("; ".join([*lines, result])).evaluate
        self._grades = work.grades
        numbers = {id(each): number for number, each in enumerate(work.outcomes)}
        self._members = [[numbers[id(each)] for each in members] for _, members in groups]

    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads."""
        evaluate = self._evaluate
        return [evaluate(lead) for lead in leads]

    def seen(self, answer: Any) -> Seen:
        """Return an answer to compare."""
        fired = [
            members[place]
            for members, mask in zip(self._members, answer["f"], strict=True)
            for place in bits(int(mask) // SHIFT)
        ]
        return Seen(
            tuple(sorted(fired)),
            tuple(int(each) for each in answer["k"]),
            tuple(number for number, out in enumerate(answer["o"]) if out),
            self._grades[int(answer["g"])],
        )


GROUP, SHIFT = 40, 1000
"""So many outcomes to a number, and what their bits are multiplied with: a double holds both."""


def _groups(work: Work) -> Iterator[tuple[int, list[Outcome]]]:
    for number, name in enumerate(work.ranges):
        own = [each for each in work.outcomes if each.criterion == name]
        for begin in range(0, len(own), GROUP):
            yield number, own[begin : begin + GROUP]


def _flagged(place: int, outcome: Outcome) -> str:
    return f"({joined(outcome.when, _test)} ? {2**place * SHIFT + outcome.points} : 0)"


class ZenTable(Peer):
    """A decision table that collects the rows that match, and an expression node behind it.

    Evaluated by key on an engine with a loader: that keeps the compiled graph. An evaluation of
    what ``create_decision`` gives took five times as long.
    """

    def __init__(self, work: Work) -> None:
        loader = {"type": "static", "content": {"book": _graph(work)}}
        self._evaluate = zen.ZenEngine({"loader": loader}).evaluate
        self._grades = work.grades

    def decide_all(self, leads: Sequence[Any]) -> list[Any]:
        """Decide leads."""
        evaluate = self._evaluate
        return [evaluate("book", lead)["result"] for lead in leads]

    def seen(self, answer: Any) -> Seen:
        """Return an answer to compare."""
        return Seen(
            tuple(int(number) for number in answer["f"]),
            tuple(int(each) for each in answer["k"]),
            tuple(number for number, out in enumerate(answer["o"]) if out),
            self._grades[int(answer["g"])],
        )


def _test(test: Test) -> str:
    if test.op == "is":
        return f"{test.fact} == true"
    if isinstance(test.value, tuple):
        return f"{test.fact} in {json.dumps(test.value)}"
    return f"({test.fact} ?? {beyond(test)}) {test.op} {test.value}"


def _balanced(parts: Sequence[str]) -> str:
    """Return a sum as a balanced tree: a thousand nested parentheses are too deep for parsers."""
    if len(parts) < 3:
        return " + ".join(parts) or "0"
    half = len(parts) // 2
    return f"({_balanced(parts[:half])}) + ({_balanced(parts[half:])})"


def _score(work: Work) -> str:
    return f"s = {' + '.join(f'k{number}' for number in range(len(work.ranges)))}"


def _earned(work: Work) -> str:
    need = f"k{[*work.ranges].index(NEED_CRITERION)} >= {work.need}"
    text = str(len(work.floors))
    for place, floor in reversed([*enumerate(work.floors.values())]):
        more = "" if place else f" and {need}"
        text = f"(s >= {floor}{more} ? {place} : {text})"
    return text


def _kept(work: Work) -> str:
    lids = [f"o{n} ? {work.grades.index(o.grade)} : 0" for n, o in enumerate(work.knock_outs)]
    return f"max([e, {', '.join(lids)}])"


def _graph(work: Work) -> dict[str, Any]:
    """Return the decision graph: input, table, expressions, output."""
    facts = sorted({t.fact for o in work.outcomes for c in o.when if len(c) == 1 for t in c})
    inputs = [{"id": f"i-{fact}", "name": fact, "field": fact} for fact in facts]
    inputs.append({"id": "i-any", "name": "any"})  # without a field: a whole expression a cell
    outputs = [
        {"id": f"o-{each}", "name": each, "field": each}
        for each in ("number", "criterion", "points")
    ]
    names = [*work.ranges]
    rules = [
        {
            "_id": f"row-{number}",
            **_cells(each.when),
            "o-number": str(number),
            "o-criterion": str(names.index(each.criterion)),
            "o-points": str(each.points),
        }
        for number, each in enumerate(work.outcomes)
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": outputs,
        "rules": rules,
        "passThrough": True,
        "inputField": None,
        "outputPath": "rows",
        "executionMode": "single",
    }
    expressions = {
        "expressions": [
            {"id": f"x-{key}", "key": key, "value": value} for key, value in _behind(work)
        ],
        "passThrough": False,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "sum", "type": "expressionNode", "name": "sum", "content": expressions},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    order = ["in", "table", "sum", "out"]
    edges = [
        {"id": f"e-{left}", "sourceId": left, "targetId": right, "type": "edge"}
        for left, right in itertools.pairwise(order)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _behind(work: Work) -> Iterator[tuple[str, str]]:
    """Yield what is computed from the rows that matched; ``$`` is what stands before."""
    ranges = [*work.ranges.values()]
    totals = [
        f"max([{low}, min([{high}, sum(map(filter(rows, #.criterion == {n}), #.points))])])"
        for n, (low, high) in enumerate(ranges)
    ]
    yield "f", "map(rows, #.number)"
    yield "k", f"[{', '.join(totals)}]"
    yield "o", f"[{', '.join(joined(each.when, _test) for each in work.knock_outs)}]"
    need = f"$.k[{[*work.ranges].index(NEED_CRITERION)}] >= {work.need}"
    earned = str(len(work.floors))
    for place, floor in reversed([*enumerate(work.floors.values())]):
        more = "" if place else f" and {need}"
        earned = f"(sum($.k) >= {floor}{more} ? {place} : {earned})"
    lids = [
        f"($.o[{n}] ? {work.grades.index(each.grade)} : 0)"
        for n, each in enumerate(work.knock_outs)
    ]
    yield "g", f"max([{earned}, {', '.join(lids)}])"


def _cells(condition: Condition) -> dict[str, str]:
    """Return the cells of a row: one for each fact that is tested alone, one for the rest."""
    cells: dict[str, list[str]] = {}
    whole: list[Clause] = []
    for clause in condition:
        if len(clause) > 1:
            whole.append(clause)
        else:
            cells.setdefault(clause[0].fact, []).append(_cell(clause[0]))
    found = {f"i-{fact}": " and ".join(tests) for fact, tests in cells.items()}
    if whole:
        found["i-any"] = joined(tuple(whole), _test)
    return found


def _cell(test: Test) -> str:
    if isinstance(test.value, tuple):
        return ", ".join(f"'{each}'" for each in test.value)
    return f"{test.op} {test.value}"  # an unknown fact passes no such cell
