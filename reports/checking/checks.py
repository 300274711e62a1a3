"""``leadgrade check``: every finding of some books, as text, JSON, SARIF or for GitHub."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leadgrade.engine.checking import findings_of
from leadgrade.reports.book.schema_file import renew_schema
from leadgrade.reports.checking.findings import as_json, findings_text
from leadgrade.reports.checking.mending import mended, write
from leadgrade.reports.checking.sarif import github_lines, sarif
from leadgrade.reports.report import Report
from leadgrade.reports.wording import say, say_count
from leadgrade.rules.checks.base import Level
from leadgrade.rules.checks.context import Seen
from leadgrade.rules.checks.places import Places
from leadgrade.rules.library import find_book
from leadgrade.rules.loader import Files, load_book
from leadgrade.rules.model import Book
from leadgrade.rules.source import BookError, Finding, Severity

Sampling = Callable[[Book], Sequence[Seen]]
"""Reads the leads that a book is checked with."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for. ``sampling`` and ``source`` belong to a check with data."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    strict: bool = False
    format: str = "text"
    sampling: Sampling | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one book. ``texts`` are those of its files, by file."""

    path: str
    findings: Sequence[Finding]
    texts: Mapping[str, str]
    rules: int = 0
    leads: int = 0


def checked_books(names: Iterable[str | None], lang: str, wish: Wish | None = None) -> Report:
    """Return what is wrong with each book; None is the book of the folder.

    Raises:
        NoSuchBookError: nothing has that name.
    """
    wish = wish or Wish()
    books = [check_book(str(find_book(name)), wish) for name in names]
    bad = {Severity.ERROR, Severity.WARNING} if wish.strict else {Severity.ERROR}
    good = not any(each.severity in bad for book in books for each in book.findings)
    return Report(_text(books, lang, wish), _json(books, lang, wish), good)


def check_book(path: str, wish: Wish) -> Checked:
    """Return what the reader of books finds, or where it finds nothing, what the checks do."""
    opened = Files()
    try:
        book = load_book(path, files=opened)
    except BookError as error:
        return Checked(path, error.findings, error.texts)
    renew_schema(book)
    sample = wish.sampling(book) if wish.sampling else ()
    places = Places(book.path, book.text, opened)
    findings = findings_of(book, wish.levels, sample, places)
    files = dict.fromkeys(each.span.file for each in findings)
    texts = {file: "\n".join(places.lines(file)) for file in files}
    return Checked(path, findings, texts, len(book.rules), len(sample))


def sampling(on: str | None, db: str) -> Sampling | None:
    """Return what reads the leads of a list, or of a run where ``on`` is a number."""
    if on is None:
        return None
    from leadgrade.reports.checking.sampling import (  # noqa: PLC0415 - lists and databases are slow to import
        seen_in_list,
        seen_in_run,
    )

    if on.isdecimal():
        return lambda book: seen_in_run(book, db, int(on))
    return lambda book: seen_in_list(book, on)


def mended_books(names: Iterable[str | None], lang: str, *, write_them: bool) -> str:
    """Mend what is certain in each book, or only show it; return the changes.

    Raises:
        NoSuchBookError: nothing has that name.
        MendError: a file cannot be read.
        OutputError: a file cannot be written.
    """
    lines: list[str] = []
    for path in [str(find_book(name)) for name in names]:
        found = mended(path)
        lines += [found.diff.rstrip()] if found.count else []
        key = "checks.fixed" if write_them else "checks.fixable"
        lines.append(say(key, lang, book=path, count=found.count))
        if write_them and found.count:
            write(found)
    return "\n".join(lines)


def _text(books: Sequence[Checked], lang: str, wish: Wish) -> str:
    if wish.format == "github":
        return "\n".join(line for book in books for line in github_lines(book.findings, lang))
    return "\n".join(line for book in books for line in _lines(book, lang, wish))


def _lines(book: Checked, lang: str, wish: Wish) -> Iterable[str]:
    if book.leads:
        yield say("checks.sample", lang, count=book.leads, source=wish.source)
    if book.findings:
        yield findings_text(book.findings, book.texts, lang)
    if all(each.severity is not Severity.ERROR for each in book.findings):
        rules = say_count("screens.rules", lang, book.rules)
        yield say("screens.book-good", lang, book=book.path, rules=rules)


def _json(books: Sequence[Checked], lang: str, wish: Wish) -> object:
    if wish.format == "sarif":
        return sarif([each for book in books for each in book.findings], lang)
    return [_book_json(book, lang) for book in books]


def _book_json(book: Checked, lang: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [as_json(each, lang) for each in book.findings]
    return {"book": book.path, "findings": found}
