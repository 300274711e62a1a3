"""What the product says to people, in English and Chinese: all of it is in ``texts/*.yaml``.

A text is found by its key, ``file.name``, and filled with ``str.format``. Each has both languages.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("en", "zh")
_TEXTS = Path(__file__).with_name("texts")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@cache
def texts(group: str) -> dict[str, dict[str, str]]:
    """Return the texts of one file: by name, then by language."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = (_TEXTS / f"{group}.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.load(source, Loader=loader)  # noqa: S506 - a safe loader
    return found


def say(key: str, lang: str, /, **values: object) -> str:
    """Return the text ``group.name`` in a language, filled with the values.

    Raises:
        KeyError: there is no such text, or a value that it needs is missing.
    """
    group, name = key.split(".", 1)
    return texts(group)[name][lang].format(**values)


def say_count(key: str, lang: str, count: int, /, **values: object) -> str:
    """Return ``say`` of ``key.one`` or ``key.many``; ``count`` is written with its thousands."""
    which = "one" if count == 1 else "many"
    return say(f"{key}.{which}", lang, count=f"{count:,}", **values)


def list_name(file: str, lang: str) -> str:
    """Return what a list is called: by its file, or as what came in by ``-``."""
    return say("lists.standard-input", lang) if file == "-" else file


def printable(text: str) -> str:
    """Return text that does nothing to a terminal: control characters of lists become ``�``."""
    return _UNPRINTABLE.sub("�", text)
