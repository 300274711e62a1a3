"""The waterfall of the points as SVG: one bar a line, from the score before it to that after it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from leadgrade.engine.decision import LineKind, points_text
from leadgrade.reports.explanation.words import Words
from leadgrade.reports.markup import text
from leadgrade.reports.values import signed
from leadgrade.reports.wording import say

WIDTH = 860
LABELS = 300
RIGHT = 90
ROW = 22
TOP = 26
LONGEST = 40
"""Columns of a label; a Chinese character takes two."""


class _Bar(NamedTuple):
    """A bar from one score to another, in hundredths; ``kind`` is its CSS class."""

    kind: str
    label: str
    before: int
    after: int
    value: str


class _Scale(NamedTuple):
    """Where points stand: ``low`` hundredths at the left end, ``unit`` of width for each more."""

    low: int
    unit: float

    def at(self, points: int) -> float:
        """Return how far from the left points stand."""
        return LABELS + (points - self.low) * self.unit


def waterfall(words: Words) -> str:
    """Return the drawing, with a title and a description for those who do not see it."""
    bars = list(_bars(words))
    ends = [0, *(end for bar in bars for end in (bar.before, bar.after))]
    low, high = min(ends), max(*ends, words.most())
    scale = _Scale(low, (WIDTH - LABELS - RIGHT) / max(high - low, 1))
    height = TOP + ROW * len(bars) + 8
    ends_of_score = {
        "score": points_text(words.decision.score),
        "most": points_text(words.most()),
    }
    about = say("answers.page-waterfall-about", words.lang, **ends_of_score)
    ids = {name: f"waterfall-{name}-{words.lang}" for name in ("title", "about")}
    drawn = [
        *_axis(words, scale, height),
        *(part for row, bar in enumerate(bars) for part in _drawn(bar, row, scale)),
    ]
    return (
        f'<figure>\n<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{ids["title"]} {ids["about"]}">\n'
        f'<title id="{ids["title"]}">{text(say("answers.page-waterfall", words.lang))}</title>\n'
        f'<desc id="{ids["about"]}">{text(about)}</desc>\n'
        + "\n".join(drawn)
        + f"\n</svg>\n<figcaption>{text(about)}</figcaption>\n</figure>"
    )


def _bars(words: Words) -> Iterator[_Bar]:
    """Yield a bar for each line that has points, each criterion's sum after it, last the score."""
    stands = 0
    for name, criterion in words.book.criteria.items():
        began = stands
        for line in words.lines(name):
            if line.points:
                kind = "gain" if line.points > 0 else "loss"
                kind = "clamp" if line.kind is LineKind.CLAMP else kind
                after = stands + line.points
                yield _Bar(kind, line.name, stands, after, signed(line.points))
                stands = after
        label = criterion.label.say(words.lang)
        yield _Bar("sum", label, began, stands, points_text(stands - began))
    yield _Bar("score", words.say("score"), 0, stands, points_text(stands))
    yield from _range(words)


def _range(words: Words) -> Iterator[_Bar]:
    """Yield what the score could still be, where facts are missing."""
    possible = words.decision.possible
    if possible.low != possible.high:
        ends = {"low": points_text(possible.low), "high": points_text(possible.high)}
        value = say("answers.page-range-value", words.lang, **ends)
        label = say("answers.page-range", words.lang)
        yield _Bar("range", label, possible.low, possible.high, value)


def _axis(words: Words, scale: _Scale, height: int) -> Iterator[str]:
    """Yield the line of zero and of each grade that begins at a score."""
    floors = [(grade.floor, grade.id) for grade in words.book.grades if grade.floor is not None]
    for points, name in [(0, ""), *floors]:
        x = scale.at(points)
        yield (
            f'<line class="axis" x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{height - 6}"/>'
            f'<text class="axis" x="{x:.1f}" y="{TOP - 13}" text-anchor="middle">'
            f"{text(_short(f'{name} {points_text(points)}'.strip()))}</text>"
        )


def _drawn(bar: _Bar, row: int, scale: _Scale) -> Iterator[str]:
    top = TOP + row * ROW
    left = scale.at(min(bar.before, bar.after))
    width = max(abs(bar.after - bar.before) * scale.unit, 1.5)
    if bar.kind in ("gain", "loss", "clamp"):  # a thread to the bar below
        x = scale.at(bar.after)
        yield f'<line class="thread" x1="{x:.1f}" y1="{top + 18}" x2="{x:.1f}" y2="{top + 25}"/>'
    yield (
        f'<g class="{bar.kind}">'
        f'<text class="label" x="{LABELS - 8}" y="{top + 14}" text-anchor="end">'
        f"{text(_short(bar.label))}</text>"
        f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="{ROW - 7}" rx="2"/>'
        f'<text class="value" x="{left + width + 6:.1f}" y="{top + 14}">{text(bar.value)}</text>'
        "</g>"
    )


def _short(label: str) -> str:
    """Return a label that fits beside its bar."""
    shown, columns = "", 0
    for char in label:
        columns += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if columns > LONGEST:
            return f"{shown}…"
        shown += char if char.isprintable() else "�"
    return shown
