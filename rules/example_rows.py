"""Examples as a table: a header, and one lead in each row.

A column with the name or label of a fact gives it; one that is called like something an example
may expect (``grade``, ``score``, ``fired`` …), like a criterion or a classification expects it.
An empty cell says nothing. Several ids in a cell stand apart by spaces.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from itertools import zip_longest

from leadgrade.rules.document import ExampleDoc, ExpectDoc
from leadgrade.rules.kinds import record
from leadgrade.rules.nodes import Listing, Mapping, Node, Scalar
from leadgrade.rules.source import Findings, Span

_SINGLE = ("grade", "qualified", "score")
_SEVERAL = ("fired", "not_fired", "knock_outs", "limits", "next_steps")


def rows_of(
    doc: ExampleDoc, criteria: Collection[str], classes: Collection[str], findings: Findings
) -> Iterator[ExampleDoc]:
    """Yield an example for each row of a table; what is wrong with the table is a finding."""
    assert doc.rows is not None  # noqa: S101 - whoever calls has looked
    lines = [*_lines(doc.rows)]
    header, *rows = lines or [[]]
    if not rows or not all(each.text for each in header):
        findings.add("rows-form", doc.rows.span, name=doc.name)
        return
    for number, row in enumerate(rows, start=1):
        if len(row) > len(header):
            findings.add("rows-form", row[-1].span, name=doc.name)
            continue
        cells = [(head, cell) for head, cell in zip_longest(header, row) if cell and cell.text]
        entries = list(_expected(cells, criteria, classes))
        named = {key.text for key, _ in entries}
        common = [] if doc.expect is None else doc.expect.node.entries
        entries += [(key, node) for key, node in common if key.text not in named]
        taken = {*_SINGLE, *_SEVERAL, *criteria, *classes}
        given = [(head, cell) for head, cell in cells if head.text not in taken]
        expect = record(ExpectDoc)(Mapping(tuple(entries), doc.rows.span), findings)
        yield doc.but(
            name=f"{doc.name} ({number})", given=[*doc.given, *given], expect=expect, rows=None
        )


def _expected(
    cells: list[tuple[Scalar, Scalar]], criteria: Collection[str], classes: Collection[str]
) -> Iterator[tuple[Scalar, Node]]:
    for head, cell in cells:
        if head.text in _SINGLE:
            yield head, cell
        elif head.text in _SEVERAL:
            ids = [] if cell.text == "-" else cell.text.split()
            yield head, Listing(tuple(cell._replace(text=each) for each in ids), cell.span)
    for key, named in (("criteria", criteria), ("classes", classes)):
        inside = tuple((head, cell) for head, cell in cells if head.text in named)
        if inside:
            yield inside[0][0]._replace(text=key), Mapping(inside, inside[0][1].span)


def _lines(node: Scalar) -> Iterator[list[Scalar]]:
    """Yield the cells of each line that is not empty, with the place of the line."""
    written = node.text.splitlines()
    is_block = node.span.line != node.span.end_line
    for number, line in enumerate(written):
        if not line.strip():
            continue
        at = node.span.line + number + 1 if is_block else node.span.line
        place = Span(node.span.file, at, 1, at, len(line) + 1) if is_block else node.span
        (cells,) = csv.reader([line], skipinitialspace=True)
        yield [Scalar(cell.strip(), place, quoted=True) for cell in cells]
