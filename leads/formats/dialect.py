"""Which character separates the cells of a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import dropwhile
from typing import TYPE_CHECKING

from leadgrade.leads.formats.limits import longest_cell
from leadgrade.leads.formats.title_rows import LOOKED_AT
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from leadgrade.leads.mapping.names import Names

DELIMITERS = (",", ";", "\t", "|")
"""The characters that are looked for, the first wins where several would do."""

_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SAMPLE_LINES = 200
_SAMPLE_SIZE = 1 << 18
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]*", re.IGNORECASE)


def find_delimiter(text: TextIO, wanted: str | None, file: str, names: Names) -> str:
    """Return the delimiter of a text, from its first lines; ``wanted`` is what the person says.

    It is the one that shows most of the ``names`` that may stand in a header, and by which the
    records are most alike.

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
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, names))


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


def _fit(sample: list[str], delimiter: str, names: Names) -> tuple[bool, int, float]:
    """Return how well a delimiter splits a sample.

    That is: whether at all; how many known names it shows in one row; and the share of rows that
    are whole and as wide as the header. Of that share (w - 1) / w counts for a width of w, since
    two cells come about by chance more easily than twenty; and half of it where the first row is
    not split at all, and has to be a title. Below one the usual width is that of the header.
    """
    records = list(_records(sample, delimiter))
    wide = list(dropwhile(lambda record: len(record) < 2, records))  # below any title
    if not wide:
        return (False, 0, 0.0)
    below = len(wide) < len(records)
    width = Counter(map(len, wide)).most_common(1)[0][0] if below else len(wide[0])
    alike = sum(len(record) == width and not _is_torn(record) for record in records)
    known = max(map(names.known, wide[:LOOKED_AT]))
    share = alike / len(records) * (0.5 if below else 1.0)
    return (True, known, share * (width - 1) / max(width, 1))


def _records(sample: list[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the records of a sample; a line whose quotes are broken is one without cells."""
    at = 0
    with longest_cell(_SAMPLE_SIZE):
        while at < len(sample):
            reader = csv.reader(sample[at:], delimiter=delimiter, strict=True)
            whole = 0
            try:
                for record in reader:
                    whole = reader.line_num
                    if any(record):
                        yield record
                return
            except csv.Error:
                yield []
                at += whole + 1


def _is_torn(record: list[str]) -> bool:
    """Whether a quoted cell was torn apart."""
    return any(cell.count('"') % 2 for cell in record)
