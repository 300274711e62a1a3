"""What a list of outcomes came to, as ``outcomes`` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.reports.reasons import rejected_line, rejection_text, unread_text
from leadgrade.reports.runs.summary import MOST_ROWS, more_line
from leadgrade.reports.wording import list_name, say
from leadgrade.storage.records import OutcomeList, ReadOutcomes


def recorded_json(found: ReadOutcomes, lang: str) -> dict[str, Any]:
    """Return what a list came to as plain data; ``list`` is null where nothing was stored."""
    source, stored = found.source, found.stored
    return {
        "list": None if stored is None else stored.number,
        "file": source.file,
        "sha256": source.sha256,
        "rows": source.rows_read,
        "won": stored.won if stored else 0,
        "lost": stored.lost if stored else 0,
        "open": found.open,
        "unknown": [each.lead for each in found.unknown],
        "rejected": [
            {"line": each.line, "code": each.code, "reason": rejection_text(each, lang)}
            for each in found.rejected
        ],
        "mapping": source.mapping,
        "head": stored.head if stored else None,
    }


def recorded_text(found: ReadOutcomes, lang: str) -> RenderableType:
    """Return what a list came to as something a console prints."""
    return Group(*map(Text, _lines(found, lang)))


def _lines(found: ReadOutcomes, lang: str) -> Iterator[str]:
    source, stored, unknown, rejected = found.source, found.stored, found.unknown, found.rejected
    won, lost = (stored.won, stored.lost) if stored else (0, 0)
    counts = {
        "rows": source.rows_read,
        "won": won,
        "lost": lost,
        "open": found.open,
        "unknown": len(unknown),
        "rejected": len(rejected),
    }
    words = {name: f"{count:,}" for name, count in counts.items()}
    yield say("outcomes.counts", lang, file=list_name(source.file, lang), **words)
    columns = ", ".join(source.mapping["facts"])
    yield say("outcomes.columns", lang, columns=columns)
    unread = source.mapping["unread"]
    for each in unread[:MOST_ROWS]:
        yield unread_text(each, source.file, lang)
    if line := more_line(len(unread), lang):
        yield f"  {line}"
    if unknown:
        leads = ", ".join(each.lead for each in unknown[:MOST_ROWS])
        more = len(unknown) - MOST_ROWS
        yield say("outcomes.unknown", lang, leads=leads + (f", … +{more:,}" if more > 0 else ""))
    for row in rejected[:MOST_ROWS]:
        yield "  " + rejected_line(row, lang)
    if line := more_line(len(rejected), lang):
        yield f"  {line}"
    if stored is None:
        yield say("outcomes.nothing", lang)
    else:
        yield say("record.head", lang, head=stored.head)


def outcome_lists_json(lists: Sequence[OutcomeList]) -> list[dict[str, Any]]:
    """Return the lists that were read as plain data."""
    return [
        {
            "list": each.number,
            "read_at": each.read_at,
            "by": each.by,
            "file": each.source.file,
            "sha256": each.source.sha256,
            "rows": each.source.rows_read,
            "won": each.won,
            "lost": each.lost,
            "open": each.open,
            "unknown": each.unknown,
            "rejected": each.rejected,
        }
        for each in lists
    ]


def outcome_lists_text(lists: Sequence[OutcomeList], lang: str) -> RenderableType:
    """Return the lists that were read as a table, the latest first."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    numbers = ("list", "rows", "won", "lost", "open", "unknown", "rejected")
    for name in ("list", "read-at", "file", *numbers[1:], "by"):
        right = name in numbers
        header = say(f"outcomes.column-{name}", lang)
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    for each in reversed(lists):
        counts = (
            each.source.rows_read,
            each.won,
            each.lost,
            each.open,
            each.unknown,
            each.rejected,
        )
        cells = [f"{count:,}" for count in counts]
        table.add_row(str(each.number), each.read_at[:10], each.source.file, *cells, each.by)
    return table
