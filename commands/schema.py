"""The command that gives editors what they need to complete and check a rule book."""

from __future__ import annotations

from pathlib import Path

import click

from leadgrade.commands.options import LANG, options
from leadgrade.commands.printing import load, show_lines
from leadgrade.commands.writing import Output, Writing

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command(cls=Writing)
@click.argument("book", required=False)
@options(LANG)
@click.option("--out", type=Output("schema"), help="The file; else stdout.")
def schema(book: str | None, lang: str, out: Path | None) -> None:  # noqa: ARG001 - for messages
    """Print the JSON Schema of rule books; of one BOOK, with its own names to complete.

    Point an editor to it by the first line of a book:

    # yaml-language-server: $schema=book.schema.json

    `leadgrade check` renews a file that was written for the book.
    """
    from leadgrade.reports.book.schema_file import schema_text
    from leadgrade.reports.files import write_text

    found = schema_text(None if book is None else load(book))
    if out is None:
        show_lines(found)
    else:
        write_text(out, found)
