"""A mapping file: which column is which fact, and how its cells are read, as a person settled it.

```yaml
id: Record ID
encoding: gb18030
columns:
  Umsatz: {fact: annual_revenue, unit: k, decimal_comma: true}
  Firma: company
  Interne Notiz:            # nothing behind it: not used
```
A column that is not named there is not used. A named one that is missing in a list is an error.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from leadgrade.leads.mapping.headers import (
    HeaderMap,
    find_id,
    id_names,
    listed,
    nearest_header,
    shown_headers,
)
from leadgrade.leads.mapping.matching import Why, fold_header
from leadgrade.leads.mapping.presets import recognised
from leadgrade.leads.terms import BarePercent, DateOrder, ListError
from leadgrade.leads.values.amounts import read_unit
from leadgrade.leads.values.policy import FITS, Policy, Ranges, Several
from leadgrade.rules.documents.kinds import (
    Document,
    anything,
    entry,
    named,
    nearest,
    record,
    scalar,
    truth,
    word,
)
from leadgrade.rules.source import BookError, Findings, Span, TooManyFindingsError
from leadgrade.rules.text.nodes import Node, Scalar, read_nodes
from leadgrade.rules.values import ValueReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadgrade.leads.terms import Options
    from leadgrade.rules.model import Book, Fact

LARGEST = 1 << 20
"""Bytes of a mapping file."""

_PARTS = {"percent": "bare_percent", "dates": "date_order"}
"""What keys are called in a policy, where it is another name."""


class ColumnDoc(Document):
    """One column of a list."""

    fact: Scalar = entry(scalar, "the fact that it is")
    percent: Scalar | None = entry(
        scalar, "how a bare 35 reads: `share` or `percent`", default=None
    )
    dates: Scalar | None = entry(
        scalar, "how 03/04/2026 reads: `dmy` or `mdy`; `excel`: numbers are days", default=None
    )
    decimal_comma: bool = entry(truth, "whether 1.234,5 is one thousand and more", default=False)
    unit: Scalar | None = entry(
        scalar, "the unit of bare numbers: `万元`, `k`, `years`", default=None
    )
    ranges: Scalar | None = entry(
        scalar, "what 51-200 counts as: lower, upper, middle", default=None
    )
    several: Scalar | None = entry(
        scalar, "which of several values counts: first, last", default=None
    )


class MapDoc(Document):
    """A mapping file."""

    columns: list[tuple[Scalar, Node]] = entry(named(anything), "the columns, by title")
    id: str | None = entry(word, "the column that names the lead, or `row`", default=None)
    encoding: str | None = entry(word, "the encoding of the list", default=None)
    delimiter: str | None = entry(word, "the delimiter of a CSV list", default=None)
    sheet: str | None = entry(word, "the sheet of a spreadsheet", default=None)
    header_row: Scalar | None = entry(scalar, "the row of the header", default=None)


@dataclass(frozen=True, slots=True)
class Column:
    """What a person says of one column. ``fact`` None: it is not used."""

    header: str
    fact: str | None
    policy: Policy


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a mapping file says, in the terms of one book."""

    path: str
    columns: tuple[Column, ...]
    id_column: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None

    def over(self, options: Options) -> Options:
        """Return options with what the file says where they are silent."""
        names = ("id_column", "encoding", "delimiter", "sheet", "header_row")
        said = {n: getattr(self, n) for n in names if getattr(options, n) is None}
        return replace(options, **said)

    def headers(
        self, headers: Sequence[str], book: Book, file: str, wanted: str | None
    ) -> HeaderMap:
        """Return what each header of a list is, by this file alone.

        Raises:
            ListError: ``mapped-column-missing``, ``mapped-column-twice``, ``nothing-mapped``, or
                a code of ``find_id``.
        """
        shown = shown_headers(headers)
        preset = recognised(shown)
        found: dict[str, int] = {}
        for column in self.columns:
            if column.fact is not None:
                found[column.fact] = _column_of(column.header, shown, file, self.path)
        if not found:
            names = listed(book.facts)
            raise ListError("nothing-mapped", file=file, headers=listed(shown), facts=names)
        facts = {fact: found[fact] for fact in book.facts if fact in found}
        policies = {each.fact: each.policy for each in self.columns if each.fact is not None}
        return HeaderMap(
            shown,
            find_id(shown, id_names(book, preset), file, wanted),
            facts,
            preset,
            dict.fromkeys(facts, Why.MAPPING),
            policies,
        )


def _column_of(wanted: str, headers: Sequence[str], file: str, path: str) -> int:
    exact = [at for at, header in enumerate(headers) if header == wanted]
    alike = [at for at, each in enumerate(headers) if fold_header(each) == fold_header(wanted)]
    found = exact or alike
    if len(found) > 1:
        named_ = listed(headers[at] for at in found)
        raise ListError("mapped-column-twice", file=file, column=wanted, headers=named_, map=path)
    if not found:
        near = nearest_header(wanted, headers)
        raise ListError(
            "mapped-column-missing",
            file=file, column=wanted, map=path, headers=listed(headers), nearest=near,
        )  # fmt: skip
    return found[0]


def read_map_file(path: str | Path, book: Book) -> MapFile:
    """Read a mapping file for a book.

    Raises:
        BookError: it is no YAML of the wanted shape, or names what there is not; all is told.
        ListError: ``no-such-file``, ``unreadable-file``, ``map-not-text``, ``mapped-twice``,
            ``bad-unit`` or ``policy-unfit``.
    """
    text = _text(path)
    name = str(path)
    findings = Findings()
    found: MapFile | None = None
    try:
        tree = read_nodes(text, name, findings)
        if tree is None:
            findings.add_unless_any("missing-key", Span(name, 1, 1, 1, 1), key="columns")
        doc = record(MapDoc)(tree, findings) if tree is not None else None
        if doc is not None:
            found = _Reader(name, book, findings).read(doc)
    except TooManyFindingsError:
        found = None
    if findings or found is None:
        raise BookError(findings.all, {name: text})
    return found


def _text(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise ListError("no-such-file", file=path) from error
    except OSError as error:
        raise ListError("unreadable-file", file=path, reason=error.strerror or error) from error
    try:
        if len(raw) > LARGEST:
            raise ValueError
        return raw.decode("utf-8-sig")
    except ValueError as error:
        raise ListError("map-not-text", file=path, limit=f"{LARGEST >> 20} MB") from error


E = TypeVar("E", bound=StrEnum)


class _Reader:
    """Reads the parts of a mapping file, and notes what they name that there is not."""

    def __init__(self, path: str, book: Book, findings: Findings) -> None:
        self._path = path
        self._book = book
        self._findings = findings

    def read(self, doc: MapDoc) -> MapFile:
        columns = tuple(self._column(name, node) for name, node in doc.columns)
        lines: dict[str, list[str]] = defaultdict(list)
        for column in columns:
            if column.fact is not None:
                lines[column.fact].append(column.header)
        for fact, headers in lines.items():
            if len(headers) > 1:
                raise ListError("mapped-twice", file=self._path, fact=fact, headers=listed(headers))
        row = self._row(doc.header_row)
        return MapFile(self._path, columns, doc.id, doc.encoding, doc.delimiter, doc.sheet, row)

    def _row(self, node: Scalar | None) -> int | None:
        if node is None:
            return None
        if node.text.isascii() and node.text.isdigit() and int(node.text[:9]) > 0:
            return int(node.text[:9])
        self._findings.add("want-one-of", node.span, text=node.text, known="1, 2, 3, …")
        return None

    def _column(self, name: Scalar, node: Node) -> Column:
        header = name.text.strip()
        if isinstance(node, Scalar):
            fact = None if node.empty else self._fact(node)
            return Column(header, fact.id if fact else None, Policy())
        doc: ColumnDoc | None = record(ColumnDoc)(node, self._findings)
        fact = self._fact(doc.fact) if doc else None
        if doc is None or fact is None:
            return Column(header, None, Policy())
        self._refuse_unfit(doc, fact)
        policy = Policy(
            bare_percent=self._choice(doc.percent, BarePercent, ("share", "percent")),
            date_order=self._choice(doc.dates, DateOrder),
            decimal_comma=doc.decimal_comma or None,
            unit=self._unit(doc.unit),
            ranges=self._choice(doc.ranges, Ranges),
            several=self._choice(doc.several, Several),
        )
        return Column(header, fact.id, policy)

    def _fact(self, node: Scalar) -> Fact | None:
        fact = self._book.facts.get(node.text.strip())
        if fact is None:
            self._refuse(node, tuple(self._book.facts))
        return fact

    def _choice(self, node: Scalar | None, kind: type[E], allowed: Sequence[str] = ()) -> E | None:
        if node is None:
            return None
        allowed = allowed or [str(each) for each in kind]
        if node.text in allowed:
            return kind(node.text)
        self._refuse(node, allowed)
        return None

    def _refuse(self, node: Scalar, known: Sequence[str]) -> None:
        likely = nearest(node.text, known)
        words: dict[str, Any] = {"text": node.text, "known": ", ".join(known)}
        self._findings.add("want-one-of", node.span, suggestion=likely, **words)

    def _unit(self, node: Scalar | None) -> str:
        if node is None:
            return ""
        unit = node.text.strip()
        try:
            read_unit(unit, self._book.currency)
        except ValueReadError as error:
            place = self._at(node.span)
            raise ListError("bad-unit", **place, unit=unit, reason=error.code) from error
        return unit

    def _refuse_unfit(self, doc: ColumnDoc, fact: Fact) -> None:
        for key in doc.entries:
            fits = FITS.get(_PARTS.get(key, key))
            if fits is not None and doc.has(key) and fact.type not in fits:
                place = self._at(doc.place(key))
                raise ListError("policy-unfit", **place, key=key, fact=fact.id, type=fact.type)

    def _at(self, span: Span) -> dict[str, object]:
        return {"file": self._path, "line": span.line, "column": span.column}
