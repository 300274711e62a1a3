"""The work list as a file to hand out: CSV, XLSX, or a page to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from leadgrade.reports.explanation.data import number
from leadgrade.reports.files import whole_file
from leadgrade.reports.markup import section, table
from leadgrade.reports.next_steps import action_words, due_date
from leadgrade.reports.page import whole_page
from leadgrade.reports.runs.export import kind_of
from leadgrade.reports.runs.work_list import grade_range, name_of
from leadgrade.reports.sheets import Cell, Column, Sheet, write_csv, write_xlsx
from leadgrade.reports.values import label_of
from leadgrade.reports.wording import LANGUAGES, say
from leadgrade.rules.lead import facts_from_json
from leadgrade.rules.model import Book, FactType
from leadgrade.storage.records import StoredDecision, StoredRun

KINDS = ("csv", "xlsx", "html")


def write_work_list(
    out: Path, book: Book, run: StoredRun, decisions: Sequence[StoredDecision], lang: str
) -> None:
    """Write the work list in the format that the name of the file asks for.

    Raises:
        OutputError: the file cannot be written, or its name asks for an unknown format.
    """
    kind = kind_of(out, KINDS, "unknown-ending")
    with whole_file(out) as file:
        if kind == "html":
            _write_page(file, book, run, decisions, lang)
        else:
            write = write_xlsx if kind == "xlsx" else write_csv
            write(_sheet(book, run, decisions, lang), file)


def _sheet(book: Book, run: StoredRun, decisions: Sequence[StoredDecision], lang: str) -> Sheet:
    facts = _texts(book, decisions)
    named = () if book.lead_name is None else (Column(label_of(book, book.lead_name, lang), 28),)
    widths = {"grade": 12, "score": 9, "next-step": 60, "step-owner": 20, "due": 12}
    columns = [
        Column(say("screens.column-place", lang), 7),
        Column(say("screens.column-lead", lang)),
        *named,
        *(Column(say(f"screens.column-{name}", lang), width) for name, width in widths.items()),
        *(Column(label_of(book, each, lang), 24) for each in facts),
    ]
    rows = _rows(book, run, decisions, facts, lang)
    return Sheet(book.id, columns, rows, named=2 + len(named))


def _texts(book: Book, decisions: Sequence[StoredDecision]) -> list[str]:
    """Return the facts that are texts, such as a phone number, if any of the leads has them."""
    known = {name for each in decisions for name in facts_from_json(book, each.facts)}
    texts = (name for name, fact in book.facts.items() if fact.type is FactType.TEXT)
    return [name for name in texts if name in known and name != book.lead_name]


def _rows(
    book: Book,
    run: StoredRun,
    decisions: Sequence[StoredDecision],
    facts: Sequence[str],
    lang: str,
) -> Iterator[list[Cell]]:
    steps = {step.id: step for step in book.next_steps}
    for place, each in enumerate(decisions, start=1):
        values = facts_from_json(book, each.facts)
        first = next((steps[step.id] for step in each.steps), None)
        yield [
            place,
            each.lead,
            *([] if book.lead_name is None else [name_of(book, each)]),
            grade_range(each, lang),
            number(each.score),
            action_words(first, lang) if first else "",
            first.owner.say(lang) if first and first.owner else "",
            due_date(first, run.as_of) if first else None,
            *(values.get(name) for name in facts),
        ]


def _write_page(
    file: IO[bytes], book: Book, run: StoredRun, decisions: Sequence[StoredDecision], lang: str
) -> None:
    bodies = {}
    for each in LANGUAGES:
        sheet = _sheet(book, run, decisions, each)
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.rows]
        title = say("screens.top-title", each, run=run.number, day=run.as_of.isoformat())
        heads = [column.header for column in sheet.columns]
        bodies[each] = section(title, table("rules work", heads, rows, named=1))
    page = whole_page(book.title.say(lang), bodies, lang)
    file.write(page.encode("utf-8"))
