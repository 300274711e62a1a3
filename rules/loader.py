"""A rule book's file or text -> the typed model, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leadgrade.rules.assembly import Assembly
from leadgrade.rules.document import BookDoc
from leadgrade.rules.kinds import record
from leadgrade.rules.model import Book
from leadgrade.rules.nodes import Scalar, read_nodes
from leadgrade.rules.source import BookError, Finding, Findings, Span, TooManyFindingsError

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file, or characters of a text. A rule book is written by hand."""


NO_OVERRIDES: Mapping[str, str] = {}


def load_book(path: str | Path, overrides: Mapping[str, str] = NO_OVERRIDES) -> Book:
    """Read a rule book from a file. ``overrides`` are literals for its parameters, by name.

    Raises:
        BookError: the file cannot be read, or something in it is wrong; all of it is told.
    """
    name = str(path)
    start = Span(name, 1, 1, 1, 1)
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BookError([Finding("book-unreadable", start, {"reason": reason})], "") from None
    if len(raw) > LARGEST_FILE:
        raise BookError([Finding("too-large", start)], "")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = Span(name, line, 1, line, 1)
        raise BookError([Finding("not-utf8", place)], "") from None
    return read_book(text, name, overrides)


def read_book(text: str, path: str = "<text>", overrides: Mapping[str, str] = NO_OVERRIDES) -> Book:
    """Read a rule book from its text; ``path`` names it in messages.

    Raises:
        BookError: something in it is wrong; all of it is told.
    """
    findings = Findings()
    try:
        book = _read(text, path, overrides, findings)
    except TooManyFindingsError:
        book = None
    if findings or book is None:
        raise BookError(findings.all, text)
    return book


def _read(text: str, path: str, overrides: Mapping[str, str], findings: Findings) -> Book | None:
    """Return the book, or None with findings."""
    if len(text) > LARGEST_FILE:
        findings.add("too-large", Span(path, 1, 1, 1, 1))
        return None
    tree = read_nodes(text, path, findings)
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        findings.add_unless_any("book-empty", Span(path, 1, 1, 1, 1))
        return None
    doc: BookDoc | None = record(BookDoc)(tree, findings)
    return None if doc is None else Assembly(doc, overrides, findings).book(path, text)
