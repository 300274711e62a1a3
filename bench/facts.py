"""The facts of the measured book, and how their values are spread over the leads.

Each value is a function of a share between 0 and 1, the same here and in SQL: so a threshold can be
put where a wanted part of the leads lies beyond it, and any number of leads can be written by a
query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
FIRST_DAY = date(2024, 1, 1)
DAYS = 750


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its type in the rule language, and the spread of its values."""

    id: str
    type: str
    low: float = 0
    high: float = 0
    values: tuple[str, ...] = ()
    ordered: bool = False
    true_share: float = 0

    def at(self, share: float) -> float:
        """Return the value below which this share of the known values lies.

        A percent is a fraction, a date its number of days since 1970.
        """
        share = min(max(share, 0.0), 1.0)
        if self.type == "money":
            return float(round(10 ** (self.low + share * (self.high - self.low))))
        if self.type == "percent":
            return int(share * self.high * 1000) / 1000
        if self.type == "date":
            return float((FIRST_DAY - EPOCH).days + int(share * DAYS))
        return float(int(self.low + share * (self.high - self.low)))

    def sql(self, share: str) -> str:
        """Return the same in SQL, for a share that is an expression below 1: a typed value."""
        match self.type:
            case "money":
                return f"round(pow(10, {self.low} + {share} * {self.high - self.low}))::BIGINT"
            case "percent":
                return f"floor({share} * {self.high * 1000:.0f}) / 1000"
            case "date":
                return f"DATE '{FIRST_DAY}' + floor({share} * {DAYS})::INTEGER"
            case "choice":
                listed = ", ".join(f"'{each}'" for each in self.values)
                return f"[{listed}][1 + floor({share} * {len(self.values)})::INTEGER]"
            case "flag":
                return f"{share} < {self.true_share}"
        return f"floor({self.low} + {share} * {self.high - self.low})::INTEGER"

    def cell_sql(self) -> str:
        """Return the SQL of the cell in a CSV list, as people write it."""
        match self.type:
            case "percent":
                return f"format('{{:.1f}}%', {self.id} * 100)"
            case "flag":
                return f"CASE {self.id} WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' END"
        return self.id


def day(number: float) -> date:
    """Return the date that a threshold stands for."""
    return EPOCH + timedelta(days=int(number))


FACTS = (
    Fact("annual_revenue", "money", 5, 9),
    Fact("budget", "money", 3, 7),
    Fact("deal_amount", "money", 3, 7),
    Fact("cash", "money", 4, 8),
    Fact("employees", "number", 1, 5000),
    Fact("orders_per_year", "number", 0, 400),
    Fact("visits", "number", 0, 1000),
    Fact("overdue_share", "percent", 0, 0.6),
    Fact("margin", "percent", 0, 0.5),
    Fact("market_share", "percent", 0, 0.4),
    Fact("growth", "percent", 0, 0.9),
    Fact("payment_days", "days", 1, 180),
    Fact("overdue_days", "days", 0, 365),
    Fact("cycle_days", "days", 5, 720),
    Fact("last_contact", "date"),
    Fact(
        "industry",
        "choice",
        values=(
            "chemicals",
            "energy",
            "food",
            "health",
            "machines",
            "metals",
            "retail",
            "software",
        ),
    ),
    Fact("region", "choice", values=("central", "east", "north", "overseas", "south", "west")),
    Fact("intent", "choice", values=("none_yet", "exploring", "comparing", "ready"), ordered=True),
    Fact("refused", "flag", true_share=0.02),
    Fact("competitor", "flag", true_share=0.03),
)
BY_ID = {each.id: each for each in FACTS}
NUMERIC = tuple(each for each in FACTS if each.type in {"money", "number", "percent", "days"})
CHOICES = tuple(each for each in FACTS if each.type == "choice")
