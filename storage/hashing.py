"""Canonical JSON, SHA-256 and hash trees: what the chain is made of.

Whatever is hashed is text whose first line names what it is, so that nothing can be taken for
something else, and so that ``sha256sum`` is enough to check it by hand. See ``docs/record.md``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from leadgrade.engine.sealing import hash_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_HEAD = "0" * 64
"""The head of a chain without links."""

MARK = 8
"""Bytes of a hash that are enough to tell a changed row from an unchanged one."""

BRANCHES = 16
"""So many hashes make the one above them: few enough for a short path, enough for few hashes."""

Path = list[list[str]]
"""What leads from a leaf to the root: the hashes on each level that the one above is made of."""

# ``default``: SQLite takes bytes into a column of text, and then that is what has to be hashed.
canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr
).encode


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hash_text(canonical(value))


class Tree:
    """The root over leaves that come one after another; a few hashes in memory."""

    def __init__(self, leaves: Iterable[str] = ()) -> None:
        self._levels: list[list[str]] = [[]]
        """From the leaves up: the hashes that are not yet part of one above them."""
        self.add(leaves)

    def add(self, leaves: Iterable[str]) -> None:
        """Add leaves, in hex."""
        self._levels[0] += leaves
        for level, waiting in enumerate(self._levels):  # which may grow meanwhile
            whole = len(waiting) - len(waiting) % BRANCHES
            if whole:
                if level + 1 == len(self._levels):
                    self._levels.append([])
                self._levels[level + 1] += above(waiting[:whole])
                del waiting[:whole]

    def root(self) -> str:
        """Return the root in hex: of no leaves, the hash of nothing."""
        last: list[str] = []
        for waiting in self._levels[:-1]:
            last = above(waiting + last)
        top = self._levels[-1] + last
        while len(top) > 1:
            top = above(top)
        return top[0] if top else hash_text("")


def above(level: Sequence[str]) -> list[str]:
    """Return the hashes above those of a level."""
    return [
        hash_text("\n".join(("node", *level[start : start + BRANCHES])))
        for start in range(0, len(level), BRANCHES)
    ]


def path(leaves: Sequence[str], index: int) -> Path:
    """Return what leads from a leaf to the root."""
    found: Path = []
    level = leaves
    while len(level) > 1:
        start = index - index % BRANCHES
        found.append(list(level[start : start + BRANCHES]))
        level = above(level)
        index //= BRANCHES
    return found


def climb(node: str, way: Path) -> tuple[int, str]:
    """Return the place of a leaf and the root to which a path leads from it.

    The root is "" where the path does not go through the leaf.
    """
    place, weight = 0, 1
    for group in way:
        if node not in group or len(group) > BRANCHES:
            return 0, ""
        place += weight * group.index(node)
        weight *= BRANCHES
        (node,) = above(group)
    return place, node
