"""Commands for whoever writes rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leadgrade.commands.options import AS_JSON, ENGINE, LANG, options
from leadgrade.commands.printing import show, show_json, show_lines

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("books", nargs=-1)
@options(LANG, AS_JSON)
def check(books: tuple[str, ...], lang: str, *, as_json: bool) -> None:
    """Check rule books and show everything that is wrong with them, with its place."""
    from leadgrade.reports.checks import checked_books

    report = checked_books(books or (None,), lang)
    if as_json:
        show_json(report.as_json)
    else:
        show_lines(report.text)
    sys.exit(0 if report.good else 1)


@click.command()
@click.argument("books", nargs=-1)
@options(ENGINE, LANG, AS_JSON)
def test(books: tuple[str, ...], engine: str, lang: str, *, as_json: bool) -> None:
    """Run the examples of rule books on every engine, and show expected against got."""
    from leadgrade.reports.examples import tested_books

    report = tested_books(books or (None,), engine, lang)
    if as_json:
        show_json(report.as_json)
    else:
        show_lines(report.text)
    sys.exit(0 if report.good else 1)


@click.command("books")
@options(LANG, AS_JSON)
def list_books(lang: str, *, as_json: bool) -> None:
    """List the rule books that come with leadgrade."""
    from leadgrade.reports.books import books_json, books_text

    if as_json:
        show_json(books_json(lang))
    else:
        show(books_text(lang))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@options(LANG)
@click.option("--book", default="b2b-leads", show_default=True, help="The book to start from.")
def init(folder: Path, lang: str, book: str) -> None:
    """Write a starting FOLDER: a rule book to edit, a sample list, a README."""
    from leadgrade.reports.starting import start_folder

    show_lines(start_folder(folder, book, lang))
