"""The work as one hand-written DuckDB query: what somebody would write who knows DuckDB.

It owes nothing to leadgrade's own compiler. ``short`` gives what the other engines give: masks of
what fired, criteria, knock-outs, grade. ``full`` gives what leadgrade stores, too: what is open,
the possible scores and grades, class, next steps, qualified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.facts import BY_ID, day
from bench.peers.base import Seen, bits, joined
from bench.workload import NEED_CRITERION, Outcome, Test, Work

WIDTH = 60
"""So many outcomes to a mask: a BIGINT has 63 bits that can be added up."""


def query(work: Work, source: str, *, full: bool) -> str:
    """Return the query over ``source``, a table or a call such as ``read_parquet('…')``."""
    fired = [*_masks("m", [f"r{number}" for number in range(len(work.outcomes))])]
    outs = [*_masks("outs", [f"o{number}" for number in range(len(work.knock_outs))])]
    kept = ["lead_id", *_listed("m", fired), *_listed("k", work.ranges), "outs0"]
    facts = ["lead_id"]
    totals = [*_totals(work)]
    if full:
        facts += ["intent", "refused", "annual_revenue"]
        fired += [*_masks("u", [f"{each}" for each in _open(work)])]
        totals += [*_reaches(work)]
    steps = [
        ("conditions", [*facts, *_conditions(work)], source),
        ("totals", [*facts, *totals, *fired, *outs, *_knocked(work, full=full)], "conditions"),
        ("scores", ["*", *_scores(work, full=full)], "totals"),
        ("grades", ["*", *_grades(work, full=full)], "scores"),
    ]
    last = [*kept, "grade"]
    if full:
        last += [*_listed("u", [each for each in fired if " AS u" in each]), *_rest()]
    parts = [f"{name} AS ({_select(what, where)})" for name, what, where in steps]
    return f"WITH {', '.join(parts)}\n{_select(last, 'grades')}"


def seen(work: Work, row: dict[str, Any]) -> Seen:
    """Return a row of the answer in the form that is compared."""
    fired = [
        place * WIDTH + bit
        for place in range(-(-len(work.outcomes) // WIDTH))
        for bit in bits(row[f"m{place}"])
    ]
    criteria = tuple(row[f"k{number}"] for number in range(len(work.ranges)))
    return Seen(tuple(fired), criteria, bits(row["outs0"]), row["grade"])


def _select(what: Sequence[str], where: str) -> str:
    return f"SELECT {', '.join(what)}\nFROM {where}"


def _listed(letter: str, what: Any) -> list[str]:
    return [f"{letter}{number}" for number in range(len(what))]


def _conditions(work: Work) -> Iterator[str]:
    """Yield each condition once: a flag for an outcome, true, false or NULL."""
    for number, each in enumerate(work.outcomes):
        yield f"({joined(each.when, _test, ' AND ', ' OR ')}) AS r{number}"
    for number, knock_out in enumerate(work.knock_outs):
        yield f"({joined(knock_out.when, _test, ' AND ', ' OR ')}) AS o{number}"


def _test(test: Test) -> str:
    if test.op == "is":
        return test.fact
    if isinstance(test.value, tuple):
        return f"{test.fact} IN ({', '.join(repr(each) for each in test.value)})"
    if BY_ID[test.fact].type == "date":
        return f"{test.fact} {test.op} DATE '{day(test.value)}'"
    kind = "DOUBLE" if BY_ID[test.fact].type == "percent" else "BIGINT"
    value = test.value if kind == "DOUBLE" else int(test.value)
    return f"{test.fact} {test.op} {value}::{kind}"


def _masks(letter: str, flags: Sequence[str]) -> Iterator[str]:
    for place, begin in enumerate(range(0, len(flags), WIDTH)):
        parts = [
            f"CASE WHEN {flag} THEN {1 << bit}::BIGINT ELSE 0 END"
            for bit, flag in enumerate(flags[begin : begin + WIDTH])
        ]
        yield f"{_sum(parts)} AS {letter}{place}"


def _sum(parts: Sequence[str]) -> str:
    """Return a sum as a balanced tree."""
    if len(parts) < 3:
        return " + ".join(parts) or "0"
    half = len(parts) // 2
    return f"({_sum(parts[:half])}) + ({_sum(parts[half:])})"


def _totals(work: Work) -> Iterator[str]:
    for place, name in enumerate(work.ranges):
        parts = [
            f"CASE WHEN r{number} THEN {each.points} ELSE 0 END"
            for number, each in enumerate(work.outcomes)
            if each.criterion == name
        ]
        yield f"{_sum(parts)} AS t{place}"


def _rules(work: Work) -> dict[str, list[tuple[int, Outcome]]]:
    rules: dict[str, list[tuple[int, Outcome]]] = {}
    for number, each in enumerate(work.outcomes):
        rules.setdefault(each.rule, []).append((number, each))
    return rules


def _open(work: Work) -> Iterator[str]:
    """Yield when each rule is open. The bands of a rule are of one fact, and open together."""
    yield from (f"r{outcomes[0][0]} IS NULL" for outcomes in _rules(work).values())


def _reaches(work: Work) -> Iterator[str]:
    """Yield what open rules could add to each criterion. No points of the work are negative."""
    rules = _rules(work).values()
    for place, name in enumerate(work.ranges):
        parts = [
            f"CASE WHEN r{outcomes[0][0]} IS NULL THEN {_most(outcomes)} ELSE 0 END"
            for outcomes in rules
            if outcomes[0][1].criterion == name
        ]
        yield f"{_sum(parts)} AS a{place}"


def _most(outcomes: Sequence[tuple[int, Outcome]]) -> int:
    return max(each.points for _, each in outcomes)


def _knocked(work: Work, *, full: bool) -> Iterator[str]:
    """Yield the lid of the knock-outs that apply, and of those that might."""
    lids = [
        f"CASE WHEN o{number} THEN {work.grades.index(each.grade)} ELSE 0 END"
        for number, each in enumerate(work.knock_outs)
    ]
    yield f"greatest({', '.join(lids)}) AS lid"
    if full:
        might = [each.replace(" THEN", " IS NOT FALSE THEN") for each in lids]
        yield f"greatest({', '.join(might)}) AS lid_worst"
        opens = [*_masks("open_outs", [f"o{n} IS NULL" for n in range(len(work.knock_outs))])]
        yield from opens


def _scores(work: Work, *, full: bool) -> Iterator[str]:
    ranges = [*work.ranges.values()]
    clamped = [f"least(greatest(t{n}, {low}), {high})" for n, (low, high) in enumerate(ranges)]
    yield from (f"{each} AS k{number}" for number, each in enumerate(clamped))
    yield f"{_sum(clamped)} AS score"
    if full:
        tops = [
            f"least(greatest(t{n} + a{n}, {low}), {high})" for n, (low, high) in enumerate(ranges)
        ]
        need = [*work.ranges].index(NEED_CRITERION)
        yield f"{_sum(tops)} AS high"
        yield f"{tops[need]} AS need_high"


def _grades(work: Work, *, full: bool) -> Iterator[str]:
    need = f"k{[*work.ranges].index(NEED_CRITERION)}"
    yield f"{_kept(work, 'score', need, 'lid')} AS grade"
    if full:
        yield f"{_kept(work, 'score', need, 'lid_worst')} AS worst"
        yield f"{_kept(work, 'high', 'need_high', 'lid')} AS best"


def _kept(work: Work, score: str, need: str, lid: str) -> str:
    """Return the grade by score and need, kept down by a lid."""
    cases = []
    for place, floor in enumerate(work.floors.values()):
        more = "" if place else f" AND {need} >= {work.need}"
        cases.append(f"WHEN {score} >= {floor}{more} THEN {place}")
    number = f"greatest(CASE {' '.join(cases)} ELSE {len(work.floors)} END, {lid})"
    names = " ".join(f"WHEN {place} THEN '{grade}'" for place, grade in enumerate(work.grades))
    return f"CASE {number} {names} END"


def _rest() -> Iterator[str]:
    yield "open_outs0"
    yield "grade IN ('A', 'B') AS qualified"
    yield "score"
    yield "high"
    yield "worst"
    yield "best"
    yield "coalesce(intent || '-' || grade, 'unknown') AS cell"
    yield (
        "(grade = 'A')::INTEGER + CASE WHEN grade = 'B' AND NOT refused THEN 2 ELSE 0 END"
        " + CASE WHEN annual_revenue IS NULL THEN 4 ELSE 0 END AS steps"
    )
