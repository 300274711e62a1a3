"""Commands about what became of leads."""

from __future__ import annotations

import sys
from typing import Any

import click

from leadgrade.commands.lists import said_of
from leadgrade.commands.options import AS_JSON, DB, LANG, READING, RUN, options
from leadgrade.commands.printing import show, show_json, show_lines
from leadgrade.commands.user import user_name

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("file", required=False)
@options(DB, READING, LANG, AS_JSON)
@click.option("--outcome", metavar="COLUMN", help="The column of the outcome; else by its title.")
@click.option("--date", "day", metavar="COLUMN", help="The column of its day; else by its title.")
@click.option("--value", metavar="COLUMN", help="The column of its worth; else by its title.")
@click.option(
    "--won", multiple=True, metavar="WORD", help="What means won, `paid`; may be repeated."
)
@click.option(
    "--lost", multiple=True, metavar="WORD", help="What means lost; of one side only: all the rest."
)
def outcomes(file: str | None, db: str, lang: str, *, as_json: bool, **said: Any) -> None:
    """Read a list of what became of leads: won or lost, and if known the day and the worth.

    Leads are named as in the latest run. Without FILE: show the lists that were read. Of a lead
    that is in several lists the latest counts. Exit 1 when nothing could be stored.
    """
    from leadgrade.leads import read_lists
    from leadgrade.leads.outcomes import Titles, Words, outcome_book
    from leadgrade.recording import record_outcomes
    from leadgrade.reports.record.recall import stored_book
    from leadgrade.reports.record.recorded import recorded_json, recorded_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        if file is None:
            _show_lists(store.outcome_lists(), lang, as_json=as_json)
            return
        titles = Titles(said.pop("outcome"), said.pop("day"), said.pop("value"))
        words = Words(said.pop("won"), said.pop("lost"))
        book = outcome_book(stored_book(store, store.run()), titles)
        with read_lists((file,), book, said_of(said)) as lists:
            found = record_outcomes(lists, store, words, titles, user_name())
    if as_json:
        show_json(recorded_json(found, lang))
    else:
        show(recorded_text(found, lang))
    sys.exit(0 if found.stored else 1)


def _show_lists(lists: list[Any], lang: str, *, as_json: bool) -> None:
    from leadgrade.reports.record.recorded import outcome_lists_json, outcome_lists_text
    from leadgrade.reports.wording import say

    if as_json:
        show_json(outcome_lists_json(lists))
    elif lists:
        show(outcome_lists_text(lists, lang))
    else:
        show_lines(say("outcomes.none-yet", lang))


@click.command()
@options(DB, RUN, LANG, AS_JSON)
@click.option("--by", metavar="owner|FACT|CLASS", help="The win rate of each of these, too.")
@click.option(
    "--earlier", is_flag=True, help="Count outcomes from before the day of the decision, too."
)
def measure(
    db: str, run: int | None, lang: str, by: str | None, *, earlier: bool, as_json: bool
) -> None:
    """Hold a run against what became of its leads: does it tell winners from losers?

    Shows the area under the ROC curve, and win rate and lift by grade, score and rule, with a
    plain verdict. Outcomes come from `leadgrade outcomes FILE`.
    """
    from leadgrade.reports.record.recall import stored_book
    from leadgrade.reports.runs.measuring import Measure
    from leadgrade.reports.runs.measuring_text import measure_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        stored = store.decisions(found.number, best_first=False)
        measured = Measure(book, found, stored, store.outcomes(), by, earlier=earlier, lang=lang)
    if as_json:
        show_json(measured.as_json)
    else:
        show(measure_text(measured, lang))
