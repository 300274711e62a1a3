"""Notes on the cells and rows of a file: what may quote a lead, and so has to be forgettable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def split_mapping(mapping: Any) -> tuple[Any, list[dict[str, Any]]]:
    """Return a mapping without its lists of objects, and those objects as notes.

    A note says in which list it belongs: ``{"in": "unread", "says": {…}}``.
    """
    if not isinstance(mapping, dict):
        return mapping, []
    lists = {
        name: each
        for name, each in mapping.items()
        if isinstance(each, list) and each and isinstance(each[0], dict)
    }
    notes = [{"in": name, "says": says} for name, each in lists.items() for says in each]
    return {**mapping, **{name: [] for name in lists}}, notes


def join_mapping(mapping: Any, notes: Iterable[dict[str, Any]]) -> Any:
    """Return a mapping with its notes back in their places."""
    for note in notes:
        mapping[note["in"]].append(note["says"])
    return mapping
