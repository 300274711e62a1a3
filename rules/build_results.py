"""What follows from the criteria (knock-outs, grades, classes, next steps): documents -> model."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from leadgrade.rules.conditions import Condition
from leadgrade.rules.document import ClassDoc, GradeDoc, KnockOutDoc, NextStepDoc
from leadgrade.rules.kinds import nearest
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    NUMERIC,
    UNKNOWN_CLASS,
    Classification,
    FactType,
    Grade,
    KnockOut,
    Matrix,
    NextStep,
    Ranking,
)
from leadgrade.rules.names import Stratum, Subject, SubjectKind
from leadgrade.rules.nodes import Mapping, Scalar
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.resolve import NOTHING, Resolver
from leadgrade.rules.values import ValueReadError, parse_days, split_unit
from leadgrade.rules.why import resolved_why


def build_knock_out(doc: KnockOutDoc, grades: tuple[str, ...], resolver: Resolver) -> KnockOut:
    """Return a knock-out; a grade that the ladder does not have is a finding."""
    if doc.grade.text not in grades:
        likely = nearest(doc.grade.text, grades)
        resolver.findings.add(
            "unknown-grade",
            doc.grade.span,
            suggestion=likely,
            name=doc.grade.text,
            grades=", ".join(grades),
        )
    return KnockOut(
        id=doc.id.text,
        when=resolver.condition(doc.when, Stratum.CRITERIA),
        grade=doc.grade.text,
        span=doc.id.span,
        label=doc.label,
        why=resolved_why(doc.why, doc.place("why"), resolver, Stratum.CRITERIA),
        source=doc.source,
    )


def build_grades(
    docs: list[tuple[Scalar, GradeDoc]], ids: tuple[str, ...], resolver: Resolver
) -> tuple[Grade, ...]:
    """Return the ladder. Its last grade must fit every lead, and no earlier one may.

    ``ids`` are all grades of the book, those that could not be read included.
    """
    grades = tuple(
        Grade(
            id=name.text,
            label=doc.label or Phrase(en=name.text),
            span=name.span,
            floor=doc.from_,
            needs=None if doc.needs is None else resolver.condition(doc.needs, Stratum.CRITERIA),
        )
        for name, doc in docs
    )
    for grade in grades:
        always = grade.floor is None and grade.needs is None
        if always != (grade.id == ids[-1]):
            code = "grade-fits-all" if always else "no-last-grade"
            resolver.findings.add(code, grade.span, name=grade.id)
    return grades


def build_class(name: Scalar, doc: ClassDoc, resolver: Resolver) -> Classification | None:
    """Return a classification, or None with findings."""
    is_matrix, is_ranking = doc.table is not None, doc.rank is not None
    if is_matrix == is_ranking:
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    guard = doc.applies_when
    applies = None if guard is None else resolver.condition(guard, Stratum.QUALIFIED)
    build = _matrix if is_matrix else _ranking
    return build(name, doc, applies, resolver)


def _matrix(
    name: Scalar, doc: ClassDoc, applies: Condition | None, resolver: Resolver
) -> Matrix | None:
    rows, columns = _axis(doc.rows, name, resolver), _axis(doc.columns, name, resolver)
    if rows is None or columns is None:
        return None
    table: dict[str, dict[str, str]] = {}
    for key, cells in doc.table or ():
        row = resolver.value(key.text, rows, key)
        found = {
            str(resolver.value(column.text, columns, column)): _class_name(cell, resolver)
            for column, cell in cells
        }
        table[str(row)] = found
        _check_cells(name.text, key, found, columns, resolver)
    _check_cells(name.text, name, table, rows, resolver)
    label = doc.label or Phrase(en=name.text)
    return Matrix(name.text, label, rows.id, columns.id, table, name.span, applies, doc.source)


def _axis(doc: Scalar | None, name: Scalar, resolver: Resolver) -> Subject | None:
    if doc is None:
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    subject = resolver.names.find(doc.text, doc.span)
    if subject is not None and (subject.fact is None or subject.type is not FactType.CHOICE):
        resolver.findings.add("axis-not-choice", doc.span, name=doc.text)
        return None
    return subject


def _class_name(node: Scalar, resolver: Resolver) -> str:
    if node.text in (NOT_APPLICABLE, UNKNOWN_CLASS):
        resolver.findings.add("reserved-name", node.span, name=node.text)
    return node.text


def _check_cells(
    name: str, place: Scalar, found: Iterable[str], axis: Subject, resolver: Resolver
) -> None:
    assert axis.fact is not None  # noqa: S101 - an axis is a fact
    missing = [choice.id for choice in axis.fact.choices if choice.id not in found]
    if missing:
        resolver.findings.add(
            "cells-missing", place.span, name=name, axis=axis.id, missing=", ".join(missing)
        )


def _ranking(
    name: Scalar, doc: ClassDoc, applies: Condition | None, resolver: Resolver
) -> Ranking | None:
    assert doc.rank is not None  # noqa: S101 - the form was chosen by it
    subject = resolver.names.find(doc.rank.text, doc.rank.span)
    if not (doc.has("top") and doc.has("rest")) or doc.node.get("top") == Mapping(
        (), doc.place("top")
    ):
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    if subject is None or doc.top is None or doc.rest is None:
        return None
    if subject.kind is not SubjectKind.FACT or subject.type not in NUMERIC:
        resolver.findings.add("rank-not-number", doc.rank.span, name=doc.rank.text)
        return None
    shares = [(_share(key, resolver), label) for key, label in doc.top]
    if [share for share, _ in shares] != sorted({share for share, _ in shares}):
        resolver.findings.add("shares-not-rising", doc.place("top"), name=name.text)
    label = doc.label or Phrase(en=name.text)
    return Ranking(
        name.text, label, subject.id, tuple(shares), doc.rest, name.span, applies, doc.source
    )


def _share(node: Scalar, resolver: Resolver) -> Fraction:
    try:
        amount, unit = split_unit(node.text)
    except ValueReadError:
        amount, unit = Decimal(0), ""
    if unit != "%" or not 0 < amount <= 100:
        resolver.findings.add("want-share", node.span, text=node.text)
    return Fraction(amount) / 100


def build_next_step(doc: NextStepDoc, resolver: Resolver) -> NextStep:
    """Return a next step; its condition may read everything that was decided."""
    when = NOTHING if doc.when is None else resolver.condition(doc.when, Stratum.CLASSES)
    basis = doc.basis
    if basis is not None and basis.text not in ("stated", "proposed"):
        resolver.findings.add(
            "want-one-of",
            basis.span,
            suggestion=nearest(basis.text, ("stated", "proposed")),
            text=basis.text,
            known="stated, proposed",
        )
    return NextStep(
        id=doc.id.text,
        when=when,
        do=doc.do,
        span=doc.id.span,
        owner=doc.owner,
        channel=doc.channel,
        product=doc.product,
        within_days=None if doc.within is None else _days(doc.within, resolver),
        basis=None if basis is None else basis.text,
        source=doc.source,
    )


def _days(node: Scalar, resolver: Resolver) -> int | None:
    try:
        days = parse_days(node.text)
    except (ValueReadError, InvalidOperation):
        days = -1.0
    if days < 0 or not days.is_integer() or days > 3650:
        resolver.findings.add("want-days", node.span, text=node.text)
        return None
    return int(days)
