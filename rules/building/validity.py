"""The days on which something of a book is in force: documents -> model."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from leadgrade.rules.model import Validity
from leadgrade.rules.source import Findings
from leadgrade.rules.text.nodes import Scalar
from leadgrade.rules.values import ValueReadError, parse_date


class Dated(Protocol):
    """What may say from when until when it is in force."""

    @property
    def valid_from(self) -> Scalar | None:
        """The first day."""

    @property
    def valid_until(self) -> Scalar | None:
        """The last day."""


def validity(doc: Dated, findings: Findings) -> Validity | None:
    """Return the days on which something is in force, None where that is always."""
    first, last = _day(doc.valid_from, findings), _day(doc.valid_until, findings)
    if first is None and last is None:
        return None
    if doc.valid_until is not None and first is not None and last is not None and first > last:
        findings.add("never-in-force", doc.valid_until.span)
    return Validity(first, last)


def _day(node: Scalar | None, findings: Findings) -> date | None:
    if node is None:
        return None
    try:
        return parse_date(node.text)
    except ValueReadError:
        words = {"text": node.text, "name": "valid_from", "type": "date"}
        findings.add("value-not-a-date", node.span, **words)
        return None
