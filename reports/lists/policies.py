"""How the cells of columns are read where a cell alone does not say, in words of a mapping file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leadgrade.leads.mapping.presets import PRESETS
from leadgrade.reports.wording import say

_KEYS = {"bare_percent": "percent", "date_order": "dates"}
"""What a mapping file calls the parts of a policy, where the names differ."""

_WORDS = {"yes": "true", "column": "percent"}


def by_key(settled: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a policy under the keys of a mapping file."""
    return {_KEYS.get(name, name): value for name, value in settled}


def word_of(value: str) -> str:
    """Return a value of a policy as a mapping file says it."""
    return _WORDS.get(value, value)


def policy_words(settled: Iterable[tuple[str, str]]) -> list[str]:
    """Return a policy as a mapping file says it: ``dates: dmy``."""
    return [f"{key}: {word_of(value)}" for key, value in by_key(settled).items()]


def reading_lines(mapping: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield how a list was read, from its record: what was recognised, detected and declared."""
    if mapping.get("above"):
        yield say("mapping.above", lang, row=mapping["header_row"], count=mapping["above"])
    preset = PRESETS.get(mapping.get("preset") or "")
    if preset:
        yield say("mapping.preset", lang, title=preset.title)
    for how, words, columns in _policies(mapping):
        yield say(f"lists.read-{how}", lang, policy=words, columns=", ".join(columns))
    if mapping.get("open_decimals"):
        headers = {fact: header for header, fact in mapping["facts"].items()}
        named = ", ".join(headers[fact] for fact in mapping["open_decimals"])
        yield say("lists.read-open", lang, columns=named)


def _policies(mapping: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each policy of a list, whether it was detected, and the columns that it is for."""
    headers = {fact: header for header, fact in mapping.get("facts", {}).items()}
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact, policy in mapping.get("policies", {}).items():
        detected = mapping["detected"].get(fact, {})
        for name, value in policy.items():
            how = "detected" if name in detected else "declared"
            (words,) = policy_words([(name, value)])
            columns[how, words].append(headers[fact])
    for (how, words), names in columns.items():
        yield how, words, names
