"""Canonical JSON, SHA-256 and hash trees: what the chain is made of.

The tree is that of RFC 6962 (Certificate Transparency): a leaf is hashed behind a zero byte, two
hashes behind a one, so that no leaf can be taken for a node.
"""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST_HEAD = "0" * 64
"""The head of a chain without links."""

MARK = 8
"""Bytes of a hash that are enough to tell a changed row from an unchanged one."""

Path = list[tuple[str, str]]
"""What leads from a leaf to the root: the other hash, in hex, and its side, ``left | right``."""

_LEAF, _NODE = b"\0", b"\1"
# ``default``: SQLite takes bytes into a column of text, and then that is what has to be hashed.
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr
).encode


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys, without white space, in UTF-8."""
    return _encode(value).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return sha256(_encode(value).encode()).hexdigest()


def leaf(value: Any) -> bytes:
    """Return the hash of a value as a leaf of a tree."""
    return sha256(_LEAF + _encode(value).encode()).digest()


def salt() -> str:
    """Return 128 bits of chance, without which a hash tells nothing about what was hashed."""
    return secrets.token_hex(16)


class Tree:
    """The root over leaves that come one after another; a few hashes in memory."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._full: list[bytes] = []
        """The roots of the full trees so far, the largest first."""
        self._count = 0
        for each in leaves:
            self.add(each)

    def add(self, node: bytes) -> None:
        """Add a leaf."""
        self._count += 1
        full = self._count
        while not full & 1:
            node = sha256(_NODE + self._full.pop() + node).digest()
            full >>= 1
        self._full.append(node)

    def root(self) -> str:
        """Return the root in hex: of no leaves, the hash of nothing."""
        if not self._full:
            return sha256().hexdigest()
        *others, node = self._full
        for other in reversed(others):
            node = sha256(_NODE + other + node).digest()
        return node.hex()


def path(leaves: Sequence[bytes], index: int) -> Path:
    """Return what leads from a leaf to the root."""
    found: Path = []
    level = list(leaves)
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            found.append((level[other].hex(), "left" if other < index else "right"))
        odd = [level[-1]] if len(level) & 1 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(_NODE + left + right).digest() for left, right in pairs] + odd
        index >>= 1
    return found


def climb(node: bytes, way: Path) -> str:
    """Return the root, in hex, to which a path leads from a leaf.

    Raises:
        ValueError: the path is not made of hashes in hex.
    """
    for text, side in way:
        other = bytes.fromhex(text)
        node = sha256(_NODE + (other + node if side == "left" else node + other)).digest()
    return node.hex()
