"""Phones, e-mail addresses, tax ids and company names in one writing each, to tell who is who.

Pure functions of a text. What cannot name anybody (``n/a``, half a number, 00000000) is None, so
that two leads without a phone are never the same lead. Nothing here is shown to people: facts
keep the writing of the list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from leadgrade.leads.identity.legal_forms import without_legal_form
from leadgrade.rules.values import fold


class _Plan(NamedTuple):
    """How a country writes its numbers: code, trunk prefix, pattern of the number without both."""

    code: str
    trunk: str
    number: re.Pattern[str]


def _plan(code: str, trunk: str, number: str) -> _Plan:
    return _Plan(code, trunk, re.compile(number, re.ASCII))


_CHINA = _plan(
    "86", "0", r"1[3-9]\d{9}|10\d{8}|2\d{9}|[3-9]\d{9,10}"
)  # mobile; Beijing; two-digit and three-digit areas, 400 and 800

PLANS: dict[str, _Plan] = {
    "CN": _CHINA,
    "HK": _plan("852", "", r"\d{8}"),
    "MO": _plan("853", "", r"\d{8}"),
    "TW": _plan("886", "0", r"\d{8,9}"),
    "SG": _plan("65", "", r"\d{8}"),
    "JP": _plan("81", "0", r"\d{9,10}"),
    "KR": _plan("82", "0", r"\d{8,10}"),
    "IN": _plan("91", "0", r"\d{10}"),
    "AU": _plan("61", "0", r"\d{9}"),
    "US": _plan("1", "1", r"[2-9]\d{9}"),
    "CA": _plan("1", "1", r"[2-9]\d{9}"),
    "GB": _plan("44", "0", r"\d{9,10}"),
    "IE": _plan("353", "0", r"\d{7,9}"),
    "DE": _plan("49", "0", r"\d{6,11}"),
    "AT": _plan("43", "0", r"\d{6,12}"),
    "CH": _plan("41", "0", r"\d{9}"),
    "FR": _plan("33", "0", r"\d{9}"),
    "BE": _plan("32", "0", r"\d{8,9}"),
    "NL": _plan("31", "0", r"\d{9}"),
    "ES": _plan("34", "", r"\d{9}"),
    "IT": _plan("39", "", r"\d{6,11}"),
    "BR": _plan("55", "0", r"\d{10,11}"),
}
"""The countries whose national numbers are understood, by ISO 3166 code."""

_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|extension|x|#)\s*[:.]?\s*(\d{1,6})\s*$")
_LEAD_IN = re.compile(
    r"^\s*(?:tel|phone|mobile|mob|cell|fax|电话|手机|座机|传真)\s*[.:]?\s*(?=[+(\d])"
)
_WRITTEN = re.compile(r"\s*\(?\+?[\d\s().\-/·]+", re.ASCII)
_OPTIONAL_TRUNK = re.compile(r"\(0\)")
_MOST_DIGITS = 15
_FEWEST_DIGITS = 7

_NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>")
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)

_LONGEST = 200
"""A longer text is no phone, address or tax id."""

_BETWEEN = re.compile(r"[\s\-./_]")
_TAX_ID = re.compile(r"[A-Z]{0,4}\d[0-9A-Z]{4,19}|[0-9A-Z]{18}", re.ASCII)
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}", re.ASCII)
_CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MISREAD = str.maketrans("OI", "01")


def normal_phone(text: str, country: str = "CN") -> str | None:
    """Return a phone number in the international writing, ``+8613800138000``, or None.

    ``country`` (ISO 3166) says whose national numbers these are. An extension is kept behind an
    ``x``: a switchboard is not one person. None: no number, several of them, a number without its
    area code, or a country without a plan here and no international prefix.
    """
    if len(text) > _LONGEST:
        return None
    folded = _LEAD_IN.sub("", fold(text).lower())
    extension = _EXTENSION.search(folded)
    body = folded[: extension.start()] if extension else folded
    body = body.removesuffix(".0")  # a number that a table program took for an amount
    if not _WRITTEN.fullmatch(body):
        return None
    number = _international(body, PLANS.get(country.upper()))
    if number is None or len(set(number[-7:])) == 1:
        return None
    return f"+{number}x{extension[1]}" if extension else f"+{number}"


def normal_email(text: str) -> str | None:
    """Return an e-mail address in lower case, its domain in ASCII, or None for anything else."""
    if len(text) > _LONGEST:
        return None
    folded = fold(text).casefold().removeprefix("mailto:").strip()
    named = _NAMED_ADDRESS.fullmatch(folded)
    local, at, domain = (named[1] if named else folded).strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or ".." in f".{local}.":
        return None
    ascii_domain = _ascii_domain(domain)
    return None if ascii_domain is None else f"{local}@{ascii_domain}"


def normal_company(name: str) -> str:
    """Return a company's name without its legal form, width, case, space and punctuation.

    ``华为技术有限公司`` is ``华为技术``, ``ACME Co., Ltd.`` is ``acme``. Places and words such as
    集团 or Group stay: they tell companies apart. "" where no letter is left.
    """
    return "".join(without_legal_form(name))


def normal_tax_id(text: str) -> str | None:
    """Return a tax or register number in capitals without spaces and punctuation, or None.

    In a Chinese unified social credit code of 18 characters the letters O and I, which it never
    has, are read as 0 and 1. Its check digit is not insisted on: see ``is_credit_code``.
    """
    if len(text) > _LONGEST:
        return None
    code = _BETWEEN.sub("", fold(text).upper())
    if len(code) == 18 and is_credit_code(code.translate(_MISREAD)):
        code = code.translate(_MISREAD)
    if not _TAX_ID.fullmatch(code) or len(set(code)) == 1:
        return None
    return code


def is_credit_code(code: str) -> bool:
    """Whether this is a Chinese unified social credit code with the right check digit."""
    if not _CREDIT_CODE.fullmatch(code):
        return False
    total = sum(_CREDIT_DIGITS.index(c) * pow(3, at, 31) for at, c in enumerate(code[:17]))
    return code[17] == _CREDIT_DIGITS[-total % 31]


def _international(body: str, plan: _Plan | None) -> str | None:
    """Return country code and number of a written phone number."""
    digits = re.sub(r"\D", "", _OPTIONAL_TRUNK.sub("", body))
    said = body.lstrip(" (").startswith("+")
    if not said and digits.startswith("00"):
        said, digits = True, digits[2:]
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return None
    if said:
        return _with_code(digits)
    if plan is None:
        return None
    national = _national(digits, plan)
    if national is None and digits.startswith(plan.code):
        return _with_code(digits)
    return None if national is None else plan.code + national


def _with_code(digits: str) -> str | None:
    """Return a number that begins with its country code, without a trunk prefix behind it."""
    if digits.startswith("0"):
        return None
    for plan in PLANS.values():
        if digits.startswith(plan.code):
            rest = digits[len(plan.code) :]
            if plan.trunk and plan.trunk != plan.code:
                rest = rest.removeprefix(plan.trunk)
                if rest.startswith(plan.trunk):
                    return None
            return plan.code + rest if plan.number.fullmatch(rest) else None
    return digits


def _national(digits: str, plan: _Plan) -> str | None:
    """Return a national number without its trunk prefix, None where it has no area code."""
    rest = digits.removeprefix(plan.trunk)
    dialled = not plan.trunk or rest != digits
    if plan is _CHINA and not dialled and not re.match(r"1[3-9]\d{9}$|[48]00\d{7}$", digits):
        return None
    if plan.trunk == "0" and plan is not _CHINA and not dialled and plan.code != "91":
        return None
    if plan.trunk == "0" and rest.startswith("0"):
        return None
    return rest if plan.number.fullmatch(rest) else None


def _ascii_domain(domain: str) -> str | None:
    try:
        written = domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = written.split(".")
    if len(labels) < 2 or len(written) > 253 or labels[-1].isdigit():
        return None
    return written if all(map(_LABEL.fullmatch, labels)) else None
