"""Who is who: the keys that name a lead, and how its rows are merged: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable

from leadgrade.rules.building.facts import one_of
from leadgrade.rules.building.names import Names
from leadgrade.rules.documents.sources import MergeDoc
from leadgrade.rules.gathering import ID, Key, KeyKind, KeyPart, Merging, Precedence
from leadgrade.rules.model import FactType
from leadgrade.rules.source import Findings
from leadgrade.rules.text.nodes import Scalar


def build_identity(
    keys: Iterable[Iterable[Scalar]], names: Names, findings: Findings
) -> tuple[Key, ...]:
    """Return the keys that name a lead, the first one first."""
    built = [tuple(key_part(node, names, findings) for node in key) for key in keys]
    return tuple(tuple(part for part in key if part is not None) for key in built)


def key_part(node: Scalar, names: Names, findings: Findings) -> KeyPart | None:
    """Return what ``phone``, ``hotline as phone`` or ``id`` names, or None with a finding."""
    name, _, said = (part.strip() for part in node.text.partition(" as "))
    if name == ID and not names.has(ID) and not said:
        return KeyPart(ID)
    subject = names.find(name, node.span)
    if subject is None:
        return None
    if subject.fact is None or subject.derived or subject.type is not FactType.TEXT:
        findings.add("identity-not-text", node.span, name=name)
        return None
    kind = one_of(Scalar(said, node.span), KeyKind, findings) if said else None
    return KeyPart(subject.id, kind)


def build_merging(doc: MergeDoc | None, names: Names, findings: Findings) -> Merging:
    """Return how the rows of one lead become one."""
    if doc is None:
        return Merging()
    precedence = one_of(doc.precedence, Precedence, findings)
    if precedence and (precedence is Precedence.NEWEST) != doc.has("by"):
        findings.add("merge-by", doc.precedence.span)
    subject = None if doc.by is None else names.find(doc.by.text, doc.by.span)
    if doc.by is not None and subject is not None and subject.type is not FactType.DATE:
        findings.add("not-a-date-fact", doc.by.span, name=doc.by.text)
    return Merging(precedence or Precedence.FIRST, None if subject is None else subject.id)
