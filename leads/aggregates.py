"""Facts that are gathered from the rows of a joined file, as the rows pass by.

What comes out does not depend on the order of the rows: sums are exact decimals. What is kept
grows with the leads, not with the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from leadgrade.rules.gathering import Gather
from leadgrade.rules.values import ValueReadError, to_double

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadgrade.rules.conditions import Condition, Value
    from leadgrade.rules.gathering import JoinedSource
    from leadgrade.rules.model import Fact

Row = Mapping[str, "Value"]
Truth = Callable[[Row], bool | None]
Meaning = Callable[["Condition", Mapping[str, "Fact"]], Truth]
"""Says what a condition means for rows with these columns."""

_EXACT = Context(prec=800, rounding=ROUND_HALF_EVEN)
"""Room for any sum of doubles as they are written."""

_NEAR = Context(prec=50, rounding=ROUND_HALF_EVEN)


class Tally:
    """What is kept of the rows of one lead for one fact. ``add`` takes what a row says, or None."""

    __slots__ = ("known", "rows", "total")

    def __init__(self) -> None:
        self.rows = 0
        self.known = 0
        self.total: Any = None

    def add(self, value: Any) -> None:
        """Take the value of another row."""
        self.rows += 1
        if value is not None:
            self.known += 1
            self.total = value if self.total is None else self.both(self.total, value)

    def merge(self, other: Self) -> None:
        """Take all rows of another tally."""
        self.rows += other.rows
        self.known += other.known
        if self.total is None or other.total is None:
            self.total = other.total if self.total is None else self.total
        else:
            self.total = self.both(self.total, other.total)

    def both(self, one: Any, other: Any) -> Any:
        """Return what is kept of two values."""
        raise NotImplementedError

    def value(self) -> Value | None:
        """Return the fact, None where it is unknown."""
        found: Value | None = self.total
        return found


class _Sum(Tally):
    """The sum of what is known: 0 without rows, unknown where no row knows it."""

    __slots__ = ()

    def both(self, one: Decimal, other: Decimal) -> Decimal:
        return _EXACT.add(one, other)

    def value(self) -> float | None:
        if not self.rows:
            return 0.0
        return None if self.total is None else _double(self.total)


class _Count(_Sum):
    """How many rows there are."""

    __slots__ = ()

    def value(self) -> float:
        return float(self.rows)


class _Share(_Sum):
    """The mean of what is known: of ones and zeros, the share of the ones."""

    __slots__ = ()

    def value(self) -> float | None:
        return None if not self.known else _double(_NEAR.divide(self.total, Decimal(self.known)))


class _Highest(Tally):
    __slots__ = ()

    def both(self, one: Any, other: Any) -> Any:
        return max(one, other)


class _Lowest(Tally):
    __slots__ = ()

    def both(self, one: Any, other: Any) -> Any:
        return min(one, other)


_TALLIES: dict[Gather, type[Tally]] = {
    Gather.COUNT: _Count,
    Gather.SHARE: _Share,
    Gather.SUM: _Sum,
    Gather.MEAN: _Share,
    Gather.MAX: _Highest,
    Gather.MIN: _Lowest,
    Gather.FIRST: _Lowest,
    Gather.LAST: _Highest,
}


class _Way(NamedTuple):
    """How one fact is gathered: which rows count, and what each of them says."""

    fact: str
    tally: type[Tally]
    start: date | None
    where: Truth | None
    says: Callable[[Row], Any]


class Gathering:
    """The facts that a book gathers from one joined file, for every key in it."""

    def __init__(
        self, source: JoinedSource, facts: Iterable[Fact], as_of: date, meaning: Meaning
    ) -> None:
        self._as_of = as_of
        self._dated_by = source.dated_by or ""
        self._known_by = source.known_by
        self._ways = [_way(fact, source, as_of, meaning) for fact in facts]
        self._tallies: dict[str, list[Tally]] = {}

    def add(self, key: str, row: Row) -> bool:
        """Take a row of the lead with this key; False where it was not known before the day."""
        if self._known_by is not None:
            known = row.get(self._known_by)
            if not isinstance(known, date) or known >= self._as_of:
                return False
        tallies = self._tallies.get(key)
        if tallies is None:
            tallies = self._tallies[key] = [way.tally() for way in self._ways]
        day = row.get(self._dated_by)
        for way, tally in zip(self._ways, tallies, strict=True):
            if way.start is not None and not (
                isinstance(day, date) and way.start <= day < self._as_of
            ):
                continue
            if way.where is None or way.where(row):
                tally.add(way.says(row))
        return True

    def facts_of(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return what is known of a lead that has these keys."""
        found: dict[str, Value] = {}
        own = [self._tallies[key] for key in keys if key in self._tallies]
        for place, way in enumerate(self._ways):
            tally = way.tally()
            for tallies in own:
                tally.merge(tallies[place])
            value = tally.value()
            if value is not None:
                found[way.fact] = value
        return found


def _way(fact: Fact, source: JoinedSource, as_of: date, meaning: Meaning) -> _Way:
    aggregate = fact.aggregate
    assert aggregate is not None  # noqa: S101 - only gathered facts come here
    where, window = aggregate.where, aggregate.window
    return _Way(
        fact.id,
        _TALLIES[aggregate.function],
        None if window is None else window.start(as_of),
        None if where is None else meaning(where, source.columns),
        _says(fact, source, meaning),
    )


def _says(fact: Fact, source: JoinedSource, meaning: Meaning) -> Callable[[Row], Any]:
    """Return what a row says about a fact."""
    aggregate = fact.aggregate
    assert aggregate is not None  # noqa: S101
    if aggregate.test is not None:
        test = meaning(aggregate.test, source.columns)
        return lambda row: None if (holds := test(row)) is None else Decimal(holds)
    column = aggregate.column
    if column is None:
        return lambda _: None
    if aggregate.function in (Gather.SUM, Gather.MEAN):
        return lambda row: None if (said := row.get(column)) is None else Decimal(repr(said))
    return lambda row: row.get(column)


def _double(exact: Decimal) -> float | None:
    try:
        return to_double(exact)
    except ValueReadError:  # beyond what facts may be
        return None
