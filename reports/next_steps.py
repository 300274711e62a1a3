"""Next steps as people need them: what, who, by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from leadgrade.reports.wording import say
from leadgrade.rules.model import NextStep


def due_date(step: NextStep, as_of: date) -> date | None:
    """Return the day by which a step is due, None where the book does not say."""
    return None if step.within_days is None else as_of + timedelta(days=step.within_days)


class StepWords(NamedTuple):
    """What to do, and the details: owner, channel, product, due date."""

    do: str
    details: str


def step_words(step: NextStep, as_of: date, lang: str) -> StepWords:
    """Return a next step in words."""
    due = due_date(step, as_of)
    details = [
        phrase.say(lang)
        for phrase in (step.owner, step.channel, step.product)
        if phrase is not None
    ]
    if due is not None:
        details.append(say("screens.due", lang, day=due.isoformat()))
    return StepWords(step.do.say(lang), " · ".join(details))


def show_step(step: NextStep, as_of: date, lang: str) -> str:
    """Return a next step in one line: the action, then its details."""
    words = step_words(step, as_of, lang)
    return f"{words.do} ({words.details})" if words.details else words.do
