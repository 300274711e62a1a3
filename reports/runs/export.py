"""Decisions out to files: CSV and XLSX for people, JSON lines and ids for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from leadgrade.engine.explain import Explanation
from leadgrade.reports.answering import OutputError, answering
from leadgrade.reports.explanation.data import Occasion, explanation_json
from leadgrade.reports.files import whole_file
from leadgrade.reports.runs.export_columns import sheet_of_ids, sheet_of_words
from leadgrade.reports.sheets import Sheet, write_csv, write_xlsx


@dataclass(frozen=True)
class Export:
    """What is to be written: explained decisions, in words of a language or by ids."""

    occasion: Occasion
    explanations: Iterable[Explanation]
    lang: str
    ids: bool = False

    def sheet(self) -> Sheet:
        """Return it as a table, one row a lead."""
        if self.ids:
            return sheet_of_ids(self.occasion, self.explanations)
        return sheet_of_words(self.occasion, self.explanations, self.lang)


Exporter = Callable[[Export, IO[bytes]], int]


def _write_json_lines(export: Export, out: IO[bytes]) -> int:
    """Write one complete explanation a line; return how many."""
    count = 0
    for each in export.explanations:
        found = explanation_json(export.occasion, each, export.lang)
        out.write(json.dumps(found, ensure_ascii=False).encode("utf-8") + b"\n")
        count += 1
    return count


EXPORTERS: dict[str, Exporter] = {
    "csv": lambda export, out: write_csv(export.sheet(), out),
    "xlsx": lambda export, out: write_xlsx(export.sheet(), out),
    "jsonl": _write_json_lines,
}


def export_to(out: Path | None, kind: str | None, export: Export) -> int:
    """Write explanations to a file, or to stdout (``-``); return how many.

    A file appears whole or not at all.

    Raises:
        OutputError: the file cannot be written, or its name asks for an unknown format.
        ReaderGone: whoever read stdout has closed it.
    """
    write = EXPORTERS[kind or kind_of(out, EXPORTERS)]
    if out is None or str(out) == "-":
        with answering():
            count = write(export, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return count
    with whole_file(out) as file:
        return write(export, file)


def kind_of(out: Path | None, known: Iterable[str], code: str = "unknown-format") -> str:
    """Return the format that the name of a file asks for; CSV for stdout and devices.

    Raises:
        OutputError: ``code``, the name asks for none of the known ones.
    """
    if out is None or not out.suffix:
        return "csv"
    ending = out.suffix.lstrip(".").lower()
    if ending not in known:
        raise OutputError(code, file=out, known=", ".join(known))
    return ending
