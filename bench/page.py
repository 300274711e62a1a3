"""Writes ``docs/performance.md`` and its charts from the results: ``python -m bench.page``.

The words around the tables are those of ``docs/performance.head.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import targets
from bench.peers import HOW
from bench.plot import chart

DOCS = Path(__file__).parent.parent / "docs"
RESULTS = DOCS / "performance" / "results.json"

Results = dict[str, Any]
Row = dict[str, Any]


def page(results: Results) -> str:
    """Return the page: its head, with a table in the place of each comment ``<!-- name -->``."""
    text = (DOCS / "performance.head.md").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        text = text.replace(f"<!-- {name} -->", "\n".join(table(results)))
    return text


def charts(results: Results) -> dict[str, str]:
    """Return the charts by the names of their files."""
    return {
        "rules.svg": chart(
            "Cost of deciding by the number of rules",
            "rules",
            "processor time per lead, µs",
            _lines(results.get("by_rules", []), "rules"),
        ),
        "share.svg": chart(
            "Cost of deciding by the share of the rules that fires",
            "share of the rules that fires, %",
            "processor time per lead, µs",
            _lines(results.get("by_share", []), "share", times=100),
        ),
        "leads.svg": chart(
            "Time of whole runs by the length of the list",
            "leads",
            "seconds",
            _runs(results),
        ),
    }


def _lines(rows: Sequence[Row], key: str, times: float = 1) -> dict[str, list[tuple[float, float]]]:
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if "rate" in row:
            lines.setdefault(row["engine"], []).append((row[key] * times, 1e6 / row["rate"]))
    return lines


def _runs(results: Results) -> dict[str, list[tuple[float, float]]]:
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in results.get("whole_runs", []):
        if "wall" in row:
            lines.setdefault(_run_name(row), []).append((row["leads"], row["wall"]))
    return lines


def _run_name(row: Row) -> str:
    to = "CSV to SQLite" if row["to"] == "SQLite" else "Parquet to Parquet"
    workers = ""
    if row["engine"] in {"rete", "explainer"}:
        workers = ", one process" if row["workers"] == 1 else f", {row['workers']} processes"
    return f"{row['engine']}{workers}, {to}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _machine(results: Results) -> Iterator[str]:
    rows = [[name, value] for name, value in results["machine"].items()]
    yield "| | |\n|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows)
    load = results.get("load")
    if load:
        yield f"| other work, load average at the beginning and the end | {load} |"


def _targets(results: Results) -> Iterator[str]:
    yield "| what | limit | measured | |\n|---|---|---|---|"
    for each in targets.targets(results):
        verdict = {True: "reached", False: "**missed**", None: "not measured"}[each.reached]
        yield f"| {each.what} | {each.limit} | {each.measured or ''} | {verdict} |"
    for each in targets.targets(results):
        if each.reached is False:
            yield f"\n**{each.what}**: {each.why or 'nobody has looked into it yet.'}"


def _deciding(results: Results) -> Iterator[str]:
    rows = sorted(
        (row for row in results.get("deciding", []) if "rate" in row), key=lambda row: -row["rate"]
    )
    rete = next((row["rate"] for row in rows if row["engine"] == "rete"), None)
    yield "| engine | leads a second | beside rete | how it is used |\n|---|---:|---:|---|"
    for row in rows:
        beside = f"{row['rate'] / rete:.2f}" if rete else ""
        yield f"| {row['engine']} | {row['rate']:,.0f} | {beside} | {HOW[row['engine']]} |"


def _two(results: Results) -> Iterator[str]:
    rows = [
        [row["engine"], f"{row['rate_wall']:,.0f}", f"{row['peak_mb']:,.0f}"]
        for row in results.get("two_processes", [])
        if "rate_wall" in row
    ]
    yield from _table(["engine, processes", "leads a second", "peak MB"], rows)


def _by(section: str, key: str, words: Callable[[Any], str]) -> Callable[[Results], Iterator[str]]:
    """Return a table of leads a second: engines down, the sizes across."""

    def table(results: Results) -> Iterator[str]:
        rows = results.get(section, [])
        sizes = sorted({row[key] for row in rows})
        rates = {(row["engine"], row[key]): row.get("rate") for row in rows}
        cells = [
            [engine, *(_number(rates.get((engine, size))) for size in sizes)]
            for engine in dict.fromkeys(row["engine"] for row in rows)
        ]
        yield from _table(["leads a second", *map(words, sizes)], cells)

    return table


def _queries(results: Results) -> Iterator[str]:
    rows = [
        [
            row["engine"],
            f"{row['leads']:,}",
            f"{row['wall']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['rate']:,.0f}",
            f"{row['peak_mb']:,.0f}",
        ]
        for row in results.get("queries", [])
        if "rate" in row
    ]
    head = ["query", "leads", "seconds", "CPU s", "leads a CPU second", "peak MB"]
    yield from _table(head, rows)


def _whole(results: Results) -> Iterator[str]:
    head = ["run", "leads", "seconds", "CPU s", "leads a second", "peak MB", "bytes a lead"]
    rows = [
        [_run_name(row), f"{row['leads']:,}", *_run_cells(row)]
        for row in results.get("whole_runs", [])
    ]
    yield from _table(head, rows)


def _run_cells(row: Row) -> list[str]:
    if "left_out" in row:
        return [f"not run: some {row['left_out'] / 60:,.0f} minutes", "", "", "", ""]
    if "error" in row:
        return [f"failed: {row['error'][-120:]}", "", "", "", ""]
    return [
        f"{row['wall']:.1f}",
        f"{row['cpu']:.1f}",
        f"{row['rate_wall']:,.0f}",
        f"{row['peak_mb']:,.0f}",
        f"{row['bytes_a_lead']:,.0f}",
    ]


def _plain(section: str, name: str) -> Callable[[Results], Iterator[str]]:
    """Return a table of a section whose rows have a wall time and a processor time."""

    def table(results: Results) -> Iterator[str]:
        rows = [
            [
                " ".join(str(row[key]) for key in name.split() if key in row),
                _number(row.get("leads", row.get("rows"))),
                f"{row['wall']:.2f}",
                f"{row['cpu']:.2f}",
                _number(row.get("rate")),
                f"{row['peak_mb']:,.0f}",
                *([f"{row['bytes_a_lead']:,.0f}"] if section == "storing" else []),
            ]
            for row in results.get(section, [])
            if "wall" in row
        ]
        titles = ["what", "leads", "seconds", "CPU s", "a CPU second", "peak MB"]
        yield from _table([*titles, *(["bytes a lead"] if section == "storing" else [])], rows)

    return table


def _starts(results: Results) -> Iterator[str]:
    rows = [
        [f"`{row['command']}`", f"{row['wall']:.2f}", f"{row['cpu']:.2f}", f"{row['peak_mb']:.0f}"]
        for row in results.get("start_up", [])
        if "wall" in row
    ]
    yield from _table(["command", "seconds", "CPU s", "peak MB"], rows)


def _missing(results: Results) -> Iterator[str]:
    for engine, reason in results.get("missing", {}).items():
        yield f"- {engine}: {reason}"
    if not results.get("missing"):
        yield "- nothing"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


TABLES: dict[str, Callable[[Results], Iterator[str]]] = {
    "machine": _machine,
    "targets": _targets,
    "deciding": _deciding,
    "two_processes": _two,
    "by_rules": _by("by_rules", "rules", lambda rules: f"{rules:,} rules"),
    "by_share": _by("by_share", "share", lambda share: f"{share:.0%} fire"),
    "queries": _queries,
    "whole_runs": _whole,
    "against_bare": _plain("against_bare", "engine"),
    "storing": _plain("storing", "engine"),
    "reading": _plain("reading", "kind engine"),
    "start_up": _starts,
    "missing": _missing,
}


def write(results: Results, folder: Path = DOCS) -> None:
    """Write the page and its charts."""
    (folder / "performance").mkdir(parents=True, exist_ok=True)
    (folder / "performance.md").write_text(page(results), encoding="utf-8", newline="\n")
    for name, drawing in charts(results).items():
        target = folder / "performance" / name
        target.write_text(drawing, encoding="utf-8", newline="\n")


def main() -> None:
    """Write the page of the docs again from the results that are kept there."""
    write(json.loads(RESULTS.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
