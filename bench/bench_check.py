"""The time of `leadgrade check` on a generated book of 300 rules, start-up included.

Run: python bench/bench_check.py [RULES]
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [sys.executable, "-c", "from leadgrade.cli import cli; cli()", "check"]
CRITERIA = 6
NUMBERS, CHOICES, FLAGS = 24, 10, 6


def book(rules: int) -> str:
    """Return a book with so many rules of all kinds, two of which are wrong."""
    lines = ["book: big", "facts:"]
    lines += [f"  n{i}: {{type: number, range: [0, 1000000]}}" for i in range(NUMBERS)]
    lines += [
        f"  c{i}: {{type: choice, values: [a, b, c, d], ordered: true}}" for i in range(CHOICES)
    ]
    lines += [f"  f{i}: {{type: flag}}" for i in range(FLAGS)]
    lines += ["derived:", "  ratio: n0 / n1", "  gap: n2 - n3", "criteria:"]
    for criterion in range(CRITERIA):
        lines += [f"  k{criterion}:", f"    range: [0, {rules // 3}]", "    rules:"]
        for each in range(criterion, rules, CRITERIA):
            lines += rule(each)
    lines += ["knock_outs:"]
    lines += [f"  - {{id: out{i}, when: [f{i}, c{i} = a], grade: D}}" for i in range(FLAGS)]
    lines += ["grades:", "  A: {from: 120, needs: [k0 >= 10, c0 != a]}", "  B: {from: 80}"]
    lines += ["  C: {from: 40}", "  D: {}", "qualified: grade in [A, B]", "next_steps:"]
    lines += [f"  - {{id: do{g}, when: grade = {g}, do: Call}}" for g in "ABCD"]
    return "\n".join(lines) + "\n"


def rule(number: int) -> list[str]:
    """Return the lines of one rule: by turns a condition, bands, values, a nested condition."""
    n, c, f = number % NUMBERS, number % CHOICES, number % FLAGS
    limit = 10 + 7 * number
    head = [f"      - id: r{number}"]
    match number % 4:
        case 0:
            lines = [f"        when: n{n} > {limit} and c{c} in [b, c]", "        points: 3"]
        case 1:
            bands = f"[{{from: {limit}, points: 2}}, {{from: {limit * 2}, points: 5}}]"
            lines = [f"        fact: n{n}", f"        bands: {bands}"]
        case 2:
            lines = [f"        fact: c{c}", "        values: {a: 0, b: 1, c: 2, d: 4}"]
        case _:
            any_of = f"{{any: [f{f}, n{n} < {limit}, ratio > {number}]}}"
            lines = [f"        when: [{any_of}, c{c} != d, gap >= {number}]", "        points: -2"]
    if number == 40:
        lines = ["        when: [n1 > 5, n1 < 3]", "        points: 3"]
    return head + lines


def main() -> None:
    """Print the seconds of five runs, and how much is found."""
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.yaml"
        path.write_text(book(rules), encoding="utf-8")
        seconds = []
        for _ in range(5):
            started = time.perf_counter()
            done = subprocess.run(
                [*COMMAND, str(path)], capture_output=True, text=True, check=False
            )
            seconds.append(time.perf_counter() - started)
        print(f"{rules} rules: best {min(seconds):.2f} s, worst {max(seconds):.2f} s")
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"processor time a run: {(spent.ru_utime + spent.ru_stime) / 5:.2f} s")
        print("\n".join(done.stdout.splitlines()[-2:]) or done.stderr)


if __name__ == "__main__":
    main()
