"""What stands in each column of a list: how much is known, of what kind, what is doubtful."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leadgrade.leads.identity.contact import normal_email, normal_phone
from leadgrade.leads.listing import DEFAULTS, open_list
from leadgrade.leads.terms import Rejected, Unread
from leadgrade.leads.values.amounts import read_days, read_money, read_number, read_percent
from leadgrade.leads.values.cells import FALSE, TRUE, unknown_text
from leadgrade.leads.values.dates import read_date
from leadgrade.leads.values.ranges import range_in
from leadgrade.rules.values import ValueReadError, fold

if TYPE_CHECKING:
    from pathlib import Path

    from leadgrade.leads.listing import Listing
    from leadgrade.leads.terms import Options
    from leadgrade.leads.values.policy import Policy
    from leadgrade.rules.model import Book

MOST_DISTINCT = 10_000
"""So many different values of a column are counted."""

MOST_EXAMPLES = 3
EXAMPLE_LENGTH = 40

LOOKED_AT = 1000
"""So many known cells of a column decide of what kind it is."""

_ENOUGH = 0.95
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class ColumnProfile:
    """One column. Of ``distinct`` values there may be more where it is ``MOST_DISTINCT``."""

    header: str
    fact: str | None
    known: int = 0
    values: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    longest: int = 0
    kind: str = "empty"
    kinds: dict[str, int] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    policy: Policy | None = None

    @property
    def distinct(self) -> int:
        """The number of different known values, as far as it was counted."""
        return len(self.values)

    def take(self, text: str) -> None:
        """Count a cell."""
        if unknown_text(text):
            return
        shown = text.strip()
        self.known += 1
        self.longest = max(self.longest, len(shown))
        if len(self.values) < MOST_DISTINCT and shown not in self.values:
            self.values.add(shown[:EXAMPLE_LENGTH])
            if len(self.examples) < MOST_EXAMPLES:
                self.examples.append(shown[:EXAMPLE_LENGTH])
        if self.known <= LOOKED_AT:
            for kind in kinds_of(shown):
                self.kinds[kind] = self.kinds.get(kind, 0) + 1

    def finish(self) -> None:
        """Decide of what kind the column is."""
        looked_at = min(self.known, LOOKED_AT)
        fitting = [kind for kind in KINDS if self.kinds.get(kind, 0) >= _ENOUGH * looked_at]
        self.kind = fitting[0] if looked_at and fitting else "text" if looked_at else "empty"


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole list: ``rows`` read, ``rejected`` by the code of the reason."""

    listing: Listing
    columns: tuple[ColumnProfile, ...]
    rows: int
    cells: int
    """The rows that had cells: all but those that are broken as a whole."""
    rejected: dict[str, int]


def profile_list(path: str | Path, book: Book, options: Options = DEFAULTS) -> Profile:
    """Read a whole list and return what stands in it.

    Raises:
        ListError, BookError: see ``open_list``.
    """
    with open_list(path, book, options) as listing:
        facts = {at: fact for fact, at in listing.headers.facts.items()}
        headers = listing.headers.headers
        columns = [ColumnProfile(name, facts.get(at)) for at, name in enumerate(headers)]
        rejected: dict[str, int] = {}

        whole = 0

        def look(cells: list[str]) -> None:
            nonlocal whole
            whole += 1
            for column, cell in zip(columns, cells, strict=True):
                column.take(cell)

        for item in listing.watched(look):
            if isinstance(item, Rejected):
                rejected[item.code] = rejected.get(item.code, 0) + 1
        for column in columns:
            column.finish()
            column.unread = [each for each in listing.unread if each.fact == column.fact]
            column.policy = listing.policies.get(column.fact or "")
        shown = tuple(column for column in columns if column.header or column.known)
        return Profile(listing, shown, listing.rows, whole, rejected)


def kinds_of(text: str) -> list[str]:
    """Return every kind that a known text may be of."""
    return [kind for kind, fits in KINDS.items() if fits(text)]


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            read(text)
        except ValueReadError:
            return False
        return True

    return fits


def _any_date(text: str) -> bool:
    return not text.isdigit() and _reads(lambda each: read_date(each, "dmy"))(text)


def _currency(text: str) -> bool:
    """Whether this is an amount in one of the usual currencies."""
    return _DIGIT.search(text) is not None and any(fits(text) for fits in _MONEY)


def _amount_in(currency: str) -> Callable[[str], bool]:
    return _reads(lambda text: read_money(text, currency))


_MONEY = [_amount_in(code) for code in ("CNY", "USD", "EUR", "GBP", "JPY", "INR", "HKD")]

KINDS: dict[str, Callable[[str], bool]] = {
    "flag": lambda text: fold(text).lower() in TRUE | FALSE,
    "phone": lambda text: len(text) >= 8 and normal_phone(text) is not None,
    "number": _reads(read_number),
    "percent": lambda text: fold(text).endswith("%") and _reads(read_percent)(text),
    "days": _reads(read_days),
    "money": _currency,
    "date": _any_date,
    "range": lambda text: range_in(text, read_number) is not None,
    "email": lambda text: normal_email(text) is not None,
}
"""The kinds that are told apart, and what fits them; the first that nearly all cells fit counts."""
