"""What each code means: the text of ``check --explain CODE`` and the page ``docs/checks.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from leadgrade.reports.checking.check_settings import CheckSettingsError
from leadgrade.reports.checking.findings import text_of
from leadgrade.reports.wording import say, texts
from leadgrade.rules import checks
from leadgrade.rules.checks import all_checks
from leadgrade.rules.documents.kinds import nearest

REFERENCE = "reference"
"""The group of the codes of the loader: they are always errors."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Page(NamedTuple):
    """What there is to say about one code."""

    code: str
    group: str
    level: str
    what: str
    why: str
    mend: str
    bad: str | None
    good: str | None


@cache
def loader_codes() -> dict[str, dict[str, str]]:
    """Return what the loader's codes are about, with an example of most, by code."""
    source = Path(checks.__file__).with_name("reference.yaml").read_text(encoding="utf-8")
    said: dict[str, dict[str, str]] = yaml.safe_load(source)
    every = (name for name in texts("findings") if "." not in name)
    return {name: said.get(name, {"reads": "keys"}) for name in every}


def codes() -> tuple[str, ...]:
    """Return all codes: those of the loader, then those of the checks."""
    return (*loader_codes(), *all_checks())


def page(code: str, lang: str) -> Page:
    """Return the page of a code.

    Raises:
        CheckSettingsError: there is no such code.
    """
    mend = _readable(text_of(f"{code}.help", lang)) if code in codes() else ""
    check = all_checks().get(code)
    if check is not None:
        what, why = say(f"checks.{code}.what", lang), say(f"checks.{code}.why", lang)
        return Page(code, check.group, check.level, what, why, mend, check.bad, check.good)
    if code not in loader_codes():
        likely = nearest(code, codes()) or ""
        raise CheckSettingsError("no-such-check", name=code, nearest=likely)
    said = loader_codes()[code]
    why = say(f"checks.reference.{said['reads']}", lang)
    what = _readable(texts("findings")[code][lang])
    return Page(code, REFERENCE, "error", what, why, mend, said.get("bad"), said.get("good"))


def title_of(code: str, lang: str) -> str:
    """Return what a code is about, in one sentence."""
    return page(code, lang).what


def _readable(text: str) -> str:
    """Return a text of a finding as it reads for any: ``{name}`` becomes ``…``."""
    return _PLACEHOLDER.sub("…", text.replace("{{", "\0").replace("}}", "\1")).translate(
        {0: "{", 1: "}"}
    )


def explained(code: str, lang: str) -> str:
    """Return the page of a code for the screen.

    Raises:
        CheckSettingsError: there is no such code.
    """
    found = page(code, lang)
    level, group = (
        say(f"checks.level.{found.level}", lang),
        say(f"checks.group.{found.group}", lang),
    )
    lines = [code, say("checks.explain.level", lang, level=level, group=group), ""]
    for name, text in (("what", found.what), ("why", found.why), ("mend", found.mend)):
        lines += [f"{say(f'checks.explain.{name}', lang)}:", f"  {text}", ""]
    for name, example in (("bad", found.bad), ("good", found.good)):
        if example:
            shown = [f"  {line}".rstrip() for line in example.rstrip().splitlines()]
            lines += [f"{say(f'checks.explain.{name}', lang)}:", *shown, ""]
    return "\n".join(lines).rstrip()


def checks_page(head: str) -> str:
    """Return the page of the docs: a table of all codes, then each."""
    found = [page(code, "en") for code in codes()]
    table = [
        "| code | group | usual level | what it is |",
        "|---|---|---|---|",
        *(
            f"| [`{each.code}`](#{each.code}) | {each.group} | {_level(each)} | {what} |"
            for each in found
            for what in (each.what.replace("|", "\\|"),)
        ),
    ]
    return (
        "\n".join([head.rstrip(), "", *table, *(line for each in found for line in _entry(each))])
        + "\n"
    )


def _level(found: Page) -> str:
    return say(f"checks.level.{found.level}", "en")


def _entry(found: Page) -> Iterator[str]:
    yield f"\n## {found.code}\n"
    yield f"{found.what[:1].upper()}{found.what[1:].rstrip('.')}. {found.why}\n"
    yield f"To mend it: {found.mend.rstrip('.')}."
    for name, example in (("Not like this", found.bad), ("But like this", found.good)):
        if example:
            yield f"\n{name}:\n\n```yaml\n{example.rstrip()}\n```"
