"""What keeps a line from being read, and what was probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


def explained(text: str, start: str, at: int) -> MisreadError:
    """Return what is wrong with a line (``start``: condition, formula) that stops at an offset."""
    for wrong, right in COMMON_MISTAKES.items():
        place = text.find(wrong, max(0, at - 1))
        if start == "condition" and 0 <= place <= at + 1 and not text.startswith("!=", place):
            return MisreadError("operator-of-another-language", place, wrong, right.strip())
    if not text[at:].strip():
        last = max(0, len(text.rstrip()) - 1)
        return MisreadError(f"{start}-incomplete", last, text.strip(), width=1)
    return _misread_amount(text, at) or MisreadError(
        f"{start}-syntax", at, text[at:].split(maxsplit=1)[0]
    )


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
