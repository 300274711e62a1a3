"""Overrides as a person reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.reports.wording import say
from leadgrade.storage.records import StoredOverride

Ladders = Mapping[int, Sequence[str]]
"""The grades of each run, from the best to the worst."""


def override_json(override: StoredOverride, day: date) -> dict[str, Any]:
    """Return an override; ``holds`` says whether it holds on the day."""
    return {
        "override": override.number,
        "lead": override.lead,
        "run": override.run,
        "machine": override.machine,
        "grade": override.grade,
        "reason": override.reason,
        "since": override.since.isoformat(),
        "until": override.until.isoformat(),
        "by": override.by,
        "made_at": override.made_at,
        "holds": override.holds_on(day),
    }


def override_text(override: StoredOverride, lang: str) -> str:
    """Return an override as one line that stands beside the machine's grade."""
    return say("record.override-shown", lang, **override_words(override))


def made_text(override: StoredOverride, lang: str) -> RenderableType:
    """Return what was just written down."""
    words = override_words(override)
    return Text(say("record.override-made", lang, **words))


def override_words(override: StoredOverride) -> dict[str, str]:
    """Return what fills the sentences about an override."""
    return {
        "lead": override.lead,
        "run": str(override.run),
        "machine": override.machine,
        "grade": override.grade,
        "until": override.until.isoformat(),
        "by": override.by,
        "reason": override.reason,
    }


def overridden_rules(overrides: Sequence[StoredOverride], ladders: Ladders) -> list[dict[str, Any]]:
    """Count how often decisions in which a rule fired were overridden, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for each in overrides:
        decision = each.decision
        ladder = list(ladders[each.run])
        change = ladder.index(each.grade) - ladder.index(each.machine)
        way = "raised" if change < 0 else "lowered" if change > 0 else "confirmed"
        for rule in (*decision.fired, *decision.knock_outs):
            counts.setdefault(rule, Counter())[way] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        {
            "rule": rule,
            "overridden": count.total(),
            "raised": count["raised"],
            "lowered": count["lowered"],
        }
        for rule, count in ranked
    ]


def overrides_json(
    overrides: Sequence[StoredOverride], ladders: Ladders, day: date
) -> dict[str, Any]:
    """Return all overrides, and the rules whose decisions they concern."""
    return {
        "overrides": [override_json(each, day) for each in reversed(overrides)],
        "rules": overridden_rules(overrides, ladders),
    }


def overrides_text(
    overrides: Sequence[StoredOverride], ladders: Ladders, day: date, lang: str
) -> RenderableType:
    """Return all overrides, the latest first, and the rules, as tables."""
    if not overrides:
        return Text(say("record.no-overrides", lang))
    table = _table(lang, "lead", "run", "machine", "grade", "until", "by", "reason")
    for each in reversed(overrides):
        until = each.until.isoformat()
        if not each.holds_on(day):
            until += f" ({say('record.over', lang)})"
        cells = (str(each.run), each.machine, each.grade, until, each.by, each.reason)
        table.add_row(each.lead, *cells)
    rules = _table(lang, "rule", "count", "raised", "lowered")
    for row in overridden_rules(overrides, ladders):
        rules.add_row(
            row["rule"], *(str(row[name]) for name in ("overridden", "raised", "lowered"))
        )
    title = Text(say("record.overrides-by-rule", lang), style="bold")
    return Group(table, Text(), title, rules)


def _table(lang: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(say(f"record.column-override-{name}", lang), overflow="fold")
    return table
