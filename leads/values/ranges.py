"""Ranges that stand where a number is wanted: ``51-200``, ``50人以下``, ``100+``, ``约300万``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.values.policy import Ranges
from leadgrade.rules.values import ValueReadError, fold

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 60
_BETWEEN = re.compile(r"([^\d]{0,6}\d.*?)\s*(?:--?|~|–|—|〜|至|到|\bto\b)\s*([^\d]{0,6}\d.*)")
_AT_MOST = re.compile(
    r"(?:<=?|≤|up to|under|less than|fewer than|below|不超过|不到|少于|低于|小于|最多)\s*(\D?\d.*)"
    r"|(.*?\d.*?)\s*(?:及?以下|以内|之内|or less|or fewer|and below)"
)
_AT_LEAST = re.compile(
    r"(?:>=?|≥|over|more than|above|at least|超过|大于|不少于|高于|多于|至少)\s*(\D?\d.*)"
    r"|(.*?\d.*?)\s*(?:及?以上|or more|and more|and above|and over)"
)
_PLUS = re.compile(r"(.*?\d[^+]*)\+\s*(.*)")
_ABOUT = re.compile(
    r"(?:大约|大概|约|近似|about|approximately|approx\.?|around|circa|ca\.?|~)\s*(\D?\d.*)"
    r"|(.*?\d.*?)\s*(?:左右|上下)"
)
_UNIT_BEHIND = re.compile(r"[^\d]*$")


class Range(NamedTuple):
    """The bounds of a range. ``high`` None: it is open above. One that is open below is from 0.

    ``about``: it is one number, which is only approximate.
    """

    low: float
    high: float | None
    about: bool = False


def number_of(found: Range, policy: Ranges | None) -> float:
    """Return the number that stands for a range.

    Raises:
        ValueReadError: ``a-range`` or ``approximate`` without a policy, ``open-range`` where the
            policy needs the bound that is missing.
    """
    if policy is None:
        raise ValueReadError("approximate" if found.about else "a-range")
    if policy is Ranges.LOWER:
        return found.low
    if found.high is None:
        raise ValueReadError("open-range")
    return found.high if policy is Ranges.UPPER else (found.low + found.high) / 2


def range_in(text: str, read: Callable[[str], float]) -> Range | None:
    """Return the range that a text is, its bounds read by ``read``; None where it is no range."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text).lower()
    try:
        return _about(folded, read) or _open(folded, read) or _closed(folded, read)
    except ValueReadError:
        return None


def _about(text: str, read: Callable[[str], float]) -> Range | None:
    found = _ABOUT.fullmatch(text)
    if found is None:
        return None
    number = read(found[1] or found[2])
    return Range(number, number, about=True)


def _open(text: str, read: Callable[[str], float]) -> Range | None:
    if found := _AT_MOST.fullmatch(text):
        return Range(0.0, read(found[1] or found[2]))
    if found := _AT_LEAST.fullmatch(text):
        return Range(read(found[1] or found[2]), None)
    if found := _PLUS.fullmatch(text):
        return Range(read(found[1].strip() + found[2]), None)
    return None


def _closed(text: str, read: Callable[[str], float]) -> Range | None:
    found = _BETWEEN.fullmatch(text)
    if found is None:
        return None
    left, right = found[1].strip(), found[2].strip()
    unit = _UNIT_BEHIND.search(right)
    if unit and left[-1].isdigit():
        left += unit[0]  # 1-5万 is from 1万
    low, high = read(left), read(right)
    return Range(low, high) if low < high else None
