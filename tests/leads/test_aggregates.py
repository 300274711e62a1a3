"""What is gathered from rows, beside a plain recomputation of it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.engine.kleene import Reading
from leadgrade.leads.aggregates import Gathering, Row, Truth
from leadgrade.rules.conditions import Compare, Condition, Op
from leadgrade.rules.gathering import ID, Aggregate, Gather, JoinedSource, KeyPart, Window
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Span

SPAN = Span("book.yaml", 1, 1, 1, 1)
AS_OF = date(2026, 3, 31)
LATE = Compare("late", Op.GT, 0.0, "> 0")
PAID = Compare("status", Op.EQ, "paid", "= paid")
YEAR = Window(months=12)


def a_fact(name: str, kind: FactType, aggregate: Aggregate | None = None) -> Fact:
    return Fact(name, kind, Phrase(name), SPAN, aggregate=aggregate)


COLUMNS = {
    "amount": FactType.MONEY,
    "late": FactType.DAYS,
    "status": FactType.TEXT,
    "due": FactType.DATE,
    "paid": FactType.DATE,
}


def source(dated_by: str | None = "due", known_by: str | None = "paid") -> JoinedSource:
    columns = {name: a_fact(name, kind) for name, kind in COLUMNS.items()}
    return JoinedSource(
        "invoices", Phrase("i"), ("k",), KeyPart(ID), columns, SPAN, dated_by, known_by
    )


def meaning(condition: Condition, _: object) -> Truth:
    return Reading({}).condition(condition)


def gather(rows: list[tuple[str, Row]], *ways: Aggregate, **dates: str | None) -> Gathering:
    facts = [a_fact(f"f{number}", FactType.NUMBER, way) for number, way in enumerate(ways)]
    gathering = Gathering(source(**dates), facts, AS_OF, meaning)
    for key, row in rows:
        gathering.add(key, row)
    return gathering


def one(rows: list[Row], way: Aggregate, **dates: str | None) -> Any:
    dates = {"dated_by": None, "known_by": None} | dates
    return gather([("k", row) for row in rows], way, **dates).facts_of(["k"]).get("f0")


def way(function: Gather, column: str | None = None, **more: Any) -> Aggregate:
    return Aggregate("invoices", function, column, **more)


@pytest.mark.parametrize(
    ("how", "rows", "want"),
    [
        (way(Gather.COUNT), [], 0.0),
        (way(Gather.COUNT), [{}, {}], 2.0),
        (way(Gather.COUNT, where=LATE), [{"late": 1.0}, {"late": 0.0}, {}], 1.0),
        (way(Gather.SUM, "amount"), [], 0.0),
        (way(Gather.SUM, "amount"), [{}], None),  # something, and nobody knows how much
        (way(Gather.SUM, "amount"), [{"amount": 0.1}] * 3, 0.3),  # 0.30000000000000004 it is not
        (way(Gather.SUM, "amount"), [{"amount": 2.0**53}] * 2, None),  # beyond what facts may be
        (way(Gather.SUM, "amount"), [{"amount": 2.0**53}, {"amount": 1e-9}], None),
        (way(Gather.MEAN, "amount"), [{"amount": 1.0}, {"amount": 2.0}, {}], 1.5),
        (way(Gather.MEAN, "amount"), [], None),
        (way(Gather.SHARE, test=LATE), [{"late": 1.0}, {"late": 0.0}, {"late": 0.0}, {}], 1 / 3),
        (way(Gather.SHARE, test=LATE), [{}], None),
        (way(Gather.MAX, "amount"), [{"amount": 1.0}, {"amount": 3.0}, {}], 3.0),
        (way(Gather.MIN, "amount"), [{"amount": 1.0}, {"amount": -3.0}], -3.0),
        (way(Gather.FIRST, "due"), [{"due": AS_OF}, {"due": date(2020, 1, 1)}], date(2020, 1, 1)),
        (way(Gather.LAST, "due"), [{"due": AS_OF}, {"due": date(2020, 1, 1)}, {}], AS_OF),
        (way(Gather.LAST, "due"), [], None),
    ],
)
def test_what_is_made_of_rows(how: Aggregate, rows: list[Row], want: Any) -> None:
    assert one(rows, how) == want


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2025, 3, 30), False),
        (date(2025, 3, 31), True),
        (date(2026, 3, 30), True),
        (date(2026, 3, 31), False),  # the day itself is not before it
        (None, False),
    ],
)
def test_a_window_ends_before_the_day(day: date | None, counts: bool) -> None:
    row: Row = {} if day is None else {"due": day}
    assert one([row], way(Gather.COUNT, window=YEAR), dated_by="due") == float(counts)


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2026, 3, 30), True), (date(2026, 3, 31), False), (None, False)],
)
def test_a_row_counts_when_it_was_known_before_the_day(day: date | None, counts: bool) -> None:
    row: Row = {"amount": 1.0} if day is None else {"amount": 1.0, "paid": day}
    gathering = gather([], way(Gather.COUNT))
    assert gathering.add("k", row) is counts
    assert gathering.facts_of(["k"]) == {"f0": float(counts)}


@pytest.mark.parametrize(
    ("window", "as_of", "start"),
    [
        (Window(months=12), date(2024, 2, 29), date(2023, 2, 28)),
        (Window(months=1), date(2026, 3, 31), date(2026, 2, 28)),
        (Window(months=3), date(2026, 1, 15), date(2025, 10, 15)),
        (Window(days=90), date(2026, 1, 1), date(2025, 10, 3)),
    ],
)
def test_where_a_window_begins(window: Window, as_of: date, start: date) -> None:
    assert window.start(as_of) == start


DAYS = st.integers(-800, 30).map(lambda days: AS_OF + timedelta(days=days))
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.fixed_dictionaries(
            {},
            optional={
                "amount": st.decimals(-(10**9), 10**9, places=2).map(float),
                "late": st.integers(-5, 90).map(float),
                "status": st.sampled_from(["paid", "open"]),
                "due": DAYS,
                "paid": DAYS,
            },
        ),
    ),
    max_size=30,
)
WAYS = (
    way(Gather.COUNT),
    way(Gather.COUNT, where=PAID, window=YEAR),
    way(Gather.SHARE, test=LATE, where=PAID),
    way(Gather.SHARE, test=LATE, window=YEAR),
    way(Gather.SUM, "amount"),
    way(Gather.SUM, "amount", where=PAID, window=YEAR),
    way(Gather.MEAN, "late"),
    way(Gather.MAX, "amount"),
    way(Gather.MIN, "amount", where=PAID),
    way(Gather.FIRST, "due"),
    way(Gather.LAST, "due", window=YEAR),
)


def plainly(rows: list[Row], how: Aggregate) -> Any:
    """Compute the same from the definition, with whole rows and fractions."""
    rows = [row for row in rows if row.get("paid", AS_OF) < AS_OF]
    if how.window is not None:
        first = date(AS_OF.year - 1, AS_OF.month, AS_OF.day)
        rows = [row for row in rows if first <= row.get("due", AS_OF) < AS_OF]
    if how.where is PAID:
        rows = [row for row in rows if row.get("status") == "paid"]
    said = [row[how.column] for row in rows if how.column in row]
    lates = [row["late"] > 0 for row in rows if "late" in row]
    match how.function:
        case Gather.COUNT:
            return float(len(rows))
        case Gather.SHARE:
            return float(Fraction(sum(lates), len(lates))) if lates else None
        case Gather.SUM if not rows:
            return 0.0
        case Gather.SUM:
            return float(sum(Fraction(repr(each)) for each in said)) if said else None
        case Gather.MEAN:
            total = sum(Fraction(repr(each)) for each in said)
            return float(total / len(said)) if said else None
        case Gather.MAX | Gather.LAST:
            return max(said, default=None)
    return min(said, default=None)


@given(rows=ROWS, data=st.data())
def test_gathered_facts_are_those_of_a_plain_recomputation_in_any_order(
    rows: list[tuple[str, Row]], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(rows))
    gathering = gather(mixed, *WAYS)
    for keys in (["a"], ["b"], ["a", "c"], ["nobody"]):
        own = [row for key, row in rows if key in keys]
        want = {f"f{number}": plainly(own, how) for number, how in enumerate(WAYS)}
        known = {name: value for name, value in want.items() if value is not None}
        assert gathering.facts_of(keys) == known
