"""Which character separates the cells of a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import dropwhile
from typing import TYPE_CHECKING

from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from typing import TextIO

DELIMITERS = (",", ";", "\t", "|")
"""The characters that are looked for, the first wins where several would do."""

_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SAMPLE_LINES = 200
_SAMPLE_SIZE = 1 << 18
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]*", re.IGNORECASE)


def find_delimiter(text: TextIO, wanted: str | None, file: str) -> str:
    """Return the delimiter of a text, from its first lines; ``wanted`` is what the person says.

    Raises:
        ListError: ``bad-delimiter``, where the wanted one is not a single usable character.
    """
    if wanted is not None:
        named = _WORDS.get(wanted.lower(), wanted)
        if len(named) != 1 or named in '"\r\n\0 ':
            raise ListError("bad-delimiter", file=file, delimiter=wanted)
        return named
    sample = _sample(text)
    said = _SEPARATOR.fullmatch(sample[0]) if sample else None
    if said:
        return said[1]
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def is_separator_line(line: str) -> bool:
    """Whether this is the line ``sep=;`` with which spreadsheets name the delimiter."""
    return _SEPARATOR.fullmatch(line) is not None


def _sample(text: TextIO) -> list[str]:
    lines: list[str] = []
    size = 0
    while len(lines) < _SAMPLE_LINES and size < _SAMPLE_SIZE:
        line = text.readline(_SAMPLE_SIZE)
        if not line:
            break
        lines.append(line)
        size += len(line)
    return lines


def _fit(sample: list[str], delimiter: str) -> tuple[bool, bool, float, int]:
    """Return how well a delimiter splits a sample.

    That is: whether at all, whether without tearing quoted cells apart, into what share of rows
    as wide as the header, and how wide that is. Where a title stands above the header, the usual
    width counts.
    """
    try:
        records = [record for record in csv.reader(sample, delimiter=delimiter) if any(record)]
    except csv.Error:  # a cell beyond the limit of the csv module
        records = list(csv.reader([sample[0][:10_000]], delimiter=delimiter))
    wide = list(dropwhile(lambda record: len(record) < 2, records))  # below any title
    if not wide:
        return (False, False, 0.0, 0)
    torn = any(cell.count('"') % 2 for record in records for cell in record)
    width = (
        Counter(map(len, wide)).most_common(1)[0][0] if len(wide) < len(records) else len(wide[0])
    )
    alike = sum(len(record) == width for record in records)
    return (True, not torn, alike / len(records), width)
