"""What checking the record may find, as data: how it reads is decided elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Finding(NamedTuple):
    """Something that is not as it was recorded. ``code`` names the text, the rest fills it."""

    code: str
    table: str
    run: int | None = None
    name: str = ""
    """What names the row within its table, or within its run."""
    detail: str = ""


def in_order(names: Iterable[Any]) -> list[Any]:
    """Sort what names rows: numbers, and whatever else SQLite has in their place."""
    return sorted(names, key=lambda each: (str(type(each)), each))
