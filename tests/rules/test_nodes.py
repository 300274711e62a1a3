"""The YAML reader: what was typed stays, and every node knows its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Listing, Mapping, Node, Scalar, read_nodes


def read(text: str) -> Node:
    findings = Findings()
    node = read_nodes(text, "book.yaml", findings)
    assert not findings
    assert node is not None
    return node


@pytest.mark.parametrize(
    "typed",
    ["NO", "yes", "010", "1:30", "1e3", "~", "null", "2026-01-31", "0x10", "否", ".5", "=", "<<"],
)
def test_a_scalar_stays_what_was_typed(typed: str) -> None:
    node = read(f"key: {typed}")
    assert isinstance(node, Mapping)
    assert node.get("key") == Scalar(typed, Span("book.yaml", 1, 6, 1, 6 + len(typed)))


WORDS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=1))
def test_plain_words_stay_what_was_typed(words: list[str]) -> None:
    node = read("".join(f"- {word}\n" for word in words))
    assert isinstance(node, Listing)
    assert [item.text for item in node.items if isinstance(item, Scalar)] == words


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Cf", "Zl", "Zp"])))
def test_quoted_texts_stay_what_was_typed(text: str) -> None:
    node = read("- '" + text.replace("'", "''") + "'")
    assert isinstance(node, Listing)
    item = node.items[0]
    assert isinstance(item, Scalar)
    assert (item.text, item.quoted) == (text, True)


def test_a_part_of_a_scalar_has_its_place() -> None:
    node = read("plain: 年营收 > 5\nquoted: '年营收 > 5'\nescaped: 'it''s > 5'")
    assert isinstance(node, Mapping)
    plain, quoted, escaped = (value for _, value in node.entries)
    assert isinstance(plain, Scalar)
    assert isinstance(quoted, Scalar)
    assert isinstance(escaped, Scalar)
    assert plain.part(6, 7) == Span("book.yaml", 1, 14, 1, 15)
    assert quoted.part(6, 7) == Span("book.yaml", 2, 16, 2, 17)
    assert escaped.part(6, 7) == escaped.span  # columns no longer follow the text


def test_aliases_are_written_out() -> None:
    node = read("one: &one [a, b]\ntwo: *one")
    assert isinstance(node, Mapping)
    assert node.get("two") == node.get("one")


def test_a_key_has_a_place() -> None:
    node = read("one: 1")
    assert isinstance(node, Mapping)
    assert node.key("one").span == Span("book.yaml", 1, 1, 1, 4)
    with pytest.raises(KeyError):
        node.key("two")


WITHOUT = """
examples: {deep: [1, {examples: 2}], last: 3}
kept: {examples: [4]}
alone: 5
properties: [*again]
"""


def test_sections_are_passed_over_with_all_that_is_in_them() -> None:
    findings = Findings()
    node = read_nodes(WITHOUT, "book.yaml", findings, ("examples", "properties"))
    assert not findings  # nobody asks what *again is
    assert isinstance(node, Mapping)
    assert [key.text for key, _ in node.entries] == ["kept", "alone"]
    assert node == Mapping(read(WITHOUT.replace("*again", "")).entries[1:3], node.span)


def test_what_has_its_name_in_a_section_that_is_passed_over_is_found() -> None:
    text = "examples: {known: &same [1]}\nkept: *same\n"
    node = read_nodes(text, "book.yaml", Findings(), ("examples",))
    assert isinstance(node, Mapping)
    assert node.entries == read(text).entries[1:]  # type: ignore[union-attr]
