"""Commands that look ahead: what to find out, what would lift a lead, what if."""

from __future__ import annotations

import sys

import click

from leadgrade.commands.options import AS_JSON, DB, LANG, RUN, options
from leadgrade.commands.printing import show, show_json

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


@click.command()
@click.argument("lead", required=False)
@options(DB, RUN, LANG, AS_JSON)
def ask(lead: str | None, db: str, run: int | None, lang: str, *, as_json: bool) -> None:
    """Say what to find out about LEAD; without it, what would settle most leads of the run."""
    from leadgrade.reports.answers.asking import ask_json, ask_text, tally, tally_json, tally_text
    from leadgrade.reports.record.recall import recall
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        if lead is None:
            book, counted = tally(store, run)
            found = tally_json(book, counted, lang) if as_json else tally_text(book, counted, lang)
        else:
            occasion, seen = recall(store, run, lead)
            found = (ask_json if as_json else ask_text)(occasion, seen, lang)
    show_json(found) if as_json else show(found)  # type: ignore[arg-type]


@click.command()
@click.argument("lead")
@options(DB, RUN, LANG, AS_JSON)
@click.option("--to", "target", metavar="GRADE", help="The grade to reach; else the best.")
def improve(
    lead: str, db: str, run: int | None, lang: str, target: str | None, *, as_json: bool
) -> None:
    """Find the smallest change that lifts LEAD to a grade, or prove that there is none.

    The book says which facts can be changed (`actionable`) and at what cost (`cost`).
    """
    from leadgrade.engine.improving import Improving
    from leadgrade.reports.answers.improving import improvement_json, improvement_text
    from leadgrade.reports.record.recall import check_grade, recall
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, seen = recall(store, run, lead)
    check_grade(occasion.book, target)
    improving = Improving(occasion.book, occasion.as_of)
    found = improving.improve(seen.lead, target or occasion.book.grade_ids[0])
    if as_json:
        show_json(improvement_json(found))
    else:
        show(improvement_text(occasion.book, found, lang))
    sys.exit(1 if found.changes is None else 0)


@click.command()
@click.argument("lead")
@click.argument("changes", nargs=-1, required=True, metavar="FACT=VALUE...")
@options(DB, RUN, LANG, AS_JSON)
def whatif(
    lead: str, changes: tuple[str, ...], db: str, run: int | None, lang: str, *, as_json: bool
) -> None:
    """Decide LEAD with other facts, and show what differs; `fact=` makes a fact unknown."""
    from leadgrade.engine.comparing import difference, replay
    from leadgrade.reports.answers.assignments import assigned
    from leadgrade.reports.answers.comparing import difference_json, difference_text
    from leadgrade.reports.record.recall import recall
    from leadgrade.reports.wording import say
    from leadgrade.storage.store import open_store

    with open_store(db, create=False) as store:
        occasion, seen = recall(store, run, lead)
    other = assigned(occasion.book, seen.lead, changes)
    decided = replay(other, occasion.book, occasion.as_of)
    found = difference(seen.decision, decided, seen.lead.facts, other.facts)
    if as_json:
        show_json({"lead": seen.lead.id, "run": occasion.run, **difference_json(found)})
    else:
        title = say("answers.whatif-head", lang, lead=seen.lead.id)
        names = say("answers.before", lang), say("answers.after", lang)
        show(difference_text(occasion.book, found, title, names, lang))
