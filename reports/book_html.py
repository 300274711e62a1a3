"""A book's sections as one HTML page: self-contained, printable, no scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from leadgrade.reports.book_page import Section

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 70rem;
       margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .3rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .3rem; break-after: avoid; }
p { margin: .2rem 0 .6rem; max-width: 48rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0;
         border-bottom: 1px solid #8886; }
th { font-weight: 600; border-bottom: 2px solid #888; }
tr { break-inside: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
"""


def sections_html(sections: Sequence[Section], lang: str) -> str:
    """Return the page; every text of the book is escaped."""
    first = sections[0]
    language = "zh-Hans" if lang == "zh" else "en"
    body = "\n".join(part for section in sections for part in _section(section, first))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(first.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _section(section: Section, first: Section) -> Iterator[str]:
    level = "h1" if section is first else "h2"
    yield f"<{level}>{escape(section.title)}</{level}>"
    if section.text:
        yield f"<p>{escape(section.text)}</p>"
    if section.rows:
        yield "<table>"
        heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in section.columns)
        yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
        for row in section.rows:
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody>\n</table>"
