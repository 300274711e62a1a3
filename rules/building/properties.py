"""The properties of a book: documents -> model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from leadgrade.rules.building.names import Names
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.properties import KINDS, Property, can_rise, read_property, written
from leadgrade.rules.source import Findings
from leadgrade.rules.text.nodes import Node


def build_properties(docs: Iterable[Node], names: Names, findings: Findings) -> Iterator[Property]:
    """Yield the properties; one that cannot be tried is a finding."""
    for node in docs:
        text = written(node)
        try:
            found = read_property(text)
        except ValueError:
            likely = nearest(text, KINDS)
            findings.add("unknown-property", node.span, suggestion=likely, text=text)
            continue
        if found.fact is None:
            yield found
            continue
        subject = names.find(found.fact, node.span)
        if subject is None:
            continue
        if subject.fact is None or subject.derived or not can_rise(subject.fact):
            findings.add("unknown-property", node.span, text=text)
        else:
            yield replace(found, fact=subject.id)
