"""Facts and derived facts of a book: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import InvalidOperation
from enum import StrEnum
from typing import TypeVar

from leadgrade.rules.building.literals import fact_value
from leadgrade.rules.building.names import Names, fold_name
from leadgrade.rules.documents.book import FactDoc
from leadgrade.rules.documents.kinds import nearest, phrase, scalar
from leadgrade.rules.model import NUMERIC, Actionable, Choice, Fact, FactType, OnUnreadable
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings
from leadgrade.rules.text import nodes
from leadgrade.rules.text.nodes import Listing, Node, Scalar
from leadgrade.rules.values import ValueReadError, parse_days

K = TypeVar("K", bound=StrEnum)


def build_facts(
    docs: Iterable[tuple[Scalar, FactDoc]], names: Names, findings: Findings
) -> dict[str, Fact]:
    """Return the declared facts by id."""
    claimed = [(name, doc) for name, doc in docs if names.claim(name)]
    facts = [_fact(name, doc, findings) for name, doc in claimed]
    return {fact.id: fact for fact in facts if fact is not None}


def _fact(name: Scalar, doc: FactDoc, findings: Findings) -> Fact | None:
    kind = one_of(doc.type, FactType, findings)
    if kind is None:
        return None
    choices = _choices(doc.values, findings) if doc.values is not None else ()
    if (kind is FactType.CHOICE) != doc.has("values"):
        findings.add("values-and-choice", doc.place("values"), name=name.text)
    if kind is FactType.CHOICE and not choices:
        return None
    if doc.ordered and kind is not FactType.CHOICE:
        findings.add("ordered-and-choice", doc.place("ordered"), name=name.text)
    policy = doc.on_unreadable and one_of(doc.on_unreadable, OnUnreadable, findings)
    fact = Fact(
        id=name.text,
        type=kind,
        label=doc.label or Phrase(en=name.text),
        span=name.span,
        headers=tuple(doc.headers),
        choices=choices,
        ordered=doc.ordered,
        ask=doc.ask,
        on_unreadable=policy or OnUnreadable.UNKNOWN,
        actionable=_actionable(doc, kind, findings),
        cost=_cost(doc, findings),
        personal=doc.personal,
    )
    if doc.range is not None:
        fact = _with_range(fact, doc, findings)
    return _with_fallback(_with_age(fact, doc, findings), doc, findings)


def _with_fallback(fact: Fact, doc: FactDoc, findings: Findings) -> Fact:
    """Return the fact with what is done where it is unknown."""
    if doc.if_unknown is None or doc.if_unknown.text == "leave":
        return fact
    if doc.if_unknown.text == "reject":
        return replace(fact, required=True)
    head, _, literal = doc.if_unknown.text.partition(" ")
    if head != "value" or not literal.strip():
        mend = f"value {doc.if_unknown.text}"
        findings.add("if-unknown-form", doc.if_unknown.span, suggestion=mend)
        return fact
    value = fact_value(literal.strip(), fact, doc.if_unknown.span, findings)
    return replace(fact, if_unknown=value)


def _with_age(fact: Fact, doc: FactDoc, findings: Findings) -> Fact:
    """Return the fact with the age beyond which it counts as unknown."""
    if doc.has("max_age") != doc.has("dated_by"):
        findings.add("age-and-date", doc.place("max_age"), name=fact.id)
    if doc.max_age is None or doc.dated_by is None:
        return fact
    days = whole_days(doc.max_age, findings)
    return replace(fact, max_age_days=days, dated_by=doc.dated_by.text)


def check_dates(facts: Mapping[str, Fact], findings: Findings) -> None:
    """Check that each ``dated_by`` names a date fact."""
    for fact in facts.values():
        dated_by = fact.dated_by
        if dated_by is not None and (
            dated_by not in facts or facts[dated_by].type is not FactType.DATE
        ):
            dates = [each.id for each in facts.values() if each.type is FactType.DATE]
            likely = nearest(dated_by, dates)
            findings.add("not-a-date-fact", fact.span, suggestion=likely, name=dated_by)


def whole_days(node: Scalar, findings: Findings) -> int | None:
    """Return a number of whole days, at most ten years, or None with a finding."""
    try:
        days = parse_days(node.text)
    except (ValueReadError, InvalidOperation):
        days = -1.0
    if days < 0 or not days.is_integer() or days > 3650:
        findings.add("want-days", node.span, text=node.text)
        return None
    return int(days)


def _with_range(fact: Fact, doc: FactDoc, findings: Findings) -> Fact:
    node = doc.node.get("range")
    if fact.type not in NUMERIC or (isinstance(node, Listing) and len(node.items) != 2):
        findings.add("fact-range", doc.place("range"), name=fact.id)
        return fact
    ends = [fact_value(end.text, fact, end.span, findings) for end in doc.range or ()]
    low, high = ends if len(ends) == 2 else (None, None)
    if not isinstance(low, float) or not isinstance(high, float):
        return fact
    if low > high:
        findings.add("range-upside-down", doc.place("range"))
    return replace(fact, low=low, high=high)


def _actionable(doc: FactDoc, kind: FactType, findings: Findings) -> Actionable:
    """Return whether a fact can be changed; a direction needs values that have an order."""
    usual = Actionable.NO if kind is FactType.TEXT else Actionable.YES
    found = (doc.actionable and one_of(doc.actionable, Actionable, findings)) or usual
    ordered = kind in NUMERIC or kind in (FactType.DATE, FactType.FLAG) or doc.ordered
    if found in (Actionable.UP, Actionable.DOWN) and not ordered:
        findings.add("direction-without-order", doc.place("actionable"))
    return found


def _cost(doc: FactDoc, findings: Findings) -> int | None:
    if doc.cost is not None and doc.cost < 0:
        findings.add("cost-below-zero", doc.place("cost"))
        return None
    return doc.cost


def _choices(node: Node, findings: Findings) -> tuple[Choice, ...]:
    pairs: list[tuple[Scalar, Phrase]] = []
    if isinstance(node, Listing):
        ids = [scalar(item, findings) for item in node.items]
        pairs = [(item, Phrase(en=item.text)) for item in ids if item is not None]
    elif isinstance(node, nodes.Mapping):
        for key, value in node.entries:
            label = phrase(value, findings)
            both = label and (
                label if isinstance(value, nodes.Mapping) else Phrase(key.text, label.en)
            )
            pairs.append((key, both or Phrase(en=key.text)))
    if isinstance(node, Scalar) or not (node.items if isinstance(node, Listing) else node.entries):
        findings.add("want-choices", node.span)
    seen: set[str] = set()
    for item, label in pairs:
        called = {fold_name(each) for each in (item.text, *label.wordings)}
        if called & seen:
            findings.add("duplicate-value", item.span, value=item.text)
        seen |= called
    return tuple(Choice(item.text, label) for item, label in pairs)


def one_of(node: Scalar, kinds: type[K], findings: Findings) -> K | None:
    """Return the member of an enumeration that a text names, or None with a finding."""
    try:
        return kinds(node.text)
    except ValueError:
        known = [str(each) for each in kinds]
        findings.add(
            "want-one-of",
            node.span,
            suggestion=nearest(node.text, known),
            text=node.text,
            known=", ".join(known),
        )
        return None
