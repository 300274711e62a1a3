"""Who is who: the keys of a book, such as a tax id or company and phone, and their values.

A value is in one writing (see ``contact``), so that equal values mean the same lead. A key whose
facts are not all known, or cannot name anybody, has no value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leadgrade.leads.identity.contact import (
    normal_company,
    normal_email,
    normal_phone,
    normal_tax_id,
)
from leadgrade.leads.mapping.aliases import GROUPS
from leadgrade.leads.mapping.headers import ROW, HeaderMap, fold_header
from leadgrade.leads.terms import ListError
from leadgrade.rules.gathering import ID, Key, KeyKind, KeyPart
from leadgrade.rules.values import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadgrade.rules.conditions import Value
    from leadgrade.rules.model import Book, Fact

Normal = Callable[[str], str | None]
Keys = tuple[str | None, ...]
"""The value of each key, None where it is not complete."""

BETWEEN = " / "
"""Stands between the values of a key of several facts."""

TAX_IDS = (
    "tax id", "tax number", "vat", "vat id", "vat number", "tin", "ein", "税号", "纳税人识别号",
    "统一社会信用代码", "社会信用代码", "信用代码", "uscc", "unified social credit code",
)  # fmt: skip
"""What the fact is called that holds a tax or register number."""

COUNTRIES = {
    "CNY": "CN",
    "HKD": "HK",
    "TWD": "TW",
    "SGD": "SG",
    "JPY": "JP",
    "KRW": "KR",
    "INR": "IN",
    "AUD": "AU",
    "USD": "US",
    "CAD": "CA",
    "GBP": "GB",
    "CHF": "CH",
    "BRL": "BR",
}
"""Whose national phone numbers a book means, by its currency; others are read with a ``+`` only."""


class Identity:
    """Keys, ready to be taken of leads; the strongest first."""

    def __init__(self, keys: tuple[Key, ...], book: Book) -> None:
        self.labels = tuple(_label(key, book) for key in keys)
        """What each key is made of, for people: ``company (company) + tel (phone)``."""
        self._keys = [
            [(part.fact, _normal(kind_of(part, book), book)) for part in key] for key in keys
        ]

    def keys_of(self, own_id: str, facts: Mapping[str, Value]) -> Keys:
        """Return the value of each key. ``own_id`` is the lead's id in its list, "" for none."""
        return tuple(_value(key, own_id, facts) for key in self._keys)

    def name(self, own_id: str, facts: Mapping[str, Value]) -> str:
        """Return the value of the first key that is complete, "" where none is."""
        for key in self._keys:
            value = _value(key, own_id, facts)
            if value is not None:
                return value
        return ""


def identity_of(book: Book, *, id_said: bool) -> Identity:
    """Return the keys of a book's leads; a column that was said for the id is the strongest.

    A book that says nothing has one key, the id.
    """
    own: Key = (KeyPart(ID),)
    if not book.identity:
        return Identity((own,), book)
    if id_said:
        return Identity((own, *(key for key in book.identity if key != own)), book)
    return Identity(book.identity, book)


def names_itself(book: Book, *, id_said: bool) -> bool:
    """Whether the keys of the book name its leads, and no column alone."""
    return bool(book.identity) and not id_said


def map_with_identity(
    mapped: Callable[[str | None], HeaderMap], book: Book, id_said: str | None
) -> HeaderMap:
    """Return what the headers are; where keys name the leads, an id is not insisted on.

    ``mapped`` gives the map for an id column that is said; see ``map_headers``.
    """
    if not names_itself(book, id_said=id_said is not None):
        return mapped(id_said)
    if all(part.fact != ID for key in book.identity for part in key):
        return mapped(ROW)
    try:
        return mapped(None)
    except ListError as error:
        if error.code != "no-lead-id":
            raise
        return mapped(ROW)


def kind_of(part: KeyPart, book: Book) -> KeyKind:
    """Return what a fact of a key holds: as the book says, else by the fact's names."""
    if part.kind is not None or part.fact == ID:
        return part.kind or KeyKind.TEXT
    names = {fold_header(name) for name in book.facts[part.fact].names}
    for kind, writings in _WRITINGS.items():
        if names & writings:
            return kind
    return KeyKind.TEXT


def normal_value(kind: KeyKind, book: Book) -> Normal:
    """Return the function that brings a text into the one writing of its kind."""
    return _normal(kind, book)


def _group(*names: str) -> frozenset[str]:
    found = [group for group in GROUPS if any(name in group for name in names)]
    return frozenset(fold_header(writing) for group in found for writing in group)


_WRITINGS: dict[KeyKind, frozenset[str]] = {
    KeyKind.TAX_ID: frozenset(map(fold_header, TAX_IDS)),
    KeyKind.EMAIL: _group("email"),
    KeyKind.PHONE: _group("phone", "mobile"),
    KeyKind.COMPANY: _group("company"),
}


def _normal(kind: KeyKind, book: Book) -> Normal:
    match kind:
        case KeyKind.TAX_ID:
            return normal_tax_id
        case KeyKind.EMAIL:
            return normal_email
        case KeyKind.PHONE:
            country = COUNTRIES.get(book.currency.upper(), "")
            return lambda text: normal_phone(text, country)
        case KeyKind.COMPANY:
            return lambda text: normal_company(text) or None
        case KeyKind.TEXT:
            return lambda text: " ".join(fold(text).casefold().split()) or None


def _value(key: list[tuple[str, Normal]], own_id: str, facts: Mapping[str, Value]) -> str | None:
    parts: list[str] = []
    for fact, normal in key:
        if fact == ID and ID not in facts:
            value = own_id or None
        else:
            said = facts.get(fact)
            value = None if said is None else normal(str(said))
        if value is None:
            return None
        parts.append(value)
    return BETWEEN.join(parts) if parts else None


def _label(key: Key, book: Book) -> str:
    return " + ".join(_part_label(part, book) for part in key)


def _part_label(part: KeyPart, book: Book) -> str:
    kind = kind_of(part, book)
    fact: Fact | None = book.facts.get(part.fact)
    if fact is None or kind is KeyKind.TEXT or part.fact == kind:
        return part.fact
    return f"{part.fact} ({kind})"
