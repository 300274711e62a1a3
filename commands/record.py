"""Commands about the record of runs."""

from __future__ import annotations

import click

from leadgrade.commands.options import AS_JSON, DB, LANG, options
from leadgrade.commands.printing import show as show_answer
from leadgrade.commands.printing import show_json

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@options(DB, LANG, AS_JSON)
def runs(db: str, lang: str, *, as_json: bool) -> None:
    """List the runs of the record, the latest first."""
    from leadgrade.reports.summary import run_json, runs_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.runs()
    if as_json:
        show_json([run_json(each) for each in reversed(found)])
    else:
        show_answer(runs_text(found, lang))


@click.command()
@click.argument("run", type=int, required=False)
@options(DB, LANG, AS_JSON)
def show(run: int | None, db: str, lang: str, *, as_json: bool) -> None:
    """Show RUN (else the latest): its files, counts, grades and rejected rows."""
    from itertools import islice

    from leadgrade.reports.summary import MOST_ROWS, run_detail_json, run_text
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
