"""Criteria and their rules: documents -> model."""

from __future__ import annotations

from leadgrade.rules.building.bands import build_bands, can_have_bands
from leadgrade.rules.building.decay import fading
from leadgrade.rules.building.names import Stratum, Subject
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.building.validity import validity
from leadgrade.rules.building.why import resolved_why
from leadgrade.rules.conditions import Compare, Op, Value
from leadgrade.rules.documents.book import CriterionDoc, RuleDoc
from leadgrade.rules.model import Criterion, FactType, Outcome, Rule, RuleKind
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Listing, Scalar


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
    if doc.has("half_life") or doc.has("age_of"):
        kind, outcomes = RuleKind.DECAY, fading(doc, outcomes, resolver)
    return Rule(
        id=doc.id.text,
        kind=kind,
        outcomes=outcomes,
        span=doc.id.span,
        label=doc.label,
        why=resolved_why(doc.why, doc.place("why"), resolver, Stratum.FACTS),
        source=doc.source,
        valid=validity(doc, resolver.findings),
        justification=doc.justification,
    )


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


def _bands(doc: RuleDoc, resolver: Resolver) -> tuple[Outcome, ...]:
    subject = _subject(doc, resolver)
    if subject is None or not can_have_bands(subject, doc.id.span, resolver):
        return ()
    bands = build_bands(doc.bands or [], subject, resolver)
    return tuple(Outcome(condition, band.points) for band, condition in bands)


def _subject(doc: RuleDoc, resolver: Resolver) -> Subject | None:
    if doc.fact is None:  # it could not be read
        return None
    return resolver.names.find(doc.fact.text, doc.fact.span, Stratum.FACTS)


_OUTCOMES = {RuleKind.WHEN: _when, RuleKind.BANDS: _bands, RuleKind.VALUES: _values}
