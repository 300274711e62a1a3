"""The formulas of win rates and of the area under the curve, against published and plain values."""

from __future__ import annotations

from itertools import product
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgrade.reports.runs.rates import Area, Interval, Rate, area_under_curve, difference

SCORED = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40)


@pytest.mark.parametrize(
    ("won", "of", "low", "high"),
    # Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(won: int, of: int, low: float, high: float) -> None:
    found = Rate(won, of).interval
    assert found == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe 1998, Interval estimation for the difference, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_newcombe_as_published(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert difference(Rate(*first), Rate(*second)) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("scored", "area"),
    [
        ([(1, False), (2, True)], 1.0),
        ([(2, False), (1, True)], 0.0),
        ([(1, False), (1, True)], 0.5),
        ([(1, False), (2, True), (3, False), (4, True)], 0.75),
    ],
)
def test_the_area_of_a_few(scored: list[tuple[float, bool]], area: float) -> None:
    found = area_under_curve(scored)
    assert found is not None
    assert found.area == area


@given(SCORED)
@settings(max_examples=100, deadline=None)
def test_the_area_is_what_counting_all_pairs_gives(scored: list[tuple[int, bool]]) -> None:
    won = [score for score, is_won in scored if is_won]
    lost = [score for score, is_won in scored if not is_won]
    found = area_under_curve(scored)
    if not (won and lost):
        assert found is None
        return
    assert found is not None
    beats = {(a, b): (a > b) + (a == b) / 2 for a, b in product(set(won), set(lost))}
    of_won = [mean(beats[a, b] for b in lost) for a in won]
    of_lost = [mean(beats[a, b] for a in won) for b in lost]
    assert found.area == pytest.approx(mean(of_won))
    spreads = [stdev(each) ** 2 / len(each) for each in (of_won, of_lost) if len(each) > 1]
    half = 1.959963984540054 * sum(spreads) ** 0.5
    assert found.interval.low == pytest.approx(max(0.0, found.area - half))
    assert found.interval.high == pytest.approx(min(1.0, found.area + half))


@given(SCORED)
@settings(max_examples=50, deadline=None)
def test_turning_all_scores_round_turns_the_area_round(scored: list[tuple[int, bool]]) -> None:
    found, turned = area_under_curve(scored), area_under_curve([(-s, won) for s, won in scored])
    if found is not None and turned is not None:
        assert turned.area == pytest.approx(1 - found.area)


def test_no_claim_on_few_leads() -> None:
    few = area_under_curve([*[(2, True)] * 9, *[(1, False)] * 50])
    many = area_under_curve([*[(2, True)] * 10, *[(1, False)] * 50])
    assert few is not None
    assert many is not None
    assert (few.area, few.separates) == (1.0, False)
    assert (many.area, many.separates) == (1.0, True)


def test_wrong_way_round_is_said() -> None:
    found = Area(0.3, Interval(0.2, 0.4), 100, 100)
    assert found.reversed
    assert not found.separates
    assert not Area(0.5, Interval(0.45, 0.55), 100, 100).separates


def test_no_leads_no_rate() -> None:
    assert Rate(0, 0).share is None
    assert Rate(0, 0).interval == (0.0, 1.0)
    assert Rate(1, 4).share == 0.25
