"""The parts of the benchmark: each returns rows of figures for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import lists, ours, peers, reading, starting, whole
from bench.measure import Result, TaskError, alternately, run
from bench.plan import RULES, Plan
from bench.workload import SHARE, make_work

Rows = list[dict[str, Any]]

GROWING = ("rete", "explainer", "plain", "zen-expression", "clips")
"""What is measured on books where other shares of the rules fire."""

BUSY = 2
"""Processes, threads: what was asked for as the other case beside one."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A plan, a folder for lists and records, and how to tell what is going on."""

    plan: Plan
    folder: Path
    say: Callable[[str], None]

    def list_of(self, leads: int, kind: str) -> Path:
        """Return a list of so many leads, ``csv`` or ``parquet``."""
        path = self.folder / f"leads-{leads}.{kind}"
        if not path.exists():
            run("lists:write", path=str(path), leads=leads)
        return path

    def book_of(self, rules: int) -> Path:
        """Return the book of so many rules."""
        path = self.folder / f"bench-{rules}.yaml"
        path.write_text(make_work(rules).text, encoding="utf-8")
        return path

    def compare(self, tasks: Mapping[str, Callable[[], Result]], rounds: int | None = None) -> Rows:
        """Run tasks by turns; return a row for each."""
        found = alternately(tasks, rounds or self.plan.rounds, self.say)
        return [{"engine": name, **result} for name, result in found.items()]


def deciding(bench: Bench) -> Rows:
    """Compare all engines on the same book, on one core."""
    engines = [*ours.one_by_one(), *peers.WHERE]
    tasks = _one_by_one(engines, RULES, SHARE, bench.plan.seconds)
    return _about(bench.compare(tasks), rules=RULES, share=SHARE)


def two_processes(bench: Bench) -> Rows:
    """Compare one and two worker processes."""
    leads = round(5000 * bench.plan.seconds)
    tasks = {
        f"{engine}, {workers} in the pool": partial(
            run,
            "deciding:pooled",
            engine=engine,
            rules=RULES,
            share=SHARE,
            workers=workers,
            leads=leads,
        )
        for engine in ours.one_by_one()
        for workers in (1, BUSY)
    }
    return _about(bench.compare(tasks), rules=RULES, share=SHARE)


def by_rules(bench: Bench) -> Rows:
    """Measure every engine on books of every size."""
    rows: Rows = []
    for rules in bench.plan.rules:
        engines = [*ours.one_by_one(), *peers.WHERE]
        tasks = _one_by_one(engines, rules, SHARE, bench.plan.brief)
        tasks |= _queries(bench, bench.plan.queried, rules, SHARE)
        rows += _about(bench.compare(tasks, 1), rules=rules, share=SHARE)
    return rows


def by_share(bench: Bench) -> Rows:
    """Measure some engines on books of which other shares fire."""
    rows: Rows = []
    for share in bench.plan.shares:
        tasks = _one_by_one(GROWING, RULES, share, bench.plan.brief)
        tasks |= _queries(bench, bench.plan.queried, RULES, share)
        rows += _about(bench.compare(tasks, 1), rules=RULES, share=share)
    return rows


def queries(bench: Bench) -> Rows:
    """Measure what decides a whole list at once, by the length of the list."""
    rows: Rows = []
    for leads in bench.plan.leads:
        rounds = bench.plan.rounds if leads <= 1_000_000 else 1
        rows += _about(
            bench.compare(_queries(bench, leads, RULES, SHARE), rounds), rules=RULES, share=SHARE
        )
    return rows


def whole_runs(bench: Bench) -> Rows:
    """Measure `leadgrade qualify` from a list to a record, by engine and length of the list."""
    rows: Rows = []
    for kind in ("csv", "parquet"):
        for engine, workers in _ways(kind):
            rows += _growing(bench, engine, workers, kind)
    return rows


def _ways(kind: str) -> Iterator[tuple[str, int]]:
    for engine in whole.engines():
        one = engine in ours.ONE_BY_ONE
        if one and kind == "csv":
            yield engine, 1
        if (one and kind == "csv" and engine == "rete") or not one:
            yield engine, BUSY


def _growing(bench: Bench, engine: str, workers: int, kind: str) -> Rows:
    """Measure ever longer lists until one would take too long."""
    rows: Rows = []
    to_file = kind == "parquet" and whole.takes("--out")
    if kind == "parquet" and not to_file:
        return rows
    rate = 0.0
    for leads in bench.plan.leads:
        row = {"engine": engine, "workers": workers, "from": kind, "leads": leads, "rules": RULES}
        row["to"] = "Parquet" if to_file else "SQLite"
        if rate and leads / rate > bench.plan.longest:
            rows.append({**row, "left_out": leads / rate})
            continue
        job = whole.Run(
            engine,
            workers,
            bench.list_of(leads, kind),
            bench.book_of(RULES),
            bench.folder / "whole.db",
            bench.folder / "whole.parquet" if to_file else None,
        )
        bench.say(f"  {engine}, {workers} at work, {leads:,} leads, {kind}")
        try:
            found = whole.measure(job)
        except TaskError as error:
            bench.say(f"  {error}")
            rows.append({**row, "error": str(error)})
            break
        rate = found["rate_wall"]
        rows.append({**row, **found})
    return rows


def against_bare(bench: Bench) -> Rows:
    """Compare a whole run with the libraries that it stands on doing nothing but their part."""
    source = bench.list_of(bench.plan.compared, "csv")
    engine = "columnar" if "columnar" in whole.engines() else whole.engines()[0]
    made, again = bench.folder / "compared.db", bench.folder / "bare.db"
    job = whole.Run(engine, BUSY, source, bench.book_of(RULES), made)

    def store() -> Result:
        lists.remove(again, *again.parent.glob("bare.db-*"))
        return run("storing:bare", source=str(made), db=str(again))

    tasks: dict[str, Callable[[], Result]] = {
        engine: lambda: whole.measure(job),
        "bare executemany": store,
        "bare csv module": partial(run, "reading:read", reader="csv module", path=str(source)),
        "bare DuckDB": partial(run, "reading:read", reader="DuckDB, as a table", path=str(source)),
    }
    return _about(bench.compare(tasks), rules=RULES)


def storing(bench: Bench) -> Rows:
    """Compare storing decided leads with inserting the same bytes."""
    made, again = bench.folder / "stored.db", bench.folder / "inserted.db"

    def again_() -> Result:
        return run("storing:ours", rules=RULES, leads=bench.plan.stored, db=str(made))

    def ours_() -> Result:
        lists.remove(made, *made.parent.glob("stored.db-*"))
        return again_()

    def bare() -> Result:
        lists.remove(again, *again.parent.glob("inserted.db-*"))
        return run("storing:bare", source=str(made), db=str(again))

    tasks = {"leadgrade": ours_, "bare executemany": bare, "leadgrade, the next night": again_}
    return bench.compare(tasks)


def reading_lists(bench: Bench) -> Rows:
    """Compare reading lists to facts with the bare libraries, which give cells."""
    rows: Rows = []
    for kind, count in zip(("csv", "xlsx", "parquet"), bench.plan.read, strict=True):
        path = bench.folder / f"read.{kind}"
        run("reading:make", kind=kind, path=str(path), rows=count)
        tasks = {
            reader: partial(run, "reading:read", reader=reader, path=str(path))
            for reader in reading.WITH[kind]
        }
        rows += [{**row, "kind": kind} for row in bench.compare(tasks)]
        path.unlink()
    return rows


def start_up(bench: Bench) -> Rows:
    """Measure how long a person waits for commands that have little to do."""
    db = bench.folder / "start.db"
    source = bench.list_of(bench.plan.leads[0], "csv")
    whole.measure(whole.Run("explainer", BUSY, source, bench.book_of(RULES), db))
    found = starting.measure(db, "L00000007", bench.book_of(300), bench.plan.starts)
    return [{"command": name, **result} for name, result in found.items()]


def _one_by_one(
    engines: Iterable[str], rules: int, share: float, seconds: float
) -> dict[str, Callable[[], Result]]:
    work = {"rules": rules, "share": share, "seconds": seconds}
    return {
        engine: partial(run, "deciding:one_by_one", engine=engine, **work)
        for engine in engines
        if engine in ours.names() or peers.why_missing(engine) is None
    }


def _queries(bench: Bench, leads: int, rules: int, share: float) -> dict[str, Callable[[], Result]]:
    path = str(bench.list_of(leads, "parquet"))
    work = {"rules": rules, "share": share, "path": path, "threads": BUSY}
    tasks: dict[str, Callable[[], Result]] = {
        name: partial(run, "deciding:by_query", full=full, **work)
        for name, full in (("duckdb", False), ("duckdb-full", True))
    }
    if "columnar" in ours.names():
        tasks["columnar"] = partial(run, "deciding:by_columnar", **work)
    return tasks


def _about(rows: Rows, **what: Any) -> Rows:
    return [{**what, **row} for row in rows]


SECTIONS: dict[str, Callable[[Bench], Rows]] = {
    "deciding": deciding,
    "two_processes": two_processes,
    "by_rules": by_rules,
    "by_share": by_share,
    "queries": queries,
    "whole_runs": whole_runs,
    "against_bare": against_bare,
    "storing": storing,
    "reading": reading_lists,
    "start_up": start_up,
}
