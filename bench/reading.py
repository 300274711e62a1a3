"""Measures reading lists on this machine: ``python bench/reading.py [CSV] [XLSX] [PARQUET]``.

The arguments are numbers of rows. Each list is read by leadgrade, cell by cell to typed facts, and
by the bare library that it is read with, which gives cells and no facts. Every reading has a
process of its own, so that its memory is its own. Timings are noisy; look at the ratios.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book

HEADERS = [
    *["lead_id", "company", "industry", "employee_count", "annual_revenue", "budget"],
    *["deal_amount", "current_assets", "current_liabilities", "cash", "total_assets"],
    *["net_profit", "payment_cycle_days", "overdue_days_max", "purchase_count_12m"],
    *["expected_orders_per_year", "last_contact", "refused", "has_competitor"],
    *["note1", "note2", "note3"],
]


def a_row(number: int, rng: random.Random) -> list[str]:
    """Return a row as people write them: 22 cells."""
    return [
        f"L{number}",
        f"Company {number} 有限公司",
        rng.choice(["Manufacturing", "Retail", "物流", "Healthcare"]),
        str(rng.randint(1, 5000)),
        f"¥{rng.randint(100, 90000)}万",
        f"{rng.randint(1000, 9_000_000):,}",
        str(rng.randint(1000, 9_000_000)),
        *(str(rng.randint(1000, 9_000_000)) for _ in range(5)),
        f"{rng.randint(5, 120)} days",
        str(rng.randint(0, 90)),
        str(rng.randint(0, 40)),
        str(rng.randint(0, 40)),
        f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        rng.choice(["yes", "no", ""]),
        rng.choice(["是", "否"]),
        "called twice",
        "",
        "met at the fair, wants an offer",
    ]


def make_csv(path: Path, rows: int) -> None:
    """Write a CSV list."""
    rng = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(a_row(number, rng) for number in range(rows))


def make_xlsx(path: Path, rows: int) -> None:
    """Write a workbook."""
    from xlsxwriter import Workbook  # noqa: PLC0415

    rng = random.Random(7)
    with Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        for number in range(rows):
            sheet.write_row(number + 1, 0, a_row(number, rng))


def make_parquet(path: Path, rows: int) -> None:
    """Write a Parquet file from a CSV list."""
    import duckdb  # noqa: PLC0415

    source = path.with_suffix(".csv")
    make_csv(source, rows)
    duckdb.sql(f"SELECT * FROM read_csv('{source}', all_varchar = true)").write_parquet(str(path))  # noqa: S608
    source.unlink()


def read_ours(path: Path) -> int:
    """Read a list to leads."""
    with read_lists([path], load_book(shipped_books()["b2b-leads"]), Options()) as reading:
        return sum(not isinstance(item, Rejected) for item in reading)


def bare_csv(path: Path) -> int:
    """Read a CSV list with the csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def bare_xlsx(path: Path) -> int:
    """Read a workbook with calamine."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def bare_parquet(path: Path) -> int:
    """Read a Parquet file with DuckDB, in batches of Python rows."""
    import duckdb  # noqa: PLC0415

    cursor = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    rows = 0
    while batch := cursor.fetchmany(2048):
        rows += len(batch)
    return rows


KINDS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], int]]] = {
    "csv": (make_csv, bare_csv),
    "xlsx": (make_xlsx, bare_xlsx),
    "parquet": (make_parquet, bare_parquet),
}


def measure(path: Path, who: str) -> dict[str, float]:
    """Read a list in a process of its own. Seconds, and megabytes of memory at the most."""
    command = [sys.executable, __file__, "--read", who, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def read(who: str, path: Path) -> None:
    """Read a list, and print what it took."""
    reader = read_ours if who == "leadgrade" else KINDS[path.suffix[1:]][1]
    started, used = time.perf_counter(), time.process_time()
    rows = reader(path)
    took = {
        "rows": rows,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - used,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(took))


def main() -> None:
    """Make the lists, read each by both, and print a table."""
    if sys.argv[1:2] == ["--make"]:
        KINDS[sys.argv[2]][0](Path(sys.argv[3]), int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["--read"]:
        read(sys.argv[2], Path(sys.argv[3]))
        return
    wanted = [int(each) for each in sys.argv[1:]] or [1_000_000, 100_000, 1_000_000]
    took = ("rows/s", "CPU s", "peak MB")
    print(
        f"{'list':<10}{'rows':>12}{'MB':>8}  {'read by':<12}{took[0]:>12}{took[1]:>8}{took[2]:>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for (kind, (_, bare)), rows in zip(KINDS.items(), wanted, strict=False):
            if not rows:
                continue
            path = Path(folder) / f"leads.{kind}"
            making = [sys.executable, __file__, "--make", kind, str(path), str(rows)]
            subprocess.run(making, check=True)  # elsewhere: a child's memory counts its parent's
            for who in (bare.__name__, "leadgrade"):
                took = measure(path, who)
                assert took["rows"] == rows  # noqa: S101
                print(
                    f"{kind:<10}{rows:>12,}{path.stat().st_size / 1e6:>8.0f}  {who:<12}"
                    f"{rows / took['seconds']:>12,.0f}{took['cpu']:>8.1f}{took['megabytes']:>9.0f}",
                    flush=True,
                )
            path.unlink()


if __name__ == "__main__":
    main()
