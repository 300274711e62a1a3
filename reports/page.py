"""A self-contained HTML page in both languages: buttons choose one, without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadgrade.reports.markup import text
from leadgrade.reports.page_style import STYLE
from leadgrade.reports.wording import LANGUAGES, say

TAGS = {"en": "en", "zh": "zh-Hans"}
"""The languages as HTML names them."""


def whole_page(title: str, bodies: Mapping[str, str], lang: str) -> str:
    """Return the page, which begins in ``lang``; ``bodies`` are HTML by language."""
    mains = (
        f'<main class="{each}" lang="{TAGS[each]}">\n{bodies[each]}\n</main>' for each in LANGUAGES
    )
    body = "\n".join((*_switch(lang), *mains))
    return (
        f'<!DOCTYPE html>\n<html lang="{TAGS[lang]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _switch(chosen: str) -> Iterator[str]:
    """Yield the buttons that choose the language; the style shows the page of the pressed one."""
    for lang in LANGUAGES:
        checked = " checked" if lang == chosen else ""
        named = text(say("answers.language", lang))
        yield (
            f'<input type="radio" name="language" id="in-{lang}"{checked}>'
            f'<label for="in-{lang}" lang="{TAGS[lang]}">{named}</label>'
        )
