"""The command that gives editors what they need to complete and check a rule book."""

from __future__ import annotations

import json
from pathlib import Path

import click

from leadgrade.commands.options import LANG, options
from leadgrade.commands.printing import load, show_json

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("book", required=False)
@options(LANG)
@click.option("--out", type=click.Path(path_type=Path), help="The file; else stdout.")
def schema(book: str | None, lang: str, out: Path | None) -> None:  # noqa: ARG001 - for messages
    """Print the JSON Schema of rule books; of one BOOK, with its own names to complete.

    Point an editor to it by the first line of a book:

    # yaml-language-server: $schema=schema.json
    """
    from leadgrade.reports.files import write_text
    from leadgrade.rules.schema import schema_of

    found = schema_of(None if book is None else load(book))
    if out is None:
        show_json(found)
    else:
        write_text(out, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
