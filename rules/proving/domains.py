"""The values that a subject may take, cut into cells that the tests of a book cannot tell apart.

A cell is one value that stands for all of its like; ``None`` stands for "unknown". Numbers are cut
at the thresholds of the tests (each threshold is a cell of its own), dates likewise but day by
day, choices and flags are listed, texts are those that the tests name and those that they do not.
Whole numbers are not assumed: between 2 and 3 employees lies a cell.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Any

from leadgrade.rules.conditions import (
    Between,
    Compare,
    Contains,
    OneOf,
    Op,
    Presence,
    Test,
    Value,
)
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    UNKNOWN_CLASS,
    Book,
    Fact,
    FactType,
    labels_of,
)

Cell = Value | None

MOST_NEEDLES = 6
"""Of ``contains`` tests on one text: their combinations are all looked at."""

LABELS = frozenset({"fired", "knock_outs"})
"""Results that hold several ids; each id is asked for alone."""

_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


class TooHardError(Exception):
    """Nothing is proved: there are more cases than are looked at."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The points that something can come to, in hundredths, rising. They may be too many."""

    values: Sequence[int]


def variable_of(test: Test) -> str:
    """Return what a test asks about: its subject, or one id of a result that holds several."""
    if test.subject in LABELS and isinstance(test, Contains):
        return f"{test.subject}:{test.needle}"
    return test.subject


def order_of(book: Book, subject: str) -> dict[str, int] | None:
    """Return the places of the values of an ordered choice or of the grade; else None."""
    if subject == "grade":
        return {grade: place for place, grade in enumerate(reversed(book.grade_ids))}
    fact = book.all_facts.get(subject)
    if fact is None or not fact.ordered:
        return None
    return {choice.id: place for place, choice in enumerate(fact.choices)}


def holds(test: Test, cell: Cell, order: Mapping[str, int] | None) -> bool | None:
    """Return what a test says of a value: True, False, or None where it is unknown."""
    if isinstance(test, Presence):
        return (cell is not None) is test.known
    if cell is None:
        return None

    def key(value: Any) -> Any:
        return value if order is None else order[str(value)]

    match test:
        case Compare(_, op, wanted):
            return _COMPARE[op](key(cell), key(wanted))
        case Between(_, low, high, _, negated):
            return bool(key(low) <= key(cell) <= key(high)) is not negated
        case OneOf(_, values, _, negated):
            return (cell in values) is not negated
        case Contains(subject, needle, _, negated):
            inside = cell is True if subject in LABELS else needle in str(cell)
            return inside is not negated


class Domains:
    """The cells of the subjects of one book."""

    def __init__(self, book: Book, points: Mapping[str, Reach] | None = None) -> None:
        """Take what the score and the criteria can come to, where that is known."""
        self._book = book
        self._points = points or {}
        self._ranges: dict[str, tuple[float, float]] = {}

    def cells(self, variable: str, tests: Iterable[Test]) -> tuple[Cell, ...]:
        """Return the cells of a variable as these tests cut it, unknown last where it may be.

        Raises:
            TooHardError: there are too many.
        """
        tests = list(tests)
        subject = variable.split(":", 1)[0]
        fact = self._book.all_facts.get(subject)
        if fact is not None:
            known = tuple(dict.fromkeys(self._known(fact, tests)))
            return (*known, None) if may_be_unknown(fact) else known
        return self._result(subject, tests)

    def _known(self, fact: Fact, tests: list[Test]) -> Iterator[Value]:
        match fact.type:
            case FactType.CHOICE:
                yield from (choice.id for choice in fact.choices)
            case FactType.FLAG:
                yield from (True, False)
            case FactType.TEXT:
                yield from _texts(tests)
            case FactType.DATE:
                yield from _dates(_thresholds(tests))
            case _:
                low, high = self.range_of(fact)
                steps = _step(fact.type)
                yield from _numbers(sorted(_thresholds(tests)), low, high, steps)

    def range_of(self, fact: Fact) -> tuple[float, float]:
        """Return the lowest and the highest value of a number fact; both may be reached."""
        from leadgrade.rules.proving.intervals import interval_of  # noqa: PLC0415 - it needs this module

        if fact.formula is None:
            low = -math.inf if fact.low is None else fact.low
            return low, math.inf if fact.high is None else fact.high
        if fact.id not in self._ranges:
            self._ranges[fact.id] = interval_of(fact.formula, self._range_named)
        return self._ranges[fact.id]

    def _range_named(self, name: str) -> tuple[float, float]:
        fact = self._book.all_facts.get(name)
        return (-math.inf, math.inf) if fact is None else self.range_of(fact)

    def _result(self, subject: str, tests: list[Test]) -> tuple[Cell, ...]:
        """Return the cells of what is decided: points, the grade, a class, yes or no."""
        book = self._book
        if subject in book.criteria or subject == "score":
            reach = self._points.get(subject)
            return tuple(_points(sorted(_thresholds(tests)), reach))
        if subject == "grade":
            return book.grade_ids
        if subject in book.classes:
            return (*labels_of(book.classes[subject]), NOT_APPLICABLE, UNKNOWN_CLASS)
        return (True, False)


def may_be_unknown(fact: Fact) -> bool:
    """Whether a lead may come without this fact and still be decided."""
    if fact.if_unknown is not None:
        return False
    return not fact.required or fact.max_age_days is not None


def _thresholds(tests: Iterable[Test]) -> set[Any]:
    found: set[Any] = set()
    for test in tests:
        match test:
            case Compare(_, _, value):
                found.add(value)
            case Between(_, low, high):
                found |= {low, high}
            case OneOf(_, values):
                found |= set(values)
    return found


def _numbers(ends: list[float], low: float, high: float, step: Callable[[float], float]) -> Any:
    """Yield each threshold within the range, and one value from each stretch between them."""
    inside = [end for end in ends if low <= end <= high]
    if not inside:
        yield from _stretch(low, high, step, closed=True)
        return
    if low < inside[0]:
        yield max(low, round(inside[0] - step(inside[0]), 9))
    for end, following in pairwise([*inside, math.inf]):
        yield end
        if following != math.inf:
            yield from _stretch(end, following, step, closed=False)
    if inside[-1] < high:
        last = inside[-1]
        yield min(high, round(last + step(last), 9))


def _stretch(
    low: float, high: float, step: Callable[[float], float], *, closed: bool
) -> Iterator[float]:
    """Yield a value between two ends, near the lower one; none where there is none."""
    if closed:
        yield low if math.isfinite(low) else high if math.isfinite(high) else 0.0
        return
    near = round(low + step(low), 9)
    middle = near if low < near < high else low + (high - low) / 2
    if low < middle < high:
        yield middle


def _step(kind: FactType) -> Callable[[float], float]:
    """Return how far a near value is away, in a round number of the kind."""
    smallest = 0.01 if kind is FactType.PERCENT else 1.0

    def step(end: float) -> float:
        if kind is FactType.PERCENT or abs(end) < 100 or not math.isfinite(end):
            return smallest if abs(end) >= 1 or kind is not FactType.NUMBER or not end else 0.1
        return 10.0 ** (math.floor(math.log10(abs(end))) - 1)

    return step


def _dates(ends: Iterable[date]) -> Iterator[date]:
    """Yield each named day, and one day from each stretch between them."""
    days = sorted(end.toordinal() for end in ends)
    if not days:
        yield date(2026, 1, 1)
        return
    if days[0] > date.min.toordinal():
        yield date.fromordinal(days[0] - 1)
    for day in days:
        yield date.fromordinal(day)
        if day + 1 not in days and day < date.max.toordinal():
            yield date.fromordinal(day + 1)


def _texts(tests: Iterable[Test]) -> Iterator[str]:
    """Yield the texts that tests name, and others with each combination of what they look for."""
    tests = list(tests)
    named = sorted(str(each) for each in _thresholds(tests))
    needles = sorted({test.needle for test in tests if isinstance(test, Contains)})
    if len(needles) > MOST_NEEDLES:
        raise TooHardError
    yield from named
    letters = set("".join([*named, *needles]))
    between = next(each for each in "·|/~^\x1f\x1e\x1d" if each not in letters)
    for size in range(len(needles) + 1):
        for chosen in combinations(needles, size):
            yield between.join([*chosen, ""]) if chosen else f"{between} …"


def _points(ends: list[float], reach: Reach | None) -> Iterator[Cell]:
    """Yield points that can be reached: at each threshold, and in each stretch between them."""
    if reach is None:
        whole = sorted({math.floor(end) for end in ends} | {math.ceil(end) for end in ends})
        around = {each + near for each in whole for near in (-1, 0, 1)} or {0}
        yield from (float(each) for each in sorted(around))
        return
    values = reach.values
    bounds = [-math.inf, *ends, math.inf]
    for end in ends:
        place = bisect_left(values, end)
        if place < len(values) and values[place] == end:
            yield float(end)
    for low, high in pairwise(bounds):
        first, last = bisect_right(values, low), bisect_left(values, high)
        if first < last:
            yield float(values[last - 1] if low == -math.inf else values[first])
