"""What the points and commas of a list's numbers show: which of them is the decimal mark.

``1.200`` alone may be a little more than one, or one thousand two hundred. Other numbers of its
column settle it, then those of the other columns, then the ``;`` that divides European lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Longer cells are no numbers."""

_DIGITS = re.compile(r"\d[\d.,' ]*", re.ASCII)
_COMMA_ONLY = re.compile(
    r"(?:\d{1,3}(?:([.' ])\d{3})(?:\1\d{3})*|\d+),(?:\d{1,2}|\d{4,})|\d{4,},\d+|0,\d+"
    r"|\d{1,3}(?:([.' ])\d{3})(?:\2\d{3})*,\d+|\d{1,3}(?:\.\d{3}){2,}",
    re.ASCII,
)
_POINT_ONLY = re.compile(
    r"(?:\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*|\d+)\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|0\.\d+"
    r"|\d{1,3}(?:([,' ])\d{3})(?:\2\d{3})*\.\d+|\d{1,3}(?:,\d{3}){2,}",
    re.ASCII,
)
_EITHER = re.compile(r"[1-9]\d{0,2}([.,])\d{3}", re.ASCII)


class Marks(NamedTuple):
    """What some numbers show. ``comma`` and ``point``: that one can only be the decimal mark.

    ``open_comma`` and ``open_point``: ``1,200`` and ``1.200`` are among them.
    """

    comma: bool = False
    point: bool = False
    open_comma: bool = False
    open_point: bool = False

    @property
    def decimal_comma(self) -> bool | None:
        """Whether the comma is the decimal mark, None where they show nothing, or both."""
        return None if self.comma == self.point else self.comma


DECLARED = Marks(comma=True)
"""What a column shows whose decimal comma was declared."""


def marks_of(cells: Iterable[str]) -> Marks:
    """Return what the numbers in some cells show, the first one of each."""
    comma = point = open_comma = open_point = False
    for cell in cells:
        marked = "," in cell or "." in cell or not cell.isascii()  # most cells have neither
        found = _DIGITS.search(fold(cell)) if marked and len(cell) < LONGEST else None
        if found is None:
            continue
        digits = found[0].rstrip(".,' ")
        if either := _EITHER.fullmatch(digits):
            open_comma, open_point = open_comma or either[1] == ",", open_point or either[1] == "."
        else:
            comma = comma or _COMMA_ONLY.fullmatch(digits) is not None
            point = point or _POINT_ONLY.fullmatch(digits) is not None
    return Marks(comma, point, open_comma, open_point)


class Evidence:
    """What all number columns of a list show together. ``delimiter`` None: it is no CSV.

    Where they show nothing the ``;`` speaks for a decimal comma: with it 1.200 is a thousand and
    more. It says nothing of 1,200, which has three digits behind its comma in each cell.
    """

    def __init__(self, columns: Iterable[Marks], delimiter: str | None) -> None:
        self._csv = delimiter is not None
        shown = Marks(*map(any, zip(*columns, strict=True)))
        nothing = not (shown.comma or shown.point)
        european = delimiter == ";" and shown.open_point and not shown.open_comma
        self._decimal_comma = True if nothing and european else shown.decimal_comma

    def decimal_comma(self, column: Marks) -> bool | None:
        """Return whether a column has decimal commas, None where nothing says what 1.200 is."""
        if not self._csv or column.comma or column.point:
            return self._csv and bool(column.decimal_comma)  # what shows both stays as it is
        if self._decimal_comma is None and column.open_point:
            return None
        return bool(self._decimal_comma)
