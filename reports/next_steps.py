"""Next steps as people need them: what, who, by when."""

from __future__ import annotations

from datetime import date, timedelta

from leadgrade.reports.wording import say
from leadgrade.rules.model import NextStep


def due_date(step: NextStep, as_of: date) -> date | None:
    """Return the day by which a step is due, None where the book does not say."""
    return None if step.within_days is None else as_of + timedelta(days=step.within_days)


def show_step(step: NextStep, as_of: date, lang: str) -> str:
    """Return a next step in one line: the action, then owner, channel, product and due date."""
    due = due_date(step, as_of)
    details = [
        phrase.say(lang)
        for phrase in (step.owner, step.channel, step.product)
        if phrase is not None
    ]
    if due is not None:
        details.append(say("screens.due", lang, day=due.isoformat()))
    action = step.do.say(lang)
    return f"{action} ({' · '.join(details)})" if details else action
