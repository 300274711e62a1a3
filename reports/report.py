"""An answer in both of its forms."""

from __future__ import annotations

from typing import NamedTuple


class Report(NamedTuple):
    """What a command found. ``good`` is whether the honest answer is yes."""

    text: str
    as_json: object
    good: bool
