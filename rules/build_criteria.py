"""Criteria and their rules: documents -> model."""

from __future__ import annotations

from dataclasses import dataclass

from leadgrade.rules.conditions import All, Compare, Condition, Op, Test, Value
from leadgrade.rules.document import BandDoc, CriterionDoc, RuleDoc
from leadgrade.rules.model import NUMERIC, Criterion, FactType, Outcome, Rule, RuleKind
from leadgrade.rules.names import Stratum, Subject
from leadgrade.rules.nodes import Listing, Scalar
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.resolve import Resolver
from leadgrade.rules.why import resolved_why


def build_criterion(name: Scalar, doc: CriterionDoc, resolver: Resolver) -> Criterion:
    """Return a criterion with its rules; what is wrong goes to the resolver's findings."""
    written = doc.node.get("range")
    ends = doc.range if len(doc.range) == 2 else [doc.start, doc.start]
    if isinstance(written, Listing) and len(written.items) != 2:
        resolver.findings.add("criterion-range", doc.place("range"), name=name.text)
    elif ends[0] > ends[1]:
        resolver.findings.add("range-upside-down", doc.place("range"))
    elif not ends[0] <= doc.start <= ends[1]:
        resolver.findings.add("start-outside-range", doc.place("start"), name=name.text)
    rules = [_rule(rule, resolver) for rule in doc.rules]
    return Criterion(
        id=name.text,
        label=doc.label or Phrase(en=name.text),
        low=ends[0],
        high=ends[1],
        start=doc.start,
        rules=tuple(rule for rule in rules if rule is not None),
        span=name.span,
        source=doc.source,
    )


def _rule(doc: RuleDoc, resolver: Resolver) -> Rule | None:
    forms = {RuleKind.WHEN: "when", RuleKind.BANDS: "bands", RuleKind.VALUES: "values"}
    written = [kind for kind, key in forms.items() if doc.has(key)]
    partner, stranger = ("points", "fact") if written == [RuleKind.WHEN] else ("fact", "points")
    if len(written) != 1 or not doc.has(partner) or doc.has(stranger):
        resolver.findings.add("rule-form", doc.id.span, name=doc.id.text)
        return None
    kind = written[0]
    outcomes = _OUTCOMES[kind](doc, resolver)
    why = resolved_why(doc.why, doc.place("why"), resolver, Stratum.FACTS)
    return Rule(doc.id.text, kind, outcomes, doc.id.span, doc.label, why, doc.source)


def _when(doc: RuleDoc, resolver: Resolver) -> tuple[Outcome, ...]:
    assert doc.when is not None  # noqa: S101 - the form was chosen by it
    condition = resolver.condition(doc.when, Stratum.FACTS)
    return (Outcome(condition, doc.points or 0),)


def _values(doc: RuleDoc, resolver: Resolver) -> tuple[Outcome, ...]:
    subject = _subject(doc, resolver)
    if subject is None:
        return ()
    if subject.type not in (FactType.CHOICE, FactType.FLAG, FactType.TEXT):
        resolver.findings.add("values-need-choice", doc.id.span, name=subject.id)
        return ()
    outcomes: dict[Value, Outcome] = {}
    for key, points in doc.values or ():
        value = resolver.value(key.text, subject, key)
        if value in outcomes:
            resolver.findings.add("duplicate-value", key.span, value=key.text)
        if value is not None:
            test = Compare(subject.id, Op.EQ, value, f"= {key.text}")
            outcomes[value] = Outcome(test, points)
    return tuple(outcomes.values())


@dataclass(frozen=True, slots=True)
class _Band:
    """A band being built: its ends as values and as texts; None where it is open."""

    doc: BandDoc
    low: Value | None
    high: Value | None


def _bands(doc: RuleDoc, resolver: Resolver) -> tuple[Outcome, ...]:
    subject = _subject(doc, resolver)
    if subject is None:
        return ()
    if subject.type not in NUMERIC and subject.type is not FactType.DATE:
        resolver.findings.add("bands-need-number", doc.id.span, name=subject.id)
        return ()
    bands = [_band(band, subject, resolver) for band in doc.bands or ()]
    if not bands or any(band is None for band in bands):
        return ()
    ordered = sorted((band for band in bands if band is not None), key=_lower_end)
    return _disjoint(ordered, subject, resolver)


def _band(doc: BandDoc, subject: Subject, resolver: Resolver) -> _Band | None:
    if doc.from_ is None and doc.to is None:
        resolver.findings.add("band-without-end", doc.node.span)
        return None
    low, high = (
        None if end is None else resolver.value(end.text, subject, end)
        for end in (doc.from_, doc.to)
    )
    unreadable = (low is None) != (doc.from_ is None) or (high is None) != (doc.to is None)
    return None if unreadable else _Band(doc, low, high)


def _lower_end(band: _Band) -> tuple[bool, Value]:
    """Order bands by where they begin; one without a lower end by where it stops, first of all."""
    return (band.low is not None, band.low if band.low is not None else band.high or 0)


def _disjoint(bands: list[_Band], subject: Subject, resolver: Resolver) -> tuple[Outcome, ...]:
    """Return the outcomes of bands in rising order.

    A missing ``to`` is the next band's ``from``, a missing ``from`` the band below's ``to``:
    only the outermost ends stay open.
    """
    outcomes: list[Outcome] = []
    below: _Band | None = None
    for band, above in zip(bands, [*bands[1:], None], strict=True):
        low = band.doc.from_ or (below.doc.to if below else None)
        high = band.doc.to or (above.doc.from_ if above else None)
        if _is_empty(band):
            resolver.findings.add("band-empty", band.doc.node.span, name=subject.id)
        elif above is not None and not _is_empty(above) and _overlaps(band, above):
            _report_overlap(band, above, subject, resolver)
        outcomes.append(Outcome(_within(subject, low, high, resolver), band.doc.points))
        below = band
    return tuple(outcomes)


def _report_overlap(band: _Band, above: _Band, subject: Subject, resolver: Resolver) -> None:
    """Note an overlap at the band that is written later."""
    first, second = sorted(
        (band.doc.node.span, above.doc.node.span), key=lambda span: (span.line, span.column)
    )
    resolver.findings.add("bands-overlap", second, name=subject.id, line=first.line)


def _overlaps(band: _Band, above: _Band) -> bool:
    if above.low is None:  # both have only an upper end: the lower stops where the next begins
        return band.high == above.high
    if band.high is not None:
        return bool(band.high > above.low)  # type: ignore[operator]
    return band.low == above.low


def _is_empty(band: _Band) -> bool:
    return band.low is not None and band.high is not None and bool(band.low >= band.high)  # type: ignore[operator]


def _within(
    subject: Subject, low: Scalar | None, high: Scalar | None, resolver: Resolver
) -> Condition:
    tests: list[Test] = []
    for operator, end in ((Op.GE, low), (Op.LT, high)):
        value = None if end is None else resolver.value(end.text, subject, end)
        if end is not None and value is not None:
            parameter = resolver.parameters.get(end.text)
            shown = end.text if parameter is None else f"{end.text} ({parameter})"
            tests.append(Compare(subject.id, operator, value, f"{operator} {shown}"))
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _subject(doc: RuleDoc, resolver: Resolver) -> Subject | None:
    if doc.fact is None:  # it could not be read
        return None
    return resolver.names.find(doc.fact.text, doc.fact.span, Stratum.FACTS)


_OUTCOMES = {RuleKind.WHEN: _when, RuleKind.BANDS: _bands, RuleKind.VALUES: _values}
