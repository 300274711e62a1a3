"""A literal in a rule book -> a typed value, by what it is compared with."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from leadgrade.rules.building.names import Subject, SubjectKind, fold_name
from leadgrade.rules.conditions import Value
from leadgrade.rules.documents.kinds import MOST_POINTS, nearest
from leadgrade.rules.model import HUNDREDTHS, Fact, FactType
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.values import (
    DAY_UNITS,
    LARGEST,
    ValueReadError,
    fold,
    parse_date,
    parse_days,
    parse_number,
    parse_percent,
    split_unit,
)

FLAGS: dict[str, bool] = {
    "true": True,
    "yes": True,
    "是": True,
    "有": True,
    "false": False,
    "no": False,
    "否": False,
    "无": False,
}
"""How a flag's value may be written in a rule book."""

_READERS: dict[FactType, Callable[[str], Value]] = {
    FactType.MONEY: parse_number,
    FactType.NUMBER: parse_number,
    FactType.PERCENT: parse_percent,
    FactType.DAYS: parse_days,
    FactType.DATE: parse_date,
    FactType.TEXT: str,
}


_CURRENCY = re.compile(r"\s*(?:元|人民币|美元|rmb|cny|usd|eur)$", re.IGNORECASE)


def read_literal(text: str, subject: Subject, place: Span, findings: Findings) -> Value | None:
    """Return the value that a literal means for a subject, or None with a finding."""
    if subject.kind is SubjectKind.POINTS:
        return _points(text, subject, place, findings)
    if subject.kind in (SubjectKind.LABEL, SubjectKind.RULES):
        return _label(text, subject, place, findings)
    if subject.type is FactType.FLAG:
        return _flag(text, subject.id, place, findings)
    assert subject.fact is not None  # noqa: S101 - the other kinds are handled above
    return fact_value(text, subject.fact, place, findings)


def fact_value(text: str, fact: Fact, place: Span, findings: Findings) -> Value | None:
    """Return the value of a fact that a literal of the book means, or None with a finding."""
    if fact.type is FactType.CHOICE:
        return _choice(text, fact, place, findings)
    if fact.type is FactType.FLAG:
        return _flag(text, fact.id, place, findings)
    try:
        return _READERS[fact.type](text)
    except ValueReadError as problem:
        code = f"value-{problem.code}"
        mend = _with_unit(text, fact.type, problem.code)
        findings.add(code, place, suggestion=mend, text=text, name=fact.id, type=fact.type)
        return None


def _with_unit(text: str, kind: FactType, code: str) -> str | None:
    if code == "percent-without-sign":
        amount, unit = split_unit(text)
        whole = amount if abs(amount) >= 1 else amount * 100
        return None if unit or abs(whole) > LARGEST else f"{whole.normalize() + 0:f}%"
    if code != "unknown-unit":
        return None
    amount, unit = split_unit(text)
    if kind is FactType.DAYS:
        likely = nearest(unit, DAY_UNITS)
        return likely and f"{amount:f} {likely}"
    currency = _CURRENCY.search(fold(text))
    return None if currency is None else fold(text)[: currency.start()].strip()


def _choice(text: str, fact: Fact, place: Span, findings: Findings) -> Value | None:
    if any(text == choice.id for choice in fact.choices):
        return text
    wanted = fold_name(text)
    for choice in fact.choices:
        if wanted in (fold_name(choice.id), *map(fold_name, choice.label.wordings)):
            return choice.id
    known = [choice.id for choice in fact.choices]
    findings.add(
        "unknown-value",
        place,
        suggestion=nearest(text, known),
        text=text,
        name=fact.id,
        values=", ".join(known),
    )
    return None


def _label(text: str, subject: Subject, place: Span, findings: Findings) -> Value | None:
    if text in subject.labels:
        return text
    findings.add(
        "unknown-value",
        place,
        suggestion=nearest(text, subject.labels),
        text=text,
        name=subject.id,
        values=", ".join(subject.labels),
    )
    return None


def _flag(text: str, name: str, place: Span, findings: Findings) -> Value | None:
    value = FLAGS.get(text.strip().casefold())
    if value is None:
        findings.add("value-not-a-flag", place, text=text, name=name)
    return value


def _points(text: str, subject: Subject, place: Span, findings: Findings) -> Value | None:
    try:
        amount, unit = split_unit(text)
    except ValueReadError:
        amount, unit = Decimal(0), "?"
    if unit or abs(amount) > MOST_POINTS:
        findings.add("value-not-points", place, text=text, name=subject.id)
        return None
    return float(amount * HUNDREDTHS)
