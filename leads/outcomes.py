"""A list of outcomes: which leads were won or lost, on which day, and what they were worth.

It is read as any list is, by a book of three facts beside those that name a lead. What a cell of
the outcome says is found by its words; another pair of words can be said.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.mapping.headers import listed
from leadgrade.leads.terms import ListError, Rejected
from leadgrade.rules.model import Book, Fact, FactType
from leadgrade.rules.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from leadgrade.leads.reading import Reading
    from leadgrade.rules.lead import Lead

OUTCOME, DAY, VALUE = "outcome of the lead", "day of the outcome", "value of the outcome"
"""The facts. No column is titled so by itself: the one that a person names is the only one."""

_HEADERS = {
    OUTCOME: ("Result", "Status", "Deal Stage", "Won", "Converted", "成交结果", "是否成交", "状态"),
    DAY: ("Close Date", "Closed On", "Date", "成交日期", "关闭日期", "日期"),
    VALUE: ("Close Value", "Deal Value", "Value", "成交金额", "金额"),
}
_LABELS = {
    OUTCOME: Phrase("Outcome", "结果"),
    DAY: Phrase("Outcome date", "结果日期"),
    VALUE: Phrase("Outcome value", "结果金额"),
}
_TYPES = {OUTCOME: FactType.TEXT, DAY: FactType.DATE, VALUE: FactType.MONEY}

WON = (
    *("won", "win", "closed won", "success", "converted", "yes", "true", "1"),
    *("成交", "已成交", "赢单", "成功", "是"),
)
LOST = (
    *("lost", "loss", "closed lost", "failed", "not converted", "no", "false", "0"),
    *("失败", "未成交", "输单", "丢单", "否"),
)
OPEN = ("open", "pending", "in progress", "ongoing", "进行中", "跟进中", "未决")


class Titles(NamedTuple):
    """The columns of outcome, day and value, where a person says which they are."""

    outcome: str | None = None
    day: str | None = None
    value: str | None = None


class Words:
    """What the words of a list mean. Case, width, spaces and hyphens do not count.

    Where only one side is said, every other word but those for "open" is of the other side.
    """

    def __init__(self, won: Collection[str] = (), lost: Collection[str] = ()) -> None:
        said = bool(won or lost)
        self._won = _folded(won if said else WON)
        self._lost = _folded(lost if said else LOST)
        self._open = _folded(OPEN) - self._won - self._lost
        self._rest = bool(lost) if said and bool(won) != bool(lost) else None

    def meaning(self, text: str) -> bool | None:
        """Return True for won, False for lost, None for still open.

        Raises:
            ValueError: it is none of the words.
        """
        word = _fold(text)
        if word in self._won:
            return True
        if word in self._lost:
            return False
        if word in self._open:
            return None
        if self._rest is None:
            raise ValueError(text)
        return self._rest


def _folded(words: Collection[str]) -> frozenset[str]:
    return frozenset(map(_fold, words))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    word = "".join(each for each in plain if each.isalnum() or each == ".")
    return word.removesuffix(".0") if word in ("1.0", "0.0") else word


class Became(NamedTuple):
    """What a row says became of a lead; ``won`` is None while that is open."""

    lead: str
    line: int | None
    won: bool | None
    on: date | None
    value: float | None


def outcome_book(book: Book, titles: Titles = Titles()) -> Book:  # noqa: B008 - it is immutable
    """Return the book that a list of outcomes is read by: leads are named as in ``book``."""
    names = {part.fact for key in book.identity for part in key}
    facts = {name: fact for name, fact in book.facts.items() if name in names}
    for name, said in zip((OUTCOME, DAY, VALUE), titles, strict=True):
        label, headers = (Phrase(said), ()) if said else (_LABELS[name], _HEADERS[name])
        facts[name] = Fact(name, _TYPES[name], label, book.grades[0].span, headers)
    return replace(book, facts=facts, derived={}, lead_name=None, sources={})


def check_columns(reading: Reading, titles: Titles) -> None:
    """See to it that each list has an outcome, and the columns that a person named.

    Raises:
        ListError: ``no-outcome-column``, ``no-such-column``.
    """
    for listing in reading.listings:
        shown = listed(listing.headers.headers)
        for name, said in zip((OUTCOME, DAY, VALUE), titles, strict=True):
            if name in listing.headers.facts:
                continue
            if said is not None:
                raise ListError("no-such-column", file=listing.file, column=said, headers=shown)
            if name == OUTCOME:
                raise ListError("no-outcome-column", file=listing.file, headers=shown)


def became(
    items: Iterable[Lead | Rejected], words: Words, file: str
) -> Iterator[Became | Rejected]:
    """Yield what became of each lead; a row whose word is not known is rejected.

    A further rejection: ``outcome-word``. A row without an outcome is still open.
    """
    for item in items:
        if isinstance(item, Rejected):
            yield item
            continue
        said = item.facts.get(OUTCOME)
        try:
            won = None if said is None else words.meaning(str(said))
        except ValueError:
            args = {"text": str(said)}
            yield Rejected(item.file or file, item.line or 0, "outcome-word", args, str(said))
            continue
        on, value = item.facts.get(DAY), item.facts.get(VALUE)
        yield Became(
            item.id,
            item.line,
            won,
            on if isinstance(on, date) else None,
            value if isinstance(value, float) else None,
        )
