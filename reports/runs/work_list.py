"""The work list: the best leads first, each with its next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table

from leadgrade.engine.decision import points_text
from leadgrade.reports.explanation.data import brief_override, number
from leadgrade.reports.next_steps import show_step
from leadgrade.reports.wording import say
from leadgrade.rules.model import Book
from leadgrade.rules.phrase import Phrase
from leadgrade.storage.records import StoredDecision, StoredRun

LEAD_WIDTH = 12
"""A lead's id is never cut, and only broken where it is longer than this."""


def work_list_json(
    book: Book, run: StoredRun, decisions: Iterable[StoredDecision], lang: str
) -> dict[str, Any]:
    """Return the list as plain JSON values."""
    steps = {step.id: step for step in book.next_steps}
    return {
        "run": run.number,
        "as_of": run.as_of.isoformat(),
        "book": {"id": run.book_id, "sha256": run.book_sha256},
        "leads": [
            {
                "lead": each.lead,
                "name": name_of(book, each),
                "grade": each.grade,
                "score": number(each.score),
                "qualified": each.qualified,
                "override": brief_override(each.override),
                "possible": {
                    "score": [number(each.possible.low), number(each.possible.high)],
                    "grade": [each.possible.worst, each.possible.best],
                },
                "next_steps": [
                    {
                        "id": step.id,
                        "do": steps[step.id].do.say(lang),
                        "owner": _say(steps[step.id].owner, lang),
                        "channel": _say(steps[step.id].channel, lang),
                        "product": _say(steps[step.id].product, lang),
                        "due": step.due and step.due.isoformat(),
                        "basis": steps[step.id].basis,
                    }
                    for step in each.steps
                ],
            }
            for each in decisions
        ],
    }


def _say(phrase: Phrase | None, lang: str) -> str | None:
    return None if phrase is None else phrase.say(lang)


def work_list_text(
    book: Book, run: StoredRun, decisions: Iterable[StoredDecision], lang: str
) -> RenderableType:
    """Return the list as a table that a console prints."""
    title = say("screens.top-title", lang, run=run.number, day=run.as_of.isoformat())
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=title, title_justify="left")
    table.add_column("#", justify="right", no_wrap=True)
    decisions = list(decisions)
    width = min(LEAD_WIDTH, max((cell_len(each.lead) for each in decisions), default=0))
    table.add_column(say("screens.column-lead", lang), overflow="fold", min_width=width)
    if book.lead_name is not None:
        table.add_column(say("screens.column-name", lang), overflow="fold", max_width=28)
    table.add_column(say("screens.column-grade", lang), no_wrap=True)
    table.add_column(say("screens.column-score", lang), justify="right", no_wrap=True)
    table.add_column(say("screens.column-next-step", lang), overflow="fold")
    steps = {step.id: step for step in book.next_steps}
    for place, each in enumerate(decisions, start=1):
        first = next((steps[step.id] for step in each.steps), None)
        name = [name_of(book, each) or ""] if book.lead_name is not None else []
        action = "" if first is None else show_step(first, run.as_of, lang)
        table.add_row(
            str(place), each.lead, *name, grade_range(each, lang), points_text(each.score), action
        )
    return table


def grade_range(decision: StoredDecision, lang: str) -> str:
    """Return the grade, with the best one that is still possible, ``B (A?)``, and one by hand."""
    best = decision.possible.best
    grade = decision.grade if best == decision.grade else f"{decision.grade} ({best}?)"
    if decision.override is None:
        return grade
    return say("record.grade-by-hand", lang, machine=grade, grade=decision.override.grade)


def name_of(book: Book, decision: StoredDecision) -> str | None:
    """Return what people call the lead, where the book says which fact that is."""
    if book.lead_name is None:
        return None
    name = decision.known(book).get(book.lead_name)
    return None if name is None else str(name)
