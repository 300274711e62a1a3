"""A plain scalar that other readers of YAML take for something else than the text that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadgrade.rules.building.literals import FLAGS
from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.model import Book, FactType
from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar

_TRUTH = re.compile(r"y|yes|n|no|on|off", re.IGNORECASE)
_NOTHING = re.compile(r"~|null", re.IGNORECASE)
_NUMBER = re.compile(
    r"[-+]?(?:0\d[\d_]*(?:\.\d*)?|0[box][\da-fA-F_]+|\d[\d_]*_[\d_]*(?:\.\d*)?|\d+(?::[0-5]?\d)+)"
)
_KINDS = (("yaml-truth", _TRUTH), ("yaml-nothing", _NOTHING), ("yaml-number", _NUMBER))
"""What YAML 1.1 or 1.2 makes of a text, where they differ from each other or from us."""


def run(context: Context) -> Iterator[Hit]:
    """Yield the scalars without quotes that mean something else to other readers."""
    for each in _doubtful(context.places.root, context.book):
        kind = next((kind for kind, pattern in _KINDS if pattern.fullmatch(each.text)), None)
        if kind is not None and not each.quoted:
            args = {"text": each.text, "kind": kind}
            yield Hit(each.span, args, suggestion=f'"{each.text}"')


def _doubtful(node: Node | None, book: Book) -> Iterator[Scalar]:
    """Yield the scalars of a tree, but for a yes or no where a flag is meant."""
    match node:
        case Scalar():
            yield node
        case Listing(items):
            for item in items:
                yield from _doubtful(item, book)
        case Mapping(entries):
            fact = node.get("fact")
            of_flag = isinstance(fact, Scalar) and _is_flag(fact.text, book)
            for key, value in entries:
                if key.text == "given" and isinstance(value, Mapping):
                    yield from _given(value, book)
                elif key.text == "values" and of_flag and isinstance(value, Mapping):
                    yield from (each for each, _ in value.entries if each.text not in FLAGS)
                else:
                    yield key
                    yield from _doubtful(value, book)


def _given(node: Mapping, book: Book) -> Iterator[Scalar]:
    for name, value in node.entries:
        yield name
        if isinstance(value, Scalar) and not (_is_flag(name.text, book) and value.text in FLAGS):
            yield value


def _is_flag(name: str, book: Book) -> bool:
    facts = (each for each in book.all_facts.values() if name in (each.id, *each.label.wordings))
    return any(each.type is FactType.FLAG for each in facts)


CHECK = Check(
    "readers-disagree",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
facts:
  country: {type: choice, values: [NO, SE], label: {en: Country, zh: 国家}}
criteria:
  home:
    label: {en: Home, zh: 本国}
    range: [0, 5]
    rules:
      - {id: norway, when: country = NO, points: 010}
""",
    good="""\
facts:
  country: {type: choice, values: ["NO", SE], label: {en: Country, zh: 国家}}
criteria:
  home:
    label: {en: Home, zh: 本国}
    range: [0, 5]
    rules:
      - {id: norway, when: country = NO, points: 10}
""",
)
