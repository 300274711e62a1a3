"""The work that is measured: a rule book of any size, plain enough for every engine to say it.

The rules are made here once, and written down for each engine in its own words: for leadgrade as a
YAML book that goes through the loader, for the others in ``bench/peers``. A condition is a list of
clauses that must all hold, a clause a list of tests of which one must. There is no negation, so
that an unknown fact, which makes a test not true, means the same in two-valued and three-valued
logic.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from bench.facts import BY_ID, CHOICES, FACTS, NUMERIC, Fact
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book

AS_OF = date(2026, 1, 22)
UNKNOWN_SHARE = 0.05
SHARE = 0.25
"""The share of the rules that fires on a lead, unless something else is measured."""

CRITERIA = ("power", "risk", "need", "loyalty", "timing")
LADDER = (("A", 0.7), ("B", 0.0), ("C", -0.7))
"""Grades and how many standard deviations from the expected score they begin."""

LOWEST = "D"
NEED_CRITERION = "power"
MOST = 0.92
"""Nothing can be true more often: some of the facts are unknown."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test on a fact. ``op`` is one of ``>= > <= < in is``; a flag that ``is`` is true."""

    fact: str
    op: str
    value: float | tuple[str, ...] = 1.0


Clause = tuple[Test, ...]
Condition = tuple[Clause, ...]


class Conditional(Protocol):
    """What has a condition."""

    @property
    def when(self) -> Condition:
        """Return the condition."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule gives where its condition holds. ``points`` are whole; ``shape`` is its kind.

    Outcomes of one ``rule`` exclude each other: they are its bands or values.
    """

    rule: str
    criterion: str
    points: int
    shape: str
    when: Condition


@dataclass(frozen=True, slots=True)
class KnockOut:
    """A lead on which the condition holds gets ``grade`` at most."""

    id: str
    when: Condition
    grade: str


@dataclass(frozen=True)
class Work:
    """A book as data. Ranges and floors of grades are in points."""

    rules: int
    share: float
    outcomes: tuple[Outcome, ...]
    knock_outs: tuple[KnockOut, ...]
    ranges: dict[str, tuple[int, int]]
    floors: dict[str, int]
    """The grades above the lowest, from the top, and the score that each begins with."""
    need: int
    """The best grade needs so many points of ``NEED_CRITERION``."""

    @property
    def grades(self) -> tuple[str, ...]:
        """Return the grades, the best first."""
        return (*self.floors, LOWEST)

    @cached_property
    def text(self) -> str:
        """Return the book in YAML."""
        from bench.writing import book_text  # noqa: PLC0415 - it reads this module

        return book_text(self)

    @cached_property
    def book(self) -> Book:
        """Return the book, read by the loader as anybody's book is."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "bench.yaml"
            path.write_text(self.text, encoding="utf-8")
            return load_book(path)


def make_work(rules: int, share: float = SHARE, seed: int = 7) -> Work:
    """Return a book of so many rules, each of which fires on about ``share`` of the leads."""
    chance = random.Random(f"{rules}/{share}/{seed}")
    shapes = [*_SHAPES] * (rules // len(_SHAPES) + 1)
    outcomes: list[Outcome] = []
    for number in range(rules):
        likely = min(MOST, share * chance.uniform(0.75, 1.25))
        shape = shapes[number]
        criterion = CRITERIA[number % len(CRITERIA)]
        for points, when in _SHAPES[shape](chance, likely):
            outcomes.append(Outcome(f"rule-{number:04}", criterion, points, shape, when))
    expected, spread = _score(outcomes, share)
    ranges = {
        each: (0, _cap([o for o in outcomes if o.criterion == each], share)) for each in CRITERIA
    }
    return Work(
        rules=rules,
        share=share,
        outcomes=tuple(outcomes),
        knock_outs=_knock_outs(),
        ranges=ranges,
        floors={grade: max(1, round(expected + lift * spread)) for grade, lift in LADDER},
        need=max(1, round(0.5 * ranges[NEED_CRITERION][1])),
    )


def _cap(outcomes: list[Outcome], share: float) -> int:
    """Return a range that cuts off what about one lead in ten would have."""
    mean, spread = _score(outcomes, share)
    return max(1, math.ceil(mean + 1.3 * spread))


def _score(outcomes: list[Outcome], share: float) -> tuple[float, float]:
    """Return what these outcomes are expected to give, and its standard deviation."""
    rules: dict[str, list[int]] = {}
    for each in outcomes:
        rules.setdefault(each.rule, []).append(each.points)
    means = [sum(points) / len(points) for points in rules.values()]
    return share * sum(means), math.sqrt(share * (1 - share) * sum(mean**2 for mean in means))


def _numeric(chance: random.Random, likely: float, fact: Fact | None = None) -> Test:
    """Return a test on a number that is true with about this probability."""
    fact = fact or chance.choice(NUMERIC)
    part = min(1.0, likely / (1 - UNKNOWN_SHARE))
    if chance.random() < 0.5:
        return Test(fact.id, chance.choice([">=", ">"]), fact.at(1 - part))
    return Test(fact.id, chance.choice(["<", "<="]), fact.at(part))


def _points(chance: random.Random) -> int:
    return chance.choice([2, 3, 3, 4, 5, 8])


Outcomes = list[tuple[int, Condition]]


def _one(chance: random.Random, likely: float) -> Outcomes:
    return [(_points(chance), ((_numeric(chance, likely),),))]


def _all(chance: random.Random, likely: float) -> Outcomes:
    facts = chance.sample(NUMERIC, 2)
    clauses = tuple((_numeric(chance, likely ** (1 / 2), each),) for each in facts)
    return [(_points(chance), clauses)]


def _three(chance: random.Random, likely: float) -> Outcomes:
    facts = [*chance.sample(NUMERIC, 2), BY_ID["last_contact"]]
    clauses = tuple((_numeric(chance, likely ** (1 / 3), each),) for each in facts)
    return [(_points(chance), clauses)]


def _any(chance: random.Random, likely: float) -> Outcomes:
    """A flag, or else one of two numbers."""
    flag = BY_ID["competitor"]
    left = max(0.01, 1 - (1 - likely) / (1 - flag.true_share * (1 - UNKNOWN_SHARE)))
    facts = chance.sample(NUMERIC, 2)
    tests = tuple(_numeric(chance, 1 - (1 - left) ** (1 / 2), each) for each in facts)
    return [(_points(chance), ((Test(flag.id, "is"), *tests),))]


def _chosen(chance: random.Random, likely: float) -> Outcomes:
    """Some values of a choice, and a number."""
    fact = chance.choice(CHOICES)
    size = len(fact.values)
    known = 1 - UNKNOWN_SHARE
    some = next(n for n in range(1, size + 1) if n / size * known * known >= likely or n == size)
    values = tuple(sorted(chance.sample(fact.values, some)))
    rest = likely / (some / size * known)
    return [(_points(chance), ((Test(fact.id, "in", values),), (_numeric(chance, rest),)))]


def _bands(chance: random.Random, likely: float) -> Outcomes:
    """Three bands of a number, the highest open."""
    fact = chance.choice(NUMERIC)
    begin = 1 - min(1.0, likely / (1 - UNKNOWN_SHARE))
    ends = [fact.at(begin + part * (1 - begin)) for part in (0, 0.4, 0.75)]
    bands = [
        ((Test(fact.id, ">=", low),), (Test(fact.id, "<", high),))
        for low, high in itertools.pairwise(ends)
    ]
    return [(2, bands[0]), (4, bands[1]), (7, ((Test(fact.id, ">=", ends[2]),),))]


_SHAPES = {
    "one": _one,
    "all": _all,
    "any": _any,
    "bands": _bands,
    "chosen": _chosen,
    "three": _three,
}


def _knock_outs() -> tuple[KnockOut, ...]:
    return (
        KnockOut("refused-us", ((Test("refused", "is"),),), "D"),
        KnockOut(
            "hopeless-payer",
            (
                (Test("overdue_share", ">=", BY_ID["overdue_share"].at(0.8)),),
                (Test("payment_days", ">=", BY_ID["payment_days"].at(0.8)),),
            ),
            "C",
        ),
        KnockOut(
            "long-silent", ((Test("last_contact", "<", BY_ID["last_contact"].at(0.03)),),), "B"
        ),
    )


assert len(FACTS) == len(BY_ID)  # noqa: S101 - names are names once
