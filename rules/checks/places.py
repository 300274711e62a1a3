"""Where the parts of a book stand in its text, beyond the ids whose places the model keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from leadgrade.rules.conditions import Condition, tests_of
from leadgrade.rules.loader import whole_tree
from leadgrade.rules.nodes import Listing, Node, Scalar, read_nodes
from leadgrade.rules.nodes import Mapping as MappingNode
from leadgrade.rules.source import Findings, Span

_ALLOW = re.compile(r"#\s*allow:\s*([\w\-, ]+)")
_PARAMETER = re.compile(r" \([^()]*\)$")

Place = tuple[str, int, int]


class Places:
    """Finds places in the files of one book. Texts are read again, and only when asked for."""

    def __init__(self, path: str, text: str) -> None:
        """Take the book's file and its text, which a book from several files has not there."""
        self._path = path
        self._texts: dict[str, str] = {}
        self._texts[path] = self._text(path) or text
        self._nodes: dict[str, Node | None] = {}
        self._owners: dict[Place, MappingNode] = {}

    def lines(self, file: str) -> list[str]:
        """Return the lines of a file of the book."""
        return self._text(file).splitlines()

    def allows(self, span: Span, code: str) -> bool:
        """Whether the line of a place says that a finding is meant so."""
        lines = self._lines_of(span.file)
        found = _ALLOW.search(lines[span.line - 1]) if 0 < span.line <= len(lines) else None
        return found is not None and code in re.split(r"[,\s]+", found[1].strip())

    def node(self, owner: Span, key: str) -> Node | None:
        """Return what stands under a key of the thing whose id or name is at a place."""
        self._read(owner.file)
        mapping = self._owners.get((owner.file, owner.line, owner.column))
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

    @cached_property
    def root(self) -> Node | None:
        """The tree of the whole book, with all that it includes and extends."""
        text = self._text(self._path)
        return whole_tree(text, self._path, Findings(), {self._path: text})

    def _text(self, file: str) -> str:
        if file not in self._texts:
            try:
                self._texts[file] = Path(file).read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError):
                self._texts[file] = ""
        return self._texts[file]

    def _lines_of(self, file: str) -> list[str]:
        return self._text(file).splitlines() if "allow:" in self._text(file) else []

    def _read(self, file: str) -> None:
        if file in self._nodes:
            return
        self._nodes[file] = read_nodes(self._text(file), file, Findings())
        for mapping in _mappings(self._nodes[file]):
            for key, value in mapping.entries:
                if isinstance(value, MappingNode):
                    self._owners[_place(key.span)] = value
                elif key.text == "id":
                    self._owners[_place(value.span)] = mapping


def _place(span: Span) -> Place:
    return span.file, span.line, span.column


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
