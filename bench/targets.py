"""What leadgrade has to reach, each as a figure of one run beside its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Results = dict[str, Any]

WHY = Path(__file__).with_name("why.yaml")
"""Why a target is missed, by its id: written by whoever has looked at the profile."""

GIGABYTE = 1000.0
"""In megabytes of 2**20 bytes, to be on the safe side."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target. ``measured`` is None where this run has not measured it."""

    id: str
    what: str
    limit: str
    measured: str | None
    reached: bool | None
    why: str = ""


def targets(results: Results) -> list[Target]:
    """Return every target with what was measured."""
    reasons: dict[str, str] = yaml.safe_load(WHY.read_text(encoding="utf-8")) or {}
    found = []
    for id_, what, limit, measure, passes, words in TARGETS:
        figure = measure(results)
        reached = None if figure is None else passes(figure)
        measured = None if figure is None else words.format(figure)
        why = reasons.get(id_, "") if reached is False else ""
        found.append(Target(id_, what, limit, measured, reached, why.strip()))
    return found


def _row(results: Results, section: str, **wanted: Any) -> dict[str, Any] | None:
    """Return the last row of a section that has these values and was measured."""
    rows = [
        row
        for row in results.get(section, [])
        if all(row.get(key) == value for key, value in wanted.items())
        and "error" not in row
        and "left_out" not in row
    ]
    return rows[-1] if rows else None


def _rate(results: Results, engine: str) -> float | None:
    row = _row(results, "deciding", engine=engine)
    return None if row is None else float(row["rate"])


def _columnar_by_hand(results: Results) -> float | None:
    """Processor time of columnar over that of the hand-written query, on the longest list."""
    for leads in sorted({row.get("leads", 0) for row in results.get("queries", [])}, reverse=True):
        ours = _row(results, "queries", engine="columnar", leads=leads)
        hand = _row(results, "queries", engine="duckdb-full", leads=leads)
        if ours and hand:
            return float(ours["cpu"] / hand["cpu"])
    return None


def _columnar_by_zen(results: Results) -> float | None:
    ours = _row(results, "queries", engine="columnar")
    zen = [rate for name in ("zen-expression", "zen-table") if (rate := _rate(results, name))]
    return ours["rate"] / max(zen) if ours and zen else None


def _whole_by_bare(results: Results) -> float | None:
    parts = [
        _row(results, "against_bare", engine=name)
        for name in ("columnar", "bare DuckDB", "bare executemany")
    ]
    if not all(parts):
        return None
    ours, read, store = (float(part["wall"]) for part in parts if part)
    return ours / (read + store)


def _seconds(section: str, **wanted: Any) -> Callable[[Results], float | None]:
    def seconds(results: Results) -> float | None:
        row = _row(results, section, **wanted)
        return None if row is None else float(row["wall"])

    return seconds


def _peak(results: Results) -> float | None:
    rows = [
        row
        for row in results.get("whole_runs", [])
        if row["engine"] == "columnar" and row["leads"] == 10_000_000 and "peak_mb" in row
    ]
    return max((float(row["peak_mb"]) for row in rows), default=None)


def _rete_by(*others: str) -> Callable[[Results], float | None]:
    """Return rete's speed over that of the fastest of some engines."""

    def ratio(results: Results) -> float | None:
        rete = _rate(results, "rete")
        rates = [rate for name in others if (rate := _rate(results, name))]
        return rete / max(rates) if rete and len(rates) == len(others) else None

    return ratio


def _waiting(command: str) -> Callable[[Results], float | None]:
    return _seconds("start_up", command=command)


def _at_most(limit: float) -> Callable[[float], bool]:
    return lambda figure: figure <= limit


def _at_least(limit: float) -> Callable[[float], bool]:
    return lambda figure: figure >= limit


Measured = Callable[[Results], float | None]
Spec = tuple[str, str, str, Measured, Callable[[float], bool], str]

TARGETS: tuple[Spec, ...] = (
    (
        "columnar-by-hand",
        "columnar deciding beside the hand-written query for the same output, processor time",
        "1.5 times",
        _columnar_by_hand,
        _at_most(1.5),
        "{:.2f} times",
    ),
    (
        "columnar-by-zen",
        "columnar deciding beside zen-engine's best, leads per processor second",
        "10 times",
        _columnar_by_zen,
        _at_least(10),
        "{:.1f} times",
    ),
    (
        "whole-by-bare",
        "CSV into SQLite with evidence beside bare reading and bare `executemany`, wall time",
        "2 times",
        _whole_by_bare,
        _at_most(2),
        "{:.2f} times",
    ),
    (
        "million",
        "a million leads from CSV into SQLite (the aim)",
        "10 s",
        _seconds("against_bare", engine="columnar", leads=1_000_000),
        _at_most(10),
        "{:.1f} s",
    ),
    (
        "ten-million",
        "ten million leads from Parquet to Parquet",
        "60 s",
        _seconds("whole_runs", engine="columnar", leads=10_000_000, to="Parquet"),
        _at_most(60),
        "{:.1f} s",
    ),
    (
        "memory",
        "peak memory of a whole run of ten million leads",
        "1,000 MB",
        _peak,
        _at_most(GIGABYTE),
        "{:,.0f} MB",
    ),
    (
        "rete-by-rule-engine",
        "rete beside rule-engine and business-rules, leads per processor second",
        "ahead",
        _rete_by("rule-engine", "business-rules"),
        _at_least(1),
        "{:.2f} times the faster",
    ),
    (
        "rete-by-clips",
        "rete beside CLIPS, leads per processor second",
        "ahead",
        _rete_by("clips"),
        _at_least(1),
        "{:.2f} times",
    ),
    (
        "help",
        "`leadgrade --help` from the shell",
        "0.25 s",
        _waiting("leadgrade --help"),
        _at_most(0.25),
        "{:.2f} s",
    ),
    (
        "explain",
        "`leadgrade explain` from the shell",
        "0.3 s",
        _waiting("leadgrade explain"),
        _at_most(0.3),
        "{:.2f} s",
    ),
)


def missing_reasons(results: Results) -> Iterator[str]:
    """Yield the targets that are missed and whose reason nobody has written down."""
    yield from (each.id for each in targets(results) if each.reached is False and not each.why)
