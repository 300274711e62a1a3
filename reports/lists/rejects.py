"""The rejected rows of a run, written so that they can be mended and read again.

One CSV file: the columns of the lists, then ours (see ``leads/rejects.py``). Lists whose columns
have other titles for the same facts share them.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from leadgrade.leads.rejects import BROKEN, REASONS, cells_of, is_whole
from leadgrade.reports.answering import answering
from leadgrade.reports.files import whole_file
from leadgrade.reports.reasons import rejection_text
from leadgrade.reports.sheets import harmless
from leadgrade.reports.wording import say_count
from leadgrade.storage.records import RejectedRow, Source

Meant = tuple[str, str, int]
"""What a column is: of the kind ``fact``, ``id`` or ``header``; which; and the how-manyeth."""


class _Shape(NamedTuple):
    """How the rows of one list become rows of the file."""

    headers: Sequence[str]
    columns: Sequence[Meant]
    kind: str
    delimiter: str | None


class Mendable:
    """The file of one run's rejected rows."""

    def __init__(self, sources: Sequence[Source], lang: str) -> None:
        self._lang = lang
        lists = [each for each in sources if "joins" not in each.mapping]
        self._shapes = {each.file: _shape(each) for each in lists if "headers" in each.mapping}
        self._titles: dict[Meant, str] = {}
        for shape in self._shapes.values():
            for meant, header in zip(shape.columns, shape.headers, strict=True):
                self._titles.setdefault(meant, header)

    def rows(self, rejected: Iterable[RejectedRow]) -> Iterator[list[str]]:
        """Yield the header, and a row for each that was rejected."""
        yield [*self._titles.values(), *REASONS]
        for row in rejected:
            yield self._row(row)

    def _row(self, row: RejectedRow) -> list[str]:
        shape = self._shapes.get(row.file or "")
        cells: dict[Meant, str] = {}
        broken = True
        if shape is not None:
            found = cells_of(row.raw, shape.headers, shape.kind, shape.delimiter)
            broken = not is_whole(row.code, found, shape.headers)
            cells = dict(zip(shape.columns, found, strict=False))
        own = {
            "leadgrade_reason": rejection_text(row, self._lang),
            BROKEN: row.code if broken else "",
            "leadgrade_code": row.code,
            "leadgrade_file": row.file or "",
            "leadgrade_line": str(row.line or ""),
            "leadgrade_raw": row.raw,
        }
        return [*(cells.get(each, "") for each in self._titles), *(own[each] for each in REASONS)]


def write_rejected(
    out: Path | None, sources: Sequence[Source], rejected: Iterable[RejectedRow], lang: str
) -> str:
    """Write rejected rows to a file, or to stdout (``-``); return what was done, in words.

    Raises:
        OutputError: the file cannot be written.
        ReaderGone: whoever read stdout has closed it.
    """
    rows = Mendable(sources, lang).rows(rejected)
    if out is None or str(out) == "-":
        with answering():
            count = _write(rows, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    else:
        with whole_file(out) as file:
            count = _write(rows, file)
    return say_count("lists.rejects-written", lang, count, file=str(out or "-"))


def _write(rows: Iterable[Sequence[str]], out: IO[bytes]) -> int:
    """Write rows, and return how many there are below the header."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    count = -1
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _shape(source: Source) -> _Shape:
    mapping: Mapping[str, Any] = source.mapping
    headers: list[str] = mapping["headers"]
    facts = {**mapping["facts"]}
    met: Counter[tuple[str, str]] = Counter()
    columns: list[Meant] = []
    for header in headers:
        if header in facts:
            kind, what = "fact", facts.pop(header)
        else:
            kind, what = ("id", "") if header == mapping["id"] else ("header", header)
        met[kind, what] += 1
        columns.append((kind, what, met[kind, what]))
    return _Shape(headers, columns, source.format, mapping.get("delimiter"))
