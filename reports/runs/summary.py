"""What a run came to: the summary that ``qualify`` and ``show`` print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadgrade.reports.lists.policies import reading_lines
from leadgrade.reports.reasons import rejected_line, rejection_text, unread_text
from leadgrade.reports.wording import list_name, say, say_count
from leadgrade.storage.records import RejectedRow, Source, StoredRun

BAR = 40
MOST_ROWS = 10
"""So many rejected rows, unread cells and notes are shown; the record has all of them."""


def merged_rows(run: StoredRun) -> int:
    """Return how many rows of a run were merged into another row of their lead."""
    return sum(note["rows"] for note in run.notes if note["code"] == "merged")


def rows_read(run: StoredRun) -> int:
    """Return how many rows a run read: decided, rejected and merged ones."""
    return run.rows_read + merged_rows(run)


def doubtful(sources: Sequence[Source]) -> bool:
    """Whether a cell could not be read, or a row of a joined file."""
    return any(each.mapping.get("unread") or each.mapping.get("rejected") for each in sources)


def run_json(run: StoredRun, *, dry_run: bool = False) -> dict[str, Any]:
    """Return the documented summary of a run; one that was not stored has no number."""
    return {
        "run": None if dry_run else run.number,
        "book": {"id": run.book_id, "sha256": run.book_sha256},
        "engine": run.engine,
        "as_of": run.as_of.isoformat(),
        "leads": rows_read(run),
        "decided": run.decided,
        "rejected": run.rejected,
        "merged": merged_rows(run),
        "grades": run.grades,
        "qualified": run.qualified,
        "seconds": round(run.seconds, 3),
        "notes": run.notes,
        "head": run.head,
    }


def run_detail_json(
    run: StoredRun, sources: Sequence[Source], rejected: Sequence[RejectedRow], lang: str
) -> dict[str, Any]:
    """Return a run with its files and its rejected rows."""
    return {
        **run_json(run),
        "folder": run.folder,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "by": run.by,
        "versions": {
            "leadgrade": run.leadgrade_version,
            "engine": run.engine_version,
            "python": run.python_version,
        },
        "files": [
            {
                "file": each.file,
                "sha256": each.sha256,
                "format": each.format,
                "encoding": each.encoding,
                "rows": each.rows_read,
                "mapping": each.mapping,
            }
            for each in sources
        ],
        "rejected_rows": [
            {
                "file": each.file,
                "line": each.line,
                "code": each.code,
                "reason": rejection_text(each, lang),
                "raw": each.raw,
            }
            for each in rejected
        ],
    }


def run_text(
    run: StoredRun,
    sources: Sequence[Source],
    rejected: Sequence[RejectedRow],
    lang: str,
    *,
    dry_run: bool = False,
) -> RenderableType:
    """Return the summary of a run as something a console prints."""
    head = say(
        "screens.dry-head" if dry_run else "screens.run-head",
        lang,
        run=run.number,
        book=run.book_title.say(lang),
        sha=run.book_sha256[:12],
        day=run.as_of.isoformat(),
        engine=run.engine,
    )
    counts = say(
        "screens.run-counts",
        lang,
        rows=say_count("screens.rows", lang, rows_read(run)),
        decided=f"{run.decided:,}",
        rejected=f"{run.rejected:,}",
        merged=f"{merged_rows(run):,}",
        seconds=f"{run.seconds:.1f}",
    )
    qualified = say(
        "screens.run-qualified", lang, count=f"{run.qualified:,}", of=f"{run.decided:,}"
    )
    return Group(
        Text(head, style="bold"),
        *(line for source in sources for line in _source(source, run, lang)),
        Text(counts),
        *_folder(run, lang),
        *([] if dry_run else [Text(say("record.head", lang, head=run.head), style="dim")]),
        Text(),
        _grades(run),
        Text(),
        Text(qualified, style="bold"),
        *_rejected(rejected, run.rejected, lang),
        *(Text(note_text(note, lang), style="yellow") for note in run.notes[:MOST_ROWS]),
        *_more(len(run.notes), lang),
    )


def _folder(run: StoredRun, lang: str) -> Iterator[RenderableType]:
    if run.folder is not None:
        yield Text(say("record.folder", lang, folder=run.folder))


def proposed_text(asked: Mapping[str, Sequence[str]], file: str, lang: str) -> str:
    """Return which columns were not used though they may be facts, and what to do."""
    named = [f"{header} ({', '.join(facts)}?)" for header, facts in asked.items()]
    return say("screens.proposed", lang, columns=", ".join(named), list=file)


def note_text(note: dict[str, Any], lang: str) -> str:
    """Return a note of a run in words."""
    return say(f"screens.note-{note['code']}", lang, **note)


def _grades(run: StoredRun) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(style="cyan")
    most = max(run.grades.values(), default=0) or 1
    for grade, count in run.grades.items():
        share = count / run.decided if run.decided else 0.0
        bar = "█" * round(BAR * count / most) if count else ""
        table.add_row(grade, f"{count:,}", f"{share:.0%}", bar)
    return Padding(table, (0, 0, 0, 2))


def _source(source: Source, run: StoredRun, lang: str) -> Iterator[RenderableType]:
    mapping = source.mapping
    yield Text(
        say(
            "lists.joined" if "joins" in mapping else "screens.source",
            lang,
            source=mapping.get("joins"),
            file=list_name(source.file, lang),
            rows=say_count("screens.rows", lang, source.rows_read),
            format=" ".join(part for part in (source.format, source.encoding) if part),
            facts=say_count("screens.facts", lang, len(mapping.get("facts", {}))),
        )
    )
    for line in reading_lines(mapping, lang):
        yield Text("  " + line)
    asked = mapping.get("proposed", {})
    if unused := [header for header in mapping.get("unmapped", []) if header not in asked]:
        names = ", ".join(unused)
        yield Text("  " + say("screens.unmapped", lang, headers=names), style="dim")
    if asked:
        yield Text("  " + proposed_text(asked, source.file, lang), style="yellow")
    unread = mapping.get("unread", [])
    for each in unread[:MOST_ROWS]:
        yield Text("  " + unread_text(each, source.file, lang), style="yellow")
    yield from _more(len(unread), lang)
    if "joins" in mapping:
        yield from _joined(source, run, lang)


def _joined(source: Source, run: StoredRun, lang: str) -> Iterator[RenderableType]:
    """Yield what became of the rows of a joined file that did not count."""
    mapping = source.mapping
    rejected = mapping["rejected"]
    if isinstance(rejected, dict):  # as runs were recorded before this could be forgotten
        rejected = [{"code": code, **each} for code, each in rejected.items()]
    for each in rejected:
        row = RejectedRow(source.file, each["line"], each["code"], each["args"], "")
        words = {"count": f"{each['count']:,}", "file": list_name(source.file, lang)}
        reason = rejection_text(row, lang)
        yield Text(
            "  " + say("lists.joined-rejected", lang, reason=reason, line=row.line, **words),
            style="yellow",
        )
    for name in ("too_late", "unmatched"):
        if count := mapping[name]:
            rows = say_count("screens.rows", lang, count)
            day = run.as_of.isoformat()
            yield Text("  " + say(f"lists.joined-{name}", lang, rows=rows, day=day), style="dim")


def _rejected(rows: Sequence[RejectedRow], count: int, lang: str) -> Iterator[RenderableType]:
    if not count:
        return
    yield Text()
    yield Text(say("screens.rejected", lang, count=f"{count:,}"), style="bold")
    for row in rows[:MOST_ROWS]:
        yield Text("  " + rejected_line(row, lang))
    yield from _more(count, lang)


def more_line(count: int, lang: str) -> str:
    """Return how many of so many are not shown, "" where all are."""
    return say("screens.more", lang, count=f"{count - MOST_ROWS:,}") if count > MOST_ROWS else ""


def _more(count: int, lang: str) -> Iterator[RenderableType]:
    if line := more_line(count, lang):
        yield Text(f"  {line}", style="dim")


def runs_text(runs: Sequence[StoredRun], lang: str) -> RenderableType:
    """Return all runs as a table, the latest first."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("run", "as-of", "book", "engine", "leads", "decided", "rejected", "qualified"):
        right = name in ("run", "leads", "decided", "rejected", "qualified")
        header = say(f"screens.column-{name}", lang)
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    table.add_column(say("screens.column-grades", lang), overflow="fold")
    table.add_column(say("record.column-head", lang), overflow="fold", style="dim")
    for run in reversed(runs):
        grades = "  ".join(f"{grade} {count:,}" for grade, count in run.grades.items())
        numbers = (
            f"{each:,}" for each in (rows_read(run), run.decided, run.rejected, run.qualified)
        )
        book = f"{run.book_id} {run.book_sha256[:8]}"
        table.add_row(
            str(run.number),
            run.as_of.isoformat(),
            book,
            run.engine,
            *numbers,
            grades,
            run.head[:12],
        )
    return table
