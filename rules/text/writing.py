"""A tree of nodes -> YAML text: what a book of several files comes to, as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar

_PLAIN = re.compile(r"[^\W_][\w .()/%+<>=*-]*")
"""Texts that need no quotes, on the safe side."""


def yaml_text(tree: Node, *, origins: bool = False) -> str:
    """Return the tree as YAML; with ``origins`` each entry says where it comes from."""
    return "".join(f"{line}\n" for line in _lines(tree, "", origins=origins))


def _lines(node: Node, indent: str, *, origins: bool) -> Iterator[str]:
    match node:
        case Mapping(entries):
            for key, value in entries:
                yield from _entry(f"{indent}{_scalar(key)}:", value, indent, key, origins=origins)
        case Listing(items):
            for item in items:
                yield from _item(item, indent, origins=origins)
        case Scalar():
            yield f"{indent}{_scalar(node)}"


def _entry(head: str, value: Node, indent: str, key: Scalar, *, origins: bool) -> Iterator[str]:
    origin = f"  # {Path(key.span.file).name}:{key.span.line}" if origins else ""
    if isinstance(value, Scalar):
        yield f"{head} {_scalar(value)}".rstrip() + origin
    elif not (value.entries if isinstance(value, Mapping) else value.items):
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}{origin}"
    else:
        yield head + origin
        yield from _lines(value, indent + "  ", origins=origins and not indent)


def _item(item: Node, indent: str, *, origins: bool) -> Iterator[str]:
    if isinstance(item, Scalar):
        yield f"{indent}- {_scalar(item)}"
        return
    lines = list(_lines(item, indent + "  ", origins=False))
    origin = f"  # {Path(item.span.file).name}:{item.span.line}" if origins else ""
    if not lines:
        yield f"{indent}- {'{}' if isinstance(item, Mapping) else '[]'}"
        return
    yield f"{indent}- {lines[0][len(indent) + 2 :]}{origin}"
    yield from lines[1:]


def _scalar(node: Scalar) -> str:
    """Return a scalar that reads back as the same text."""
    if node.empty:
        return ""
    if _PLAIN.fullmatch(node.text) and node.text == node.text.strip():
        return node.text
    escaped = node.text.replace("\\", "\\\\").replace('"', '\\"')
    for plain, code in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(plain, code)
    return f'"{"".join(each if each.isprintable() else _escape(each) for each in escaped)}"'


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}"
