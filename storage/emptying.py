"""What a row is when its personal data is gone: the values that then stand in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leadgrade.engine.sealing import file_text
from leadgrade.storage.leaves import FIELDS, commitment

if TYPE_CHECKING:
    from leadgrade.storage.leaves import Values

NOTHING = "{}"
"""JSON that says nothing."""

_EMPTY: dict[str, dict[str, Any]] = {
    "decision": {
        **dict.fromkeys(("salt", "line", "facts", "key")),
        "file": file_text(None),
        "evidence": "",
        "ranks": NOTHING,
    },
    "rejected": {"salt": None, "line": None, "args": NOTHING, "raw": ""},
    "note": {"salt": None, "note": NOTHING},
    "override": {"salt": None, "key": None, "reason": ""},
    "outcome": dict.fromkeys(("salt", "line", "decided_on", "value", "key")),
}


def sealed_values(kind: str, values: Values) -> Values:
    """Return a row as an erasure leaves it: its hash stands in the place of what is private."""
    found = dict(zip(FIELDS[kind].names, values, strict=True))
    return tuple({**found, **_EMPTY[kind], "sealed": commitment(kind, values)}.values())


def is_empty(kind: str, values: Values) -> bool:
    """Tell whether the private fields of a row are as an erasure leaves them."""
    found = dict(zip(FIELDS[kind].names, values, strict=True))
    return all(found[name] == value for name, value in _EMPTY[kind].items())
