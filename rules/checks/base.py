"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadgrade.rules.checks.context import Context
    from leadgrade.rules.conditions import Condition
    from leadgrade.rules.source import JsonFacts, Span


class Group(StrEnum):
    """What a check is about."""

    LOGIC = "logic"
    """proved over all leads that there can be"""
    HYGIENE = "hygiene"
    """what a book leaves unused or unsaid"""
    DATA = "data"
    """what a list of leads shows"""


class Level(StrEnum):
    """How bad it is that a check finds something."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a check found: where, what fills its message, a lead that shows it."""

    span: Span
    args: dict[str, Any] = field(default_factory=dict)
    example: JsonFacts | None = None
    suggestion: str | None = None
    about: Condition | None = None
    """True for the leads that the matter touches."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``bad`` and ``good`` are parts of a book that it finds fault with, and does not.

    They stand in the docs, and the tests put them in place of the same parts of a small book.
    """

    code: str
    group: Group
    level: Level
    run: Callable[[Context], Iterable[Hit]]
    bad: str
    good: str

    @property
    def needs_sample(self) -> bool:
        """Whether it looks at a list of leads."""
        return self.group is Group.DATA
