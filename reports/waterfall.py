"""The waterfall of the points as SVG: one bar a line, from the score before it to that after it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from leadgrade.engine.decision import LineKind, points_text
from leadgrade.reports.explanation_words import Words
from leadgrade.reports.values import signed
from leadgrade.reports.wording import say

WIDTH = 860
LABELS = 300
RIGHT = 60
ROW = 22
LONGEST = 40
"""Columns of a label; a Chinese character takes two."""


class _Bar(NamedTuple):
    """A bar from the score before to the score after, in hundredths; ``kind`` is its CSS class."""

    kind: str
    label: str
    before: int
    after: int


def waterfall(words: Words) -> str:
    """Return the drawing, with a title and a description for those who do not see it."""
    bars = list(_bars(words))
    ends = [
        0,
        words.decision.score,
        *(each.before for each in bars),
        *(each.after for each in bars),
    ]
    low, high = min(ends), max(*ends, words.most())
    unit = (WIDTH - LABELS - RIGHT) / max(high - low, 1)
    height = ROW * len(bars) + 34
    about = say(
        "answers.page-waterfall-about",
        words.lang,
        score=points_text(words.decision.score),
        most=points_text(words.most()),
    )
    drawn = [
        *_axis(words, low, unit, height),
        *(part for row, bar in enumerate(bars) for part in _drawn(bar, row, low, unit)),
    ]
    return (
        f'<figure>\n<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="waterfall-title waterfall-about">\n'
        f'<title id="waterfall-title">{escape(say("answers.page-waterfall", words.lang))}</title>\n'
        f'<desc id="waterfall-about">{escape(about)}</desc>\n'
        + "\n".join(drawn)
        + f"\n</svg>\n<figcaption>{escape(about)}</figcaption>\n</figure>"
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
                yield _Bar(kind, line.name, stands, stands + line.points)
                stands += line.points
        yield _Bar("sum", criterion.label.say(words.lang), began, stands)
    yield _Bar("score", words.say("score"), 0, stands)


def _axis(words: Words, low: int, unit: float, height: int) -> Iterator[str]:
    """Yield the line of zero and of each grade that begins at a score."""
    floors = [(grade.floor, grade.id) for grade in words.book.grades if grade.floor is not None]
    for points, name in [(0, "0"), *floors]:
        x = LABELS + (points - low) * unit
        yield (
            f'<line class="axis" x1="{x:.1f}" y1="20" x2="{x:.1f}" y2="{height - 6}"/>'
            f'<text class="axis" x="{x:.1f}" y="13" text-anchor="middle">'
            f"{escape(_short(name if name == '0' else f'{name} {points_text(points)}'))}</text>"
        )


def _drawn(bar: _Bar, row: int, low: int, unit: float) -> Iterator[str]:
    top = 26 + row * ROW
    left = LABELS + (min(bar.before, bar.after) - low) * unit
    width = max(abs(bar.after - bar.before) * unit, 1.5)
    change = bar.after - bar.before
    points = points_text(change) if bar.kind in ("sum", "score") else signed(change)
    yield (
        f'<g class="{bar.kind}">'
        f'<text class="label" x="{LABELS - 8}" y="{top + 14}" text-anchor="end">'
        f"{escape(_short(bar.label))}</text>"
        f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="{ROW - 7}" rx="2"/>'
        f'<text class="value" x="{left + width + 5:.1f}" y="{top + 14}">{points}</text></g>'
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
