"""What the product says to people, in English and Chinese: all of it is in ``texts/*.yaml``.

A text is found by its key, ``file.name``, and filled with ``str.format``. Each has both languages.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("en", "zh")
_TEXTS = Path(__file__).with_name("texts")


@cache
def texts(group: str) -> dict[str, dict[str, str]]:
    """Return the texts of one file: by name, then by language."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = (_TEXTS / f"{group}.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.load(source, Loader=loader)  # noqa: S506 - a safe loader
    return found


def say(key: str, lang: str, **values: object) -> str:
    """Return the text ``group.name`` in a language, filled with the values.

    Raises:
        KeyError: there is no such text, or a value that it needs is missing.
    """
    group, name = key.split(".", 1)
    return texts(group)[name][lang].format(**values)
