"""Profit and loss of a run, by class and who answers for it, from the facts that a person names.

Profit is revenue less costs, added up over the leads of a group. A lead counts where all of these
figures are known; how many do not is said. Beside the sums stands what a lead of the group brings:
the median and the middle half (lower to upper quartile), since the leads of one class should be
worth about the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum
from statistics import quantiles
from typing import Any, ClassVar, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.engine.deriving import Deriver
from leadgrade.reports.runs.grouping import GRADE, OWNER, Grouping, check_money
from leadgrade.reports.values import label_of
from leadgrade.reports.wording import say
from leadgrade.rules.model import Book
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import StoredDecision, StoredRun

FEWEST = 4
"""With fewer leads there is no middle half."""


class ProfitError(Problem):
    """There is nothing to add up."""

    texts: ClassVar[str] = "profit"


class Figures(NamedTuple):
    """Which money facts are added up, and by what leads are grouped."""

    revenue: tuple[str, ...]
    cost: tuple[str, ...]
    by: str = OWNER


@dataclass(slots=True)
class Account:
    """What one group brought and cost, lead by lead, in the book's currency."""

    group: str | None
    owner: str | None = None
    leads: int = 0
    revenues: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """The leads of which all figures are known."""
        return len(self.revenues)

    @property
    def revenue(self) -> float:
        """The sum of what they brought."""
        return fsum(self.revenues)

    @property
    def cost(self) -> float:
        """The sum of what they cost."""
        return fsum(self.costs)

    @property
    def profit(self) -> float:
        """What is left."""
        return self.revenue - self.cost

    @property
    def margin(self) -> float | None:
        """Profit as a share of revenue; None where nothing was earned."""
        return self.profit / self.revenue if self.revenue > 0 else None

    @property
    def breaks_even(self) -> bool | None:
        """Whether the group pays for itself; None where no lead counts."""
        return self.profit >= 0 if self.counted else None

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """Lower quartile, median and upper quartile of the profit of a lead; None for too few.

        Quartiles by linear interpolation between the ranked values, both ends included
        (Hyndman and Fan 1996, type 7).
        """
        if self.counted < FEWEST:
            return None
        profits = [brought - cost for brought, cost in zip(self.revenues, self.costs, strict=True)]
        low, median, high = quantiles(profits, n=4, method="inclusive")
        return low, median, high

    def add(self, revenue: float | None, cost: float | None) -> None:
        """Count one more lead; None is an unknown figure."""
        self.leads += 1
        if revenue is not None and cost is not None:
            self.revenues.append(revenue)
            self.costs.append(cost)


class Profit:
    """The accounts of a run: each group, the most profitable first, and all leads.

    Raises:
        GroupingError: the book lacks what was asked for.
        ProfitError: no lead has all figures.
    """

    def __init__(
        self,
        book: Book,
        run: StoredRun,
        decisions: Iterable[StoredDecision],
        figures: Figures,
        lang: str,
    ) -> None:
        check_money(book, *figures.revenue, *figures.cost)
        self._book, self._run, self._figures, self._lang = book, run, figures, lang
        self._grouping = Grouping(book, figures.by, lang)
        self.all = Account(None)
        accounts: dict[str | None, Account] = {}
        derive = Deriver(book, run.as_of).derive
        for each in decisions:
            facts = derive(each.known(book))
            name = self._grouping.name(each, facts)
            if name not in accounts:
                accounts[name] = Account(name, self._grouping.owner(name))
            sums = [_sum(facts, names) for names in (figures.revenue, figures.cost)]
            for account in (accounts[name], self.all):
                account.add(*sums)
        if not self.all.counted:
            names = ", ".join((*figures.revenue, *figures.cost))
            raise ProfitError("nothing", run=run.number, names=names)
        self.accounts = sorted(
            accounts.values(), key=lambda each: (not each.counted, -each.profit, each.group or "~")
        )

    @property
    def alike(self) -> list[tuple[str | None, str | None]]:
        """Neighbouring classes, by the median of a lead, whose middle halves overlap."""
        if not self._grouping.classifies:
            return []
        spread = [(each.quartiles, each.group) for each in self.accounts]
        known = sorted(
            ((each, group) for each, group in spread if each is not None),
            key=lambda pair: -pair[0][1],
        )
        return [
            (better, worse)
            for ((low, _, _), better), ((_, _, high), worse) in pairwise(known)
            if low <= high
        ]

    @property
    def as_json(self) -> dict[str, Any]:
        """The accounts as plain data; margins are numbers from 0 to 1."""
        return {
            "run": self._run.number,
            "as_of": self._run.as_of.isoformat(),
            "by": self._figures.by,
            "revenue": list(self._figures.revenue),
            "cost": list(self._figures.cost),
            "all": _json(self.all),
            "groups": [_json(each) for each in self.accounts],
            "alike": [list(pair) for pair in self.alike],
        }

    def text(self) -> RenderableType:
        """Return the accounts as a table that a console prints."""
        title = self._say(
            "title", run=self._run.number, day=self._run.as_of.isoformat(), by=self._by()
        )
        table = Table(
            box=None, pad_edge=False, padding=(0, 2, 0, 0), title=title, title_justify="left"
        )
        left = ("group", "owner", "breaks-even")
        for name in self._columns():
            justify = "left" if name in left else "right"
            table.add_column(self._say(f"column-{name}"), justify=justify)  # type: ignore[arg-type]
        for each in (*self.accounts, self.all):
            cells = self._cells(each)
            table.add_row(*(cells[name] for name in self._columns()))
        return Group(table, Text(), *(Text(line) for line in self._remarks()))

    def _columns(self) -> Iterator[str]:
        yield "group"
        if any(each.owner for each in self.accounts):
            yield "owner"
        yield from ("leads", "revenue", "cost", "profit", "margin", "breaks-even", "each")

    def _cells(self, each: Account) -> dict[str, str]:
        yes = {True: self._say("yes"), False: self._say("no"), None: ""}
        sums = (each.revenue, each.cost, each.profit) if each.counted else ()
        shown = [f"{amount:,.0f}" for amount in sums] or ["", "", ""]
        all_in = each.counted == each.leads
        counted = self._say("of", counted=each.counted, leads=each.leads)
        quartiles = [f"{amount:,.0f}" for amount in each.quartiles or ()]
        return {
            "group": self._say("all") if each is self.all else self._grouping.shown(each.group),
            "owner": each.owner or "",
            "leads": str(each.leads) if all_in else counted,
            **dict(zip(("revenue", "cost", "profit"), shown, strict=True)),
            "margin": "" if each.margin is None or not each.counted else f"{each.margin:.1%}",
            "breaks-even": yes[each.breaks_even],
            "each": self._middle(*quartiles) if quartiles else "",
        }

    def _middle(self, low: str, median: str, high: str) -> str:
        return self._say("middle", low=low, median=median, high=high)

    def _remarks(self) -> Iterator[str]:
        revenue, cost = self._labels(self._figures.revenue), self._labels(self._figures.cost)
        yield self._say("sums", revenue=revenue, cost=cost or self._say("no-cost"))
        left_out = self.all.leads - self.all.counted
        if left_out:
            yield self._say("left-out", count=f"{left_out:,}")
        for pair in self.alike:
            first, second = map(self._grouping.shown, pair)
            yield self._say("alike", first=first, second=second)

    def _labels(self, names: tuple[str, ...]) -> str:
        return " + ".join(label_of(self._book, each, self._lang) for each in names)

    def _by(self) -> str:
        by = self._figures.by
        return self._say(by) if by in (OWNER, GRADE) else label_of(self._book, by, self._lang)

    def _say(self, name: str, /, **words: Any) -> str:
        return say(f"profit.{name}", self._lang, **words)


def _sum(facts: dict[str, Any], names: tuple[str, ...]) -> float | None:
    amounts = [facts.get(each) for each in names]
    known = [each for each in amounts if each is not None]
    return fsum(known) if len(known) == len(amounts) else None


def _json(each: Account) -> dict[str, Any]:
    low, median, high = each.quartiles or (None, None, None)
    return {
        "group": each.group,
        "owner": each.owner,
        "leads": each.leads,
        "counted": each.counted,
        "revenue": each.revenue,
        "cost": each.cost,
        "profit": each.profit,
        "margin": None if each.margin is None else round(each.margin, 4),
        "breaks_even": each.breaks_even,
        "lower_quartile": low,
        "median": median,
        "upper_quartile": high,
    }
