"""Lists of leads of any length: Parquet with typed columns, CSV as people write it, or in memory.

DuckDB draws every value from the hash of the lead's number and the fact's name, so a list is the
same whenever it is written, and its first leads are those of a shorter one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from bench.facts import EPOCH, FACTS, Fact
from bench.workload import UNKNOWN_SHARE
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead

Facts = dict[str, float | str | bool | None]
"""A lead for the other engines: every fact by name, None where unknown, dates as day numbers."""

DRAWN = float(2**64)


def typed_sql(leads: int) -> str:
    """Return the query of so many leads with typed columns, in order."""
    columns = ",\n  ".join(f"{_known(fact)} AS {fact.id}" for fact in FACTS)
    return (
        f"SELECT format('L{{:08d}}', n) AS lead_id,\n  {columns}\nFROM range({leads}) AS numbers(n)"
    )


def _known(fact: Fact) -> str:
    # Hashed twice: the hash of a row is an exclusive or of its parts, so facts would be related.
    unknown = f"hash(hash(n, '{fact.id}?')) / {DRAWN} < {UNKNOWN_SHARE}"
    value = fact.sql(f"(hash(hash(n, '{fact.id}')) / {DRAWN})")
    return f"CASE WHEN {unknown} THEN NULL ELSE {value} END"


def write(path: str, leads: int) -> dict[str, int]:
    """Write a list in the format that its name says: a task."""
    (write_csv if path.endswith("csv") else write_parquet)(path, leads)
    return {"leads": leads}


def write_parquet(path: str, leads: int) -> None:
    """Write a list with typed columns."""
    duckdb.sql(f"COPY ({typed_sql(leads)}) TO '{path}' (FORMAT parquet)")


def write_csv(path: str, leads: int) -> None:
    """Write a list as people write it: ``35.2%``, ``yes``, ``2026-01-22``, empty where unknown."""
    cells = ", ".join(f"{fact.cell_sql()} AS {fact.id}" for fact in FACTS)
    query = f"SELECT lead_id, {cells} FROM ({typed_sql(leads)})"  # noqa: S608 - our own names
    duckdb.sql(f"COPY ({query}) TO '{path}' (HEADER, DELIMITER ',')")


def facts_of_leads(leads: int) -> list[Facts]:
    """Return leads as the other engines take them."""
    days = [fact.id for fact in FACTS if fact.type == "date"]
    numbers = {fact.id for fact in FACTS if fact.type in {"money", "number", "percent", "days"}}
    names = [fact.id for fact in FACTS]
    found: list[Facts] = []
    query = f"SELECT {', '.join(names)} FROM ({typed_sql(leads)})"  # noqa: S608 - our own names
    with duckdb.connect() as connection:
        rows = connection.execute(query).fetchall()
    for row in rows:
        facts = dict(zip(names, row, strict=True))
        for name in days:
            facts[name] = None if facts[name] is None else float((facts[name] - EPOCH).days)
        for name in numbers:
            facts[name] = None if facts[name] is None else float(facts[name])
        found.append(facts)
    return found


def leads_of(all_facts: Iterable[Facts]) -> list[Lead]:
    """Return the same leads as leadgrade's engines take them."""
    return [Lead(f"L{number:08}", dict(_typed(facts))) for number, facts in enumerate(all_facts)]


def _typed(facts: Facts) -> Iterable[tuple[str, Value]]:
    for fact in FACTS:
        value = facts[fact.id]
        if value is None:
            continue
        if fact.type == "date":
            assert isinstance(value, float)  # noqa: S101 - a day number
            yield fact.id, date.fromordinal(EPOCH.toordinal() + int(value))
        else:
            yield fact.id, value


def remove(*paths: Path) -> None:
    """Remove lists that are no longer needed."""
    for path in paths:
        path.unlink(missing_ok=True)
