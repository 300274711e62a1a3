"""Examples as a table: a header, and one lead in each row.

A column with the name or label of a fact gives it; one that is called like something an example
may expect (``grade``, ``score``, ``fired`` …), like a criterion or a classification expects it.
An empty cell says nothing. Several ids in a cell stand apart by spaces; ``-`` means none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import zip_longest

from leadgrade.rules.building.literals import FLAGS
from leadgrade.rules.documents.book import ExampleDoc, ExpectDoc
from leadgrade.rules.documents.kinds import record
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Block, Listing, Mapping, Node, Scalar

_SINGLE = ("grade", "qualified", "score")
_SEVERAL = ("fired", "not_fired", "knock_outs", "limits", "next_steps", "ask")


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
            findings.add("row-too-long", row[len(header)].span, count=len(header))
            continue
        cells = [(head, cell) for head, cell in zip_longest(header, row) if cell and cell.text]
        entries = list(_expected(cells, criteria, classes))
        named = {key.text for key, _ in entries}
        common = [] if doc.expect is None else doc.expect.node.entries
        entries += [(key, node) for key, node in common if key.text not in named]
        taken = {*_SINGLE, *_SEVERAL, *criteria, *classes}
        given = [(head, cell) for head, cell in cells if head.text not in taken]
        expect = record(ExpectDoc)(Mapping(tuple(entries), doc.rows.span), findings)
        name = Scalar(f"{doc.name} ({number})", row[0].span)
        yield doc.but(
            node=doc.node.but("name", name),
            name=name.text,
            given=[*doc.given, *given],
            expect=expect,
            rows=None,
        )


def _expected(
    cells: list[tuple[Scalar, Scalar]], criteria: Collection[str], classes: Collection[str]
) -> Iterator[tuple[Scalar, Node]]:
    for head, cell in cells:
        if head.text == "qualified":  # as spreadsheets write it, too
            said = FLAGS.get(cell.text.casefold())
            yield head, cell if said is None else cell._replace(text=str(said).lower())
        elif head.text in _SINGLE:
            yield head, cell
        elif head.text in _SEVERAL:
            ids = [] if cell.text == "-" else cell.text.split()
            yield head, Listing(tuple(cell._replace(text=each) for each in ids), cell.span)
    for key, named in (("criteria", criteria), ("classes", classes)):
        inside = tuple((head, cell) for head, cell in cells if head.text in named)
        if inside:
            yield inside[0][0]._replace(text=key), Mapping(inside, inside[0][1].span)


def _lines(node: Scalar) -> Iterator[list[Scalar]]:
    """Yield the cells of each line that is not empty, with their places."""
    file, line, column, *_ = node.span
    for number, text in enumerate(node.text.splitlines(), start=line):
        if not text.strip():
            continue
        cells = _cells(text)
        if isinstance(node, Block):
            yield [_placed(each, file, number, column, at) for each, at in cells]
        else:  # lines that YAML has joined are not those of the file
            yield [Scalar(each, node.span, quoted=True) for each, _ in cells]


_CELL = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(,|$)')
"""A cell of comma-separated values, in quotes or not, and what ends it."""


def _cells(line: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the cells of a line: the text, and its first offset and the one behind it."""
    at, end = 0, ","
    while end:
        found = _CELL.match(line, at)
        assert found is not None  # noqa: S101 - whatever stands there is a cell
        part = 1 if found[1] is not None else 2
        yield found[part].replace('""', '"'), found.span(part)
        at, end = found.end(), found[3]


def _placed(text: str, file: str, line: int, column: int, at: tuple[int, int]) -> Scalar:
    place = Span(file, line, column + at[0], line, column + at[1])
    return Scalar(text, place, quoted=True)
