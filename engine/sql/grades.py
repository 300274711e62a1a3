"""Knock-outs, floors, ceilings, the ladder: the grade, and the worst and best that is possible.

Grades are numbers that rise from the worst, 0, to the best.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.conditions import ConditionReader
from leadgrade.engine.sql.expressions import (
    Sql,
    all_of,
    any_of,
    case,
    certain,
    column,
    greatest,
    least,
    truth,
    whole,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.engine.sql.subjects import Ids, Numbered, Verdict
from leadgrade.rules.conditions import Condition, subjects_of
from leadgrade.rules.model import Book, KnockOut, Limit

WAYS = ("", "worst", "best")
"""A grade as it is, as bad as it may become, as good as it may become."""


def place_of(book: Book, grade: str) -> int:
    """Return the number of a grade."""
    return len(book.grade_ids) - 1 - book.grade_ids.index(grade)


def grade_leads(layout: Layout, chain: Chain) -> None:
    """Add what of the knock-outs and limits applies, the grade, and whether a lead is qualified."""
    book = layout.book
    chain.add("verdicts", list(_verdicts(layout)), layout.about("step-verdicts"))
    ladders = [Column(layout.name("earned", way), _ladder(way, layout)) for way in WAYS]
    chain.add("ladder", ladders, layout.about("step-ladder", numbers=_numbers(book)))
    grades = [Column(layout.name("grade", way), _limited(way, layout)) for way in WAYS]
    chain.add("grades", grades, layout.about("step-grades"))
    _speak_of_grades(layout)
    sql = layout.reader.read(book.qualified)
    if layout.reader.may_be_unknown(book.qualified):
        sql = certain(sql)
    chain.add("qualified", [Column(layout.name("qualified"), sql)])
    layout.subjects["qualified"] = Verdict(lambda: column(layout.name("qualified")))


def _numbers(book: Book) -> str:
    return ", ".join(f"{place_of(book, grade)} {grade}" for grade in reversed(book.grade_ids))


def verdict_of(part: KnockOut | Limit, layout: Layout, *, doubtful: bool = False) -> str:
    """Return the column that says whether a knock-out or limit applies; NULL is open.

    ``doubtful`` is the one in which open rules may yet fire.
    """
    kind = "knock_out" if isinstance(part, KnockOut) else "limit"
    apart = doubtful and _hangs_on_points(part.when, layout)
    return layout.name(f"thinkable_{kind}" if apart else kind, part.id)


def _hangs_on_points(condition: Condition, layout: Layout) -> bool:
    return not subjects_of(condition).isdisjoint(layout.thinkable)


def _verdicts(layout: Layout) -> Iterator[Column]:
    parts: list[KnockOut | Limit] = [*layout.book.knock_outs, *layout.book.limits]
    for part in parts:
        sql = _applies(part, layout, layout.reader)
        yield Column(verdict_of(part, layout), sql, _about(part, layout))
        if _hangs_on_points(part.when, layout):
            sql = _applies(part, layout, layout.doubtful_reader)
            yield Column(verdict_of(part, layout, doubtful=True), sql)
    for grade in layout.book.grades:
        if grade.needs is not None:
            about = layout.about("needs", grade.label, name=grade.id)
            yield Column(layout.name("needs", grade.id), layout.reader.read(grade.needs), about)
            if _hangs_on_points(grade.needs, layout):
                sql = layout.doubtful_reader.read(grade.needs)
                yield Column(layout.name("thinkable_needs", grade.id), sql)


def _applies(part: KnockOut | Limit, layout: Layout, reader: ConditionReader) -> Sql:
    found = reader.read(part.when)
    return layout.as_of.within(part.valid, found, lambda: truth(False))  # noqa: FBT003


def _about(part: KnockOut | Limit, layout: Layout) -> str:
    kind = "knock-out"
    if isinstance(part, Limit):
        kind = "floor" if part.is_floor else "ceiling"
    return layout.about(
        kind, part.label, part.why, name=part.id, grade=part.grade, source=part.source
    )


def _ladder(way: str, layout: Layout) -> Sql:
    """Return the first grade from the top that fits."""
    score = layout.name({"worst": "score_low", "best": "score_high"}.get(way, "score"))
    branches = []
    for grade in layout.book.grades[:-1]:
        tests: list[Sql] = []
        if grade.floor is not None:
            tests.append(exp.GTE(this=column(score), expression=whole(grade.floor)))
        if grade.needs is not None:
            tests.append(_needs(grade.id, grade.needs, way, layout))
        branches.append((all_of(tests), whole(place_of(layout.book, grade.id))))
    return case(branches, whole(0))


def _needs(grade: str, condition: Condition, way: str, layout: Layout) -> Sql:
    apart = way and _hangs_on_points(condition, layout)
    found = column(layout.name("thinkable_needs" if apart else "needs", grade))
    return _not_false(found) if way == "best" else found


def _limited(way: str, layout: Layout) -> Sql:
    """Return the grade that is left of an earned one.

    What lifts counts towards the best even where it is open, what lowers towards the worst.
    """
    book = layout.book
    floors = [each for each in book.limits if each.is_floor]
    lids: list[KnockOut | Limit] = [each for each in book.limits if not each.is_floor]
    lids += book.knock_outs
    top = len(book.grades) - 1

    def bound(part: KnockOut | Limit, otherwise: int, *, open_counts: bool) -> Sql:
        found = column(verdict_of(part, layout, doubtful=bool(way)))
        applies = _not_false(found) if open_counts else found
        return case([(applies, whole(place_of(book, part.grade)))], whole(otherwise))

    lifted = greatest(
        column(layout.name("earned", way)),
        *(bound(each, 0, open_counts=way == "best") for each in floors),
    )
    return least(
        lifted,
        *(bound(each, top, open_counts=way == "worst") for each in lids),
    )


def _not_false(sql: Sql) -> Sql:
    return exp.Coalesce(this=sql, expressions=[truth(True)])  # noqa: FBT003


def _speak_of_grades(layout: Layout) -> None:
    """Let conditions speak of the grade and of the knock-outs."""
    book = layout.book
    numbers = {grade: place_of(book, grade) for grade in book.grade_ids}
    layout.subjects["grade"] = Numbered(layout.name("grade"), numbers)

    def applied(part: KnockOut) -> Sql:
        return certain(column(verdict_of(part, layout)))

    holds = {each.id: lambda each=each: applied(each) for each in book.knock_outs}
    layout.subjects["knock_outs"] = Ids(holds)
    layout.subjects["knocked_out"] = Verdict(lambda: any_of(map(applied, book.knock_outs)))
