"""What shall be true of all leads of a book: tried by ``leadgrade test`` on generated leads."""

from __future__ import annotations

from dataclasses import dataclass

from leadgrade.rules.model import NUMERIC, Fact, FactType
from leadgrade.rules.text.nodes import Mapping, Node, Scalar

MONOTONE = "monotone"
KINDS = (MONOTONE, "knock-out always wins", "range never exceeded")


@dataclass(frozen=True, slots=True)
class Property:
    """What shall be true of all leads: ``kind``, and the fact that it is about, if any."""

    kind: str
    fact: str | None = None

    def __str__(self) -> str:
        return self.kind if self.fact is None else f"{self.kind}: {self.fact}"


def read_property(text: str) -> Property:
    """Read ``monotone: annual_revenue`` or the name of another property.

    Raises:
        ValueError: there is no such property.
    """
    kind, _, fact = (part.strip() for part in text.partition(":"))
    if kind not in KINDS or (kind == MONOTONE) != bool(fact):
        raise ValueError(text)
    return Property(kind, fact or None)


def written(node: Node) -> str:
    """Return a property as a line: in YAML ``monotone: annual_revenue`` is a mapping."""
    match node:
        case Scalar():
            return node.text.strip()
        case Mapping(((key, Scalar() as value),)):
            return f"{key.text}: {value.text}"
    return ""


def can_rise(fact: Fact) -> bool:
    """Whether a fact has an order, so that a property may speak of its rise."""
    return fact.type in NUMERIC or fact.type is FactType.DATE or fact.ordered
