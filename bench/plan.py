"""How much is measured: everything, or as much as a few minutes allow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and patience."""

    name: str
    seconds: float
    """Of processor time for each engine that takes leads one by one, where they are compared."""
    brief: float
    """The same where it is shown how cost grows."""
    rounds: int
    """By turns, for what is compared with each other."""
    rules: tuple[int, ...]
    shares: tuple[float, ...]
    leads: tuple[int, ...]
    """Of lists, for whole runs and for queries."""
    queried: int
    """Of the list on which it is shown how the cost of a query grows."""
    stored: int
    """Decided leads that are stored from memory."""
    compared: int
    """Leads of the whole run that is compared with the bare libraries."""
    read: tuple[int, int, int]
    """Rows of the CSV, XLSX and Parquet lists that are read."""
    longest: float
    """Seconds. A run that is expected to take longer is left out, and the page says so."""
    starts: int


FULL = Plan(
    name="full",
    seconds=2.0,
    brief=0.8,
    rounds=3,
    rules=(10, 40, 100, 300, 1000),
    shares=(0.05, 0.1, 0.25, 0.5, 0.8),
    leads=(10_000, 100_000, 1_000_000, 10_000_000),
    queried=200_000,
    stored=100_000,
    compared=1_000_000,
    read=(200_000, 50_000, 200_000),
    longest=200.0,
    starts=9,
)

QUICK = Plan(
    name="quick",
    seconds=0.4,
    brief=0.3,
    rounds=1,
    rules=(10, 300),
    shares=(0.05, 0.8),
    leads=(10_000, 100_000),
    queried=20_000,
    stored=20_000,
    compared=10_000,
    read=(10_000, 2_000, 10_000),
    longest=12.0,
    starts=3,
)

RULES = 40
"""Of the book on which engines are compared."""
