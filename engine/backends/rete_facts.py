"""Writes what is known of a lead as the fact of one stage, in compact JSON.

Whatever a lead says, the fact is put together from texts that were made with the book: a name of
ours and a small whole number for each column. A number of which no comparison of the stage is true
is left out, as an unknown one is: nothing comes true by it, and columns are what takes time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from leadgrade.engine.backends.rete_columns import (
    HIGHEST,
    LOWEST,
    Column,
    number_of_flag,
)
from leadgrade.engine.backends.rete_plan import Stage
from leadgrade.engine.generated import Source
from leadgrade.rules.conditions import Op

TextOf = Callable[[Any], str]
"""Gives the text of a column from the value of its subject, None where that is unknown."""

KEPT = 1000
"""So many values of a subject have their text kept; a list of names would have no end."""

LONGEST_KEPT = 100
"""Characters of a value whose text is kept."""


class FactWriter:
    """Writes the fact of one stage."""

    def __init__(self, number: int, stage: Stage) -> None:
        self.id = f'{{"id":"s{number}"}}'
        matched = _matched(stage)
        columns: dict[str, list[tuple[Column, list[str]]]] = {}
        for place, column in enumerate(stage.columns):
            texts = [
                f',"a{place}":{each}' if each in matched[column] else ""
                for each in range(column.size)
            ]
            columns.setdefault(column.subject, []).append((column, texts))
        source = Source({})
        parts = [source.constant(f'{{"id":"s{number}","z{number}":0')]
        for each in columns.values():
            parts += _expressions(source, each)
        parts.append(source.constant("}"))
        whole = f"{source.constant(''.join)}(({', '.join(parts)}))"
        self.write: Callable[[Mapping[str, Any]], str] = source.function(result=whole)
        """Returns the fact, from what is known; unknown values are left out.

        It raises ValueError, TypeError or KeyError when a value is not what its type allows.
        """


def _matched(stage: Stage) -> dict[Column, set[int]]:
    """Return the numbers of which a comparison of the stage is true, by column."""
    matched: dict[Column, set[int]] = {column: set() for column in stage.columns}
    for leaf in {leaf for each in stage.alternatives for leaf in each.leaves}:
        for numbers in _NUMBERS[leaf.op](leaf.number, leaf.column.size):
            matched[leaf.column].update(numbers)
    return matched


_NUMBERS: dict[Op, Callable[[int, int], Iterable[range]]] = {
    Op.EQ: lambda number, _: [range(number, number + 1)],
    Op.NE: lambda number, size: [range(number), range(number + 1, size)],
    Op.LT: lambda number, _: [range(number)],
    Op.LE: lambda number, _: [range(number + 1)],
    Op.GT: lambda number, size: [range(number + 1, size)],
    Op.GE: lambda number, size: [range(number, size)],
}
"""The numbers below a size of which a comparison with a number is true."""


def _expressions(source: Source, columns: Sequence[tuple[Column, list[str]]]) -> Iterable[str]:
    """Yield what gives the texts of all columns of one subject."""
    if any(column.of_text for column, _ in columns):
        kept = Kept([_text_of(column, texts) for column, texts in columns])
        value = source.known(columns[0][0].subject)
        yield f"{source.constant(kept)}[{value}]"
    else:
        for column, texts in columns:
            yield _expression(source, column, texts)


def _expression(source: Source, column: Column, texts: list[str]) -> str:
    """Return what gives the text of one column: what is usual at once, by a call what is not."""
    name, value = source.constant, source.known(column.subject)
    otherwise = f"{name(_text_of(column, texts))}({value})"
    if column.edges:
        usual = f"{name(type)}({value}) is {name(float)}"
        usual += f" and {name(LOWEST)} <= {value} <= {name(HIGHEST)}"
        place = f"{name(bisect_right)}({name(column.edges)}, {value})"
        return f"{name(texts)}[{place}] if {usual} else {otherwise}"
    if column.number is number_of_flag:
        no, yes = map(name, texts)
        return f"{yes} if {value} is True else {no} if {value} is False else {otherwise}"
    return otherwise


def _text_of(column: Column, texts: Sequence[str]) -> TextOf:
    """Return the function that gives the text of one column."""
    number, unknown = column.number, texts[0] if column.of_presence else ""

    def text(value: Any) -> str:
        return unknown if value is None else texts[number(value)]

    return text


class Kept(dict[str | None, str]):
    """The texts of all columns of a subject by its value, each made when that is first seen."""

    def __init__(self, texts: Sequence[TextOf]) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, value: str | None) -> str:
        text = "".join([text(value) for text in self._texts])
        if value is None or (len(self) < KEPT and len(value) <= LONGEST_KEPT):
            self[value] = text
        return text
