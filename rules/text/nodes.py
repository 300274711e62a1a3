"""The hardened YAML reader: text -> a tree of nodes that know their places.

PyYAML's parser gives events; the tree is built here, without recursion and without tags. A scalar
stays the text that the author typed (``NO``, ``010`` and ``1:30`` are no booleans, octals or
times); what it means is decided by the place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import yaml

from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.yaml_mistakes import report_forbidden_character, report_yaml_error

MOST_NODES = 100_000
"""A book larger than this, aliases written out, is refused: it is an accident or an attack."""

MOST_LEVELS = 40


# Nodes are named tuples, since a book has ten thousand of them and nothing else is made as fast.
class Scalar(NamedTuple):
    """A single text. ``offset`` is where its characters begin after the span's first column."""

    text: str
    span: Span
    quoted: bool = False

    def part(self, start: int, end: int) -> Span:
        """Return the place of the characters from ``start`` to ``end``, where it is certain."""
        shift = 1 if self.quoted else 0
        width = self.span.end_column - self.span.column - 2 * shift
        if width != len(self.text):  # escapes or folded lines: columns no longer follow the text
            return self.span
        return self.span.within(start + shift, end + shift)

    @property
    def empty(self) -> bool:
        """Whether nothing was written here."""
        return not self.text and not self.quoted


class Block(Scalar):
    """A text whose lines stand as they are, from its span's first line and column on.

    It is a literal block (``|``) or a whole file.
    """

    __slots__ = ()


class Listing(NamedTuple):
    """A sequence."""

    items: tuple[Node, ...]
    span: Span


class Mapping(NamedTuple):
    """A mapping. Keys are texts, and no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """Return the node under ``key``."""
        return next((node for name, node in self.entries if name.text == key), None)

    def but(self, key: str, node: Node) -> Mapping:
        """Return the same with another node under a key that it has."""
        entries = tuple((name, node if name.text == key else old) for name, old in self.entries)
        return Mapping(entries, self.span)

    def without(self, keys: Collection[str]) -> Mapping:
        """Return the same without some keys."""
        kept = tuple(each for each in self.entries if each[0].text not in keys)
        return Mapping(kept, self.span)

    def key(self, key: str) -> Scalar:
        """Return the key itself, for its place.

        Raises:
            KeyError: there is no such key.
        """
        for name, _ in self.entries:
            if name.text == key:
                return name
        raise KeyError(key)


Node = Scalar | Listing | Mapping


def read_nodes(
    text: str, file: str, findings: Findings, without: Collection[str] = ()
) -> Node | None:
    """Return the tree of a YAML text, or None where it cannot be read at all.

    What is wrong is added to ``findings``: YAML mistakes, duplicate keys, tags, a second
    document, an alias that explodes, nesting beyond ``MOST_LEVELS``. What stands under the keys
    ``without`` of the outermost mapping is passed over, and so are they.
    """
    if report_forbidden_character(text, file, findings):
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(text, file, findings)
    events = yaml.parse(text, Loader=loader)
    try:
        for event in events:
            builder.take(event)
            if without and builder.drop_key(without):
                _pass_over(events)
    except yaml.YAMLError as error:
        report_yaml_error(error, text, file, findings)
        return None
    except _TooMuchError as stop:
        if without and stop.code == "unknown-alias":  # its anchor may be in what was passed over
            whole = read_nodes(text, file, findings)
            return whole.without(without) if isinstance(whole, Mapping) else whole
        findings.add(stop.code, stop.span, suggestion=None, **stop.words)
        return None
    return builder.root


def _pass_over(events: Iterator[yaml.Event]) -> None:
    """Take the events of one node from the iterator."""
    levels = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            levels += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            levels -= 1
        if not levels:
            return


class _TooMuchError(Exception):
    def __init__(self, code: str, span: Span, **words: str) -> None:
        super().__init__(code)
        self.code = code
        self.span = span
        self.words = words


class _Open:
    """A collection that has begun and not ended. ``nodes`` counts aliases written out."""

    __slots__ = ("children", "event", "levels", "nodes")

    def __init__(self, event: yaml.CollectionStartEvent) -> None:
        self.event = event
        self.children: list[Node] = []
        self.nodes = 1
        self.levels = 1


class _Builder:
    """Builds the tree from parser events, bottom up."""

    def __init__(self, text: str, file: str, findings: Findings) -> None:
        self.root: Node | None = None
        self._text = text
        self._file = file
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        """The nodes with a name, how many nodes are in each, and how deep it goes."""
        self._takers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._take_scalar,
            yaml.MappingStartEvent: self._take_start,
            yaml.SequenceStartEvent: self._take_start,
            yaml.MappingEndEvent: self._take_end,
            yaml.SequenceEndEvent: self._take_end,
            yaml.AliasEvent: self._take_alias,
            yaml.DocumentStartEvent: self._take_document,
        }

    def take(self, event: yaml.Event) -> None:
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    def drop_key(self, keys: Collection[str]) -> bool:
        """Take back what came last if it is one of these keys of the outermost mapping."""
        if len(self._open) != 1 or isinstance(self._open[0].event, yaml.SequenceStartEvent):
            return False
        children = self._open[0].children
        if len(children) % 2 == 0:
            return False
        key = children[-1]
        if not isinstance(key, Scalar) or key.text not in keys:
            return False
        children.pop()
        return True

    def _take_document(self, event: yaml.DocumentStartEvent) -> None:
        if self.root is not None:
            self._findings.add("second-document", self._span(event))

    def _take_start(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        self._open.append(_Open(event))
        self._refuse_depth(event, 0)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        text, span, tag = event.value, self._span(event), event.tag
        quoted = event.style not in (None, "")  # libyaml says "" for plain
        if tag is not None:
            if tag.startswith("!") and not text:
                text = tag  # somebody wrote `!refused`
            else:
                self._refuse_tag(event)
        node = self._block(text, span) if event.style == "|" else Scalar(text, span, quoted)
        self._place(node, 1, 0, event.anchor)

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.splitlines()

    def _block(self, text: str, span: Span) -> Block:
        """Return a literal block with the place at which its text begins, below the ``|``."""
        lines = self._lines[span.line : span.end_line]
        indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
        column = indents[0] + 1 if indents else 1
        return Block(text, span._replace(line=span.line + 1, column=column), quoted=True)

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            raise _TooMuchError("unknown-alias", self._span(event), name=str(event.anchor))
        node, nodes, levels = self._anchors[event.anchor]
        self._refuse_depth(event, levels)
        self._place(node, nodes, levels, None)

    def _take_end(self, event: yaml.CollectionEndEvent) -> None:
        opened = self._open.pop()
        node = self._close(opened, event)
        self._place(node, opened.nodes, opened.levels, opened.event.anchor)

    def _refuse_depth(self, event: yaml.Event, levels: int) -> None:
        if len(self._open) + levels > MOST_LEVELS:
            raise _TooMuchError("too-deep", self._span(event), most=str(MOST_LEVELS))

    def _place(self, node: Node, nodes: int, levels: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, nodes, levels)
        if not self._open:
            self.root = self.root or node
            return
        holder = self._open[-1]
        holder.children.append(node)
        holder.nodes += nodes
        if levels >= holder.levels:
            holder.levels = levels + 1
        if holder.nodes > MOST_NODES:
            raise _TooMuchError("too-large", node.span)

    def _close(self, opened: _Open, end: yaml.Event) -> Node:
        span = _span(self._file, opened.event, end)
        if isinstance(opened.event, yaml.SequenceStartEvent):
            return Listing(tuple(opened.children), span)
        pairs = zip(opened.children[::2], opened.children[1::2], strict=True)
        flow = bool(opened.event.flow_style)
        return Mapping(tuple(self._entries(pairs, flow=flow)), span)

    def _entries(
        self, pairs: Iterator[tuple[Node, Node]], *, flow: bool
    ) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        for key, value in pairs:
            if not isinstance(key, Scalar):
                self._findings.add("key-not-text", key.span)
            elif key.text in seen:
                first = seen[key.text].span.line
                self._findings.add("duplicate-key", key.span, key=key.text, line=first)
            elif flow and isinstance(value, Scalar) and value.empty:
                self._findings.add("comma-in-braces", key.span, text=key.text)
            else:
                seen[key.text] = key
                yield key, value

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag != "!":
            self._findings.add("yaml-tag", self._span(event), tag=event.tag)

    def _span(self, event: yaml.Event) -> Span:
        return _span(self._file, event, event)


def _span(file: str, first: yaml.Event, last: yaml.Event) -> Span:
    start: Any = first.start_mark  # events of a parser always have marks
    stop: Any = last.end_mark
    return Span(file, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1)
