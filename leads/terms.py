"""The words of this room: what may be said about reading a list, and what comes out of it.

Everything here is data. How a rejection or an error reads for a person is decided elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from leadgrade.rules.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leadgrade.leads.formats.parquet import ParquetFile
    from leadgrade.leads.formats.records import CsvText

CELL_LIMIT = 1 << 20
"""A cell of more characters than this is refused with its row."""

RAW_LIMIT = 10_000
"""So many characters of a rejected row are kept."""

CUT = "…"
"""Ends a raw text that was longer than ``RAW_LIMIT``."""

_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


class OnDuplicate(StrEnum):
    """What becomes of a second row of the same lead."""

    REJECT = "reject"
    LAST = "last"
    ERROR = "error"
    MERGE = "merge"


class BarePercent(StrEnum):
    """How a number without a sign reads in a percent column: 35 as a share, or as 35 %."""

    SHARE = "share"
    PERCENT = "percent"
    COLUMN = "column"
    """Percent, since the column says so; numbers between 0 and 1 stay doubtful."""


class DateOrder(StrEnum):
    """How 03/04/2026 reads: day first or month first. Or: numbers are serials of Excel."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    EXCEL = "excel"
    EXCEL_1904 = "excel-1904"


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who has the list may say about it. None leaves it to detection.

    ``delimiter`` is one character, or ``tab``. ``header_row`` is the
    line of the header. ``bare_percent`` None reads numbers up to 1 as
    shares and refuses the others. ``decimal_comma`` reads 1.234,5 in CSV files throughout.
    """

    id_column: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    on_duplicate: OnDuplicate = OnDuplicate.REJECT
    bare_percent: BarePercent | None = None
    date_order: DateOrder | None = None
    decimal_comma: bool = False
    from_sql: tuple[tuple[str, str], ...] = ()
    """Database URLs and queries whose rows are lists as well, behind the files."""
    map_file: str | None = None
    """The path of a mapping file; see ``map_file``."""


class ListError(Problem):
    """A list that cannot be used as a whole."""

    texts: ClassVar[str] = "lists"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be taken: where it began, why, and its text (see ``clip``)."""

    file: str
    line: int
    code: str
    args: dict[str, str]
    raw: str


@dataclass(slots=True)
class Unread:
    """Cells of one fact that could not be read, for one reason. The first is the sample."""

    fact: str
    code: str
    line: int
    text: str
    count: int = 1


class Row(NamedTuple):
    """One row of a list before its cells are read. ``line`` counts from 1."""

    line: int
    cells: list[str]
    raw: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list of any format as headers and rows of texts. ``rows`` starts over at each call."""

    headers: tuple[str, ...]
    rows: Callable[[], Iterator[Row | Rejected]]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    kind: str = ""
    """The format, for people: ``CSV``, ``XLSX``."""
    header_line: int = 1
    above: tuple[str, ...] = ()
    """The rows above the header, as they are: titles, notes."""
    bulk: CsvText | ParquetFile | None = None
    """How many of its rows can be read at once; see ``columns``."""


def clip(raw: str) -> str:
    r"""Return a raw row as it may be stored: bounded, NUL as ␀, undecoded bytes as ``\xff``."""
    kept = raw.rstrip("\r\n")
    if len(kept) > RAW_LIMIT:
        kept = kept[:RAW_LIMIT] + CUT
    return _UNPRINTABLE.sub(lambda found: _shown(found[0]), kept)


def _shown(character: str) -> str:
    return "␀" if character == "\0" else f"\\x{ord(character) & 0xFF:02x}"
