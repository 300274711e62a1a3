"""One line of text -> a parse tree with places, by the grammar in ``grammar.lark``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

COMMON_MISTAKES: dict[str, str] = {
    "==": "=",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "&&": "and",
    "||": "or",
    "!": "not ",
}
"""Operators from other languages, and what to write here."""

_MIXED = re.compile(r"\band\b.*\bor\b|\bor\b.*\band\b")


@dataclass(frozen=True, slots=True)
class MisreadError(Exception):
    """A line that is not of the language. ``start`` is the offset where reading stopped."""

    code: str
    start: int
    found: str
    suggestion: str | None = None


def parse_condition(text: str) -> Tree[Token]:
    """Return the tree of a one-line condition; its ``data`` is the kind of condition.

    Raises:
        MisreadError: the line is not a condition.
    """
    return _parse(text, "condition")


def parse_formula(text: str) -> Tree[Token]:
    """Return the tree of a formula.

    Raises:
        MisreadError: the text is not a formula.
    """
    return _parse(text, "formula")


def span_of(tree: Tree[Token]) -> tuple[int, int]:
    """Return the offsets of the first character of a tree and of the one behind its last."""
    return int(tree.meta.start_pos), int(tree.meta.end_pos)


@cache
def _parser(start: str) -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=start, propagate_positions=True)


def _parse(text: str, start: str) -> Tree[Token]:
    try:
        whole: Tree[Token] = _parser(start).parse(text)
    except UnexpectedInput as error:
        raise _explain(text, start, error) from None
    return whole.children[0]  # type: ignore[return-value]


def _explain(text: str, start: str, error: UnexpectedInput) -> MisreadError:
    at = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else 0
    for wrong, right in COMMON_MISTAKES.items():
        place = text.find(wrong, max(0, at - 1))
        if start == "condition" and 0 <= place <= at + 1 and not text.startswith("!=", place):
            return MisreadError("operator-of-another-language", place, wrong, right.strip())
    if start == "condition" and _MIXED.search(text):
        return MisreadError("and-or-mixed", at, text[at:].strip())
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if at_end or not text[at:].strip():
        return MisreadError(f"{start}-incomplete", max(0, len(text.rstrip()) - 1), text.strip())
    return MisreadError(f"{start}-syntax", at, text[at:].split(maxsplit=1)[0])
