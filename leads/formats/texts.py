"""Values that a format types itself (XLSX, JSON), written as the text of a cell."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

_DAY = timedelta(days=1)


def as_text(value: object) -> str:
    """Return a value as a person would type it into a cell.

    Whole numbers have no point, dates are ISO 8601, spans of time are days, lists and objects
    are JSON.
    """
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case date():
            return _date(value)
        case timedelta():
            return _number(value / _DAY)
        case dict() | list():
            return _nested(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return str(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "inf"


def _date(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ")


def _nested(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"
