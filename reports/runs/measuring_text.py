"""How a measured run reads: verdicts in plain words, then the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.engine.decision import points_text
from leadgrade.reports.runs.grouping import GRADE, OWNER
from leadgrade.reports.runs.measuring import Effect, Measure, Verdict, Winners
from leadgrade.reports.runs.rates import FEWEST, Area, Rate
from leadgrade.reports.values import label_of
from leadgrade.reports.wording import say


def measure_text(found: Measure, lang: str) -> RenderableType:
    """Return what was measured as something a console prints."""
    return Group(*_Words(found, lang).parts())


class _Words:
    def __init__(self, found: Measure, lang: str) -> None:
        self._found, self._lang = found, lang

    def parts(self) -> Iterator[RenderableType]:
        for line in self._head():
            yield Text(line)
        yield from self._section("grades", self._winners("grade", self._found.grades))
        if self._found.bands:
            yield from self._section("bands", self._winners("band", self._found.bands))
        if self._found.by:
            groups = self._winners("group", self._found.groups)
            yield from self._section("groups", groups, by=self._by())
        yield from self._section("rules", self._rules(self._found.effects))
        rules = len(self._found.effects)
        yield Text()
        yield Text(self._say("legend", rules=rules, chance=f"{rules * 0.05:.0f}"))

    def _head(self) -> Iterator[str]:
        found, run = self._found, self._found.run
        day, known = run.as_of.isoformat(), f"{found.all.of:,}"
        yield self._say("title", run=run.number, known=known, book=run.book_id, day=day)
        lost = f"{found.all.of - found.all.won:,}"
        rate, unknown = _percent(found.all.share), f"{run.decided - found.all.of - found.earlier:,}"
        words = {"known": known, "lost": lost, "rate": rate, "unknown": unknown}
        yield self._say("counts", won=f"{found.all.won:,}", leads=f"{run.decided:,}", **words)
        if found.earlier:
            yield self._say("earlier", count=f"{found.earlier:,}", day=day)
        area = "" if found.area is None else self._area(found.area)
        yield self._say(found.verdict.value, area=area, fewest=str(FEWEST))
        if found.verdict is not Verdict.TOO_FEW:
            yield from self._order()

    def _order(self) -> Iterator[str]:
        if self._found.ordered is not None:
            there = [each for each in self._found.grades if each.rate.share is not None]
            wrong = [
                (better.name, worse.name)
                for better, worse in pairwise(there)
                if (better.rate.share or 0) <= (worse.rate.share or 0)
            ]
            if not wrong:
                yield self._say("ordered")
            for better, worse in wrong:
                yield self._say("not-ordered", one=str(better), other=str(worse))
        for one, other in self._found.unsure:
            yield self._say("unsure", one=one, other=other)

    def _winners(self, kind: str, rows: Iterable[Winners]) -> Table:
        rows = list(rows)
        with_value = any(each.value is not None for each in rows)
        columns = [kind, *(["scores"] if kind == "band" else [])]
        columns += ["leads", "won", "rate", "lift", "of-won", *(["value"] if with_value else [])]
        table = self._table(columns, left={kind})
        for each in rows:
            name = self._found.grouping.shown(each.name) if kind == "group" else str(each.name)
            cells = [name, *([self._scores(each)] if kind == "band" else [])]
            cells += [f"{each.rate.of:,}", f"{each.rate.won:,}", self._rate(each.rate)]
            cells += [_times(each.lift), _percent(each.of_won)]
            cells += [_amount(each.value)] if with_value else []
            table.add_row(*cells)
        return table

    def _rules(self, effects: Iterable[Effect]) -> Table:
        columns = ["rule", "fired", "not-fired", "open", "lift", "area", "verdict"]
        table = self._table(columns, left={"rule", "verdict"})
        for each in effects:
            label = each.rule.label.say(self._lang) if each.rule.label else each.rule.id
            area = "" if each.area is None else f"{each.area.area:.3f}"
            cells = [self._rate_of(each.fired), self._rate_of(each.not_fired), f"{each.open:,}"]
            told = self._say(f"rule-{each.verdict.value}")
            table.add_row(label, *cells, _times(each.lift), area, told)
        return table

    def _table(self, columns: Iterable[str], left: set[str]) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name in columns:
            header = self._say(f"column-{name}")
            table.add_column(header, justify="left" if name in left else "right", overflow="fold")
        return table

    def _section(self, name: str, table: Table, **words: str) -> Iterator[RenderableType]:
        yield Text()
        yield Text(self._say(f"section-{name}", **words), style="bold")
        yield table

    def _scores(self, each: Winners) -> str:
        if each.scores is None:
            return ""
        low, high = map(points_text, each.scores)
        return high if low == high else self._say("scores", low=low, high=high)

    def _rate(self, rate: Rate) -> str:
        if rate.share is None:
            return ""
        low, high = rate.interval
        words = {"low": _percent(low), "high": _percent(high)}
        return self._say("rate", rate=_percent(rate.share), **words)

    def _rate_of(self, rate: Rate) -> str:
        of = f"{rate.of:,}"
        return of if rate.share is None else self._say("rate-of", rate=_percent(rate.share), of=of)

    def _area(self, area: Area) -> str:
        low, high = (f"{each:.3f}" for each in area.interval)
        return self._say("area", area=f"{area.area:.3f}", low=low, high=high)

    def _by(self) -> str:
        by = str(self._found.by)
        if by in (OWNER, GRADE):
            return self._say(f"by-{by}")
        return label_of(self._found.book, by, self._lang)

    def _say(self, name: str, /, **words: str | int) -> str:
        return say(f"measuring.{name}", self._lang, **words)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _times(lift: float | None) -> str:
    return "" if lift is None else f"{lift:.2f}"


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
