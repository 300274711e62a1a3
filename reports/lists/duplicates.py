"""Leads that come several times, as groups with the reason: text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.leads.identity.duplicates import Duplicates, Member, Stored
from leadgrade.reports.wording import list_name, say, say_count
from leadgrade.rules.lead import facts_from_json
from leadgrade.rules.model import Book
from leadgrade.storage.store import Store


def stored_leads(store: Store, book: Book) -> Iterator[Stored]:
    """Yield each lead of the record as it was last decided, with the facts that the book has."""
    seen: set[str] = set()
    for run in sorted(store.runs(), key=lambda each: -each.number):
        for each in store.decisions(run.number, best_first=False):
            if each.lead not in seen:
                seen.add(each.lead)
                yield Stored(each.lead, each.run, _facts(book, each.facts))


def _facts(book: Book, text: str) -> dict[str, Any]:
    known = {name: value for name, value in json.loads(text).items() if name in book.all_facts}
    return facts_from_json(book, json.dumps(known))


def duplicates_json(found: Duplicates) -> dict[str, Any]:
    """Return what was found as plain data."""
    return {
        "rows": found.rows,
        "rejected": found.rejected,
        "same": [
            {
                "shared": [{"key": key, "value": value} for key, value in each.shared],
                "rows": [member._asdict() for member in each.members],
            }
            for each in found.same
        ],
        "unclear": [
            {
                "shared": {"key": each.key, "value": each.value},
                "differ_in": each.differ_in,
                "rows": [member._asdict() for member in each.members],
            }
            for each in found.unclear
        ],
        "alike": [
            {"likeness": each.score, "rows": [member._asdict() for member in each.members]}
            for each in found.alike
        ],
    }


def duplicates_text(found: Duplicates, lang: str) -> RenderableType:
    """Return what was found as something a console prints."""
    parts: list[Text] = [Text(_total(found, lang), style="bold")]
    for same in found.same:
        shared = ", ".join(f"{key} {value}" for key, value in same.shared)
        parts += [Text(), Text(say("lists.same", lang, shared=shared), style="bold")]
        parts += [_member(each, lang) for each in same.members]
    for unclear in found.unclear:
        words = {"what": unclear.key, "value": unclear.value, "other": unclear.differ_in}
        parts += [Text(), Text(say("lists.unclear", lang, **words), style="yellow")]
        parts += [_member(each, lang) for each in unclear.members]
    for alike in found.alike:
        parts += [Text(), Text(say("lists.alike", lang, score=f"{alike.score:g}"), style="dim")]
        parts += [_member(each, lang) for each in alike.members]
    return Group(*parts)


def _total(found: Duplicates, lang: str) -> str:
    return say(
        "lists.duplicates",
        lang,
        rows=say_count("screens.rows", lang, found.rows),
        rejected=f"{found.rejected:,}",
        same=f"{len(found.same):,}",
        unclear=f"{len(found.unclear):,}",
        alike=f"{len(found.alike):,}",
    )


def _member(member: Member, lang: str) -> Text:
    place = f"{list_name(member.file or '', lang)}:{member.line}"
    if member.run is not None:
        place = say("lists.in-record", lang, run=member.run)
    return Text("  " + "  ".join(part for part in (place, member.lead, member.name) if part))
