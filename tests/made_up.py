"""A made-up list: cells as people type them, rows that are rejected, ids that come twice."""

from __future__ import annotations

import csv
import random
from pathlib import Path


def messy_list(path: Path, rows: int) -> Path:
    """Write it as CSV, for the book of the command tests."""
    chance = random.Random(5)  # noqa: S311 - a made-up list
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Lead", "公司", "Revenue", "逾期占比", "Intent", "Reach", "已明确拒绝"])
        for number in range(rows):
            writer.writerow(
                [
                    "" if number % 97 == 5 else f"L-{number % (rows - 3)}",
                    chance.choice(["青屿", 'A "quoted", name', "", "line\nbreak", "\x07\\"]),
                    chance.choice(["", 10_000_000, round(10 ** chance.uniform(4, 9)), "1,200万"]),
                    chance.choice(["", "20%", "many", f"{chance.random():.1%}"]),
                    chance.choice(["", "none", "有", "ready"]),
                    chance.choice(["", "low", "高"]),
                    chance.choice(["", "no", "no", "yes"]),
                ]
            )
    return path
