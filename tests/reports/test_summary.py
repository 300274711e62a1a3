"""The summary of a run where there is much to say, and texts that come from a list."""

from __future__ import annotations

from datetime import date

import pytest
from rich.console import Console

from leadgrade.reports.runs.summary import MOST_ROWS, run_text
from leadgrade.reports.wording import printable, say_count
from leadgrade.rules.phrase import Phrase
from leadgrade.storage.records import RejectedRow, Source, StoredRun


def run_with(notes: int, rejected: int) -> StoredRun:
    note = {"code": "engine-failed", "lead": "L-1", "kind": "crash", "message": "it died"}
    return StoredRun(
        number=3,
        book_id="x",
        book_title=Phrase("A book", "一本书"),
        book_sha256="0" * 64,
        started_at="",
        finished_at="",
        as_of=date(2026, 1, 22),
        by="",
        engine="rete",
        engine_version="",
        leadgrade_version="",
        python_version="",
        parameters={},
        rows_read=1_000_000,
        decided=1_000_000 - rejected,
        rejected=rejected,
        qualified=1,
        grades={"A": 1, "B": 999_999 - rejected},
        seconds=61.25,
        notes=[note] * notes,
    )


def shown(run: StoredRun, lang: str = "en", unread: int = 1) -> list[str]:
    row = RejectedRow("a.csv", 7, "nul-byte", {}, "")
    cell = {"fact": "f", "code": "not-a-number", "line": 2, "text": "x", "count": 1}
    mapping = {"facts": {"f": "f"}, "unread": [cell] * unread}
    source = Source("a.csv", "", "XLSX", None, 1_000_000, mapping)
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    with console.file:
        console.print(run_text(run, [source], [row] * min(run.rejected, MOST_ROWS), lang))
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_kinds_of_unread_cells_that_are_not_shown_are_counted() -> None:
    run = run_with(notes=0, rejected=0)
    assert "  … and 5 more" in shown(run, unread=MOST_ROWS + 5)
    assert not any("more" in line for line in shown(run, unread=MOST_ROWS))


def test_a_long_run_is_told_in_few_lines() -> None:
    lines = shown(run_with(notes=5000, rejected=20_000))
    assert len(lines) < 40
    assert lines[1] == "a.csv: 1,000,000 rows (XLSX), 1 column is a fact"
    counts = "1,000,000 rows read = 980,000 decided + 20,000 rejected + 0 merged, in 61.2 s"
    assert lines[3] == counts
    assert "  … and 19,990 more" in lines
    assert sum("the rule engine failed on lead L-1" in line for line in lines) == MOST_ROWS
    assert lines[-1] == "  … and 4,990 more"
    assert shown(run_with(notes=11, rejected=0), "zh")[-1] == "  ……另有 1 条"


@pytest.mark.parametrize(("count", "text"), [(0, "0 rows"), (1, "1 row"), (12_345, "12,345 rows")])
def test_counts_have_their_plural(count: int, text: str) -> None:
    assert say_count("screens.rows", "en", count) == text


def test_control_characters_are_made_visible() -> None:
    assert printable("a\x1b[31mb\x07\x85\u2028\u202e\u2066") == "a�[31mb�����"
    assert printable("青屿 é 😀\ttab\nline") == "青屿 é 😀\ttab\nline"
