"""Line charts on logarithmic axes, as SVG text. No library: a page needs three of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 820, 460
LEFT, RIGHT, TOP, BOTTOM = 80, 220, 40, 56
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
    'font-family="sans-serif">'
)
COLOURS = (
    *("#0b5fa5", "#c1440e", "#2e7d32", "#7b3fa0", "#b8860b", "#00838f"),
    *("#ad1457", "#5d4037", "#546e7a", "#3949ab", "#827717", "#000000"),
)

Points = Sequence[tuple[float, float]]


def chart(title: str, x_label: str, y_label: str, lines: Mapping[str, Points]) -> str:
    """Return a chart of named lines; all coordinates must be above zero."""
    drawn = {name: sorted(points) for name, points in lines.items() if points}
    x_axis = _Axis([x for points in drawn.values() for x, _ in points], LEFT, WIDTH - RIGHT)
    y_axis = _Axis([y for points in drawn.values() for _, y in points], HEIGHT - BOTTOM, TOP)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts = [
        SVG,
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 22, title, size=15),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_label, anchor="middle"),
        f'<g transform="translate(18 {middle}) rotate(-90)">',
        _text(0, 0, y_label, anchor="middle"),
        "</g>",
        *_grid(x_axis, y_axis),
    ]
    by_end = sorted(drawn, key=lambda name: -drawn[name][-1][1])
    for row, name in enumerate(by_end):
        colour = COLOURS[[*lines].index(name) % len(COLOURS)]
        parts += _line(drawn[name], x_axis, y_axis, colour)
        parts += _key(row, name, colour)
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Axis:
    """A logarithmic axis from pixel to pixel, with ticks at 1, 2 and 5 times powers of ten."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        low, high = (min(values), max(values)) if values else (1.0, 10.0)
        high = max(high, low * 1.5)
        self._low, self._high = math.log10(low) - 0.05, math.log10(high) + 0.05
        self._begin, self._end = begin, end

    def at(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return round(self._begin + share * (self._end - self._begin), 1)

    def ticks(self) -> list[float]:
        """Return the values to name: fewer where the axis is long."""
        steps = (1,) if self._high - self._low > 3 else (1, 2, 5)
        powers = range(math.floor(self._low), math.ceil(self._high) + 1)
        found = [step * 10.0**power for power in powers for step in steps]
        return [each for each in found if self._low <= math.log10(each) <= self._high]


def _grid(x_axis: _Axis, y_axis: _Axis) -> Iterator[str]:
    for value in x_axis.ticks():
        x = x_axis.at(value)
        yield f'<path d="M{x} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>'
        yield _text(x, HEIGHT - BOTTOM + 18, _named(value), anchor="middle")
    for value in y_axis.ticks():
        y = y_axis.at(value)
        yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
        yield _text(LEFT - 8, y + 4, _named(value), anchor="end")


def _line(points: Points, x_axis: _Axis, y_axis: _Axis, colour: str) -> Iterator[str]:
    spots = [(x_axis.at(x), y_axis.at(y)) for x, y in points]
    path = "L".join(f"{x} {y}" for x, y in spots)
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in spots:
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'


def _key(row: int, name: str, colour: str) -> Iterator[str]:
    x, y = WIDTH - RIGHT + 16, TOP + 10 + 20 * row
    yield f'<rect x="{x}" y="{y - 9}" width="14" height="4" fill="{colour}"/>'
    yield _text(x + 22, y - 3, name)


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="#222222">'
        f"{escape(text)}</text>"
    )


def _named(value: float) -> str:
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"
