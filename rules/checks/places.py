"""Where the parts of a book stand in its text, beyond the ids whose places the model keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from leadgrade.rules.conditions import Condition, tests_of
from leadgrade.rules.loader import Files, whole_tree
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Listing, Node, Scalar
from leadgrade.rules.text.nodes import Mapping as MappingNode

_ALLOW = re.compile(r"#\s*allow:\s*([\w\-, ]+)")
_PARAMETER = re.compile(r" \([^()]*\)$")

Place = tuple[int, int]


class Places:
    """Finds places in the files of one book."""

    def __init__(self, path: str, text: str, files: Files | None = None) -> None:
        """Take the book's files, or its path and text: then they are read again, when asked for."""
        self._path = path
        self._text_of_book = text
        self._known = files
        self._owners: dict[str, dict[Place, MappingNode]] = {}

    @cached_property
    def _files(self) -> Files:
        if self._known is not None:
            return self._known
        files = Files()
        with suppress(OSError, UnicodeDecodeError):
            text = Path(self._path).read_text(encoding="utf-8-sig")
            whole_tree(text, self._path, Findings(), files)
        if files.whole is None:
            whole_tree(self._text_of_book, self._path, Findings(), files)
        return files

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file of the book."""
        return self._files.texts.get(file, "").splitlines()

    def allows(self, span: Span, code: str) -> bool:
        """Whether the line of a place says that a finding is meant so."""
        lines = self._lines_of(span.file)
        found = _ALLOW.search(lines[span.line - 1]) if 0 < span.line <= len(lines) else None
        return found is not None and code in re.split(r"[,\s]+", found[1].strip())

    def node(self, owner: Span, key: str) -> Node | None:
        """Return what stands under a key of the thing whose id or name is at a place."""
        if owner.file not in self._owners:
            tree = self._files.trees.get(owner.file)
            self._owners[owner.file] = dict(_owners(tree))
        mapping = self._owners[owner.file].get(_place(owner))
        return None if mapping is None else mapping.get(key)

    def of(self, owner: Span, key: str) -> Span:
        """Return the place of what stands under a key, or of the id where it is not found."""
        node = self.node(owner, key)
        return owner if node is None else node.span

    def of_part(self, owner: Span, key: str, part: Condition) -> Span:
        """Return the place of the line that holds a part of a condition."""
        node = self.node(owner, key)
        if node is None:
            return owner
        written = [_PARAMETER.sub("", test.test) for test in tests_of(part)]
        fitting = [
            line for line in scalars(node) if any(each and each in line.text for each in written)
        ]
        return fitting[0].span if len(fitting) == 1 else node.span

    @property
    def root(self) -> Node | None:
        """The tree of the whole book, with all that it includes and extends."""
        return self._files.whole

    def _lines_of(self, file: str) -> list[str]:
        return self.lines(file) if "allow:" in self._files.texts.get(file, "") else []


def _owners(tree: Node | None) -> Iterator[tuple[Place, MappingNode]]:
    """Yield each thing of a tree by the place of its name or id."""
    for mapping in _mappings(tree):
        for key, value in mapping.entries:
            if isinstance(value, MappingNode):
                yield _place(key.span), value
            elif key.text == "id":
                yield _place(value.span), mapping


def _place(span: Span) -> Place:
    return span.line, span.column


def _mappings(node: Node | None) -> Iterator[MappingNode]:
    match node:
        case MappingNode(entries):
            yield node
            for _, value in entries:
                yield from _mappings(value)
        case Listing(items):
            for item in items:
                yield from _mappings(item)


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Yield the texts in a tree, keys left out."""
    match node:
        case Scalar():
            yield node
        case Listing(items):
            for item in items:
                yield from scalars(item)
        case MappingNode(entries):
            for _, value in entries:
                yield from scalars(value)
