"""Commands that compare: two leads, a lead over time, two rule books."""

from __future__ import annotations

import sys
from datetime import date

import click

from leadgrade.commands.options import AS_JSON, AS_OF, DB, LANG, RUN, options
from leadgrade.commands.printing import load, show, show_json

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("lead")
@click.argument("other")
@options(DB, RUN, LANG, AS_JSON)
def compare(lead: str, other: str, db: str, run: int | None, lang: str, *, as_json: bool) -> None:
    """Show why LEAD and OTHER were decided differently, by their ledgers."""
    from leadgrade.engine.comparing import difference
    from leadgrade.reports.answers.comparing import difference_json, difference_text
    from leadgrade.reports.record.recall import recall
    from leadgrade.reports.wording import say
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, one = recall(store, run, lead)
        _, two = recall(store, occasion.run, other)
    found = difference(one.decision, two.decision, one.lead.facts, two.lead.facts)
    if as_json:
        leads = {"leads": [lead, other], "run": occasion.run}
        show_json({**leads, **difference_json(found)})
    else:
        title = say("answers.compare-head", lang, one=lead, other=other)
        show(difference_text(occasion.book, found, title, (lead, other), lang))


@click.command()
@click.argument("lead")
@options(DB, LANG, AS_JSON)
def history(lead: str, db: str, lang: str, *, as_json: bool) -> None:
    """Show every decision about LEAD, and what changed it: facts, rules, or the calendar."""
    from leadgrade.reports.answers.history import history_json, history_of, history_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        chapters = history_of(store, lead)
    if as_json:
        show_json(history_json(lead, chapters))
    else:
        show(history_text(lead, chapters, lang))


def _share(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    from leadgrade.rules.values import ValueReadError, parse_percent

    try:
        share = parse_percent(value)
    except ValueReadError:
        raise click.BadParameter("write a share such as 5%.") from None
    if not 0 <= share <= 1:
        raise click.BadParameter("a share is between 0% and 100%.")
    return share


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--on", "target", required=True, metavar="RUN|LIST", help="The leads: a run or a list."
)
@click.option(
    "--fail-over", metavar="SHARE", callback=_share, help="Exit 1 when more change grade."
)
@options(DB, AS_OF, LANG, AS_JSON)
def diff(  # noqa: PLR0913 - what can be said about a comparison
    old: str,
    new: str,
    target: str,
    fail_over: float | None,
    db: str,
    as_of: date,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Decide the same leads by the rule books OLD and NEW, and show who would change grade.

    A run is decided as of its own day, a list as of `--as-of`.
    """
    from leadgrade.reports.book.diff import books_differ, diff_json, diff_text

    found = books_differ(load(old), load(new), target, db, as_of)
    show_json(diff_json(found, lang)) if as_json else show(diff_text(found, fail_over, lang))
    over = fail_over is not None and found.share > fail_over
    sys.exit(1 if over else 0)
