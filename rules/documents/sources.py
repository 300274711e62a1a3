"""The shape of what a book says about joined files, and about rows of one lead."""

from __future__ import annotations

from leadgrade.rules.documents.kinds import (
    Document,
    choices,
    entry,
    many,
    named,
    one_or_many,
    record,
    scalar,
    truth,
    word,
)
from leadgrade.rules.documents.kinds import phrase as wording
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.text.nodes import Node, Scalar


class ColumnDoc(Document):
    """A column of a joined file; its cells are read as those of a fact are."""

    type: Scalar = entry(scalar, "money, number, percent, days, date, choice, flag or text")
    label: Phrase | None = entry(wording, "what people call it", default=None)
    headers: list[str] = entry(one_or_many(word), "titles that it has in the file", default=())
    values: Node | None = entry(choices, "the choices: a list, or `id: label`", default=None)
    ordered: bool = entry(truth, "whether the choices rise from first to last", default=False)
    range: list[Scalar] | None = entry(many(scalar), "lowest and highest value", default=None)
    on_unreadable: Scalar | None = entry(
        scalar, "`unknown` (default) or `reject` the row when a cell is unreadable", default=None
    )


class SourceDoc(Document):
    """A file beside the list, with any number of rows for a lead: `--join NAME=FILE`."""

    key: list[str] = entry(one_or_many(word), "titles of the column that says whose row it is")
    columns: list[tuple[Scalar, ColumnDoc]] = entry(
        named(record(ColumnDoc)), "the columns that facts need"
    )
    label: Phrase | None = entry(wording, "what people call it", default=None)
    lead: Scalar | None = entry(
        scalar, "the fact of the lead that the key holds: `tax_id` (default: its id)", default=None
    )
    dated_by: Scalar | None = entry(scalar, "the date column that windows look at", default=None)
    known_by: Scalar | None = entry(
        scalar,
        "the date column from which a row is known (default: `dated_by`); it counts for the days "
        "after that",
        default=None,
    )
    dates: Scalar | None = entry(scalar, "how 03/04/2026 reads in it: `dmy` or `mdy`", default=None)
    encoding: str | None = entry(word, "its encoding, where it cannot be told", default=None)
    sheet: str | None = entry(word, "the sheet to read of a spreadsheet", default=None)


class MergeDoc(Document):
    """How several rows of one lead become one, where `--on-duplicate merge` asks for it."""

    precedence: Scalar = entry(
        scalar, "the row that goes first: `first`, `last`, `newest` or `most_complete`"
    )
    by: Scalar | None = entry(scalar, "the date fact of `newest`", default=None)
