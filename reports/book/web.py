"""A rule book as one HTML file: self-contained, no scripts, both languages, ready for print."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.reports.book.page import Section, book_sections
from leadgrade.reports.markup import section, table, text
from leadgrade.reports.page import whole_page
from leadgrade.reports.wording import LANGUAGES
from leadgrade.rules.model import Book


def book_html(book: Book, lang: str) -> str:
    """Return the page, which begins in ``lang``. Every text of the book is escaped."""
    bodies = {each: "\n".join(_parts(book_sections(book, each))) for each in LANGUAGES}
    return whole_page(book.title.say(lang), bodies, lang)


def _parts(sections: list[Section]) -> Iterator[str]:
    title, *rest = sections
    *about, counts = title.text.split("\n")
    said = "".join(f'<p class="meaning">{text(each)}</p>' for each in about)
    yield f'<header><h1>{text(title.title)}</h1>{said}<p class="quiet">{text(counts)}</p></header>'
    for each in rest:
        note = f'<p class="note">{text(each.text)}</p>\n' if each.text else ""
        named = 1 if each.kind == "scores" else 0
        rows = table(f"rules {each.kind}", each.columns, each.rows, named)
        yield section(each.title, note + rows)
