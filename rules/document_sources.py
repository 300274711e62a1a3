"""The shape of what a book says about joined files, and about rows of one lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from leadgrade.rules.kinds import (
    Document,
    anything,
    many,
    named,
    one_or_many,
    record,
    scalar,
    truth,
    word,
)
from leadgrade.rules.kinds import phrase as wording
from leadgrade.rules.nodes import Node, Scalar
from leadgrade.rules.phrase import Phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnDoc(Document):
    """A column of a joined file; its cells are read as those of a fact are."""

    type: Annotated[Scalar, scalar, "money, number, percent, days, date, choice, flag or text"]
    label: Annotated[Phrase | None, wording, "what people call it"] = None
    headers: Annotated[list[str], one_or_many(word), "titles that it has in the file"] = ()  # type: ignore[assignment]
    values: Annotated[Node | None, anything, "the choices: a list, or `id: label`"] = None
    ordered: Annotated[bool, truth, "whether the choices rise from first to last"] = False
    range: Annotated[list[Scalar] | None, many(scalar), "lowest and highest value"] = None
    on_unreadable: Annotated[
        Scalar | None, scalar, "`unknown` (default) or `reject` the row when a cell is unreadable"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceDoc(Document):
    """A file beside the list, with any number of rows for a lead: `--join NAME=FILE`."""

    key: Annotated[list[str], one_or_many(word), "titles of the column that says whose row it is"]
    columns: Annotated[
        list[tuple[Scalar, ColumnDoc]], named(record(ColumnDoc)), "the columns that facts need"
    ]
    label: Annotated[Phrase | None, wording, "what people call it"] = None
    lead: Annotated[
        Scalar | None, scalar, "the fact of the lead that the key holds: `tax_id` (default: its id)"
    ] = None
    dated_by: Annotated[Scalar | None, scalar, "the date column that windows look at"] = None
    known_by: Annotated[
        Scalar | None,
        scalar,
        "the date column from which a row is known (default: `dated_by`); it counts for the days "
        "after that",
    ] = None
    dates: Annotated[Scalar | None, scalar, "how 03/04/2026 reads in it: `dmy` or `mdy`"] = None
    encoding: Annotated[str | None, word, "its encoding, where it cannot be told"] = None
    sheet: Annotated[str | None, word, "the sheet to read of a spreadsheet"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeDoc(Document):
    """How several rows of one lead become one, where `--on-duplicate merge` asks for it."""

    precedence: Annotated[
        Scalar, scalar, "the row that goes first: `first`, `last`, `newest` or `most_complete`"
    ]
    by: Annotated[Scalar | None, scalar, "the date fact of `newest`"] = None
