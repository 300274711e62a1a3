"""Commands that answer questions about leads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadgrade.commands.options import AS_JSON, DB, LANG, RUN, options
from leadgrade.commands.printing import show, show_json, show_lines
from leadgrade.commands.writing import Output, Writing

if TYPE_CHECKING:
    from leadgrade.rules.model import Book
    from leadgrade.storage.records import StoredDecision, StoredRun

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command(cls=Writing)
@options(DB, RUN, LANG, AS_JSON)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--grade", help="Only leads of this grade.")
@click.option(
    "--capacity", type=click.IntRange(1), help="The best qualified leads there is room for."
)
@click.option("--per", metavar="owner|FACT|CLASS", help="Capacity for each of these, not for all.")
@click.option(
    "--out",
    type=Output("csv", "xlsx", "html"),
    help="Write the list to hand it out: .csv, .xlsx, or .html to print.",
)
def top(
    db: str,
    run: int | None,
    lang: str,
    limit: int,
    grade: str | None,
    out: Path | None,
    *,
    as_json: bool,
    **room: Any,
) -> None:
    """Show the work list: the best leads first, with their next step.

    A grade by hand that holds today counts like one of the machine. With --capacity it is the
    best list of that length, the rest of the qualified leads is the reserve; --limit does not
    count then.
    """
    from leadgrade.reports.record.recall import check_grade, stored_book
    from leadgrade.reports.runs.targeting import best_under
    from leadgrade.reports.runs.work_list import work_list_json, work_list_text
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        check_grade(book, grade)
        if room["capacity"] is None:
            stored = store.decisions(found.number, grade=grade, limit=limit, by_hand=True)
            best, decisions = None, list(stored)
        else:
            stored = store.decisions(found.number, grade=grade, by_hand=True)
            best = best_under(book, found, stored, room["capacity"], room["per"], lang)
            decisions = list(best.taken)
    if out is not None:
        _hand_out(out, book, found, decisions, lang)
    if as_json:
        more = {} if best is None else best.as_json
        show_json({**work_list_json(book, found, decisions, lang), **more})
    elif out is None:
        show(work_list_text(book, found, decisions, lang))
        if best is not None:
            show_lines(best.line(book, lang))


def _hand_out(
    out: Path, book: Book, run: StoredRun, decisions: list[StoredDecision], lang: str
) -> None:
    from leadgrade.reports.runs.work_sheet import write_work_list
    from leadgrade.reports.wording import say_count

    write_work_list(out, book, run, decisions, lang)
    click.echo(say_count("screens.leads-written", lang, len(decisions), file=out), err=True)


@click.command()
@options(DB, RUN, LANG, AS_JSON)
@click.option("--by", metavar="owner|FACT|CLASS", help="A line for each of these.")
@click.option("--result", metavar="FACT", help="The money fact to add up.")
@click.option("--target", type=float, help="What the result of a group should be.")
def targeting(
    db: str,
    run: int | None,
    lang: str,
    by: str | None,
    result: str | None,
    target: float | None,
    *,
    as_json: bool,
) -> None:
    """Show how well effort is aimed: valuable share, key share, result for each contact."""
    from leadgrade.reports.record.recall import stored_book
    from leadgrade.reports.runs.targeting import Targeting, Wish
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        stored = store.decisions(found.number, best_first=False)
        figures = Targeting(book, found, stored, Wish(by, result, target), lang)
    if as_json:
        show_json(figures.as_json)
    else:
        show(figures.text())


@click.command()
@options(DB, RUN, LANG, AS_JSON)
@click.option(
    "--by",
    metavar="owner|grade|FACT|CLASS",
    default="owner",
    show_default=True,
    help="A line for each of these.",
)
@click.option(
    "--revenue", multiple=True, required=True, metavar="FACT", help="What a lead brings in money."
)
@click.option("--cost", multiple=True, metavar="FACT", help="What it costs; may be repeated.")
def profit(
    db: str,
    run: int | None,
    lang: str,
    by: str,
    revenue: tuple[str, ...],
    cost: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Show profit and loss by class and who answers for it.

    For example: --revenue direct_profit_12m --cost service_cost_12m --by pyramid
    """
    from leadgrade.reports.record.recall import stored_book
    from leadgrade.reports.runs.profit import Figures, Profit
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        stored = store.decisions(found.number, best_first=False)
        accounts = Profit(book, found, stored, Figures(revenue, cost, by), lang)
    if as_json:
        show_json(accounts.as_json)
    else:
        show(accounts.text())


@click.command(cls=Writing)
@click.argument("lead")
@options(DB, RUN, LANG, AS_JSON)
@click.option("--html", type=Output("html"), metavar="FILE", help="Write a page to FILE.")
def explain(
    lead: str, db: str, run: int | None, lang: str, html: Path | None, *, as_json: bool
) -> None:
    """Say why LEAD got its grade: reasons, ledger, evidence, near misses, what to find out."""
    from leadgrade.reports.explanation.data import explanation_json
    from leadgrade.reports.record.recall import recall
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, explanation = recall(store, run, lead)
    if html is not None:
        from leadgrade.reports.explanation.web import explanation_html
        from leadgrade.reports.files import whole_file
        from leadgrade.reports.wording import say

        with whole_file(html) as file:
            file.write(explanation_html(occasion, explanation, lang).encode("utf-8"))
        click.echo(say("answers.page-written", lang, file=html), err=True)
    if as_json:
        show_json(explanation_json(occasion, explanation, lang))
    elif html is None:
        from leadgrade.reports.explanation.text import explanation_text

        show(explanation_text(occasion, explanation, lang))
