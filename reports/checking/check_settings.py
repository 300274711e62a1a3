"""Which level each check has: its usual one, that of ``leadgrade.toml``, that of the command line.

```toml
[checks]
rule-without-example = "warning"
band-gap = "off"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from leadgrade.rules.checks import all_checks
from leadgrade.rules.checks.base import Level
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.problem import Problem

SETTINGS = "leadgrade.toml"
"""The file of a project's settings, in the current folder."""


class CheckSettingsError(Problem):
    """A level that cannot be set."""

    texts: ClassVar[str] = "checks"


def levels(said: Iterable[str], settings: Path | None = None) -> dict[str, Level]:
    """Return the levels that are set, by code. ``said`` are texts such as ``band-gap=off``.

    Raises:
        CheckSettingsError: a code or level does not exist, or the settings cannot be read.
    """
    file = Path(SETTINGS) if settings is None else settings
    pairs = [*_of_file(file), *(_pair(each) for each in said)]
    return {_code(code): _level(code, level) for code, level in pairs}


def _of_file(file: Path) -> list[tuple[str, str]]:
    if not file.is_file():
        return []
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("checks", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CheckSettingsError("settings-unreadable", file=file, reason=error) from error
    if not isinstance(table, dict):
        raise CheckSettingsError("settings-unreadable", file=file, reason="[checks] is no table")
    return [(str(code), str(level)) for code, level in table.items()]


def _pair(text: str) -> tuple[str, str]:
    code, sign, level = text.partition("=")
    if not sign:
        raise CheckSettingsError("no-such-level", text=text)
    return code.strip(), level.strip()


def _code(code: str) -> str:
    known = all_checks()
    if code not in known:
        raise CheckSettingsError("no-such-check", name=code, nearest=nearest(code, known) or "")
    return code


def _level(code: str, level: str) -> Level:
    try:
        return Level(level)
    except ValueError:
        raise CheckSettingsError("no-such-level", text=f"{code}={level}") from None
