"""Legal forms of companies, and a name without its own."""

from __future__ import annotations

import re

from leadgrade.rules.values import fold

_CHINESE = (
    "股份有限公司", "有限责任公司", "有限公司", "股份公司", "有限合伙", "普通合伙", "合伙企业",
    "个体工商户", "个人独资企业", "株式会社", "有限会社", "合同会社",
)  # fmt: skip
"""Forms that stand behind a name (the Japanese ones before it, too) without a space."""

_ENGLISH = (
    "co ltd limited inc incorporated corp corporation company llc llp lp plc pty pte pvt private"
)
_GERMAN = "gmbh ag kg kgaa ohg ug gbr se"
_OTHERS = (
    "sa sas sasu sarl eurl srl sl slu bv nv ab oy oyj aps kk sdn bhd jsc ojsc ooo pao zao kft zrt "
    "doo spzoo ehf lda ltda"
)
_WORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_OTHERS}".split())
"""Words that are a form where they stand last."""

_SPELT = (
    (re.compile(r"\bs\.\s?p\.\s?a\b\.?"), "_form"),
    (re.compile(r"\bsp\.?\s*z\.?\s*o\.?\s*o\b\.?"), "_form"),
    (re.compile(r"\ba/s\b"), "_form"),
    (re.compile(r"\b([a-z])\.\s?([a-z])\.\s?([a-z])\.\s?([a-z])\b\.?"), r"\1\2\3\4"),
    (re.compile(r"\b([a-z])\.\s?([a-z])\.\s?([a-z])\b\.?"), r"\1\2\3"),
    (re.compile(r"\b([a-z])\.\s?([a-z])\b\.?"), r"\1\2"),
)
"""Forms with points in them, in the order in which they are looked for."""

_WORD = re.compile(r"[^\W_]+|_form")
_LONGEST = 1000


def without_legal_form(name: str) -> list[str]:
    """Return the words of a name, folded, without the legal form that they end in.

    A name that is nothing but a form is kept whole. Of a longer text the first 1,000 characters
    count.
    """
    folded = fold(name[:_LONGEST]).casefold().replace("&", " and ")
    for pattern, short in _SPELT:
        folded = pattern.sub(short, folded)
    words = _WORD.findall(folded)
    kept = list(words)
    while kept and _is_form(kept[-1]):
        kept.pop()
    if kept and len(kept) < len(words) and kept[-1] == "and" and len(kept) > 1:
        kept.pop()  # GmbH & Co. KG: what stands before it is a form again
        while kept and _is_form(kept[-1]):
            kept.pop()
    if kept:
        kept[-1] = _without_suffix(kept[-1])
        kept[0] = kept[0].removeprefix("株式会社") or kept[0]
    return [word for word in (kept or words) if word != "_form"]


def _is_form(word: str) -> bool:
    return word in _WORDS or word in _CHINESE or word == "_form"


def _without_suffix(word: str) -> str:
    """Return a word without the Chinese forms that it ends in, itself where nothing is left."""
    for form in _CHINESE:
        if word.endswith(form) and word != form:
            return _without_suffix(word.removesuffix(form))
    return word
