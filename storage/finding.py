"""What checking the record may find, as data: how it reads is decided elsewhere."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """Something that is not as it was recorded. ``code`` names the text, the rest fills it."""

    code: str
    table: str
    run: int | None = None
    name: str = ""
    """What names the row within its table, or within its run."""
    detail: str = ""
