"""The evidence of a decision, as ``engine/legend.py`` writes it, from marks in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.classes import numbers_of
from leadgrade.engine.sql.dialects import SqlError
from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    case,
    column,
    concatenated,
    switch,
    text,
    total,
    whole,
)
from leadgrade.engine.sql.grades import verdict_of
from leadgrade.engine.sql.layout import Layout, RuleColumn
from leadgrade.rules.conditions import All

CHUNK = 60
"""Places in one whole number: 15 digits in hex."""


class _Marks:
    """Places that may be marked, in chunks. A place is a mark, or the outcomes of one rule."""

    def __init__(self, name: str, count: int) -> None:
        self.name = name
        self._count = count
        self._terms: dict[int, list[Sql]] = {}

    def bit(self, place: int) -> tuple[int, int]:
        """Return the chunk that a place is in, and its bit there."""
        chunk, within = divmod(place, CHUNK)
        return chunk, 1 << (4 * self.digits(chunk) - 1 - within)

    def digits(self, chunk: int) -> int:
        """Return the digits of a chunk."""
        return -(-min(CHUNK, self._count - chunk * CHUNK) // 4)

    def mark(self, place: int, when: Sql) -> None:
        """Mark a place where a condition is true."""
        chunk, bit = self.bit(place)
        self.term(chunk, case([(when, whole(bit))], whole(0)))

    def term(self, chunk: int, term: Sql) -> None:
        """Add what a chunk is the sum of."""
        self._terms.setdefault(chunk, []).append(term)

    def columns(self, layout: Layout) -> Iterator[Column]:
        """Yield a column for each chunk in which something may be marked."""
        for chunk, terms in self._terms.items():
            yield Column(self._column(chunk, layout), total(terms))

    def written(self, layout: Layout) -> Iterator[Sql]:
        """Yield the digits of each chunk."""
        for chunk in range(-(-self._count // CHUNK)):
            digits = self.digits(chunk)
            if chunk not in self._terms:
                yield text("0" * digits)
            elif digits == 1:
                found = [text(f"{number:x}") for number in range(16)]
                yield layout.dialect.pick(column(self._column(chunk, layout)), found)
            else:
                assert layout.dialect.hex_digits is not None  # noqa: S101 - looked at before
                yield layout.dialect.hex_digits(column(self._column(chunk, layout)), digits)

    def _column(self, chunk: int, layout: Layout) -> str:
        return layout.name(self.name, str(chunk))


def write_evidence(layout: Layout, chain: Chain) -> Sql:
    """Add the marks, and return the text that they and the classes come to.

    Raises:
        SqlError: ``no-evidence``, the dialect cannot write marks.
    """
    if layout.dialect.hex_digits is None:
        raise SqlError("no-evidence", dialect=layout.dialect.title)
    marks = _all_marks(layout)
    chain.add("marks", [each for some in marks for each in some.columns(layout)])
    parts: list[Sql] = []
    for some in marks:
        parts += [*some.written(layout), text(".")]
    classes = [_number(layout, each.id) for each in layout.legend.classes]
    for place, each in enumerate(classes):
        parts += [text(","), each] if place else [each]
    best = len(layout.legend.grades) - 1
    numbers = [text(str(best - place)) for place in range(best + 1)]
    parts += [text("."), layout.dialect.pick(column(layout.name("earned")), numbers)]
    return call("LOWER", concatenated(parts))


def _all_marks(layout: Layout) -> list[_Marks]:
    return [_fired(layout), _opened(layout), *_verdicts(layout), _steps(layout)]


def _fired(layout: Layout) -> _Marks:
    legend = layout.legend
    marks = _Marks("fired_marks", len(legend.outcomes))
    places: dict[str, list[int]] = {}
    for place, outcome in enumerate(legend.outcomes):
        places.setdefault(outcome.rule, []).append(place)
    for name, found in layout.rules.items():
        if found.is_truth:
            marks.mark(places[name][0], column(found.name))
        else:
            _mark_outcomes(marks, found, places.get(name, []))
    return marks


def _mark_outcomes(marks: _Marks, found: RuleColumn, places: Sequence[int]) -> None:
    chunks: dict[int, list[tuple[Sql, Sql]]] = {}
    for number, place in enumerate(places, start=1):
        chunk, bit = marks.bit(place)
        chunks.setdefault(chunk, []).append((whole(number), whole(bit)))
    for chunk, bits in chunks.items():
        marks.term(chunk, switch(column(found.name), bits, whole(0)))


def _opened(layout: Layout) -> _Marks:
    legend, book = layout.legend, layout.book
    marks = _Marks("open_marks", len(legend.openings))
    places = {name: place for place, name in enumerate(legend.rules)}
    for name, found in layout.rules.items():
        if found.may_be_open:
            marks.mark(places[name], found.is_open())
    first = len(legend.rules)
    for parts, names, start in (
        (book.knock_outs, legend.knock_outs, first),
        (book.limits, legend.limits, first + len(legend.knock_outs)),
    ):
        for part in parts:
            if layout.reader.may_be_unknown(part.when):
                is_open = exp.Is(this=column(verdict_of(part, layout)), expression=exp.Null())
                marks.mark(start + names.index(part.id), is_open)
    return marks


def _verdicts(layout: Layout) -> Iterator[_Marks]:
    legend, book = layout.legend, layout.book
    for name, parts, names in (
        ("knock_out_marks", book.knock_outs, legend.knock_outs),
        ("limit_marks", book.limits, legend.limits),
    ):
        marks = _Marks(name, len(names))
        for part in parts:
            marks.mark(names.index(part.id), column(verdict_of(part, layout)))
        yield marks


def _steps(layout: Layout) -> _Marks:
    marks = _Marks("step_marks", len(layout.legend.steps))
    for place, step in enumerate(layout.book.next_steps):
        if step.when == All(()):
            marks.term(marks.bit(place)[0], whole(marks.bit(place)[1]))
        else:
            marks.mark(place, layout.reader.read(step.when))
    return marks


def _number(layout: Layout, classification: str) -> Sql:
    highest = max(numbers_of(layout, classification).values())
    found = [text(str(number)) for number in range(highest + 1)]
    return layout.dialect.pick(column(layout.name("class", classification)), found)
