"""A rule book's file or text -> the typed model, or everything that is wrong with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from leadgrade.rules.building.assembly import Assembly
from leadgrade.rules.documents.book import BookDoc
from leadgrade.rules.documents.kinds import record
from leadgrade.rules.including import Including
from leadgrade.rules.model import Book
from leadgrade.rules.source import BookError, Findings, Span, TooManyFindingsError
from leadgrade.rules.text.nodes import Block, Node, Scalar, read_nodes
from leadgrade.rules.text.writing import yaml_text

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file, or characters of a text. A rule book is written by hand."""


NO_OVERRIDES: Mapping[str, str] = {}

_DECIDING_NOTHING = ("examples", "properties")
"""Sections that a decision does not need, and that are often half of a book."""


@dataclass(slots=True)
class Files:
    """The files of a book as they were read: texts and trees by file, and the whole tree."""

    texts: dict[str, str] = field(default_factory=dict)
    trees: dict[str, Node | None] = field(default_factory=dict)
    whole: Node | None = None


def load_book(
    path: str | Path,
    overrides: Mapping[str, str] = NO_OVERRIDES,
    files: Files | None = None,
) -> Book:
    """Read a rule book from a file. ``overrides`` are literals for its parameters, by name.

    What is read is left in ``files``, for whoever looks at the text as well.

    Raises:
        BookError: the file cannot be read, or something in it is wrong; all of it is told.
    """
    name = str(path)
    findings = Findings()
    text = _file_text(Path(path), Span(name, 1, 1, 1, 1), findings)
    if text is None:
        raise BookError(findings.all, {})
    return read_book(text, name, overrides, files)


def read_book(
    text: str,
    path: str = "<text>",
    overrides: Mapping[str, str] = NO_OVERRIDES,
    files: Files | None = None,
) -> Book:
    """Read a rule book from its text; ``path`` names it in messages.

    Files that it includes or extends are looked for beside ``path``.

    Raises:
        BookError: something in it is wrong; all of it is told.
    """
    return _read(text, path, overrides, files or Files(), kept=False)


def read_kept_book(
    text: str, path: str = "<text>", overrides: Mapping[str, str] = NO_OVERRIDES
) -> Book:
    """Read a rule book from the text that was kept with decisions: it has all that they need.

    Its examples and properties are passed over. No other file is read, since what is on this disk
    is not what they were made by; and the text may be somebody else's.

    Raises:
        BookError: something in it is wrong; all of it is told.
    """
    return _read(text, path, overrides, Files(), kept=True)


def _read(text: str, path: str, overrides: Mapping[str, str], files: Files, *, kept: bool) -> Book:
    findings = Findings()
    book = None
    with _without_collecting(), suppress(TooManyFindingsError):
        tree = whole_tree(text, path, findings, files, kept=kept)
        doc: BookDoc | None = None if tree is None else record(BookDoc)(tree, findings)
        if tree is not None and doc is not None:
            one_text = text if len(files.texts) == 1 else yaml_text(tree)
            book = Assembly(doc, overrides, findings).book(path, one_text)
    if findings or book is None:
        raise BookError(findings.all, files.texts)
    return book


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile: reading makes very many things, and none in circles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def resolved_text(path: str | Path) -> str:
    """Return a book as one YAML text in which each part says where it comes from.

    Raises:
        BookError: it cannot be read.
    """
    findings, files = Findings(), Files()
    text = _file_text(Path(path), Span(str(path), 1, 1, 1, 1), findings)
    tree = None if text is None else whole_tree(text, str(path), findings, files)
    if findings or tree is None:
        raise BookError(findings.all, files.texts)
    return yaml_text(tree, origins=True)


def whole_tree(
    text: str, path: str, findings: Findings, files: Files, *, kept: bool = False
) -> Node | None:
    """Return the tree of a book with all that it includes and extends, or None with findings.

    The files that were read are added to ``files``. What was ``kept`` with decisions is read as
    ``read_kept_book`` says.
    """
    files.texts[path] = text
    if len(text) > LARGEST_FILE:
        findings.add("too-large", Span(path, 1, 1, 1, 1))
        return None
    tree = files.trees[path] = read_nodes(text, path, findings, _DECIDING_NOTHING if kept else ())
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        findings.add_unless_any("book-empty", Span(path, 1, 1, 1, 1))
        return None

    def read(other: Path, place: Span) -> Node | None:
        if kept:
            findings.add("file-of-kept-book", place)
            return None
        found = _file_text(other, place, findings)
        if found is None:
            return None
        name = str(other)
        files.texts[name] = found
        if other.suffix.lower() == ".csv":
            return Block(found, Span(name, 1, 1, found.count("\n") + 1, 1), quoted=True)
        files.trees[name] = read_nodes(found, name, findings)
        return files.trees[name]

    files.whole = Including(read, findings).whole(tree, path)
    return files.whole


def _file_text(path: Path, place: Span, findings: Findings) -> str | None:
    """Return the text of a file, or None with a finding."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        findings.add("book-unreadable", place, reason=error.strerror or type(error).__name__)
        return None
    if len(raw) > LARGEST_FILE:
        findings.add("too-large", place)
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        findings.add("not-utf8", Span(str(path), line, 1, line, 1))
        return None
