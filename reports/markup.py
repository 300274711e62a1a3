"""Small pieces of HTML: text that stays text, tables, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def text(words: object) -> str:
    """Return words as HTML text; control characters, which HTML forbids, become ``�``."""
    plain = "".join("�" if ord(each) < 32 and each not in "\t\n" else each for each in str(words))
    return escape(plain.encode("utf-8", "replace").decode("utf-8"), quote=True)


def section(title: str, body: str, kind: str = "") -> str:
    """Return a section under a heading; nothing where the body is empty."""
    if not body:
        return ""
    name = f' class="{kind}"' if kind else ""
    return f"<section{name}>\n<h2>{text(title)}</h2>\n{body}\n</section>"


def listing(items: Iterable[str], *, ordered: bool = False) -> str:
    """Return a list of items that are HTML already; nothing where there are none."""
    found = "".join(f"<li>{item}</li>\n" for item in items)
    name = "ol" if ordered else "ul"
    return f"<{name}>\n{found}</{name}>" if found else ""


def table(kind: str, heads: Sequence[str], rows: Iterable[Sequence[str]], named: int = 0) -> str:
    """Return a table of plain texts; nothing where it has no rows.

    The column ``named`` is what each row is about.
    """
    body = "".join(
        f"<tr>{''.join(_cell(cell, is_name=at == named) for at, cell in enumerate(row))}</tr>\n"
        for row in rows
    )
    return (
        f'<table class="{kind}">\n{head_row(heads)}\n<tbody>\n{body}</tbody>\n</table>'
        if body
        else ""
    )


def head_row(heads: Iterable[str]) -> str:
    """Return the head of a table."""
    cells = "".join(f'<th scope="col">{text(each)}</th>' for each in heads)
    return f"<thead><tr>{cells}</tr></thead>"


def _cell(cell: str, *, is_name: bool) -> str:
    return f'<th scope="row">{text(cell)}</th>' if is_name else f"<td>{text(cell)}</td>"
