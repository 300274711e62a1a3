"""The command line: parse, call, print. Answers go to stdout, everything else to stderr."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import leadgrade
from leadgrade.options import AS_JSON, AS_OF, BOOK, DB, ENGINE, LANG, READING, RUN, Guarded, options

if TYPE_CHECKING:
    from rich.console import RenderableType

    from leadgrade.rules.model import Book

# Commands import what they need when they run: `leadgrade --help` must not wait for a database.
# ruff: noqa: PLC0415


def _print(answer: RenderableType) -> None:
    from leadgrade.reports.console import console

    console().print(answer)


def _print_json(answer: object) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _load(name: str | None) -> Book:
    from leadgrade.rules.library import find_book
    from leadgrade.rules.loader import load_book

    return load_book(find_book(name))


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(leadgrade.__version__, prog_name="leadgrade")
def cli() -> None:
    """Qualify leads by a rule book, and say why.

    Start with `leadgrade init my-leads`: it writes a rule book to edit and a sample list.
    Exit codes: 0 done; 1 the honest answer is no; 2 it could not be done.
    """


@cli.command()
@click.argument("files", nargs=-1, required=True)
@options(BOOK, DB, AS_OF, ENGINE, READING, LANG, AS_JSON)
@click.option("--workers", type=click.IntRange(1), help="Processes that decide; else one a core.")
@click.option("--strict", is_flag=True, help="Exit 1 when a row was rejected.")
def qualify(  # noqa: PLR0913 - what can be said about a run
    files: tuple[str, ...],
    book: str | None,
    db: str,
    engine: str,
    lang: str,
    *,
    as_json: bool,
    as_of: date,
    workers: int | None,
    strict: bool,
    **reading: Any,
) -> None:
    """Decide every lead of FILES (CSV, XLSX, JSON lines, or - for stdin) and store the run."""
    from leadgrade.leads import Options
    from leadgrade.qualifying import Job
    from leadgrade.qualifying import qualify as decide
    from leadgrade.reports.progress import progress
    from leadgrade.reports.summary import run_json, run_text
    from leadgrade.storage.store import open_store

    said = Options(**reading)
    job = Job(_load(book), files, as_of, getpass.getuser(), engine, said, workers)
    with open_store(db, create=True) as store:
        with progress(lang) as advance:
            number = decide(job, store, advance)
        run = store.run(number)
        if as_json:
            _print_json(run_json(run))
        else:
            _print(run_text(run, store.sources(number), list(store.rejected(number)), lang))
    sys.exit(1 if strict and run.rejected else 0)


@cli.command()
@options(DB, RUN, LANG, AS_JSON)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--grade", help="Only leads of this grade.")
def top(
    db: str, run: int | None, lang: str, limit: int, grade: str | None, *, as_json: bool
) -> None:
    """Show the work list: the best leads first, with their next step."""
    from leadgrade.reports.recall import stored_book
    from leadgrade.reports.work_list import work_list_json, work_list_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        decisions = list(store.decisions(found.number, grade=grade, limit=limit))
    if as_json:
        _print_json(work_list_json(book, found, decisions, lang))
    else:
        _print(work_list_text(book, found, decisions, lang))


@cli.command()
@click.argument("lead")
@options(DB, RUN, LANG, AS_JSON)
def explain(lead: str, db: str, run: int | None, lang: str, *, as_json: bool) -> None:
    """Say why LEAD got its grade: ledger, evidence, near misses, what to find out."""
    from leadgrade.reports.explanation_json import explanation_json
    from leadgrade.reports.recall import recall
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, explanation = recall(store, run, lead)
    if as_json:
        _print_json(explanation_json(occasion, explanation, lang))
    else:
        from leadgrade.reports.explanation_text import explanation_text

        _print(explanation_text(occasion, explanation, lang))


@cli.command()
@options(DB, LANG, AS_JSON)
def runs(db: str, lang: str, *, as_json: bool) -> None:
    """List the runs of the record, the latest first."""
    from leadgrade.reports.summary import run_json, runs_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.runs()
    if as_json:
        _print_json([run_json(each) for each in reversed(found)])
    else:
        _print(runs_text(found, lang))


@cli.command()
@click.argument("run", type=int, required=False)
@options(DB, LANG, AS_JSON)
def show(run: int | None, db: str, lang: str, *, as_json: bool) -> None:
    """Show RUN (else the latest): its files, counts, grades and rejected rows."""
    from leadgrade.reports.summary import run_detail_json, run_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        sources, rejected = store.sources(found.number), list(store.rejected(found.number))
    if as_json:
        _print_json(run_detail_json(found, sources, rejected, lang))
    else:
        _print(run_text(found, sources, rejected, lang))


@cli.command()
@options(DB, RUN, LANG)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "xlsx", "jsonl"]),
    help="What to write; else by the name of the file, else CSV.",
)
@click.option("--out", type=click.Path(path_type=Path), help="The file; else stdout.")
@click.option("--grade", help="Only leads of this grade.")
def export(
    db: str, run: int | None, lang: str, kind: str | None, out: Path | None, grade: str | None
) -> None:
    """Write the decisions of a run with their reasons: CSV, XLSX or JSON lines."""
    from leadgrade.reports.export import export_to
    from leadgrade.reports.recall import recall_all
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, explanations = recall_all(store, run, grade)
        export_to(out, kind, occasion, explanations, lang)


@cli.command()
@click.argument("books", nargs=-1)
@options(LANG, AS_JSON)
def check(books: tuple[str, ...], lang: str, *, as_json: bool) -> None:
    """Check rule books and show everything that is wrong with them, with its place."""
    from leadgrade.reports.checks import checked_books

    report = checked_books(books or (None,), lang)
    if as_json:
        _print_json(report.as_json)
    else:
        click.echo(report.text)
    sys.exit(0 if report.good else 1)


@cli.command()
@click.argument("books", nargs=-1)
@options(ENGINE, LANG, AS_JSON)
def test(books: tuple[str, ...], engine: str, lang: str, *, as_json: bool) -> None:
    """Run the examples of rule books on every engine, and show expected against got."""
    from leadgrade.reports.examples import tested_books

    report = tested_books(books or (None,), engine, lang)
    if as_json:
        _print_json(report.as_json)
    else:
        click.echo(report.text)
    sys.exit(0 if report.good else 1)


@cli.command("books")
@options(LANG, AS_JSON)
def list_books(lang: str, *, as_json: bool) -> None:
    """List the rule books that come with leadgrade."""
    from leadgrade.reports.books import books_json, books_text

    if as_json:
        _print_json(books_json(lang))
    else:
        _print(books_text(lang))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@options(LANG)
@click.option("--book", default="b2b-leads", show_default=True, help="The book to start from.")
def init(folder: Path, lang: str, book: str) -> None:
    """Write a starting FOLDER: a rule book to edit, a sample list, a README."""
    from leadgrade.reports.starting import start_folder

    click.echo(start_folder(folder, book, lang))
