"""Commands that prove the record, write it out as proof, and change what may be changed in it."""

from __future__ import annotations

import calendar
import re
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from leadgrade.commands.options import AS_JSON, AS_OF, DB, LANG, RUN, options
from leadgrade.commands.printing import show as show_answer
from leadgrade.commands.printing import show_json, show_lines
from leadgrade.commands.user import user_name

if TYPE_CHECKING:
    from leadgrade.storage.records import Forgotten

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


def _head(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    head = None if value is None else value.strip().lower()
    if head is not None and not re.fullmatch("[0-9a-f]{64}", head):
        # Part of a hash would prove less: a chain can be made anew until its head begins so.
        raise click.BadParameter(
            f"{value!r}: a head has 64 digits and letters from a to f. `leadgrade runs` shows how"
            " one begins, `leadgrade show RUN` all of it."
        )
    return head


@click.command()
@click.argument("run", type=int, required=False)
@options(DB, LANG, AS_JSON)
@click.option("--all", "every", is_flag=True, help="Every run, and rows that belong to none.")
@click.option(
    "--head",
    metavar="HASH",
    callback=_head,
    help="A head noted earlier: the chain has to contain it.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Verify an audit bundle instead; no database is needed.",
)
@click.option(
    "--case",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Decide a lead again on which engines disagreed, by all of them.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes that decide; else one a core.")
def verify(  # noqa: PLR0913 - what can be said about it
    run: int | None,
    db: str,
    lang: str,
    head: str | None,
    bundle: Path | None,
    case: Path | None,
    workers: int | None,
    *,
    every: bool,
    as_json: bool,
) -> None:
    """Prove RUN (else the latest): check the hash chain, make each decision again.

    The decisions are made by another engine than the one that made them. Exits with 1 when
    anything is not as it was recorded.
    """
    from leadgrade.reports.progress import progress
    from leadgrade.reports.record.audit import read_bundle, verify_bundle
    from leadgrade.reports.record.verifying import verdict_json, verdict_text, verify_record

    if case is not None:
        if run is not None or every or bundle is not None:
            raise click.UsageError("--case stands alone: it has its lead in it.")
        _verify_case(case, lang, as_json=as_json)
    if bundle is not None and (run is not None or every):
        raise click.UsageError("--bundle stands alone: it has its run in it.")
    if run is not None and every:
        raise click.UsageError("Name a RUN, or --all.")
    with progress(lang) as advance:
        if bundle is not None:
            found = verify_bundle(read_bundle(bundle), advance, noted=head, workers=workers)
        else:
            found = verify_record(db, run, advance, everything=every, noted=head, workers=workers)
    if as_json:
        show_json(verdict_json(found, lang))
    else:
        show_answer(verdict_text(found, lang, noted=head is not None))
    sys.exit(0 if found.proved else 1)


def _not_empty(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter("it must not be empty.")
    return value


BY = click.option(
    "--by", metavar="NAME", default=user_name, callback=_not_empty, help="Who does it; else you."
)
REASON = click.option("--reason", metavar="TEXT", required=True, callback=_not_empty, help="Why.")


def _verify_case(file: Path, lang: str, *, as_json: bool) -> NoReturn:
    from leadgrade.reports.record.cases import case_json, case_text, read_case

    case = read_case(file)
    if as_json:
        show_json(case_json(case))
    else:
        show_answer(case_text(case, lang))
    sys.exit(1 if case.differing else 0)


@click.command()
@click.argument("lead")
@options(DB, RUN, LANG, AS_JSON)
@click.option("--grade", required=True, help="The grade to work with instead.")
@options(REASON, BY)
@click.option(
    "--until",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    required=True,
    help="The last day on which it holds, 2026-12-31.",
)
def override(  # noqa: PLR0913 - what an override says
    lead: str,
    db: str,
    run: int | None,
    lang: str,
    *,
    grade: str,
    reason: str,
    by: str,
    until: date,
    as_json: bool,
) -> None:
    """Say another grade for LEAD, for a time. The machine's grade stays beside it."""
    from leadgrade.reports.record.overriding import made_text, override_json
    from leadgrade.storage.store import open_store

    today = date.today()
    last = date(until.year, until.month, until.day)
    with open_store(db, create=False) as store:
        made = store.override(
            lead, grade=grade, reason=reason, since=today, until=last, by=by, run=run
        )
    if as_json:
        show_json(override_json(made, today))
    else:
        show_answer(made_text(made, lang))


@click.command()
@options(DB, AS_OF, LANG, AS_JSON)
def overrides(db: str, as_of: date, lang: str, *, as_json: bool) -> None:
    """List the overrides, and the rules whose decisions are overridden most."""
    from leadgrade.reports.record.overriding import overrides_json, overrides_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.overrides()
        ladders = {run.number: list(run.grades) for run in store.runs()}
    if as_json:
        show_json(overrides_json(found, ladders, as_of))
    else:
        show_answer(overrides_text(found, ladders, as_of, lang))


AGE = re.compile(r"(\d{1,4}) ?([ymwd])")


def _day_before(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """Return the day that was so long ago: 2y, 18m, 6w, 90d."""
    if value is None:
        return None
    found = AGE.fullmatch(value.strip().lower())
    if found is None:
        raise click.BadParameter("write an age as 2y, 18m, 6w or 90d.")
    count, unit = int(found[1]), found[2]
    today = date.today()
    try:
        if unit in "wd":
            return today - timedelta(days=count * (7 if unit == "w" else 1))
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError, calendar.IllegalMonthError) as error:
        raise click.BadParameter("that is before all calendars.") from error


@click.command()
@click.argument("lead", required=False)
@options(DB, LANG, AS_JSON)
@click.option(
    "--older-than",
    "before",
    metavar="AGE",
    callback=_day_before,
    help="All personal data of runs older than that: 2y, 18m, 6w, 90d.",
)
@options(REASON, BY)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and forget nothing.")
def forget(  # noqa: PLR0913 - what can be said about it
    lead: str | None,
    db: str,
    lang: str,
    *,
    before: date | None,
    reason: str,
    by: str,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take the personal data of LEAD, or of old runs, out of the record for good.

    A hash stays, so that the record can still be proved; that it was done is written into it.
    Name nobody in the reason. It is shown what would go, and asked. Exit code 1: the answer was no,
    or a file with such data could not be deleted.
    """
    from leadgrade.reports.record.forgetting import (
        forgotten_json,
        forgotten_text,
        named,
        to_forget_text,
    )
    from leadgrade.storage.store import open_store

    if (lead is None) == (before is None):
        raise click.UsageError("Name a LEAD, or --older-than AGE.")
    with open_store(db, create=False) as store:
        erase = (
            partial(store.forget_before, before, by=by, reason=reason)
            if before is not None
            else partial(store.forget, lead or "", by=by, reason=reason)
        )
        whom = None if lead is None else named(store, lead)
        if not (yes or dry_run):
            _ask(erase(dry_run=True), whom, lang)
        found = erase(dry_run=dry_run)
    if as_json:
        show_json(forgotten_json(found, dry_run=dry_run))
    elif dry_run and found is not None:
        show_lines(to_forget_text(found, whom, lang))
    else:
        show_answer(forgotten_text(found, lang))
    sys.exit(1 if found and found.left else 0)


def _ask(found: Forgotten | None, whom: str | None, lang: str) -> None:
    """Show what would go, and ask on the terminal whether it is to be forgotten.

    Raises:
        ForgettingError: ``not-agreed``, there is nobody to ask.
        SystemExit: the answer is no.
    """
    from leadgrade.reports.record.forgetting import ForgettingError, to_forget_text
    from leadgrade.reports.wording import printable, say

    if found is None:
        return
    if not sys.stdin.isatty():
        raise ForgettingError("not-agreed")
    click.echo(printable(to_forget_text(found, whom, lang)), err=True)
    if not click.confirm(say("record.ask-to-forget", lang), err=True):
        click.echo(say("record.nothing-forgotten", lang), err=True)
        sys.exit(1)
