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

LONGEST_LINE = 50_000
MOST_LEVELS = 50
"""Of brackets, ``not`` and signs in one line. Nobody can read more."""

_WITH_COMMA = re.compile(r"[+-]?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?[^\W\d_]*%?(?![\w,，])")
_WITH_CURRENCY = re.compile(r"[¥￥$€£](?=\s*[+-]?[\d.])")


@dataclass(frozen=True, slots=True)
class MisreadError(Exception):
    """A line that is not of the language. ``start`` is the offset where reading stopped."""

    code: str
    start: int
    found: str
    suggestion: str | None = None
    width: int | None = None
    """How many characters to point at, if not at those of ``found``."""

    @property
    def end(self) -> int:
        """The offset behind the characters to point at."""
        return self.start + (self.width or max(1, len(self.found)))


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
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    starts = ["condition", "formula"]
    return Lark(grammar, parser="lalr", start=starts, propagate_positions=True)


def _parse(text: str, start: str) -> Tree[Token]:
    if len(text) > LONGEST_LINE:
        raise MisreadError("line-too-long", 0, str(LONGEST_LINE), width=len(text))
    try:
        whole: Tree[Token] = _parser().parse(text, start=start)
    except UnexpectedInput as error:
        raise _explain(text, start, error) from None
    if _levels(whole) > MOST_LEVELS:
        raise MisreadError("line-too-deep", 0, str(MOST_LEVELS), width=len(text))
    return whole.children[0]  # type: ignore[return-value]


def _levels(tree: Tree[Token]) -> int:
    """Return how deep a tree goes."""
    deepest, layer = 0, [tree]
    while layer:
        deepest += 1
        layer = [part for each in layer for part in each.children if isinstance(part, Tree)]
    return deepest


def _explain(text: str, start: str, error: UnexpectedInput) -> MisreadError:
    at = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else 0
    for wrong, right in COMMON_MISTAKES.items():
        place = text.find(wrong, max(0, at - 1))
        if start == "condition" and 0 <= place <= at + 1 and not text.startswith("!=", place):
            return MisreadError("operator-of-another-language", place, wrong, right.strip())
    met = error.token.type if isinstance(error, UnexpectedToken) else ""
    if met in ("_AND", "_OR") and _inside_the_other(error, met):
        return MisreadError("and-or-mixed", at, text[at:].split(maxsplit=1)[0])
    if met == "$END" or not text[at:].strip():
        last = max(0, len(text.rstrip()) - 1)
        return MisreadError(f"{start}-incomplete", last, text.strip(), width=1)
    return _misread_amount(text, at) or MisreadError(
        f"{start}-syntax", at, text[at:].split(maxsplit=1)[0]
    )


def _inside_the_other(error: UnexpectedInput, met: str) -> bool:
    """Whether the parser would have gone on with ``or`` where it met ``and``, or the reverse."""
    expected = set(getattr(error, "expected", ()))
    return expected >= {"_AND", "_OR"} - {met} and bool(expected & {"$END", "RPAR"})


def _misread_amount(text: str, at: int) -> MisreadError | None:
    """Return the mistake of an amount as it stands in a contract: ``¥5,000``."""
    if sign := _WITH_CURRENCY.match(text, at):
        return MisreadError("currency-sign", at, sign[0], width=1)
    begin = at
    while begin > 0 and text[begin - 1].isdigit():
        begin -= 1
    amount = _WITH_COMMA.match(text, begin)
    if amount is None or text[at] not in ",，":
        return None
    return MisreadError("comma-in-number", begin, amount[0], re.sub("[,，]", "", amount[0]))
