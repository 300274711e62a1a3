"""Bands of a value: documents -> conditions that exclude each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from leadgrade.rules.building.names import Subject, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.conditions import All, Compare, Condition, Op, Test, Value
from leadgrade.rules.documents.book import BandDoc, ClassBandDoc
from leadgrade.rules.lead import plain
from leadgrade.rules.model import NUMERIC, FactType
from leadgrade.rules.source import Span
from leadgrade.rules.text.nodes import Scalar

D = TypeVar("D", BandDoc, ClassBandDoc)


def can_have_bands(subject: Subject, place: Span, resolver: Resolver) -> bool:
    """Return whether a subject has bands; a finding where it has not."""
    if subject.kind is SubjectKind.POINTS or subject.type in NUMERIC:
        return True
    if subject.type is FactType.DATE:
        return True
    resolver.findings.add("bands-need-number", place, name=subject.id)
    return False


def build_bands(
    docs: Sequence[D], subject: Subject, resolver: Resolver
) -> list[tuple[D, Condition]]:
    """Return the bands in rising order, each with its condition; none where one is unreadable.

    A missing ``to`` is the next band's ``from``, a missing ``from`` the band below's ``to``:
    only the outermost ends stay open.
    """
    bands = [_band(band, subject, resolver) for band in docs]
    if not bands or any(band is None for band in bands):
        return []
    ordered = sorted((band for band in bands if band is not None), key=_lower_end)
    return _disjoint(ordered, subject, resolver)


@dataclass(frozen=True, slots=True)
class _Band(Generic[D]):
    """A band being built: its ends as values and as texts; None where it is open."""

    doc: D
    low: Value | None
    high: Value | None


def _band(doc: D, subject: Subject, resolver: Resolver) -> _Band[D] | None:
    if doc.from_ is None and doc.to is None:
        resolver.findings.add("band-without-end", doc.node.span)
        return None
    low, high = (
        None if end is None else resolver.value(end.text, subject, end)
        for end in (doc.from_, doc.to)
    )
    unreadable = (low is None) != (doc.from_ is None) or (high is None) != (doc.to is None)
    return None if unreadable else _Band(doc, low, high)


def _lower_end(band: _Band[Any]) -> tuple[bool, Value]:
    """Order bands by where they begin; one without a lower end by where it stops, first of all."""
    return (band.low is not None, band.low if band.low is not None else band.high or 0)


def _disjoint(
    bands: list[_Band[D]], subject: Subject, resolver: Resolver
) -> list[tuple[D, Condition]]:
    found: list[tuple[D, Condition]] = []
    below: _Band[D] | None = None
    for band, above in zip(bands, [*bands[1:], None], strict=True):
        low = band.doc.from_ or (below.doc.to if below else None)
        high = band.doc.to or (above.doc.from_ if above else None)
        if _is_empty(band):
            resolver.findings.add("band-empty", band.doc.node.span, name=subject.id)
        elif above is not None and not _is_empty(above) and _overlaps(band, above):
            _report_overlap(band, above, subject, resolver)
        found.append((band.doc, _within(subject, low, high, resolver)))
        below = band
    return found


def _report_overlap(
    band: _Band[Any], above: _Band[Any], subject: Subject, resolver: Resolver
) -> None:
    """Note an overlap at the band that is written later."""
    first, second = sorted(
        (band.doc.node.span, above.doc.node.span), key=lambda span: (span.line, span.column)
    )
    example = None
    if subject.kind is SubjectKind.FACT and not subject.derived:
        example = {subject.id: plain(_shared(band, above))}
    words = {"name": subject.id, "line": first.line}
    resolver.findings.add_shown("bands-overlap", second, example, **words)


def _shared(band: _Band[Any], above: _Band[Any]) -> Value:
    """Return a value that belongs to two bands that overlap."""
    if above.low is not None:
        return above.low
    end: Any = band.high  # below it both are open
    return end - (timedelta(1) if isinstance(end, date) else 1)  # type: ignore[no-any-return]


def _overlaps(band: _Band[Any], above: _Band[Any]) -> bool:
    if above.low is None:  # both have only an upper end: the lower stops where the next begins
        return band.high == above.high
    if band.high is not None:
        return bool(band.high > above.low)  # type: ignore[operator]
    return band.low == above.low


def _is_empty(band: _Band[Any]) -> bool:
    return band.low is not None and band.high is not None and bool(band.low >= band.high)  # type: ignore[operator]


def _within(
    subject: Subject, low: Scalar | None, high: Scalar | None, resolver: Resolver
) -> Condition:
    tests: list[Test] = []
    for operator, end in ((Op.GE, low), (Op.LT, high)):
        value = None if end is None else resolver.value(end.text, subject, end)
        if end is not None and value is not None:
            parameter = resolver.parameters.get(end.text)
            shown = end.text if parameter is None else f"{end.text} ({parameter.value})"
            tests.append(Compare(subject.id, operator, value, f"{operator} {shown}"))
    return tests[0] if len(tests) == 1 else All(tuple(tests))
