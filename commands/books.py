"""Commands for whoever writes rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leadgrade.commands.checking import CHECKING, TESTING
from leadgrade.commands.options import AS_JSON, DB, ENGINE, LANG, RUN, options
from leadgrade.commands.printing import show, show_json, show_lines

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("books", nargs=-1)
@options(CHECKING, DB, LANG, AS_JSON)
def check(  # noqa: PLR0913 - what can be said about a check
    books: tuple[str, ...],
    kind: str,
    said: tuple[str, ...],
    on: str | None,
    code: str | None,
    db: str,
    lang: str,
    *,
    as_json: bool,
    strict: bool,
    fix: bool,
    diff: bool,
) -> None:
    """Check rule books and show everything that is wrong with them, with its place."""
    from leadgrade.reports.checking.check_settings import levels
    from leadgrade.reports.checking.checks import Wish, checked_books, mended_books, sampling

    if code is not None:
        from leadgrade.reports.checking.check_pages import explained

        show_lines(explained(code, lang))
        return
    if fix or diff:
        show_lines(mended_books(books or (None,), lang, write_them=fix))
        if diff and not fix:
            return
    kind = "json" if as_json else kind
    wish = Wish(levels(said), strict, kind, sampling(on, db), on or "")
    report = checked_books(books or (None,), lang, wish)
    if kind in ("json", "sarif"):
        show_json(report.as_json)
    else:
        show_lines(report.text)
    sys.exit(0 if report.good else 1)


@click.command()
@click.argument("books", nargs=-1)
@options(ENGINE, TESTING, RUN, DB, LANG, AS_JSON)
def test(  # noqa: PLR0913 - what can be said about a test
    books: tuple[str, ...],
    engine: str,
    properties: tuple[str, ...],
    lead: str | None,
    run: int | None,
    db: str,
    lang: str,
    *,
    as_json: bool,
    cover: bool,
    suggest: bool,
) -> None:
    """Run the examples of rule books on every engine, and show expected against got."""
    from leadgrade.reports.checking.examples import tested_books

    names = books or (None,)
    if lead is not None or suggest:
        from leadgrade.reports.checking.coverage import frozen_decision, suggested_examples

        show_lines(suggested_examples(names) if lead is None else frozen_decision(db, run, lead))
        return
    if cover or properties:
        from leadgrade.reports.checking.coverage import covered_books, tried_properties

        report = covered_books(names, lang) if cover else tried_properties(names, properties, lang)
    else:
        report = tested_books(names, engine, lang)
    if as_json:
        show_json(report.as_json)
    else:
        show_lines(report.text)
    sys.exit(0 if report.good else 1)


@click.command("books")
@options(LANG, AS_JSON)
@click.option("--needs", metavar="LIST", help="Say which books LIST can feed, and what it lacks.")
def list_books(lang: str, needs: str | None, *, as_json: bool) -> None:
    """List the rule books that come with leadgrade."""
    from leadgrade.reports.book.books import books_json, books_text

    if needs is not None:
        from leadgrade.reports.book.needs import fed_by, needs_json, needs_text

        fed = fed_by(needs)
        if as_json:
            show_json(needs_json(fed, lang))
        else:
            show(needs_text(fed, lang))
    elif as_json:
        show_json(books_json(lang))
    else:
        show(books_text(lang))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@options(LANG)
@click.option("--book", default="b2b-leads", show_default=True, help="The book to start from.")
def init(folder: Path, lang: str, book: str) -> None:
    """Write a starting FOLDER: a rule book to edit, a sample list, a README."""
    from leadgrade.reports.book.starting import start_folder

    show_lines(start_folder(folder, book, lang))
