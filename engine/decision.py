"""A decision: what every backend must give, to the last line of the ledger.

Points and scores are integers in hundredths. A decision has no clock and no file in it: it is a
function of the facts, the book, the as-of date and the ranks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class LineKind(StrEnum):
    """What a line of the ledger stands for."""

    START = "start"
    RULE = "rule"
    CLAMP = "clamp"


class Line(NamedTuple):
    """One line of the ledger. ``rule`` and ``outcome`` (its index) belong to a rule's line."""

    criterion: str
    kind: LineKind
    points: int
    rule: str | None = None
    outcome: int | None = None


class Possible(NamedTuple):
    """Score and grade if the open rules went the worst or the best way."""

    low: int
    high: int
    worst: str
    best: str


class LedgerError(Exception):
    """A decision whose ledger does not add up. It must never be stored."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule book says of one lead."""

    qualified: bool
    grade: str
    earned: str
    """The grade by score and needs, before floors, ceilings and knock-outs."""
    score: int
    criteria: dict[str, int]
    ledger: tuple[Line, ...]
    knock_outs: tuple[str, ...]
    limits: tuple[str, ...]
    """The floors and ceilings whose condition is true, in the book's order."""
    classes: dict[str, str]
    next_steps: tuple[str, ...]
    open: tuple[str, ...]
    """Rules and knock-outs whose condition is unknown, in the book's order."""
    possible: Possible

    @property
    def fired(self) -> tuple[str, ...]:
        """The rules that gave points, in the book's order."""
        return tuple(line.rule for line in self.ledger if line.rule is not None)

    def check_ledger(self) -> None:
        """Check the ledger law: the lines add up to each criterion, and those to the score.

        Raises:
            LedgerError: they do not.
        """
        totals = dict.fromkeys(self.criteria, 0)
        for line in self.ledger:
            totals[line.criterion] += line.points
        if totals != self.criteria or sum(totals.values()) != self.score:
            raise LedgerError(f"ledger gives {totals}, decision says {self.criteria}")


def decision_to_json(decision: Decision) -> str:
    """Return a decision as canonical JSON, points in hundredths: what the record keeps."""
    parts = {name: getattr(decision, name) for name in Decision.__slots__}
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def decision_from_json(text: str) -> Decision:
    """Return the decision that ``decision_to_json`` wrote.

    Raises:
        ValueError, KeyError, TypeError: the text is not such a record.
    """
    data: dict[str, Any] = json.loads(text)
    data["ledger"] = tuple(
        Line(criterion, LineKind(kind), points, rule, outcome)
        for criterion, kind, points, rule, outcome in data["ledger"]
    )
    for name in ("knock_outs", "limits", "next_steps", "open"):
        data[name] = tuple(data[name])
    data["possible"] = Possible(*data["possible"])
    return Decision(**data)


def points_text(hundredths: int) -> str:
    """Return points as people write them: no decimals where there are none."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


class Decided(NamedTuple):
    """One decided lead, ready to be stored: plain values, in the order in which they are stored.

    ``facts`` is canonical JSON; ``ranks`` too, of the places in the list, ``{}`` where the book
    ranks nothing. ``evidence`` is what the legend of the book wrote. ``salt`` and ``leaf`` belong
    to the proof: see ``sealing``.
    """

    lead: str
    file: str | None
    line: int | None
    facts: str
    ranks: str
    qualified: bool
    grade: str
    score: int
    low: int
    high: int
    worst: str
    best: str
    evidence: str
    salt: bytes
    leaf: str


DecidedValues = tuple[Any, ...]
"""The values of a ``Decided``, as that or as a plain tuple."""
