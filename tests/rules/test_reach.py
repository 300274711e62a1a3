"""Which points can be reached, and how: compared with all sums, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from leadgrade.engine.oracle import Oracle
from leadgrade.rules.loader import read_book
from leadgrade.rules.proving.reach import Adding, BookReach

SETS = st.lists(
    st.lists(
        st.integers(-30, 30).map(lambda each: each * 50), min_size=1, max_size=4, unique=True
    ).map(sorted),
    max_size=4,
)


@given(SETS, st.integers(-500, 500))
def test_the_totals_are_all_sums_and_each_can_be_split(sets: list[list[int]], start: int) -> None:
    adding = Adding(sets, start)
    sums = {start + sum(each) for each in product(*sets)}
    assert adding.totals == sorted(sums)

    def pick(_: int, ways: Sequence[int]) -> int | None:
        return ways[len(ways) // 2] if ways else None

    for total in sums:
        parts = adding.split(total, pick)
        assert start + sum(parts) == total
        assert all(part in numbers for part, numbers in zip(parts, sets, strict=True))
    if sets:
        assert adding.split(max(sums) + 1, pick) == ()


def test_too_many_totals_are_given_as_all_between() -> None:
    adding = Adding([[0, 1], [0, 10_000_000]])
    assert adding.too_many
    assert adding.totals == range(10_000_002)


BOOK = """\
book: reach
facts:
  a: {type: number}
  b: {type: choice, values: [x, y]}
  c: {type: flag}
  d: {type: choice, values: [p, q]}
criteria:
  one:
    range: [0, 10]
    start: 2
    rules:
      - {id: low, when: a < 3, points: 4}
      - {id: high, when: a > 5, points: 7}
      - {id: kind, fact: b, values: {x: -5, y: 6}}
  two:
    range: [-5, 20]
    rules:
      - {id: yes, when: c, points: 2.5}
      - {id: both, when: [c, d = q], points: 8}
grades: {A: {from: 5}, B: {}}
"""


def test_each_reachable_score_is_shown_by_a_lead() -> None:
    book = read_book(BOOK)
    reach = BookReach(book)
    oracle = Oracle(book)
    for name, each in reach.criteria.items():
        for points in each.values:
            facts = each.values_for(points)
            assert facts is not None
            known = {fact: value for fact, value in facts.items() if value is not None}
            assert oracle.decide(known).criteria[name] == points
        assert each.values_for(12_345) is None
    for score in reach.points["score"].values:
        facts = reach.values_for_score(score)
        assert facts is not None
        known = {fact: value for fact, value in facts.items() if value is not None}
        assert oracle.decide(known).score == score
