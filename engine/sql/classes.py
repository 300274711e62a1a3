"""Classes as numbers, those of the legend; and which next steps are given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.dialects import SqlError
from leadgrade.engine.sql.expressions import Sql, case, column, known, switch, text, whole
from leadgrade.engine.sql.layout import Layout
from leadgrade.engine.sql.room import where_is
from leadgrade.engine.sql.subjects import FactColumn, Numbered
from leadgrade.rules.conditions import Condition, Presence, Test, subjects_of, tests_of
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    UNKNOWN_CLASS,
    Classification,
    FirstMatch,
    Matrix,
    Ranking,
)

LEADS_AT_MOST = 2**32
"""More leads than these are not ranked: what is multiplied has to fit in its type."""

LARGEST = 2**63


def classify_leads(layout: Layout, chain: Chain) -> None:
    """Add the class of each classification; a matrix may look at the classes before it."""
    chain.add("cases", list(_cases(layout)), layout.about("step-cases"))
    levels: dict[str, int] = {}
    columns: dict[int, list[Column]] = defaultdict(list)
    for each in layout.book.classes.values():
        seen = (each.rows, each.columns) if isinstance(each, Matrix) else ()
        level = levels[each.id] = 1 + max((levels.get(axis, 0) for axis in seen), default=0)
        name = layout.name("class", each.id)
        numbers = numbers_of(layout, each.id)
        listed = ", ".join(f"{number} {label}" for label, number in numbers.items())
        about = layout.about("class", each.label, name=each.id, numbers=listed, source=each.source)
        columns[level].append(Column(name, _class(each, layout), about))
        layout.subjects[each.id] = Numbered(name, numbers)
    for level, found in sorted(columns.items()):
        chain.add(f"classes_{level}", found, layout.about("step-classes"))


def numbers_of(layout: Layout, classification: str) -> dict[str, int]:
    """Return the numbers of the classes, as the legend counts them."""
    (labels,) = (each.labels for each in layout.legend.classes if each.id == classification)
    return {label: number for number, label in enumerate(labels)}


def _class(each: Classification, layout: Layout) -> Sql:
    numbers = numbers_of(layout, each.id)
    match each:
        case Matrix():
            found = _matrix(each, numbers, layout)
        case FirstMatch():
            found = _first_match(each, numbers, layout)
        case Ranking():
            found = _ranked(each, numbers, layout)
    if each.applies_when is None:
        return found
    applies = layout.reader.read(each.applies_when)
    return case([(applies, found)], whole(numbers[NOT_APPLICABLE]))


def _matrix(matrix: Matrix, numbers: dict[str, int], layout: Layout) -> Sql:
    unknown = numbers[UNKNOWN_CLASS]
    rows = []
    for row, cells in matrix.table.items():
        values = [
            (key, whole(numbers[name]))
            for place, name in cells.items()
            if (key := _on_axis(matrix.columns, place, layout)) is not None
        ]
        key = _on_axis(matrix.rows, row, layout)
        if key is not None and values:
            found = switch(_axis(matrix.columns, layout), values, whole(unknown))
            rows.append((key, found))
    return switch(_axis(matrix.rows, layout), rows, whole(unknown)) if rows else whole(unknown)


def _axis(name: str, layout: Layout) -> Sql:
    subject = layout.subjects[name]
    assert isinstance(subject, FactColumn | Numbered)  # noqa: S101 - the loader sees to it
    return column(subject.name)


def _on_axis(name: str, place: str, layout: Layout) -> Sql | None:
    """Return the value of an axis; None where it never has that one."""
    subject = layout.subjects[name]
    if not isinstance(subject, Numbered):
        return text(place)
    return whole(subject.numbers[place]) if place in subject.numbers else None


def _cases(layout: Layout) -> Iterator[Column]:
    """Yield the cases that are asked for twice: whether they are true, and whether unknown."""
    for each in layout.book.classes.values():
        if isinstance(each, FirstMatch) and _bands_on(each, layout) is None:
            for place, (condition, _) in enumerate(each.cases):
                if _is_column(condition, layout):
                    name = layout.name("case", f"{each.id}_{place}")
                    yield Column(name, layout.reader.read(condition))


def _is_column(condition: Condition, layout: Layout) -> bool:
    return layout.reader.may_be_unknown(condition) and not isinstance(condition, Test)


def _bands_on(each: FirstMatch, layout: Layout) -> str | None:
    """Return the one fact that all cases look at, so that all are unknown where it is."""
    conditions = [condition for condition, _ in each.cases]
    subjects = frozenset[str]().union(*map(subjects_of, conditions))
    asked = any(isinstance(test, Presence) for one in conditions for test in tests_of(one))
    if len(subjects) != 1 or asked or not all(map(layout.reader.may_be_unknown, conditions)):
        return None
    return next(iter(subjects))


def _first_match(each: FirstMatch, numbers: dict[str, int], layout: Layout) -> Sql:
    fact = _bands_on(each, layout)
    branches, opens = [], []
    for place, (condition, name) in enumerate(each.cases):
        if fact is None and _is_column(condition, layout):
            case_column = layout.name("case", f"{each.id}_{place}")
            branches.append((column(case_column), whole(numbers[name])))
            opens.append(case_column)
        else:
            branches.append((layout.reader.read(condition), whole(numbers[name])))
            if layout.reader.may_be_unknown(condition):
                (subject,) = subjects_of(condition)
                opens.append(layout.fact(subject).name)
    unknown = [
        (known(column(name), negated=True), whole(numbers[UNKNOWN_CLASS]))
        for name in dict.fromkeys(opens)
    ]
    if each.otherwise == UNKNOWN_CLASS:
        unknown = []
    return case([*branches, *unknown], whole(numbers[each.otherwise]))


def _ranked(ranking: Ranking, numbers: dict[str, int], layout: Layout) -> Sql:
    position = column(layout.places[ranking.id]["position"])
    branches = [(known(position, negated=True), whole(numbers[UNKNOWN_CLASS]))]
    for share, name in ranking.shares:
        branches.append((_within(ranking, share, layout), whole(numbers[name])))
    return case(branches, whole(numbers[ranking.rest]))


def _within(ranking: Ranking, share: Fraction, layout: Layout) -> Sql:
    """Return whether a lead is within a share, in whole numbers: before < share * all."""
    kinds = ("before", "total") if ranking.by_total else ("position", "of")
    ahead, every = (column(layout.places[ranking.id][kind]) for kind in kinds)
    if share.denominator >= LARGEST:
        raise SqlError("share-too-fine", place=where_is(ranking.span), name=ranking.id)
    if not ranking.by_total:  # p <= ceil(s * n) is p - 1 < s * n
        ahead = exp.Paren(this=exp.Sub(this=ahead, expression=whole(1)))
    factors = whole(share.denominator), whole(share.numerator)
    if ranking.by_total or share.denominator * LEADS_AT_MOST >= LARGEST:
        ahead, every = layout.dialect.whole(ahead), layout.dialect.whole(every)
    return exp.LT(
        this=exp.Mul(this=ahead, expression=factors[0]),
        expression=exp.Mul(this=every, expression=factors[1]),
    )
