"""Reading lists: to typed facts, and by the bare libraries, which give cells."""

from __future__ import annotations

import csv
import importlib
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from bench.measure import Result, clocked
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book

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
    cells = f"SELECT * FROM read_csv('{source}', all_varchar = true)"  # noqa: S608 - our own name
    duckdb.sql(f"COPY ({cells}) TO '{path}' (FORMAT parquet)")
    source.unlink()


def rows_of(path: Path) -> int:
    """Read a list row by row to leads, as most engines take them."""
    with read_lists([path], _book(), Options()) as reading:
        return sum(not isinstance(item, Rejected) for item in reading)


def columns_of(path: Path) -> int:
    """Read a list by columns into a table of typed facts, as the columnar engine takes it."""
    from leadgrade.engine.duck import connect  # noqa: PLC0415
    from leadgrade.leads.columns import fill  # noqa: PLC0415

    book = _book()
    with read_lists([path], book, Options()) as reading, connect("512MB") as connection:
        fill(connection, reading, book)
        return reading.rows


@cache
def _book() -> Book:
    return load_book(shipped_books()["b2b-leads"])


def csv_module(path: Path) -> int:
    """Read a CSV list with the csv module."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def calamine(path: Path) -> int:
    """Read a workbook with calamine."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def duckdb_rows(path: Path) -> int:
    """Read a Parquet file with DuckDB, in batches of Python rows."""
    import duckdb  # noqa: PLC0415

    cursor = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    rows = 0
    while batch := cursor.fetchmany(2048):
        rows += len(batch)
    return rows


def duckdb_table(path: Path) -> int:
    """Read a list with DuckDB into a table of the types that it sees."""
    import duckdb  # noqa: PLC0415

    call = "read_csv" if path.suffix == ".csv" else "read_parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TEMP TABLE cells AS SELECT * FROM {call}(?)", [str(path)])  # noqa: S608
        ((rows,),) = connection.execute("SELECT count(*) FROM cells").fetchall()
    return int(rows)


MAKERS: dict[str, Callable[[Path, int], None]] = {
    "csv": make_csv,
    "xlsx": make_xlsx,
    "parquet": make_parquet,
}
READERS: dict[str, Callable[[Path], int]] = {
    "leadgrade": rows_of,
    "leadgrade by columns": columns_of,
    "csv module": csv_module,
    "calamine": calamine,
    "DuckDB, as rows": duckdb_rows,
    "DuckDB, as a table": duckdb_table,
}
WITH: dict[str, tuple[str, ...]] = {
    "csv": ("leadgrade", "csv module", "leadgrade by columns", "DuckDB, as a table"),
    "xlsx": ("leadgrade", "calamine"),
    "parquet": (
        "leadgrade",
        "DuckDB, as rows",
        "leadgrade by columns",
        "DuckDB, as a table",
    ),
}
"""What each kind of list is read with: ours, and behind each the bare library that it stands on."""


def make(kind: str, path: str, rows: int) -> Result:
    """Make a list: a task."""
    MAKERS[kind](Path(path), rows)
    return {"rows": rows}


def read(reader: str, path: str) -> Result:
    """Measure reading a list: a task. The book and the libraries are there before it begins."""
    if reader.startswith("leadgrade"):
        _book()
    if "columns" in reader or "DuckDB" in reader:
        importlib.import_module("duckdb")
        importlib.import_module("leadgrade.leads.columns")
    with clocked() as clock:
        rows = READERS[reader](Path(path))
    return {
        "rows": rows,
        "wall": clock.wall,
        "cpu": clock.cpu,
        "rate": rows / clock.cpu,
        "rate_wall": rows / clock.wall,
    }
