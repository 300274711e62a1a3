"""Why a row was rejected, a cell not read, a list or a record not usable: codes -> words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadgrade.reports.wording import say
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import RejectedRow


def rejection_text(row: RejectedRow, lang: str) -> str:
    """Return why a row was set aside."""
    return say(f"lists.rejected-{row.code}", lang, **row.args)


def unread_text(unread: Mapping[str, Any], file: str, lang: str) -> str:
    """Return which cells of a column were not understood, with the first as a sample."""
    reason = say(f"lists.unread-{unread['code']}", lang)
    return say("lists.unread", lang, file=file, reason=reason, **unread)


def problem_text(problem: Problem, lang: str) -> str:
    """Return what went wrong, and what to do."""
    message = say(f"{problem.texts}.{problem.code}", lang, **problem.details)
    near = problem.details.get("nearest")
    return message + say("screens.did-you-mean", lang, near=near) if near else message
