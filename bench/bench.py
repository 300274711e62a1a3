"""Measures a whole run and its parts on this machine: ``make bench``.

Timings are noisy; look at the ratios within one run. Nothing here is a test.
"""

from __future__ import annotations

import csv
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from leadgrade.engine.backends.base import make_backend, why_unavailable
from leadgrade.leads import read_lists
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book, Fact, FactType

LEADS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
SINGLE = 20_000
"""Leads for what is measured on one core."""

AS_OF = date(2026, 1, 22)
UNKNOWN_SHARE = 0.2


def main() -> None:
    """Run all measurements and print them as a table and as JSON."""
    book = load_book(shipped_books()["b2b-leads"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write_list(path, book, LEADS)
        found = {
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "rules": len(book.rules),
            "leads": LEADS,
            **measure_parts(path, book),
            **measure_whole(path, Path(folder)),
        }
    for name, value in found.items():
        print(f"{name:34} {value:,}" if not isinstance(value, str) else f"{name:34} {value}")
    print(json.dumps(found))


def write_list(path: Path, book: Book, count: int) -> None:
    """Write a list of random leads that touches every fact of the book."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Lead ID", *book.facts])
        for number in range(count):
            cells = (random_cell(fact, chance) for fact in book.facts.values())
            writer.writerow([f"L{number:07}", *cells])


def random_cell(fact: Fact, chance: random.Random) -> str:
    """Return a cell as people type it, unknown in a fifth of the cases."""
    if chance.random() < UNKNOWN_SHARE:
        return ""
    match fact.type:
        case FactType.MONEY:
            return str(round(10 ** chance.uniform(4, 9)))
        case FactType.PERCENT:
            return f"{chance.uniform(0, 60):.1f}%"
        case FactType.DAYS:
            return str(chance.randrange(200))
        case FactType.DATE:
            return (AS_OF - timedelta(days=chance.randrange(400))).isoformat()
        case FactType.FLAG:
            return chance.choice(["yes", "no", "no", "no", "no", "no"])
        case FactType.CHOICE:
            return chance.choice(fact.choices).id
        case FactType.NUMBER:
            return str(chance.randrange(int(fact.low or 0), int(fact.high or 100) + 1))
    return f"Company {chance.randrange(10**6)}"


def measure_parts(path: Path, book: Book) -> dict[str, float]:
    """Return leads a second of reading, and of deciding on one core by each engine."""
    leads, reading = timed(
        lambda: [each for each in read_lists([path], book) if isinstance(each, Lead)]
    )
    found: dict[str, float] = {"reading, leads a second": rate(len(leads), reading)}
    seconds: dict[str, float] = {}
    for engine in ("explainer", "rete"):
        if why_unavailable(engine) is None:
            backend = make_backend(engine, book, AS_OF)
            some = leads[:SINGLE]
            _, seconds[engine] = timed(lambda b=backend, s=some: [b.decide(lead) for lead in s])  # type: ignore[misc]
            found[f"deciding by {engine}, one core"] = rate(len(some), seconds[engine])
    if "rete" in seconds:
        found["explainer / rete"] = round(seconds["rete"] / seconds["explainer"], 2)
    return found


def measure_whole(path: Path, folder: Path) -> dict[str, float]:
    """Return seconds of whole runs from CSV into SQLite, as the shell sees them."""
    command = [str(Path(sys.executable).with_name("leadgrade")), "qualify", str(path), "--json"]
    command += [
        "--book",
        "b2b-leads",
        "--as-of",
        AS_OF.isoformat(),
        "--db",
        str(folder / "bench.db"),
    ]
    found: dict[str, float] = {}
    for name, more in (("", []), (", same list again", []), (", one process", ["--workers", "1"])):
        _, seconds = timed(
            lambda m=more: subprocess.run(command + m, check=True, capture_output=True)
        )  # type: ignore[misc]
        found[f"end to end{name}, seconds"] = round(seconds, 2)
        found[f"end to end{name}, leads a second"] = rate(LEADS, seconds)
    found["record, bytes a lead (three runs)"] = (folder / "bench.db").stat().st_size // LEADS
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found["largest process, MB"] = peak // 1024
    return found


T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what work gives, and the seconds it took."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def rate(count: int, seconds: float) -> int:
    """Return how many a second."""
    return round(count / seconds)


if __name__ == "__main__":
    main()
