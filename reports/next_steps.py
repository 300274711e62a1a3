"""Next steps as people need them: what, who, by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from leadgrade.reports.wording import say
from leadgrade.rules.model import NextStep


def due_date(step: NextStep, as_of: date) -> date | None:
    """Return the day by which a step is due, None where the book does not say."""
    return None if step.within_days is None else as_of + timedelta(days=step.within_days)


class StepWords(NamedTuple):
    """What to do, and the details: owner, channel, product, due date, and whose idea it is."""

    do: str
    details: str


def step_words(step: NextStep, as_of: date, lang: str) -> StepWords:
    """Return a next step in words, with what the source says and what the book proposes."""
    details = [*_details(step, as_of, lang), *_basis(step, lang)]
    return StepWords(step.do.say(lang), " · ".join(details))


def show_step(step: NextStep, as_of: date, lang: str) -> str:
    """Return a next step in one line: the action, then who does it, how, with what, by when."""
    details = " · ".join(_details(step, as_of, lang))
    action = step.do.say(lang)
    return f"{action} ({details})" if details else action


def action_words(step: NextStep, lang: str) -> str:
    """Return what to do, and how and with what: where who and by when have columns of their own."""
    how = " · ".join(each.say(lang) for each in (step.channel, step.product) if each is not None)
    return f"{step.do.say(lang)} ({how})" if how else step.do.say(lang)


def _details(step: NextStep, as_of: date, lang: str) -> Iterator[str]:
    for phrase in (step.owner, step.channel, step.product):
        if phrase is not None:
            yield phrase.say(lang)
    due = due_date(step, as_of)
    if due is not None:
        yield say("screens.due", lang, day=due.isoformat())


def _basis(step: NextStep, lang: str) -> Iterator[str]:
    if step.basis is None:
        return
    if step.source is None:
        yield say(f"screens.basis-{step.basis}", lang)
    else:
        yield say(f"screens.basis-{step.basis}-by", lang, source=step.source)
