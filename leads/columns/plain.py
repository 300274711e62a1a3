"""The writings that most cells have, read by DuckDB: the value, NULL for any other writing.

What is said here about a text is what the cell reader says (``cells``). Whatever it could say
otherwise is left to it. A unit behind a number, a range, a date in words: all that is not plain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadgrade.leads.terms import BarePercent
from leadgrade.leads.values.amounts import CURRENCIES, WORDS, read_unit
from leadgrade.leads.values.cells import UNKNOWN, Column, unknown_keys, usual_writings
from leadgrade.rules.model import NUMERIC, FactType
from leadgrade.rules.values import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leadgrade.leads.values.policy import Policy
    from leadgrade.rules.model import Book, Fact

SQL_TYPES: dict[FactType, str] = {
    **dict.fromkeys(NUMERIC, "DOUBLE"),
    FactType.DATE: "DATE",
    FactType.FLAG: "BOOLEAN",
    FactType.CHOICE: "VARCHAR",
    FactType.TEXT: "VARCHAR",
}
"""The types of the columns of facts."""

_WHOLE = "-?[0-9]{1,15}"
_NUMBER = "-?[0-9]{1,15}([.][0-9]{1,15})?"
_GROUPED = "-?[0-9]{1,3}(,[0-9]{3}){1,4}([.][0-9]{1,15})?"
_COMMA = "-?[0-9]{1,15},[0-9]{1,15}"
_SHORT = "-?[0-9]{1,9}([.][0-9]{1,6})?"
_AMOUNT = "(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:[.][0-9]{1,6})?"
_PERCENT = "-?[0-9]{1,15}([.][0-9]{1,15})?%"
_SHARE = "-?(0([.][0-9]{1,15})?|1([.]0{1,15})?)"
_PERCENTS = "-?([1-9][0-9]{0,14}([.][0-9]{1,15})?|0([.]0{1,15})?)"
_DATE = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_TIMED = _DATE + "[ T][0-9]{2}:[0-9]{2}[0-9:.Z+-]*"

MOST_WORDS = 100
"""So many writings of the values of a fact are looked for in a row."""

_POWERS = (4, 8, 3, 6, 9, 7, 12)
"""The powers of ten that stand behind amounts, the usual ones first."""

STABLE = (
    r"!-~\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{12F}\x{134}-\x{13E}\x{141}-\x{148}\x{14A}-\x{17E}"
    r"\x{401}\x{410}-\x{44F}\x{451}\x{3041}-\x{3093}\x{30A1}-\x{30F6}\x{4E00}-\x{9FFF}\x{AC00}-\x{D7A3}"
)
"""Characters that no folding changes but that of case, and that no other one melts into."""

WIDE = (
    STABLE + r"\x{B7}\x{2010}-\x{2023}\x{2030}\x{20AC}\x{3001}-\x{3003}\x{3008}-\x{3011}"
    r"\x{FF01}-\x{FF5E}\x{1F300}-\x{1F64F}"
)
"""These, and others that stay as they are in a text, and do not become fewer when folded."""


def plain_fact(fact: Fact, book: Book, policy: Policy, cell: str) -> str:
    """Return the SQL of what a plain cell says of a fact; see ``kept``."""
    unknown = unknown_keys(fact, book)
    match fact.type:
        case FactType.TEXT:
            return _text(cell, unknown)
        case FactType.DATE:
            found = f"""CASE
                WHEN {_is(cell, _DATE)} THEN try_cast({cell} AS DATE)
                WHEN {_is(cell, _TIMED)} THEN try_cast({cell}[:10] AS DATE) END"""
        case FactType.CHOICE | FactType.FLAG:
            return _one_of(fact, book, policy, cell)
        case _:
            found = _number(fact, book, policy, cell)
    return _unless(cell, (key for key in unknown if re.search("[0-9]", key)), found)


def kept(fact: Fact, value: str) -> str:
    """Return the SQL of a value that is neither out of range nor too large; zero has no sign."""
    if fact.type not in NUMERIC:
        return value
    low = -LARGEST if fact.low is None else fact.low
    high = LARGEST if fact.high is None else fact.high
    zero = f"WHEN {value} = 0 THEN 0::DOUBLE" if low <= 0 <= high else ""
    return f"CASE {zero} WHEN {value} BETWEEN {low!r}::DOUBLE AND {high!r}::DOUBLE THEN {value} END"


def plain_id(cell: str) -> str:
    """Return the SQL of a lead's id where its cell is plain."""
    return f"CASE WHEN NOT contains({cell}, '  ') THEN {_text(cell, UNKNOWN)} END"


def _number(fact: Fact, book: Book, policy: Policy, cell: str) -> str:
    """Return the SQL of a number: digits are read as exact decimals, and rounded once."""
    if fact.type is FactType.PERCENT:
        return _percent(policy, cell)
    if policy.decimal_comma:
        whole = [] if policy.unit else [(_WHOLE, cell), (_COMMA, f"replace({cell}, ',', '.')")]
        return _case(whole, cell)
    if policy.unit:
        power = read_unit(policy.unit, book.currency)
        return _case([(_SHORT, f"{cell} || 'e{power}'")], cell)
    ungrouped = f"replace({cell}, ',', '')"
    if fact.type is FactType.DAYS:
        return _case([(_NUMBER, cell), (_GROUPED, ungrouped)], cell)
    signs = signs_of(book.currency) if fact.type is FactType.MONEY else []
    usual = [(_NUMBER, cell), (_GROUPED, ungrouped)]
    return _case([*usual, *_with_magnitudes(signs, cell)], cell)


def signs_of(currency: str) -> list[str]:
    """Return the signs and words that may stand before or behind an amount in a currency."""
    found = [sign for sign, meant in CURRENCIES.items() if currency.upper() in meant]
    return sorted({*found, currency.lower(), *(["\uffe5"] if "¥" in found else [])})


def _with_magnitudes(signs: list[str], cell: str) -> Iterator[tuple[str, str]]:
    """Yield what amounts with a currency or a magnitude are like, and their digits: ¥1,200万元."""
    sign = f"(?:{'|'.join(map(re.escape, signs))})?" if signs else ""
    digits = f"replace(regexp_extract({cell}, '[0-9][0-9.,]*'), ',', '')"
    if signs:
        yield f"(?i){sign} ?{_AMOUNT} ?{sign}", digits
    for power in _POWERS:
        words = "|".join(word for word, its in WORDS.items() if its == power)
        yield f"(?i){sign} ?{_AMOUNT} ?(?:{words}) ?{sign}", f"{digits} || 'e{power}'"


def _percent(policy: Policy, cell: str) -> str:
    if policy.decimal_comma or policy.unit:
        return _case([], cell)
    signed = (_PERCENT, f"replace({cell}, '%', '') || 'e-2'")
    match policy.bare_percent:
        case None:
            bare = (_SHARE, cell)
        case BarePercent.SHARE:
            bare = (_NUMBER, cell)
        case BarePercent.PERCENT:
            bare = (_NUMBER, f"{cell} || 'e-2'")
        case BarePercent.COLUMN:
            bare = (_PERCENTS, f"{cell} || 'e-2'")
    return _case([signed, bare], cell)


def _case(writings: Iterable[tuple[str, str]], cell: str) -> str:
    cases = (f"WHEN {_is(cell, like)} THEN try_cast({text} AS DOUBLE)" for like, text in writings)
    return f"CASE {' '.join(cases) or 'WHEN FALSE THEN NULL'} ELSE NULL::DOUBLE END"


def _text(cell: str, unknown: Iterable[str]) -> str:
    """Return the SQL of a text that stands for itself.

    A text is known for sure if its folded form is none of the unknown ones, and it is longer than
    any of them if that form is not at hand.
    """
    keys = sorted(unknown)
    longest = max(map(len, keys), default=0)
    return f"""CASE
        WHEN {_is(cell, _words(STABLE))} THEN CASE WHEN length({cell}) > {longest}
            OR NOT {_among(f"lower({cell})", keys)} THEN {cell} END
        WHEN length({cell}) > {longest} AND {_is(cell, _words(WIDE))} THEN {cell} END"""


def _one_of(fact: Fact, book: Book, policy: Policy, cell: str) -> str:
    """Return the SQL of a value of few by its usual writings; where they are many none is plain."""
    column = Column(fact, book, policy)
    said = {text: column[text] for text in usual_writings(fact)}
    known = {text: value for text, value in said.items() if isinstance(value, str | bool)}
    if not 0 < len(known) <= MOST_WORDS:
        return f"NULL::{SQL_TYPES[fact.type]}"
    values = _listed(map(str, known.values()))
    place = f"list_position([{_listed(known)}], {cell})"
    return f"list_extract([{values}], {place})::{SQL_TYPES[fact.type]}"


def _words(characters: str) -> str:
    """Return what texts of these characters are like; those of spreadsheet errors begin with #."""
    first = characters.replace("!-~", '!"$-~', 1).replace(r"\x{FF01}-", r"\x{FF04}-")
    return f"[{first}]([ {characters}]*[{characters}])?"


def _unless(cell: str, texts: Iterable[str], value: str) -> str:
    keys = sorted(texts)
    folded = f"lower(trim(replace({cell}, '\uffe5', '¥')))"
    return f"CASE WHEN NOT {_among(folded, keys)} THEN {value} END" if keys else value


def _among(text: str, texts: Iterable[str]) -> str:
    """Return whether a text is one of these, without ``IN`` and ``list_contains``.

    DuckDB makes joins of those, and of the rows behind a join it does not keep the order, by which
    they are numbered.
    """
    return f"(coalesce(list_position([{_listed(texts)}], {text}), 0) > 0)"


def _is(cell: str, like: str) -> str:
    return f"regexp_full_match({cell}, {quoted(like)})"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(quoted, texts))


def quoted(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"
