"""Decisions out to files: CSV and XLSX for people, JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from leadgrade.engine.decision import points_text
from leadgrade.engine.explain import Explanation
from leadgrade.reports.answering import OutputError, answering
from leadgrade.reports.explanation.data import Occasion, explanation_json, number
from leadgrade.reports.files import whole_file
from leadgrade.reports.next_steps import due_date, show_step
from leadgrade.reports.record.overriding import override_text
from leadgrade.reports.values import label_of
from leadgrade.reports.wording import say
from leadgrade.rules.lead import plain

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so may run as a formula in a spreadsheet."""

MOST_ROWS = (1 << 20) - 1
"""So many leads fit into a sheet below its header; the library would pass over the rest."""

Exporter = Callable[[Occasion, Iterable[Explanation], IO[bytes], str], None]
Cell = str | int | float | bool | None


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: a leading ``'`` is put before it."""
    return f"'{text}" if text.startswith(DANGEROUS) or text.startswith("'") else text


def write_json_lines(
    occasion: Occasion, explanations: Iterable[Explanation], out: IO[bytes], lang: str
) -> None:
    """Write one complete explanation a line."""
    for each in explanations:
        line = json.dumps(explanation_json(occasion, each, lang), ensure_ascii=False)
        out.write(line.encode("utf-8") + b"\n")


def write_csv(
    occasion: Occasion, explanations: Iterable[Explanation], out: IO[bytes], lang: str
) -> None:
    """Write one row a lead, UTF-8 with a mark so that spreadsheets read Chinese right."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(each) for each in _headers(occasion, lang)])
    for each in explanations:
        row = _row(occasion, each, lang)
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    text.flush()
    text.detach()


def write_xlsx(
    occasion: Occasion, explanations: Iterable[Explanation], out: IO[bytes], lang: str
) -> None:
    """Write one row a lead into a sheet; texts stay texts, never formulas."""
    import xlsxwriter  # noqa: PLC0415 - slow to import, needed here alone

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    sink = _Sink(out)
    _write_workbook(xlsxwriter.Workbook(sink, settings), occasion, explanations, lang)
    if sink.error is not None:
        raise sink.error


class _Sink:
    """A file that keeps its first error until the end: the library reports errors its own way."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        if self.error is None:
            try:
                self._out.write(data)
            except OSError as error:
                self.error = error
        return len(data)

    def flush(self) -> None:
        """Leave that to whoever opened the file."""


def _write_workbook(
    workbook: Any, occasion: Occasion, explanations: Iterable[Explanation], lang: str
) -> None:
    with workbook:
        sheet = workbook.add_worksheet(
            occasion.book.id[:31].translate(str.maketrans("[]:*?/\\", "_" * 7))
        )
        bold = workbook.add_format({"bold": True})
        headers = _headers(occasion, lang)
        sheet.write_row(0, 0, [harmless(each) for each in headers], bold)
        count = 0
        for count, each in enumerate(explanations, start=1):
            if count > MOST_ROWS:
                raise OutputError("too-many-rows", limit=f"{MOST_ROWS:,}")
            for column, cell in enumerate(_row(occasion, each, lang)):
                sheet.write(count, column, harmless(cell) if isinstance(cell, str) else cell)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(count, 1), len(headers) - 1)


def _headers(occasion: Occasion, lang: str) -> list[str]:
    book = occasion.book
    fixed = ("lead", "grade", "by-hand", "qualified", "score", "could-be", "could-fall-to")
    own = [label_of(book, each, lang) for each in (*book.criteria, *book.classes)]
    last = ("reasons", "knock-outs", "next-step", "due", "open")
    facts = [book.all_facts[each].label.say(lang) for each in book.all_facts]
    return [
        *(say(f"screens.column-{name}", lang) for name in fixed),
        *own,
        *(say(f"screens.column-{name}", lang) for name in last),
        *facts,
    ]


def _row(occasion: Occasion, explanation: Explanation, lang: str) -> Sequence[Cell]:
    book, decision = occasion.book, explanation.decision
    steps = [step for step in book.next_steps if step.id in decision.next_steps]
    due = due_date(steps[0], occasion.as_of) if steps else None
    values = explanation.values
    override = occasion.overrides.get(explanation.lead.id)
    return [
        explanation.lead.id,
        decision.grade,
        override_text(override, lang) if override else "",
        say("screens.yes" if decision.qualified else "screens.no", lang),
        number(decision.score),
        decision.possible.best,
        decision.possible.worst,
        *(number(decision.criteria[each]) for each in book.criteria),
        *(decision.classes[each] for each in book.classes),
        "; ".join(_reasons(explanation)),
        ", ".join(decision.knock_outs),
        show_step(steps[0], occasion.as_of, lang) if steps else "",
        due.isoformat() if due else "",
        ", ".join(decision.open),
        *(_cell(values.get(each)) for each in book.all_facts),
    ]


def _cell(value: Any) -> Cell:
    return None if value is None else plain(value)


def _reasons(explanation: Explanation) -> Iterator[str]:
    for line in explanation.decision.ledger:
        if line.rule is not None:
            yield f"{points_text(line.points)} {line.rule}"


EXPORTERS: dict[str, Exporter] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "jsonl": write_json_lines,
}


def export_to(
    out: Path | None,
    kind: str | None,
    occasion: Occasion,
    explanations: Iterable[Explanation],
    lang: str,
) -> None:
    """Write explanations to a file, or to stdout (``-``). A file appears whole or not at all.

    Raises:
        OutputError: the file cannot be written, or its name asks for an unknown format.
        ReaderGone: whoever read stdout has closed it.
    """
    write = EXPORTERS[kind or _kind_of(out)]
    if out is None or str(out) == "-":
        with answering():
            write(occasion, explanations, sys.stdout.buffer, lang)
            sys.stdout.buffer.flush()
        return
    with whole_file(out) as file:
        write(occasion, explanations, file, lang)


def _kind_of(out: Path | None) -> str:
    """Return the format that the name of a file asks for; CSV for stdout and devices."""
    if out is None or not out.suffix:
        return "csv"
    ending = out.suffix.lstrip(".").lower()
    if ending not in EXPORTERS:
        raise OutputError("unknown-format", file=out, known=", ".join(EXPORTERS))
    return ending
