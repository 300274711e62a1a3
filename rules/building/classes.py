"""Classifications: documents -> model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction

from leadgrade.rules.building.bands import build_bands, can_have_bands
from leadgrade.rules.building.names import Stratum, Subject, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.conditions import Condition, Value
from leadgrade.rules.documents.book import ClassDoc
from leadgrade.rules.lead import plain
from leadgrade.rules.model import (
    NOT_APPLICABLE,
    NUMERIC,
    UNKNOWN_CLASS,
    Classification,
    FactType,
    FirstMatch,
    Matrix,
    Ranking,
)
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Scalar
from leadgrade.rules.values import ValueReadError, split_unit

_FORMS = ("table", "rank", "first_match", "bands")
_WAYS_TO_RANK = ("top", "quantiles", "share_of_total")


def build_class(name: Scalar, doc: ClassDoc, resolver: Resolver) -> Classification | None:
    """Return a classification, or None with findings."""
    written = [form for form in _FORMS if doc.has(form)]
    if len(written) != 1:
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    guard = doc.applies_when
    applies = None if guard is None else resolver.condition(guard, Stratum.QUALIFIED)
    return _BUILDERS[written[0]](name, doc, applies, resolver)


def _first_match(
    name: Scalar, doc: ClassDoc, applies: Condition | None, resolver: Resolver
) -> FirstMatch | None:
    if doc.otherwise is None:
        resolver.findings.add("class-otherwise", name.span, name=name.text)
        return None
    cases = tuple(
        (resolver.condition(case.when, Stratum.QUALIFIED), _class_name(case.class_, resolver))
        for case in doc.first_match or ()
    )
    label = doc.label or Phrase(en=name.text)
    return FirstMatch(name.text, label, cases, doc.otherwise, name.span, applies, doc.source)


def _bands(
    name: Scalar, doc: ClassDoc, applies: Condition | None, resolver: Resolver
) -> FirstMatch | None:
    """Return bands as cases: they exclude each other, so their order is no matter."""
    if doc.fact is None:
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    subject = resolver.names.find(doc.fact.text, doc.fact.span, Stratum.QUALIFIED)
    if subject is None or not can_have_bands(subject, doc.fact.span, resolver):
        return None
    bands = build_bands(doc.bands or [], subject, resolver)
    cases = tuple((when, _class_name(band.class_, resolver)) for band, when in bands)
    label = doc.label or Phrase(en=name.text)
    otherwise = doc.otherwise or UNKNOWN_CLASS
    return FirstMatch(name.text, label, cases, otherwise, name.span, applies, doc.source)


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
        _check_cells(name.text, key, found, columns, resolver, (rows, row))
    _check_cells(name.text, name, table, rows, resolver)
    label = doc.label or Phrase(en=name.text)
    return Matrix(name.text, label, rows.id, columns.id, table, name.span, applies, doc.source)


def _axis(doc: Scalar | None, name: Scalar, resolver: Resolver) -> Subject | None:
    if doc is None:
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    subject = resolver.names.find(doc.text, doc.span)
    if subject is not None and not _places(subject):
        resolver.findings.add("axis-not-choice", doc.span, name=doc.text)
        return None
    return subject


def _places(axis: Subject) -> tuple[str, ...]:
    """Return the values that an axis has rows or columns for, none where it cannot be one."""
    if axis.fact is not None:
        is_choice = axis.type is FactType.CHOICE
        return tuple(choice.id for choice in axis.fact.choices) if is_choice else ()
    if axis.kind is not SubjectKind.LABEL:
        return ()
    return tuple(each for each in axis.labels if each not in (NOT_APPLICABLE, UNKNOWN_CLASS))


def _class_name(node: Scalar, resolver: Resolver) -> str:
    if node.text in (NOT_APPLICABLE, UNKNOWN_CLASS):
        resolver.findings.add("reserved-name", node.span, name=node.text)
    return node.text


def _check_cells(
    name: str,
    place: Scalar,
    found: Iterable[str],
    axis: Subject,
    resolver: Resolver,
    *row: tuple[Subject, Value | None],
) -> None:
    """Refuse a row, or a table of rows, without a class for each value of an axis."""
    missing = [place for place in _places(axis) if place not in found]
    if missing:
        lead = [*row, (axis, missing[0])]
        shown = all(each.fact is not None for each, _ in lead)
        facts = {each.id: plain(value) for each, value in lead if value is not None}
        words = {"name": name, "axis": axis.id, "missing": ", ".join(missing)}
        resolver.findings.add_shown("cells-missing", place.span, facts if shown else None, **words)


def _ranking(
    name: Scalar, doc: ClassDoc, applies: Condition | None, resolver: Resolver
) -> Ranking | None:
    ways = [way for way in _WAYS_TO_RANK if doc.has(way)]
    if doc.rank is None or len(ways) != 1 or (ways == ["quantiles"]) == doc.has("rest"):
        resolver.findings.add("class-form", name.span, name=name.text)
        return None
    subject = resolver.names.find(doc.rank.text, doc.rank.span, Stratum.FACTS)
    shares = _shares(name, doc, resolver)
    if subject is None:
        return None
    if subject.kind is not SubjectKind.FACT or subject.type not in NUMERIC:
        resolver.findings.add("rank-not-number", doc.rank.span, name=doc.rank.text)
        return None
    rest = doc.rest or (doc.quantiles[-1] if doc.quantiles else None)
    if not shares or rest is None:
        resolver.findings.add_unless_any("class-form", name.span, name=name.text)
        return None
    return Ranking(
        id=name.text,
        label=doc.label or Phrase(en=name.text),
        fact=subject.id,
        shares=shares,
        rest=rest,
        span=name.span,
        applies_when=applies,
        source=doc.source,
        by_total=doc.share_of_total is not None,
    )


def _shares(name: Scalar, doc: ClassDoc, resolver: Resolver) -> tuple[tuple[Fraction, str], ...]:
    """Return the cumulative shares; quantiles have equal ones, and the last is the rest."""
    if doc.quantiles is not None:
        count = len(doc.quantiles)
        return tuple(
            (Fraction(place, count), label)
            for place, label in enumerate(doc.quantiles[:-1], start=1)
        )
    written = doc.top if doc.top is not None else doc.share_of_total or []
    shares = tuple((_share(key, resolver), label) for key, label in written)
    if [share for share, _ in shares] != sorted({share for share, _ in shares}):
        key = "top" if doc.top is not None else "share_of_total"
        resolver.findings.add("shares-not-rising", doc.place(key), name=name.text)
    return shares


def _share(node: Scalar, resolver: Resolver) -> Fraction:
    try:
        amount, unit = split_unit(node.text)
    except ValueReadError:
        amount, unit = Decimal(0), ""
    if unit != "%" or not 0 < amount <= 100:
        resolver.findings.add("want-share", node.span, text=node.text)
    return Fraction(amount) / 100


_BUILDERS: dict[
    str, Callable[[Scalar, ClassDoc, Condition | None, Resolver], Classification | None]
] = {"table": _matrix, "rank": _ranking, "first_match": _first_match, "bands": _bands}
