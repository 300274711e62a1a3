"""What a book says about who is who, and about facts that are gathered from joined files.

Part of the typed model: frozen and picklable, names resolved. See ``model.Book``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadgrade.rules.conditions import Condition
    from leadgrade.rules.model import Fact
    from leadgrade.rules.phrase import Phrase
    from leadgrade.rules.source import Span

ID = "id"
"""Stands in ``identity:`` for the column that names the lead."""


class KeyKind(StrEnum):
    """What a fact of a key holds; it decides which writings are the same."""

    TAX_ID = "tax_id"
    EMAIL = "email"
    PHONE = "phone"
    COMPANY = "company"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A fact of a key; ``kind`` None is told by the fact's names. ``ID`` is the lead's id."""

    fact: str
    kind: KeyKind | None = None


Key = tuple[KeyPart, ...]
"""A key is complete where all of its facts are known."""


class Precedence(StrEnum):
    """Which of several rows of one lead goes first; a fact is taken from the first that has it."""

    FIRST = "first"
    LAST = "last"
    NEWEST = "newest"  # by a date fact; rows without it go last
    MOST_COMPLETE = "most_complete"  # the row with the most known facts; else the first


@dataclass(frozen=True, slots=True)
class Merging:
    """How the rows of one lead become one."""

    precedence: Precedence = Precedence.FIRST
    by: str | None = None
    """The date fact of ``newest``."""


class Gather(StrEnum):
    """What is made of the rows of a joined file."""

    COUNT = "count"
    SHARE = "share"
    SUM = "sum"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Window:
    """So long before the day of the decision."""

    months: int = 0
    days: int = 0

    def start(self, as_of: date) -> date:
        """Return the first day that belongs to it; ``as_of`` itself does not."""
        whole = as_of.year * 12 + as_of.month - 1 - self.months
        year, month = divmod(whole, 12)
        year = max(year, 1)
        day = min(as_of.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How a fact is gathered from the rows of one lead in a joined file.

    Only rows count for which ``where`` is true. ``share`` is the part for which ``test`` is true,
    of those for which it is true or false. The others look at a ``column``, where it is known.
    """

    source: str
    function: Gather
    column: str | None = None
    test: Condition | None = None
    where: Condition | None = None
    window: Window | None = None


class DateWriting(StrEnum):
    """How 03/04/2026 reads in a joined file."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True, slots=True)
class JoinedSource:
    """A file beside the list with any number of rows for a lead: invoices, orders.

    A row counts if ``known_by``, the day from which it is known, lies before the day of the
    decision. Both dates are ids of columns; where there is none, every row counts.
    """

    id: str
    label: Phrase
    key: tuple[str, ...]
    """The titles that the column may have that says whose row it is."""
    lead: KeyPart
    """What of the lead that column holds: its id, or a fact."""
    columns: dict[str, Fact]
    span: Span
    dated_by: str | None = None
    known_by: str | None = None
    dates: DateWriting | None = None
    encoding: str | None = None
    sheet: str | None = None
