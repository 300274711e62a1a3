"""What a file may take the place of: never of what it was made from, nor of something else.

A file that is there already may be replaced by a new one of its kind, so that a command can be run
again. What it is, its first bytes say: a name is quickly mistyped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from leadgrade.reports.answering import OutputError
from leadgrade.reports.wording import LANGUAGES, say

_FIRST_BYTES = 1 << 16
_FIRST = ("lead", "place")
_MARK = b"\xef\xbb\xbf"


def _is_table(head: bytes) -> bool:
    """Whether a CSV file begins as our tables do: with a mark, and the title of ids or places."""
    titles = [say(f"screens.column-{name}", lang) for name in _FIRST for lang in LANGUAGES]
    first = tuple(title.encode("utf-8") for title in ("lead", *titles))
    return head.startswith(_MARK) and head[len(_MARK) :].lstrip(b'"').startswith(first)


def _is_bundle(head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and b'"leadgrade_bundle"' in head


def _is_mapping(head: bytes) -> bool:
    """Whether a YAML file maps columns, and is no book or part of one."""
    return _has(rb"(?m)^columns\s*:", head) and not _has(rb"(?m)^(book|facts|extends)\s*:", head)


def _is_sheet(head: bytes) -> bool:
    return head.startswith(b"PK\3\4") and b"xl/" in head


def _has(pattern: bytes, head: bytes) -> bool:
    return re.search(pattern, head) is not None


KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "bundle": _is_bundle,
    "csv": _is_table,
    "dbt": lambda head: head.startswith(b"version: 2\nmodels:"),
    "html": lambda head: head.lstrip().lower().startswith(b"<!doctype html"),
    "jsonl": lambda head: head.startswith(b'{"lead": '),
    "mapping": _is_mapping,
    "rejects": lambda head: b"leadgrade_reason" in head.partition(b"\n")[0],
    "schema": lambda head: head.lstrip().startswith(b"{") and b"json-schema.org" in head,
    "sql": lambda head: _has(rb"\A(\{\{ config.*\n)?-- .*\n-- .*[0-9a-f]{64}", head),
    "xlsx": _is_sheet,
}
"""How each kind of file that we write is known by its first bytes."""


def refuse_input(out: Path, inputs: Iterable[Path]) -> None:
    """Refuse a file that the same command reads, by whatever path or link.

    Raises:
        OutputError: ``output-is-input``.
    """
    for each in inputs:
        if _same(out, each):
            raise OutputError("output-is-input", file=out)


def refuse_other(out: Path, kinds: Iterable[str]) -> None:
    """Refuse a file that is there and of none of these kinds; devices and empty files take all.

    Raises:
        OutputError: ``output-is-other``, or ``cannot-write``: nobody may look at it.
    """
    try:
        if not out.is_file():
            return
        with out.open("rb") as file:
            head = file.read(_FIRST_BYTES)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError("cannot-write", file=out, reason=reason) from error
    if head and not any(KINDS[kind](head) for kind in kinds):
        raise OutputError("output-is-other", file=out)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, or will be when it is there."""
    with suppress(OSError, ValueError):
        return one.resolve() == other.resolve() or one.samefile(other)
    return False
