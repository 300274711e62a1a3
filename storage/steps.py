"""What the next steps of a book come to on the day of a run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from leadgrade.rules.model import Book, NextStep


class StepPlan(NamedTuple):
    """What a next step comes to on the day of a run: ``due`` is an ISO date.

    Owner and channel are kept in one wording, English where there is one, so that a manager can
    count by them; the book that the run names has both.
    """

    owner: str | None
    channel: str | None
    due: str | None


def step_plans(book: Book, as_of: date) -> dict[str, StepPlan]:
    """Return the plan of each next step of a book, by its id."""
    return {step.id: _plan(step, as_of) for step in book.next_steps}


def _plan(step: NextStep, as_of: date) -> StepPlan:
    owner = step.owner.say("en") if step.owner else None
    channel = step.channel.say("en") if step.channel else None
    if step.within_days is None:
        return StepPlan(owner, channel, None)
    try:
        due = as_of + timedelta(days=step.within_days)
    except OverflowError:  # "within 9999999 days"
        due = date.max
    return StepPlan(owner, channel, due.isoformat())
