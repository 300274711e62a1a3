"""Dates as people type them, in English and Chinese: ``15 Apr, 2021``, ``2026年1月5日``."""

from __future__ import annotations

import re
from datetime import date, timedelta

from leadgrade.rules.values import ValueReadError, fold

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_TIME = re.compile(r"(?:t|\s+|\s*[上下]午\s*)\d{1,2}:\d{2}.*|\s+\d{1,2}[时点].*", re.DOTALL)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?", re.ASCII)
_WEEKDAY = re.compile(r"[\s,]*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*{_MONTH}[\s.,/-]*(\d{{2}}|\d{{4}})", re.ASCII
)
_MONTH_DAY = re.compile(
    rf"{_MONTH}[\s.-]*(\d{{1,2}})(?:st|nd|rd|th)?[\s.,/-]+(\d{{2}}|\d{{4}})", re.ASCII
)
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d{0,15})?", re.ASCII)  # from May 1927 on
_EPOCHS = {"excel": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)


def read_date(text: str, order: str | None = None) -> date:
    """Read a date; a weekday and a time of day behind it are cut off, its zone ignored.

    ``order`` (``dmy`` or ``mdy``) settles 03/04/2026. Without it such a date is read only when
    one of the two numbers can be no month, or both are the same. With ``excel`` or ``excel-1904``
    a number is the serial of a day: 46027 is 2026-01-05.

    Raises:
        ValueReadError: ``not-a-date``, ``ambiguous-date``, ``two-digit-year`` or ``serial-date``.
    """
    if _ISO.fullmatch(text):  # the usual cell, and much the fastest
        return _iso(text)
    whole = fold(text).lower()
    if _SERIAL.fullmatch(whole):
        return _by_serial(float(whole), order)
    order = order if order in ("dmy", "mdy") else None
    cut = _TIME.search(whole)
    day = whole[: cut.start()].rstrip(" ,") if cut else whole
    day = _WEEKDAY.sub("", day)
    try:
        return _by_year_first(day) or _by_month_name(day) or _by_year_last(day, order)
    except ValueReadError:
        raise
    except ValueError:  # such as 30 February
        raise ValueReadError("not-a-date") from None


def _by_serial(number: float, order: str | None) -> date:
    if order is None or order not in _EPOCHS:
        raise ValueReadError("serial-date")
    return _EPOCHS[order] + timedelta(days=int(number))


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueReadError("not-a-date") from None


def _by_year_first(day: str) -> date | None:
    if found := _YEAR_FIRST.fullmatch(day):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _CHINESE.fullmatch(day) or _COMPACT.fullmatch(day):
        return date(int(found[1]), int(found[2]), int(found[3]))
    return None


def _by_month_name(day: str) -> date | None:
    if found := _DAY_MONTH.fullmatch(day):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(day):
        return date(_year(found[3]), _month(found[1]), int(found[2]))
    return None


def _by_year_last(day: str, order: str | None) -> date:
    found = _YEAR_LAST.fullmatch(day)
    if found is None:
        raise ValueReadError("not-a-date")
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    if order is None and first <= 12 and second <= 12 and first != second:
        raise ValueReadError("ambiguous-date")
    month_first = order == "mdy" or (order is None and second > 12)
    return date(year, first, second) if month_first else date(year, second, first)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _year(digits: str) -> int:
    if len(digits) == 2:
        raise ValueReadError("two-digit-year")  # 21 may be 1921, or be the day
    return int(digits)
