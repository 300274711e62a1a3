"""What follows from the criteria (knock-outs, limits, grades, next steps): documents -> model."""

from __future__ import annotations

from leadgrade.rules.building.facts import whole_days
from leadgrade.rules.building.names import Stratum
from leadgrade.rules.building.resolve import NOTHING, Resolver
from leadgrade.rules.building.validity import validity
from leadgrade.rules.building.why import resolved_why
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.documents.book import (
    GradeDoc,
    KnockOutDoc,
    LimitDoc,
    NextStepDoc,
    TreatmentDoc,
)
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.model import Grade, KnockOut, Limit, NextStep
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Scalar


def build_knock_out(doc: KnockOutDoc, grades: tuple[str, ...], resolver: Resolver) -> KnockOut:
    """Return a knock-out; a grade that the ladder does not have is a finding."""
    _check_grade(doc.grade, grades, resolver)
    return KnockOut(
        id=doc.id.text,
        when=resolver.condition(doc.when, Stratum.CRITERIA),
        grade=doc.grade.text,
        span=doc.id.span,
        label=doc.label,
        why=resolved_why(doc.why, doc.place("why"), resolver, Stratum.CRITERIA),
        source=doc.source,
        valid=validity(doc, resolver.findings),
        justification=doc.justification,
    )


def _check_grade(node: Scalar, grades: tuple[str, ...], resolver: Resolver) -> None:
    if node.text not in grades:
        likely = nearest(node.text, grades)
        known = ", ".join(grades)
        resolver.findings.add(
            "unknown-grade", node.span, suggestion=likely, name=node.text, grades=known
        )


def build_limit(doc: LimitDoc, grades: tuple[str, ...], resolver: Resolver) -> Limit | None:
    """Return a ceiling or a floor, or None with a finding."""
    grade = doc.at_most or doc.at_least
    if doc.has("at_most") == doc.has("at_least") or grade is None:
        resolver.findings.add("limit-form", doc.id.span, name=doc.id.text)
        return None
    _check_grade(grade, grades, resolver)
    return Limit(
        id=doc.id.text,
        when=resolver.condition(doc.when, Stratum.CRITERIA),
        grade=grade.text,
        is_floor=doc.at_most is None,
        span=doc.id.span,
        label=doc.label,
        why=resolved_why(doc.why, doc.place("why"), resolver, Stratum.CRITERIA),
        source=doc.source,
        valid=validity(doc, resolver.findings),
        justification=doc.justification,
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
            justification=doc.justification,
        )
        for name, doc in docs
    )
    for grade in grades:
        always = grade.floor is None and grade.needs is None
        if always != (grade.id == ids[-1]):
            code = "grade-fits-all" if always else "no-last-grade"
            resolver.findings.add(code, grade.span, name=grade.id)
    return grades


def build_next_step(doc: NextStepDoc, resolver: Resolver) -> NextStep:
    """Return a next step; its condition may read everything that was decided."""
    when = NOTHING if doc.when is None else resolver.condition(doc.when, Stratum.CLASSES)
    return NextStep(
        id=doc.id.text,
        when=when,
        do=doc.do,
        span=doc.id.span,
        owner=doc.owner,
        channel=doc.channel,
        product=doc.product,
        within_days=None if doc.within is None else whole_days(doc.within, resolver.findings),
        basis=_basis(doc.basis, resolver),
        source=doc.source,
    )


def build_treatment(
    classification: str, name: str, doc: TreatmentDoc, resolver: Resolver
) -> NextStep:
    """Return the next step of a class: the step ``<classification>.<class>``."""
    return NextStep(
        id=f"{classification}.{name}",
        when=Compare(classification, Op.EQ, name, f"= {name}"),
        do=doc.do,
        span=doc.node.span,
        owner=doc.owner,
        channel=doc.channel,
        product=doc.product,
        within_days=None if doc.within is None else whole_days(doc.within, resolver.findings),
        basis=_basis(doc.basis, resolver),
        source=doc.source,
    )


def _basis(node: Scalar | None, resolver: Resolver) -> str | None:
    if node is not None and node.text not in ("stated", "proposed"):
        likely = nearest(node.text, ("stated", "proposed"))
        words = {"text": node.text, "known": "stated, proposed"}
        resolver.findings.add("want-one-of", node.span, suggestion=likely, **words)
    return None if node is None else node.text
