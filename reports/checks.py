"""``leadgrade check``: every finding of some books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadgrade.reports.findings import as_json, findings_text
from leadgrade.reports.report import Report
from leadgrade.reports.wording import say, say_count
from leadgrade.rules.library import find_book
from leadgrade.rules.loader import load_book
from leadgrade.rules.source import BookError


def checked_books(names: Iterable[str | None], lang: str) -> Report:
    """Return what is wrong with each book; None is the book of the folder.

    Raises:
        NoSuchBookError: nothing has that name.
    """
    reports = [_checked(name, lang) for name in names]
    return Report(
        text="\n".join(each.text for each in reports),
        as_json=[each.as_json for each in reports],
        good=all(each.good for each in reports),
    )


def _checked(name: str | None, lang: str) -> Report:
    path = str(find_book(name))
    try:
        book = load_book(path)
    except BookError as error:
        found: list[dict[str, Any]] = [as_json(each, lang) for each in error.findings]
        text = findings_text(error.findings, error.texts, lang)
        return Report(text, {"book": path, "findings": found}, good=False)
    text = say(
        "screens.book-good",
        lang,
        book=path,
        rules=say_count("screens.rules", lang, len(book.rules)),
    )
    return Report(text, {"book": path, "findings": []}, good=True)
