"""Commands that take lists in and give decisions out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadgrade.commands.options import (
    AS_JSON,
    AS_OF,
    BOOK,
    DB,
    ENGINE,
    FROM_SQL,
    JOIN,
    LANG,
    MASTER,
    MEMORY,
    READING,
    RUN,
    SET,
    SOURCE,
    options,
)
from leadgrade.commands.printing import load, show, show_json
from leadgrade.commands.user import user_name
from leadgrade.commands.writing import Output, Writing, check_folder

if TYPE_CHECKING:
    from leadgrade.leads.terms import Options
    from leadgrade.qualifying import Job
    from leadgrade.rules.model import Book
    from leadgrade.storage.store import Store

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


def said_of(reading: dict[str, Any]) -> Options:
    """Return what was said about a list; words become the choices that they stand for."""
    from leadgrade.leads.terms import BarePercent, DateOrder, OnDuplicate, Options

    kinds = {"on_duplicate": OnDuplicate, "bare_percent": BarePercent, "date_order": DateOrder}
    chosen = {name: kinds[name](reading[name]) for name in kinds if reading.get(name) is not None}
    return Options(**{**reading, **chosen})


def _read_as(source: str | None, book: Book, said: Options) -> tuple[Book, Options]:
    """Return what a list is read by: a book, or one of its sources, and what was said."""
    from leadgrade.leads.joining import as_list, declared_source

    return (book, said) if source is None else as_list(declared_source(source, book), book, said)


@click.command(cls=Writing)
@click.argument("files", nargs=-1)
@options(BOOK, SET, DB, AS_OF, ENGINE, MASTER, MEMORY, READING, JOIN, FROM_SQL, LANG, AS_JSON)
@click.option(
    "--check/--no-check",
    default=True,
    help="Whether a sample of a columnar or Spark run is decided again before anything is stored.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes that decide; else one a core.")
@click.option("--strict", is_flag=True, help="Exit 1 when a row or a cell could not be read.")
@click.option(
    "--rejects", type=Output("rejects"), help="Write rejected rows to a CSV file, to mend them."
)
@click.option("--dry-run", is_flag=True, help="Show everything and store nothing.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Keep the decisions of a very large list in this new folder, as Parquet files; the record"
    " has the rest of the run, and leads to them.",
)
def qualify(  # noqa: PLR0913 - what can be said about a run
    files: tuple[str, ...],
    book: str | None,
    settings: dict[str, str],
    db: str,
    engine: str,
    lang: str,
    *,
    as_json: bool,
    as_of: date,
    workers: int | None,
    strict: bool,
    joined: tuple[tuple[str, str], ...],
    rejects: Path | None,
    dry_run: bool,
    master: str | None,
    memory: str | None,
    check: bool,
    out: Path | None,
    **reading: Any,
) -> None:
    """Decide every lead of FILES and store the run.

    FILES are CSV, XLSX, JSON, Parquet, packed with gzip or zstd, folders of such, or - for stdin.
    With --engine spark also URLs of CSV or Parquet that Spark reads, such as s3a://BUCKET/FOLDER.
    """
    if not files and not reading["from_sql"]:
        raise click.UsageError("Missing argument 'FILES...'.")
    if master is not None and engine != "spark":
        raise click.UsageError("--master goes with --engine spark.")
    if out is not None:
        check_folder(out, engine, dry_run=dry_run)
    from itertools import islice

    from leadgrade.fetching import fetched
    from leadgrade.leads import read_lists
    from leadgrade.qualifying import Job, join
    from leadgrade.qualifying import qualify as decide
    from leadgrade.reports.lists.rejects import write_rejected
    from leadgrade.reports.progress import progress
    from leadgrade.reports.runs.summary import MOST_ROWS, doubtful, run_json, run_text

    job = Job(load(book, settings), as_of, user_name(), engine, workers, memory, master, check, out)
    said = said_of(reading)
    joins = join(job.book, as_of, joined, said)
    # The lists first: where they cannot be read, no database is made.
    with (
        fetched(files, said, engine, master) as (paths, said),
        read_lists(paths, job.book, said, joins) as lists,
        _store(db, dry_run=dry_run) as store,
    ):
        with progress(lang) as advance, _keeping_cases(job):
            number = decide(job, lists, store, advance)
        run, sources = store.run(number), store.sources(number)
        if rejects is not None:
            done = write_rejected(rejects, sources, store.rejected(number), lang)
            click.echo(done, err=True)
        rejected = list(islice(store.rejected(number), MOST_ROWS))
        if as_json:
            show_json(run_json(run, dry_run=dry_run))
        else:
            show(run_text(run, sources, rejected, lang, dry_run=dry_run))
    sys.exit(1 if strict and (run.rejected or doubtful(sources)) else 0)


@contextmanager
def _keeping_cases(job: Job) -> Iterator[None]:
    """Where engines disagree, leave the lead in a file of this folder, and say so."""
    from leadgrade.engine.cross_check import DisagreementError

    try:
        yield
    except DisagreementError as error:
        from leadgrade.reports.record.cases import CaseError, write_case

        found = error.found
        decided = "spark" if job.engine == "spark" else "columnar"
        file = write_case(Path(), job.book, job.as_of, decided, found)
        said = {"lead": found.row.lead, "fields": ", ".join(found.differences), "file": file}
        raise CaseError("engines-disagree", decided=decided, engine=found.engine, **said) from error


@contextmanager
def _store(db: str, *, dry_run: bool) -> Iterator[Store]:
    """Open the record; for a dry run one that is thrown away."""
    from tempfile import TemporaryDirectory

    from leadgrade.storage.store import open_store

    if not dry_run:
        with open_store(db, create=True, late=True) as store:
            yield store
        return
    with TemporaryDirectory() as folder, open_store(f"{folder}/dry.db", create=True) as store:
        yield store


@click.command(cls=Writing)
@click.argument("run", type=int, required=False)
@options(DB, LANG)
@click.option("--out", type=Output("rejects"), help="The file; else stdout.")
def rejects(run: int | None, db: str, lang: str, out: Path | None) -> None:
    """Write the rejected rows of RUN (else the latest) as CSV, to be mended and qualified."""
    from leadgrade.reports.lists.rejects import write_rejected
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        number = store.run(run).number
        done = write_rejected(out, store.sources(number), store.rejected(number), lang)
    click.echo(done, err=True)


@click.command(cls=Writing)
@options(DB, RUN, LANG)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "xlsx", "jsonl"]),
    help="What to write; else by the name of the file, else CSV.",
)
@click.option("--out", type=Output("csv", "xlsx", "jsonl", "bundle"), help="The file; else stdout.")
@click.option("--grade", help="Only leads of this grade.")
@click.option("--ids", is_flag=True, help="For programs: ids for words, every fact of the book.")
@click.option("--audit", is_flag=True, help="A bundle that proves itself, for another place.")
@click.option("--lead", help="With --audit: what the run decided of this lead alone.")
def export(  # noqa: PLR0913 - what can be said about an export
    db: str,
    run: int | None,
    lang: str,
    *,
    kind: str | None,
    out: Path | None,
    grade: str | None,
    ids: bool,
    audit: bool,
    lead: str | None,
) -> None:
    """Write the decisions of a run with their reasons: CSV, XLSX or JSON lines.

    With --audit it is one JSON file with the rule book, the facts, the decisions and their hashes;
    `leadgrade verify --bundle FILE` proves it without the database.
    """
    from contextlib import closing

    from leadgrade.reports.record.recall import recall_all
    from leadgrade.reports.runs.export import Export, export_to
    from leadgrade.reports.wording import say_count
    from leadgrade.storage.store import open_store

    if audit:
        if kind is not None or grade is not None or ids:
            raise click.UsageError("--audit writes whole: without --format, --grade and --ids.")
        _export_bundle(db, run, lead, out, lang)
        return
    if lead is not None:
        raise click.UsageError("--lead goes with --audit; `leadgrade explain LEAD` shows one lead.")
    with open_store(db, create=False) as store:
        occasion, explanations = recall_all(store, run, grade)
        with closing(explanations):
            count = export_to(out, kind, Export(occasion, explanations, lang, ids))
    if out is not None and str(out) != "-":
        click.echo(say_count("screens.leads-written", lang, count, file=out), err=True)


def _export_bundle(db: str, run: int | None, lead: str | None, out: Path | None, lang: str) -> None:
    from leadgrade.reports.record.audit import bundle_text, write_bundle
    from leadgrade.storage.store import open_store

    if out is None:
        raise click.UsageError("--audit needs a file: --out FILE.")
    with open_store(db, create=False) as store:
        bundle = store.bundle(run, lead)
    write_bundle(out, bundle)
    show(bundle_text(out, bundle, lang))


@click.command("map", cls=Writing)
@click.argument("file", metavar="LIST")
@options(BOOK, READING, SOURCE, LANG, AS_JSON)
@click.option("--out", type=Output("mapping"), help="Write a mapping file to edit.")
@click.option("--force", is_flag=True, help="Replace a mapping file that was edited.")
def map_list(
    file: str,
    book: str | None,
    source: str | None,
    lang: str,
    out: Path | None,
    *,
    force: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Show which column of LIST is which fact, why, and how sure that is.

    Exit code 1: something has to be settled before the list can be read.
    """
    from leadgrade.leads.mapping.proposal import propose
    from leadgrade.reports.lists.mapping import (
        mapping_json,
        mapping_text,
        mapping_yaml,
        write_mapping,
    )

    proposal = propose(file, *_read_as(source, load(book), said_of(reading)))
    if out is not None:
        write_mapping(out, mapping_yaml(proposal, lang), force=force)
    if as_json:
        show_json(mapping_json(proposal))
    else:
        show(mapping_text(proposal, lang))
    sys.exit(0 if proposal.settled else 1)


@click.command("profile")
@click.argument("file", metavar="LIST")
@options(BOOK, READING, SOURCE, LANG, AS_JSON)
def profile_list(
    file: str, book: str | None, source: str | None, lang: str, *, as_json: bool, **reading: Any
) -> None:
    """Show what stands in each column of LIST: known share, kind, examples, what is doubtful."""
    from leadgrade.leads.mapping.profile import profile_list as profile
    from leadgrade.reports.lists.profile import profile_json, profile_text

    found = profile(file, *_read_as(source, load(book), said_of(reading)))
    if as_json:
        show_json(profile_json(found))
    else:
        show(profile_text(found, lang))


@click.command()
@click.argument("files", nargs=-1, required=True)
@options(BOOK, SET, READING, LANG, AS_JSON)
@click.option("--db", metavar="FILE|URL", help="Compare with the leads of this record, too.")
@click.option("--fuzzy", is_flag=True, help="Show names that look alike, to be reviewed.")
def duplicates(
    files: tuple[str, ...],
    book: str | None,
    settings: dict[str, str],
    lang: str,
    db: str | None,
    *,
    as_json: bool,
    fuzzy: bool,
    **reading: Any,
) -> None:
    """Show which rows of FILES are the same lead, by the keys of the book, and why.

    Nothing is merged: that is `qualify --on-duplicate merge`. Exit code 1: there are some.
    """
    from leadgrade.leads import read_lists
    from leadgrade.leads.identity.duplicates import find_duplicates
    from leadgrade.reports.lists.duplicates import duplicates_json, duplicates_text, stored_leads
    from leadgrade.storage.store import open_store

    loaded = load(book, settings)
    with ExitStack() as stack:
        lists = stack.enter_context(read_lists(files, loaded, said_of(reading)))
        record = stack.enter_context(open_store(db, create=False)) if db else None
        stored = stored_leads(record, loaded) if record else ()
        found = find_duplicates(lists, loaded, stored, fuzzy=fuzzy)
    if as_json:
        show_json(duplicates_json(found))
    else:
        show(duplicates_text(found, lang))
    sys.exit(1 if found.same or found.unclear or found.alike else 0)
