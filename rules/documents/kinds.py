"""What may stand at a place of a rule book: readers from YAML nodes to plain Python.

A reader adds a finding for what it cannot read and returns None for it; nothing is raised, so
that every mistake of a book is found in one pass.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as Mapping_
from decimal import Decimal, DecimalException
from itertools import islice
from keyword import iskeyword
from typing import Any, ClassVar, Self, TypeVar

from leadgrade.rules.model import HUNDREDTHS
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar

Reader = Callable[[Node, Findings], Any]
D = TypeVar("D", bound="Document")

MOST_POINTS = 10_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A key that may stand in a mapping: how it is read, what it is for, what its absence means."""

    reader: Reader
    about: str
    default: Any

    @property
    def required(self) -> bool:
        """Whether the mapping is nothing without it."""
        return self.default is _REQUIRED


_REQUIRED: Any = object()


def entry(reader: Reader, about: str, *, default: Any = _REQUIRED) -> Any:
    """Declare a key of a document; one without a default is required."""
    return Entry(reader, about, default)


class Document:
    """The shape of one mapping of a rule book: its subclasses declare the keys.

    A key is an attribute ``name: <what is read> = entry(<reader>, "<what it is for>")``. What a
    book leaves out has the value of the class, so that only what is there costs anything.
    """

    entries: ClassVar[Mapping_[str, Entry]]
    """The keys by their name in YAML."""

    node: Mapping

    def __init_subclass__(cls) -> None:
        """Take the declared keys, and leave their defaults in their place."""
        declared = {name: each for name, each in vars(cls).items() if isinstance(each, Entry)}
        cls.entries = {key_of(name): each for name, each in declared.items()}
        for name, each in declared.items():
            if each.required:
                delattr(cls, name)
            else:
                setattr(cls, name, each.default)

    def __init__(self, node: Mapping, **values: Any) -> None:
        self.node = node
        self.__dict__.update(values)

    def but(self, **values: Any) -> Self:
        """Return the same with other values."""
        return type(self)(**{**self.__dict__, **values})

    def place(self, key: str) -> Span:
        """Return the place of what stands under a key, or of the mapping where it is absent."""
        node = self.node.get(key)
        return self.node.span if node is None else node.span

    def has(self, key: str) -> bool:
        """Whether something stands under a key, readable or not."""
        return self.node.get(key) is not None


_LONGEST_WORD = 100
_MOST_WORDS = 1000


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was likely meant, or None. Only words of a usual size count."""
    if len(word) > _LONGEST_WORD:
        return None
    candidates = islice(known, _MOST_WORDS)
    by_fold = {each.casefold(): each for each in candidates if len(each) <= _LONGEST_WORD}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def scalar(node: Node, findings: Findings) -> Scalar | None:
    """Read a single text as it stands, for a later pass that knows what it must be."""
    if isinstance(node, Scalar) and not node.empty:
        return node
    findings.add("want-text", node.span)
    return None


def word(node: Node, findings: Findings) -> str | None:
    """Read a single text."""
    text = scalar(node, findings)
    return None if text is None else text.text.strip()


def truth(node: Node, findings: Findings) -> bool | None:
    """Read ``true`` or ``false``."""
    found = {"true": True, "false": False}.get(node.text) if isinstance(node, Scalar) else None
    if found is None:
        findings.add("want-true-or-false", node.span)
    return found


def points(node: Node, findings: Findings) -> int | None:
    """Read points with at most two decimals; the result is in hundredths."""
    try:
        amount = Decimal(node.text) if isinstance(node, Scalar) else None
    except DecimalException:
        amount = None
    if amount is None or not amount.is_finite():
        findings.add("want-points", node.span)
        return None
    in_bounds = -MOST_POINTS <= amount <= MOST_POINTS
    if not in_bounds or amount != amount.quantize(Decimal("0.01")):
        findings.add("points-too-fine", node.span)
        return None
    return int(amount * HUNDREDTHS)


def phrase(node: Node, findings: Findings) -> Phrase | None:
    """Read a wording: one text, or ``{en: …, zh: …}``. One text serves both languages."""
    if isinstance(node, Scalar):
        text = word(node, findings)
        return None if text is None else Phrase(en=text)
    if isinstance(node, Listing):
        findings.add("want-phrase", node.span)
        return None
    node = _with_known_keys(node, ("en", "zh"), findings)
    wordings = {key.text: word(value, findings) for key, value in node.entries}
    return Phrase(en=wordings.get("en"), zh=wordings.get("zh"))


MADE_OF: dict[Reader, tuple[str, Any]] = {}
"""How the readers below were made: the kind, and the reader or document inside."""


def _made(kind: str, read: Reader, inside: Any) -> Reader:
    MADE_OF[read] = (kind, inside)
    return read


def condition(node: Node, _: Findings) -> Node:
    """Take a condition as it is: a line, a list, any/all/not. It is resolved later."""
    return node


def anything(node: Node, _: Findings) -> Node:
    """Take a node as it is; it is read where it is known what it must be."""
    return node


def choices(node: Node, _: Findings) -> Node:
    """Take the values of a choice as they are: a list, or `id: label`."""
    return node


def trial(node: Node, _: Findings) -> Node:
    """Take a property as it is: `monotone: FACT` or a sentence."""
    return node


def text_or(shape: type[Document]) -> Reader:
    """Take a single text or a document as it is; it is read where it is known which."""

    def read(node: Node, _: Findings) -> Node:
        return node

    return _made("text_or", read, shape)


def many(reader: Reader) -> Reader:
    """Read a list of the same kind; what could not be read is left out."""

    def read(node: Node, findings: Findings) -> list[Any]:
        if not isinstance(node, Listing):
            findings.add("want-list", node.span)
            return []
        found = [reader(item, findings) for item in node.items]
        return [each for each in found if each is not None]

    return _made("many", read, reader)


def one_or_many(reader: Reader) -> Reader:
    """Read a list, or a single thing as a list of one."""

    def read(node: Node, findings: Findings) -> list[Any]:
        if isinstance(node, Listing):
            return many(reader)(node, findings)  # type: ignore[no-any-return]
        found = reader(node, findings)
        return [] if found is None else [found]

    return _made("one_or_many", read, reader)


def named(reader: Reader) -> Reader:
    """Read a mapping from names that the author chose to things of one kind."""

    def read(node: Node, findings: Findings) -> list[tuple[Scalar, Any]]:
        if not isinstance(node, Mapping):
            findings.add("want-names", node.span)
            return []
        found = [(key, reader(value, findings)) for key, value in node.entries]
        return [(key, value) for key, value in found if value is not None]

    return _made("named", read, reader)


def record(shape: type[D]) -> Reader:
    """Read a mapping with known keys."""

    def read(node: Node, findings: Findings) -> D | None:
        if isinstance(node, Scalar) and node.empty:
            node = Mapping((), node.span)  # a key with nothing behind it: an empty mapping
        if not isinstance(node, Mapping):
            keys = ", ".join(shape.entries)
            findings.add("want-keys", node.span, keys=keys)
            return None
        return _read_record(shape, node, findings)

    return _made("record", read, shape)


def _read_record(shape: type[D], node: Mapping, findings: Findings) -> D | None:
    node = _with_known_keys(node, shape.entries, findings)
    values: dict[str, Any] = {}
    for key, child in node.entries:
        value = shape.entries[key.text].reader(child, findings)
        if value is not None:  # what could not be read keeps its default
            values[_field_of(key.text)] = value
    required = [key for key, each in shape.entries.items() if each.required]
    for name in required:
        if node.get(name) is None:
            findings.add("missing-key", _start(node), key=name)
    return shape(node, **values) if all(_field_of(name) in values for name in required) else None


def _start(node: Mapping) -> Span:
    return node.entries[0][0].span if node.entries else node.span


def key_of(field: str) -> str:
    """Return a field's key in YAML: ``from_`` is written ``from``."""
    return field.rstrip("_")


def _field_of(key: str) -> str:
    return f"{key}_" if iskeyword(key) else key


def _with_known_keys(node: Mapping, allowed: Collection[str], findings: Findings) -> Mapping:
    """Return a mapping without other keys, each of which is a finding.

    A key that is only misspelt stands for the one that was meant, so that its absence is not
    held against the author as well.
    """
    if all(key.text in allowed for key, _ in node.entries):
        return node
    entries = []
    for key, value in node.entries:
        likely = key.text
        if key.text not in allowed:
            likely = nearest(key.text, allowed) or ""
            keys = ", ".join(allowed)
            findings.add(
                "unknown-key", key.span, suggestion=likely or None, key=key.text, keys=keys
            )
            likely = "" if node.get(likely) is not None else likely
        if likely:
            entries.append((key._replace(text=likely), value))
    return Mapping(tuple(entries), node.span)
