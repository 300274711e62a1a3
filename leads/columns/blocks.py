"""CSV bytes -> records, many at once, where quotes stand as RFC 4180 wants them.

What is said here about a block is what ``records`` would say record by record, only sooner: bytes
are counted and split, never looked at one by one. A block that has to be read otherwise is None.
"""

from __future__ import annotations

from itertools import accumulate, compress, repeat
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.terms import CELL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection

QUOTE = b'"'
INSIDE = b"\0"
"""Stands for a line feed within a cell, so that every other one ends a record."""

LONGEST = CELL_LIMIT // 8
"""Cells may be so long for sure. In a larger block it is looked whether one is longer."""

SHORT = 16
"""Where so few bytes stand between quotes, most of these stretches are the same."""


class Block(NamedTuple):
    """The records of some lines. ``text`` has a line end behind the last one.

    ``lines`` are the physical lines that the records begin on, counted from 0, None where each
    has one. ``odd`` are the records that are not as wide as they should be.
    """

    text: bytes
    size: int
    """How many records there are."""
    physical: int
    """How many physical lines there are."""
    lines: list[int] | None
    odd: list[int]


def records_of(text: bytes) -> list[bytes]:
    """Return the records of a block's text, with ``INSIDE`` for the line ends in their cells."""
    records = text.split(b"\n")
    records.pop()  # behind the last line end
    return records


def split_block(data: bytes, delimiter: bytes, width: int) -> Block | None:
    """Split whole lines into records.

    It is None where a quote, NUL or CR stands where none should, or a cell may be too long.
    ``data`` begins where a record does, and ends with a line end or with the text.
    """
    if b"\0" in data or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n")):
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    found = _quoted(data, delimiter) if QUOTE in data else _unquoted(data)
    if found is None:
        return None
    text, outside, has_inside = found
    if len(data) > CELL_LIMIT and max(map(len, outside)) > LONGEST:
        return None
    cells = list(map(bytes.count, outside, repeat(delimiter)))
    odd: list[int] = []
    if set(cells) != {width - 1}:
        odd = list(compress(range(len(cells)), map((width - 1).__ne__, cells)))
    if not has_inside:
        return Block(text, len(outside), len(outside), None, odd)
    inside = map(bytes.count, records_of(text), repeat(INSIDE))
    lines = list(accumulate((more + 1 for more in inside), initial=0))
    physical = lines.pop()
    return Block(text, len(outside), physical, lines, odd)


def _unquoted(data: bytes) -> tuple[bytes, list[bytes], bool]:
    text = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    return text, records_of(text), False


def _quoted(data: bytes, delimiter: bytes) -> tuple[bytes, list[bytes], bool] | None:
    """Return the text, its records without what stands in quotes, and if line ends stand there."""
    parts = data.split(QUOTE)
    if len(parts) % 2 == 0 or (len(data) > CELL_LIMIT and max(map(len, parts)) > LONGEST):
        return None
    outside = parts[::2]
    text = data
    if b"\r" in data:
        outside = [part.replace(b"\r\n", b"\n") for part in outside]
        parts[::2] = outside
        text = QUOTE.join(parts)
    bare = QUOTE.join(outside)
    if not _closed(outside, len(bare), delimiter):
        return None
    records = records_of(bare)
    has_inside = len(records) != data.count(b"\n")
    if has_inside:
        parts[1::2] = [part.replace(b"\n", INSIDE) for part in parts[1::2]]
        text = QUOTE.join(parts)
    return text, records, has_inside


def _closed(outside: list[bytes], size: int, delimiter: bytes) -> bool:
    """Whether each quoted cell is a whole cell, by what stands between the quotes of a text.

    There is nothing between two that stand for one in a cell.
    """
    between: Collection[bytes] = outside[1:-1]
    if len(outside) * SHORT > size:
        between = set(between)
    behind = {part[:1] for part in between} | {outside[-1][:1]}
    before = {part[-1:] for part in between} | {outside[0][-1:]}
    return (behind | before) <= {b"", b"\n", delimiter}
