"""Erasures as a person reads them: what would go, and what went."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.reports.record.recall import stored_book
from leadgrade.reports.runs.work_list import name_of
from leadgrade.reports.wording import say
from leadgrade.rules.problem import Problem
from leadgrade.storage.records import Forgotten
from leadgrade.storage.store import Store

_COUNTS = ("leads", "decisions", "rejected", "notes", "outcomes")
_MOST_RUNS = 10


class ForgettingError(Problem):
    """An erasure that nobody has agreed to."""

    texts: ClassVar[str] = "record"


def named(store: Store, lead: str) -> str:
    """Return the id of a lead, with the name that it last had where that can be found."""
    with suppress(Problem):
        last = store.history(lead)[-1]
        name = name_of(stored_book(store, store.run(last.run)), last)
        return f"{lead} · {name}" if name else lead
    return lead


def forgotten_json(forgotten: Forgotten | None, *, dry_run: bool = False) -> dict[str, Any]:
    """Return what an erasure took out; ``erasure`` is null where there was none."""
    if forgotten is None:
        return {"erasure": None}
    return {
        "erasure": None if dry_run else forgotten.number,
        **{name: getattr(forgotten, name) for name in _COUNTS},
        "runs": list(forgotten.runs),
        "left": [str(each) for each in forgotten.left],
        "head": None if dry_run else forgotten.head,
    }


def forgotten_text(forgotten: Forgotten | None, lang: str) -> RenderableType:
    """Return what an erasure took out, and the new head."""
    if forgotten is None:
        return Text(say("record.nothing-to-forget", lang))
    words = {"number": f"{forgotten.number:,}", **_counts(forgotten)}
    return Group(
        Text(say("record.forgotten", lang, **words)),
        *(Text(say("record.file-left", lang, file=each), style="red") for each in forgotten.left),
        Text(say("record.backups-remain", lang), style="dim"),
        Text(say("record.head", lang, head=forgotten.head)),
    )


def to_forget_text(found: Forgotten, whom: str | None, lang: str) -> str:
    """Return what an erasure would take out. ``whom`` is the lead; None: what old runs have."""
    lines = [] if whom is None else [say("record.to-forget-lead", lang, lead=whom)]
    lines.append(say("record.to-forget", lang, **_counts(found)))
    if found.runs:
        runs = ", ".join(map(str, found.runs[:_MOST_RUNS]))
        more = " …" if len(found.runs) > _MOST_RUNS else ""
        lines.append(say("record.to-forget-runs", lang, runs=f"{runs}{more}"))
    return "\n".join(lines)


def _counts(forgotten: Forgotten) -> dict[str, str]:
    return {name: f"{getattr(forgotten, name):,}" for name in _COUNTS}
