"""Why a row was rejected, a cell not read, a list or a record not usable: codes -> words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadgrade.reports.wording import list_name, say
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import RejectedRow

_FILES = frozenset({"file", "first_file", "later_file"})
"""The arguments that are names of lists."""


def rejection_text(row: RejectedRow, lang: str) -> str:
    """Return why a row was set aside."""
    args = {
        name: list_name(value, lang) if name in _FILES else value
        for name, value in row.args.items()
    }
    return say(f"lists.rejected-{row.code}", lang, **args)


def rejected_line(row: RejectedRow, lang: str) -> str:
    """Return where a row stands that was set aside, and why."""
    return f"{list_name(row.file or '', lang)}:{row.line}: {rejection_text(row, lang)}"


def unread_text(unread: Mapping[str, Any], file: str, lang: str) -> str:
    """Return which cells of a column were not understood, with the first as a sample."""
    reason = say(f"lists.unread-{unread['code']}", lang)
    return say("lists.unread", lang, file=list_name(file, lang), reason=reason, **unread)


def problem_text(problem: Problem, lang: str) -> str:
    """Return what went wrong, and what to do."""
    details = dict(problem.details)
    if problem.texts == "lists":
        details |= {name: list_name(details[name], lang) for name in _FILES & details.keys()}
    message = say(f"{problem.texts}.{problem.code}", lang, **details)
    near = problem.details.get("nearest")
    return message + say("screens.did-you-mean", lang, near=near) if near else message
