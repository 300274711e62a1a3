"""What a row is when its personal data is gone: the values that then stand in their place."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from leadgrade.storage.leaves import FIELDS

if TYPE_CHECKING:
    from leadgrade.storage.leaves import Values

FORGOTTEN = "(forgotten {})"
"""The key of a forgotten lead, by its number."""

NOTHING = "{}"
"""What is known about a forgotten lead, and what was decided of it: JSON that says nothing."""

NOTHING_SHA256 = sha256(NOTHING.encode()).hexdigest()

_EMPTY: dict[str, dict[str, Any]] = {
    "decision": {
        "facts": NOTHING_SHA256,
        "evidence": NOTHING_SHA256,
        "source": None,
        "line": None,
        "ranks": NOTHING,
    },
    "rejected": {"salt": None, "line": None, "args": NOTHING, "raw": ""},
    "note": {"salt": None, "note": NOTHING},
}


def is_empty(kind: str, values: Values) -> bool:
    """Tell whether the private fields of a row are as an erasure leaves them."""
    found = dict(zip(FIELDS[kind].names, values, strict=True))
    return all(found[name] == value for name, value in _EMPTY[kind].items())
