"""The measured book as people write it: YAML for the loader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bench.facts import BY_ID, FACTS, Fact, day
from bench.workload import NEED_CRITERION, Condition, Outcome, Test, Work


def book_text(work: Work) -> str:
    """Return the book in YAML."""
    return "\n".join(_lines(work)) + "\n"


def _lines(work: Work) -> Iterator[str]:
    yield "book: bench"
    yield "currency: CNY"
    yield "lead_id: [lead_id]"
    yield "facts:"
    yield from map(_fact, FACTS)
    yield "criteria:"
    for name, (low, high) in work.ranges.items():
        own = [each for each in work.outcomes if each.criterion == name]
        yield f"  {name}:"
        yield f"    range: [{low}, {high}]"
        if own:
            yield "    rules:"
        for _, outcomes in itertools.groupby(own, key=lambda each: each.rule):
            yield from _rule([*outcomes])
    yield "knock_outs:"
    for knock_out in work.knock_outs:
        yield f"  - {{id: {knock_out.id}, when: {_when(knock_out.when)}, grade: {knock_out.grade}}}"
    yield "grades:"
    for place, (grade, floor) in enumerate(work.floors.items()):
        needs = f", needs: {NEED_CRITERION} >= {work.need}" if place == 0 else ""
        yield f"  {grade}: {{from: {floor}{needs}}}"
    yield f"  {work.grades[-1]}: {{}}"
    yield "qualified: grade in [A, B]"
    yield "classes:"
    yield "  cell:"
    yield "    rows: intent"
    yield "    columns: grade"
    yield "    table:"
    for row in BY_ID["intent"].values:
        cells = ", ".join(f"{grade}: {row}-{grade}" for grade in work.grades)
        yield f"      {row}: {{{cells}}}"
    yield "next_steps:"
    yield "  - {id: close, when: grade = A, do: Agree a signing date, within: 1 day}"
    yield "  - {id: visit, when: [grade = B, not refused], do: Visit, within: 2 weeks}"
    yield "  - {id: find-out, when: annual_revenue is missing, do: Ask for the revenue}"


def _fact(fact: Fact) -> str:
    more = ""
    if fact.values:
        more = f", values: [{', '.join(fact.values)}], ordered: {str(fact.ordered).lower()}"
    return f"  {fact.id}: {{type: {fact.type}{more}}}"


def _rule(outcomes: list[Outcome]) -> Iterator[str]:
    first = outcomes[0]
    yield f"      - id: {first.rule}"
    if first.shape != "bands":
        yield f"        when: {_when(first.when)}"
        yield f"        points: {first.points}"
        return
    fact = BY_ID[first.when[0][0].fact]
    yield f"        fact: {fact.id}"
    yield "        bands:"
    for each in outcomes:
        begin = each.when[0][0].value
        assert isinstance(begin, float)  # noqa: S101 - bands are of numbers
        yield f"          - {{from: {_value(fact, begin)}, points: {each.points}}}"


def _when(condition: Condition) -> str:
    return f"[{', '.join(map(_clause, condition))}]"


def _clause(clause: tuple[Test, ...]) -> str:
    tests = [_test(each) for each in clause]
    return tests[0] if len(tests) == 1 else f"{{any: [{', '.join(tests)}]}}"


def _test(test: Test) -> str:
    if test.op == "is":
        return test.fact
    if isinstance(test.value, tuple):
        return f'"{test.fact} in [{", ".join(test.value)}]"'
    return f"{test.fact} {test.op} {_value(BY_ID[test.fact], test.value)}"


def _value(fact: Fact, value: float) -> str:
    match fact.type:
        case "percent":
            return f"{value * 100:.1f}%"
        case "days":
            return f"{value:.0f} days"
        case "date":
            return day(value).isoformat()
    return f"{value:.0f}"
