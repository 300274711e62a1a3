"""One cell of a list -> a fact's value, nothing known, or the reason why it cannot be read.

A cell is a text; formats that have types of their own (XLSX, JSON) are written as texts first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from leadgrade.leads.values.dates import read_date
from leadgrade.leads.values.numbers import bounds_of, number_reader, plain_number
from leadgrade.leads.values.policy import Policy, Several
from leadgrade.rules.model import Fact, FactType
from leadgrade.rules.values import ValueReadError, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leadgrade.leads.terms import Options
    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book

UNKNOWN = frozenset(
    [
        "",
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "#na",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "?",
        "??",
        "unknown",
        "null",
        "nil",
        "none",
        "(none)",
        "--none--",
        "nan",
        "not available",
        "not specified",
        "not known",
        "select",
        "(select)",
        "--select--",
        "- select -",
        "please select",
        "未知",
        "无",
        "无数据",
        "暂无",
        "暂无数据",
        "不详",
        "不明",
        "空",
        "未填",
        "未填写",
        "请选择",
        "待补充",
        "缺失",
    ]
)
"""Texts that say that nothing is known, folded and in lower case."""

NOTHING = frozenset(["none", "nil", "无"])
"""Those of them that a choice may well mean as a value."""

TRUE = frozenset(["yes", "y", "true", "t", "1", "是", "有", "对", "√", "✓", "✔", "真"])
FALSE = frozenset(
    ["no", "n", "false", "f", "0", "否", "无", "没有", "不是", "错", "×", "✗", "✘", "假"]
)

SHEET_ERRORS = frozenset(
    ["#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!", "#calc!"]
)

_BETWEEN_VALUES = re.compile(r"[;；|、\n]")

REMEMBERED = 4096
"""So many different texts of a column are remembered with what they say."""

REMEMBERED_NUMBERS = 256
"""Where there are more texts than this, plain numbers are rather read again than remembered."""

REMEMBERED_LENGTH = 100
"""Longer texts are not remembered."""


class Unreadable:
    """Stands in the place of a value that cannot be read. ``code`` says why."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code


class Column(dict[str, "Value | Unreadable | None"]):
    """What the cells of one column say, by their text: ``column[text]``.

    A dict that reads what it has not met, so that a text met before costs one look-up.
    """

    def __init__(self, fact: Fact, book: Book, policy: Policy) -> None:
        super().__init__()
        self._read = cell_reader(fact, book, policy)
        self._plain = plain_number(fact, policy)
        self._unknown = unknown_keys(fact, book)
        self._low, self._high = bounds_of(fact)

    def __missing__(self, text: str) -> Value | Unreadable | None:
        number = self._plain(text)
        if number is not None and self._low <= number <= self._high and text not in self._unknown:
            if len(self) < REMEMBERED_NUMBERS:
                self[text] = number
            return number
        said: Value | Unreadable | None
        try:
            said = self._read(text)
        except ValueReadError as error:
            said = Unreadable(error.code)
        if len(self) < REMEMBERED and len(text) <= REMEMBERED_LENGTH:
            self[text] = said
        return said


def cell_reader(fact: Fact, book: Book, said: Policy | Options) -> Callable[[str], Value | None]:
    """Return the function that reads a fact's cells: a value, or None for an unknown one.

    It raises ValueReadError with the codes of ``numbers`` and ``dates``, or ``not-a-flag``,
    ``not-a-choice``, ``several-values``, ``spreadsheet-error``.
    """
    policy = said if isinstance(said, Policy) else Policy.of(said)
    typed = _typed_reader(fact, book, policy)
    unknown = unknown_keys(fact, book)

    def read(text: str) -> Value | None:
        key = _key(text)
        if key in unknown:
            return None
        if key in SHEET_ERRORS:
            raise ValueReadError("spreadsheet-error")
        return typed(text.strip())

    return read


def unknown_keys(fact: Fact, book: Book) -> frozenset[str]:
    """Return the texts that say that nothing is known of a fact, folded and in lower case."""
    unknown = (UNKNOWN - _meant(fact)) | {_key(text) for text in book.unknown_values}
    return unknown - frozenset(_choices(fact))


def unknown_text(text: str) -> bool:
    """Whether a text says that nothing is known, in any book."""
    return _key(text) in UNKNOWN


def clean_text(text: str) -> str:
    """Return a text as it is kept: NFC, line ends as newlines, no other control characters.

    White space around it is cut. Width is kept: full-width letters in a name are the name.
    """
    if text.isprintable():
        return unicodedata.normalize("NFC", text).strip()
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(kept).strip()


def clean_id(text: str) -> str:
    """Return a lead id as it is kept: a clean text on one line, "" where there is none.

    Invisible characters (a zero-width space, say) are taken out: nobody could type them. Texts
    that say "unknown" are no id.
    """
    kept = clean_text(text)
    if not kept.isprintable():
        kept = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    kept = " ".join(kept.split())
    return "" if _key(kept) in UNKNOWN else kept


def _key(text: str) -> str:
    """Return a text as cells are compared: folded width, lower case."""
    return (text if text.isascii() else fold(text)).strip().lower()


def _typed_reader(fact: Fact, book: Book, policy: Policy) -> Callable[[str], Value]:
    """Return the function that reads a stripped cell known to say something."""
    match fact.type:
        case FactType.DATE:
            order = policy.date_order
            return lambda text: read_date(text, order)
        case FactType.CHOICE:
            return _one_of_several(_lookup(_choices(fact), "not-a-choice"), policy.several)
        case FactType.FLAG:
            flags = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
            return _lookup(flags, "not-a-flag")
        case FactType.TEXT:
            return clean_text
        case _:
            return number_reader(fact, book.currency, policy)


def _lookup(table: Mapping[str, Value], code: str) -> Callable[[str], Value]:
    def look(text: str) -> Value:
        try:
            return table[_key(text)]
        except KeyError:
            raise ValueReadError(code) from None

    return look


def _one_of_several(look: Callable[[str], Value], policy: Several | None) -> Callable[[str], Value]:
    """Read a cell with several values, ``Web; Fair``, by the policy. Equal ones are one."""

    def read(text: str) -> Value:
        try:
            return look(text)
        except ValueReadError:
            parts = split_values(text)
            if len(parts) < 2:
                raise
        values = [look(part) for part in parts]
        if policy is None and len(set(values)) > 1:
            raise ValueReadError("several-values")
        return values[-1 if policy is Several.LAST else 0]

    return read


def split_values(text: str) -> list[str]:
    """Return the values of a cell that may hold several: behind ``;``, ``|``, ``、`` or a line."""
    return [part for part in map(str.strip, _BETWEEN_VALUES.split(text)) if part]


def _choices(fact: Fact) -> dict[str, str]:
    """Return the ids of a fact's choices by every writing; an id goes before a label."""
    labels = {_key(words): each.id for each in fact.choices for words in each.label.wordings}
    return {**labels, **{_key(each.id): each.id for each in fact.choices}}


def usual_writings(fact: Fact) -> list[str]:
    """Return how the values of a choice or a flag are usually written; the reader has to agree."""
    if fact.type is FactType.CHOICE:
        words = (word for each in fact.choices for word in (each.id, *each.label.wordings))
    else:
        words = (word for key in TRUE | FALSE for word in (key, key.capitalize(), key.upper()))
    return sorted(set(words))


def _meant(fact: Fact) -> frozenset[str]:
    """Return the usual writings of "unknown" that say something for a fact of this type.

    A flag that is 无 is false. "None" of a choice may be one of its values, or unknown: where the
    book declares no such choice it is unreadable, unless its ``unknown_values`` name it.
    """
    match fact.type:
        case FactType.FLAG:
            return FALSE
        case FactType.CHOICE:
            return NOTHING
        case _:
            return frozenset()
