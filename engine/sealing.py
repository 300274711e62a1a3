"""What proves a decided lead later on: a hash of it, made where it is decided.

Everything that is hashed is text in lines, so that a query can write it as well as Python. The
personal data is hashed first, behind a salt (``sealed``); with it the rest makes the ``leaf``. When
a lead is forgotten its salt goes, and ``sealed`` stays in the place of what it was made of. The
form is written down, with an example, in ``docs/record.md``.
"""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadgrade.engine.decision import Decided

SALT = 16
"""Bytes of chance, without which a hash tells nothing about what was hashed."""


def new_salt() -> bytes:
    """Return a salt that nobody can guess."""
    return secrets.token_bytes(SALT)


def sealed_text(
    salt: str, file: str, line: int | None, evidence: str, ranks: str, facts: str, lead: str
) -> str:
    """Return what is hashed of the personal data. ``salt`` is in hex, ``file`` as of ``file_text``.

    The lead comes last: it may have any characters, and nothing before it has a line break.
    """
    where = "" if line is None else line
    return f"{salt}\n{file}\n{where}\n{evidence}\n{ranks}\n{facts}\n{lead}"


def leaf_text(  # noqa: PLR0913, PLR0917 - one after another, as they stand in the text
    qualified: int, grade: str, score: int, low: int, high: int, worst: str, best: str, sealed: str
) -> str:
    """Return what is hashed of a decision. ``sealed`` is the hash of ``sealed_text``."""
    return f"decision\n{qualified:d}\n{grade}\n{score}\n{low}\n{high}\n{worst}\n{best}\n{sealed}"


def leaf_of(row: Decided) -> str:
    """Return the leaf that a decided lead ought to have."""
    file = file_text(row.file)
    sealed = sealed_text(
        row.salt.hex(), file, row.line, row.evidence, row.ranks, row.facts, row.lead
    )
    said = row.qualified, row.grade, row.score, row.low, row.high, row.worst, row.best
    return hash_text(leaf_text(*said, hash_text(sealed)))


@lru_cache(maxsize=64)
def file_text(file: str | None) -> str:
    """Return the name of a file as JSON, without a line break; ``null`` where there is none."""
    return json.dumps(file, ensure_ascii=False)


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hex.

    Half a surrogate pair is hashed as it is: the database refuses it, with a message of its own.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
