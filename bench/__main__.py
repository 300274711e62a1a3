"""``python -m bench``: measure, and write what came out.

A full run takes some 20 minutes and writes the page of the docs. ``--quick`` takes some three
minutes and writes to ``bench/results/``, since its figures are too rough to be published.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench import machine, ours, page, peers
from bench.plan import FULL, QUICK, Plan
from bench.sections import SECTIONS, Bench
from bench.targets import targets

QUICK_RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures in a few minutes")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure this part only")
    parser.add_argument("--folder", type=Path, help="where lists and records are made")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what runs is ended, too
    plan = QUICK if said.quick else FULL
    results = measure(plan, said.only or [*SECTIONS], said.folder)
    place = page.DOCS if plan is FULL and not said.only else QUICK_RESULTS
    (place / "performance").mkdir(parents=True, exist_ok=True)
    kept = place / "performance" / "results.json"
    kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    page.write(results, place)
    for each in targets(results):
        if each.reached is not None:
            print(f"{'reached' if each.reached else 'MISSED':8} {each.measured:>16}  {each.what}")
    print(f"written: {place / 'performance.md'}")


def measure(plan: Plan, sections: list[str], folder: Path | None) -> dict[str, object]:
    """Measure, section by section."""
    missing = {name: why for name in peers.WHERE if (why := peers.why_missing(name)) is not None}
    results: dict[str, object] = {
        "plan": plan.name,
        "machine": machine.describe(),
        "missing": missing | ours.missing(),
    }
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=folder, prefix="leadgrade-bench-") as name:
        bench = Bench(plan, Path(name), lambda text: print(text, file=sys.stderr, flush=True))
        for section in sections:
            bench.say(f"{time.monotonic() - began:6.0f} s  {section}")
            results[section] = SECTIONS[section](bench)
    results["load"] = f"{load:.1f} and {os.getloadavg()[0]:.1f}"
    results["minutes"] = round((time.monotonic() - began) / 60, 1)
    return results


if __name__ == "__main__":
    main()
