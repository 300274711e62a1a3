"""How the cells of one column are read where a cell alone does not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from leadgrade.leads.terms import BarePercent, DateOrder
from leadgrade.rules.model import NUMERIC, FactType

if TYPE_CHECKING:
    from leadgrade.leads.terms import Options


class Ranges(StrEnum):
    """Which number stands for a range such as 51-200."""

    LOWER = "lower"
    UPPER = "upper"
    MIDDLE = "middle"


class Several(StrEnum):
    """Which value counts where a cell has several, ``Web; Fair``."""

    FIRST = "first"
    LAST = "last"


FITS: dict[str, frozenset[FactType]] = {
    "bare_percent": frozenset({FactType.PERCENT}),
    "date_order": frozenset({FactType.DATE}),
    "decimal_comma": NUMERIC,
    "unit": NUMERIC,
    "ranges": NUMERIC,
    "several": frozenset({FactType.CHOICE}),
}
"""The types of facts that each part of a policy is for."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is settled for a column; None and "" leave doubtful cells unreadable.

    ``unit`` is the unit of numbers that have none in the cell: ``万元``, ``k``, ``年``.
    """

    bare_percent: BarePercent | None = None
    date_order: DateOrder | None = None
    decimal_comma: bool | None = None
    unit: str = ""
    ranges: Ranges | None = None
    several: Several | None = None

    @classmethod
    def of(cls, options: Options) -> Policy:
        """Return what was said for the whole list."""
        comma = True if options.decimal_comma else None
        return cls(options.bare_percent, options.date_order, comma)

    def over(self, other: Policy) -> Policy:
        """Return this policy, where it is silent the other."""
        return Policy(
            *(getattr(self, each.name) or getattr(other, each.name) for each in fields(self))
        )

    def without(self, other: Policy) -> Policy:
        """Return what this policy settles and the other does not."""
        silent = Policy()
        names = [each.name for each in fields(self)]
        return Policy(*(getattr(silent if getattr(other, name) else self, name) for name in names))

    def fitting(self, kind: FactType) -> Policy:
        """Return what of this policy means something for facts of a type."""
        silent = Policy()
        return Policy(
            *(
                getattr(self if kind in FITS[each.name] else silent, each.name)
                for each in fields(self)
            )
        )

    def settled(self) -> Iterator[tuple[str, str]]:
        """Yield what is settled, as name and value."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value:
                yield each.name, "yes" if value is True else str(value)
