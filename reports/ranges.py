"""Ranges of values as people read them: what the cells of a search have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadgrade.engine.asking import Answer, Question
from leadgrade.engine.decision import points_text
from leadgrade.engine.places import ends_of, place_of, value_at
from leadgrade.engine.searching import Cell
from leadgrade.reports.values import show_fact
from leadgrade.reports.wording import say
from leadgrade.rules.model import NUMERIC, Fact, FactType


def show_answer(fact: Fact, answer: Answer, question: Question, lang: str) -> str:
    """Return the grade that answers bring, and which they are."""
    score = points_text(answer.low)
    if answer.high != answer.low:
        score = f"{score}–{points_text(answer.high)}"
    words = {"grade": answer.grade, "score": score}
    if len(question.answers) == 1:
        return say("answers.any-answer", lang, **words)
    return say("answers.answer", lang, values=show_cells(fact, answer.cells, lang), **words)


def show_cells(fact: Fact, cells: Sequence[Cell], lang: str) -> str:
    """Return the values of some cells; neighbouring ranges become one."""
    if fact.type is FactType.TEXT:
        return say("answers.or", lang).join(_text(cell, lang) for cell in cells)
    if fact.type in NUMERIC or fact.type is FactType.DATE:
        ranges = [show_range(fact, *each, lang) for each in _joined(cells)]
        return say("answers.or", lang).join(ranges)
    return say("answers.or", lang).join(show_fact(fact, cell.value, lang) for cell in cells)


def show_range(fact: Fact, low: int, high: int, lang: str) -> str:
    """Return the values from place to place: by the ends that are shorter to write."""
    first, last = ends_of(fact)
    parts = [
        *([] if low <= first else [_end(fact, low, low - 1, ("from", "above"), lang)]),
        *([] if high >= last else [_end(fact, high, high + 1, ("to", "below"), lang)]),
    ]
    if low == high:
        return show_fact(fact, value_at(fact, low), lang)
    return say("answers.and", lang).join(parts) or say("answers.any", lang)


def _end(fact: Fact, inside: int, outside: int, words: tuple[str, str], lang: str) -> str:
    """Return one end: that belongs to the range, or the neighbour that does not."""
    own, other = value_at(fact, inside), value_at(fact, outside)
    closed = fact.type is FactType.DATE or len(repr(own)) <= len(repr(other))
    name, value = (words[0], own) if closed else (words[1], other)
    return say(f"answers.{name}", lang, value=show_fact(fact, value, lang))


def _joined(cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of neighbouring cells as one."""
    places = sorted(
        (place_of(cell.low), place_of(cell.high))
        for cell in cells
        if cell.low is not None and cell.high is not None
    )
    low, high = places[0]
    for first, last in places[1:]:
        if first > high + 1:
            yield low, high
            low = first
        high = last
    yield low, high


def _text(cell: Cell, lang: str) -> str:
    if cell.low is not None:
        return f"“{cell.value}”"
    if not cell.holds:
        return say("answers.other-text", lang)
    held = say("answers.and", lang).join(f"“{each}”" for each in cell.holds)
    return say("answers.text-with", lang, parts=held)
