"""How sure a rate is, and how well a score tells winners from losers: formulas and their sources.

An outcome is won (True) or lost (False). All intervals are at the 95 % level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
"""Standard errors to each side of a 95 % interval."""

FEWEST = 10
"""With fewer won or fewer lost leads than this nothing is said of a difference."""


class Interval(NamedTuple):
    """The range that a true value lies in with 95 % confidence."""

    low: float
    high: float

    def covers(self, value: float) -> bool:
        """Whether the value may well be the true one."""
        return self.low <= value <= self.high


class Rate(NamedTuple):
    """How many of ``of`` leads were won."""

    won: int
    of: int

    @property
    def share(self) -> float | None:
        """The win rate from 0 to 1; None of no leads."""
        return self.won / self.of if self.of else None

    @property
    def interval(self) -> Interval:
        """The score interval of a proportion (Wilson 1927); from 0 to 1 for no leads."""
        if not self.of:
            return Interval(0.0, 1.0)
        share, spread = self.won / self.of, Z * Z / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = Z * sqrt(share * (1 - share) / self.of + spread / (4 * self.of)) / (1 + spread)
        return Interval(max(0.0, middle - half), min(1.0, middle + half))


def difference(first: Rate, second: Rate) -> Interval:
    """Return the interval of the first win rate less the second; both have leads.

    The hybrid score interval of independent proportions (Newcombe 1998, method 10).
    """
    one, other = first.won / first.of, second.won / second.of
    (low_1, high_1), (low_2, high_2) = first.interval, second.interval
    below = sqrt((one - low_1) ** 2 + (high_2 - other) ** 2)
    above = sqrt((high_1 - one) ** 2 + (other - low_2) ** 2)
    return Interval(one - other - below, one - other + above)


class Area(NamedTuple):
    """The area under the ROC curve: how often a won lead stands above a lost one; ties count half.

    0.5 is what lots would give, 1 tells all of them apart, below 0.5 it is the wrong way round.
    """

    area: float
    interval: Interval
    won: int
    lost: int

    @property
    def enough(self) -> bool:
        """Whether there are enough leads of both kinds to say anything."""
        return min(self.won, self.lost) >= FEWEST

    @property
    def separates(self) -> bool:
        """Whether better scores win more often, and chance alone hardly explains it."""
        return self.enough and self.interval.low > 0.5

    @property
    def reversed(self) -> bool:
        """Whether better scores win less often, and chance alone hardly explains it."""
        return self.enough and self.interval.high < 0.5


def area_under_curve(scored: Iterable[tuple[float, bool]]) -> Area | None:
    """Return the area of scores and outcomes; None unless leads of both kinds are there.

    The area is the Mann-Whitney statistic (Bamber 1975), its interval from the variance of the
    placements of each lead among those of the other kind (DeLong, DeLong and Clarke-Pearson 1988).
    """
    groups: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for score, won in scored:
        groups[score][won] += 1
    return area_of_counts(groups)


def area_of_counts(
    groups: Mapping[float, Sequence[int]] | Mapping[int, Sequence[int]],
) -> Area | None:
    """Return the same, given how many were lost and how many won at each score."""
    lost, won = (sum(each[side] for each in groups.values()) for side in (False, True))
    if not (won and lost):
        return None
    of_won: list[tuple[float, int]] = []
    of_lost: list[tuple[float, int]] = []
    lost_below = won_below = 0
    for _, (lost_here, won_here) in sorted(groups.items()):
        of_won.append(((lost_below + lost_here / 2) / lost, won_here))
        of_lost.append(((won - won_below - won_here / 2) / won, lost_here))
        lost_below, won_below = lost_below + lost_here, won_below + won_here
    area = sum(placement * count for placement, count in of_won) / won
    error = sqrt(_variance(of_won, area, won) / won + _variance(of_lost, area, lost) / lost)
    interval = Interval(max(0.0, area - Z * error), min(1.0, area + Z * error))
    return Area(area, interval, won, lost)


def _variance(placements: Iterable[tuple[float, int]], mean: float, of: int) -> float:
    """Return the sample variance of placements with their counts; 0 for a single one."""
    if of < 2:
        return 0.0
    return sum(count * (each - mean) ** 2 for each, count in placements) / (of - 1)
