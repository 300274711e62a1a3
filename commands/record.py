"""Commands about the record of runs."""

from __future__ import annotations

from pathlib import Path

import click

from leadgrade.commands.options import AS_JSON, DB, LANG, options
from leadgrade.commands.printing import load, show_json
from leadgrade.commands.printing import show as show_answer
from leadgrade.commands.writing import Output, Writing

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@options(DB, LANG, AS_JSON)
def runs(db: str, lang: str, *, as_json: bool) -> None:
    """List the runs of the record, the latest first."""
    from leadgrade.reports.runs.summary import run_json, runs_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.runs()
    if as_json:
        show_json([run_json(each) for each in reversed(found)])
    else:
        show_answer(runs_text(found, lang))


@click.command(cls=Writing)
@click.argument("what", metavar="[RUN|BOOK]", required=False)
@options(DB, LANG, AS_JSON)
@click.option("--resolved", is_flag=True, help="BOOK: as one YAML text, with the origin of parts.")
@click.option("--html", type=Output("html"), help="BOOK: write it as a web page.")
def show(
    what: str | None, db: str, lang: str, *, as_json: bool, resolved: bool, html: Path | None
) -> None:
    """Show a run (its number, else the latest), or a rule BOOK for people who read no YAML.

    Of a run: files, counts, grades, rejected rows. Of a book: criteria, knock-outs, grades,
    classes, next steps.
    """
    if what is None or what.isdecimal():
        _show_run(None if what is None else int(what), db, lang, as_json=as_json)
    else:
        _show_book(what, lang, resolved=resolved, html=html)


def _show_run(run: int | None, db: str, lang: str, *, as_json: bool) -> None:
    from itertools import islice

    from leadgrade.reports.runs.summary import MOST_ROWS, run_detail_json, run_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        sources = store.sources(found.number)
        rows = store.rejected(found.number)
        rejected = list(rows if as_json else islice(rows, MOST_ROWS))
    if as_json:
        show_json(run_detail_json(found, sources, rejected, lang))
    else:
        show_answer(run_text(found, sources, rejected, lang))


def _show_book(name: str, lang: str, *, resolved: bool, html: Path | None) -> None:
    from leadgrade.reports.book.page import book_sections
    from leadgrade.reports.book.text import sections_text
    from leadgrade.reports.book.web import book_html
    from leadgrade.reports.files import write_text
    from leadgrade.rules.loader import resolved_text

    book = load(name)
    if resolved:
        click.echo(resolved_text(book.path), nl=False)
    elif html is not None:
        write_text(html, book_html(book, lang))
    else:
        show_answer(sections_text(book_sections(book, lang)))
