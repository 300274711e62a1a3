"""What would lift a lead, and whether that is proved, as people and programs read it."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.engine.decision import points_text
from leadgrade.engine.improving import Improvement
from leadgrade.engine.moves import Change
from leadgrade.engine.places import place_of
from leadgrade.reports.explanation.data import number
from leadgrade.reports.ranges import show_range
from leadgrade.reports.values import show_fact
from leadgrade.reports.wording import say, say_count
from leadgrade.rules.lead import plain
from leadgrade.rules.model import NUMERIC, Book, FactType


def improvement_text(book: Book, found: Improvement, lang: str) -> RenderableType:
    """Return the changes and what is known of them."""
    lead = found.lead.id
    words = {"lead": lead, "target": found.target, "tried": f"{found.tried:,}"}
    if found.changes is None:
        if found.proved:
            return Text(say("answers.improve-impossible", lang, **words))
        return Text(say("answers.improve-not-found", lang, least=found.at_least, **words))
    if not found.changes or found.after is None:
        return Text(say("answers.improve-there", lang, lead=lead, grade=found.before.grade))
    head = say(
        "answers.improve-found",
        lang,
        lead=lead,
        before=found.before.grade,
        after=found.after.grade,
        low=points_text(found.before.score),
        high=points_text(found.after.score),
    )
    changes = [Text(f"  • {_change(book, each, lang)}") for each in found.changes]
    if found.proved:
        note = say_count("answers.improve-proved", lang, found.tried, target=found.target)
    else:
        words = {"tried": f"{found.tried:,}", "least": str(found.at_least)}
        note = say("answers.improve-unproved", lang, **words)
    return Group(Text(head, style="bold"), *changes, Text(note, style="dim"))


def _change(book: Book, change: Change, lang: str) -> str:
    fact = book.facts[change.fact]
    values = show_fact(fact, change.value, lang)
    ordered = fact.type in NUMERIC or fact.type is FactType.DATE
    if ordered and change.low is not None and change.high is not None:
        values = show_range(fact, place_of(change.low), place_of(change.high), lang)
    return say(
        "answers.improve-change",
        lang,
        fact=fact.label.say(lang),
        before=show_fact(fact, change.before, lang),
        values=values,
    )


def improvement_json(found: Improvement) -> dict[str, Any]:
    """Return the answer as plain values. ``changes`` is null where nothing was found."""
    after = found.after
    return {
        "lead": found.lead.id,
        "target": found.target,
        "before": {"grade": found.before.grade, "score": number(found.before.score)},
        "after": after and {"grade": after.grade, "score": number(after.score)},
        "changes": None if found.changes is None else [_plain(each) for each in found.changes],
        "price": found.price and {"facts": found.price[0], "cost": number(found.price[1])},
        "size": found.size,
        "proved": found.proved,
        "at_least": found.at_least,
        "tried": found.tried,
    }


def _plain(change: Change) -> dict[str, Any]:
    ends = {"from": change.low, "to": change.high}
    return {
        "fact": change.fact,
        "before": None if change.before is None else plain(change.before),
        "value": plain(change.value),
        "range": {name: None if end is None else plain(end) for name, end in ends.items()},
        "size": change.size,
    }
