"""A book's sections as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.reports.book.page import Section


def sections_text(sections: Sequence[Section]) -> RenderableType:
    """Return the sections as something a console prints."""
    parts: list[RenderableType] = []
    for section in sections:
        parts.append(Text(section.title, style="bold"))
        if section.text:
            parts.append(Text(section.text))
        if section.rows:
            parts.append(_table(section))
        parts.append(Text())
    return Group(*parts)


def _table(section: Section) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in section.columns:
        table.add_column(column, overflow="fold")
    for row in section.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
