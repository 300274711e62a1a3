"""All that was ever decided of a lead, and what moved it each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.engine.comparing import Causes, Difference, Moment, causes, difference
from leadgrade.engine.decision import Decision, points_text
from leadgrade.reports.answers.comparing import decision_json, difference_json, shift_name
from leadgrade.reports.explanation.data import brief_override, number
from leadgrade.reports.record.overriding import override_text
from leadgrade.reports.record.recall import stored_book, stored_lead
from leadgrade.reports.values import show_fact, signed
from leadgrade.reports.wording import say, say_count
from leadgrade.rules.model import Book
from leadgrade.storage.records import StoredOverride
from leadgrade.storage.store import Store

ALONE = ("facts", "rules", "calendar")


class Chapter(NamedTuple):
    """One decision. ``changed`` and ``why`` compare it with the one before; None for the first.

    ``by_hand`` is what people ever said of its grade, the oldest first, also what is over.
    """

    run: int
    moment: Moment
    decision: Decision
    changed: Difference | None
    why: Causes | None
    by_hand: tuple[StoredOverride, ...] = ()


def history_of(store: Store, lead: str) -> list[Chapter]:
    """Return all decisions about a lead, the oldest first.

    Raises:
        StoreError: no such lead, or the record cannot be read.
        RecallError: this version cannot read a rule book of the record.
    """
    books: dict[str, Book] = {}
    chapters: list[Chapter] = []
    overrides = [each for each in store.overrides() if each.lead == lead]
    for stored in store.history(lead):
        run = store.run(stored.run)
        if run.book_sha256 not in books:
            books[run.book_sha256] = stored_book(store, run)
        book = books[run.book_sha256]
        moment = Moment(stored_lead(book, stored), book, run.as_of)
        decision = stored.decision
        before = chapters[-1] if chapters else None
        chapter = _chapter(stored.run, moment, decision, before)
        by_hand = tuple(each for each in overrides if each.run == stored.run)
        chapters.append(chapter._replace(by_hand=by_hand))
    return chapters


def _chapter(run: int, moment: Moment, decision: Decision, before: Chapter | None) -> Chapter:
    if before is None:
        return Chapter(run, moment, decision, None, None)
    facts = before.moment.lead.facts, moment.lead.facts
    changed = difference(before.decision, decision, *facts)
    return Chapter(run, moment, decision, changed, causes(before.moment, moment))


def history_text(lead: str, chapters: Sequence[Chapter], lang: str) -> RenderableType:
    """Return the decisions one below the other, each with what moved it."""
    head = say_count("answers.history-head", lang, len(chapters), lead=lead)
    lines = [line for each in chapters for line in _lines(each, lang)]
    return Group(Text(head, style="bold"), *lines)


def _lines(chapter: Chapter, lang: str) -> Iterator[Text]:
    yield Text()
    words = {"run": chapter.run, "day": chapter.moment.as_of.isoformat()}
    yield Text(say("answers.history-run", lang, **words, **_result(chapter.decision)), style="bold")
    yield from (Text(f"  {override_text(each, lang)}") for each in chapter.by_hand)
    if chapter.changed is None or chapter.why is None:
        return
    if not chapter.changed.facts and _same(chapter.changed.before, chapter.decision):
        yield Text(f"  {say('answers.history-same', lang)}")
        return
    yield from (Text(f"  {each}") for each in _causes(chapter.why, lang))
    book = chapter.moment.book
    for fact_shift in chapter.changed.facts:
        fact = book.facts.get(fact_shift.fact)
        if fact is not None:
            values = [show_fact(fact, value, lang) for value in fact_shift[1:]]
            yield Text(f"    {fact.label.say(lang)}: {values[0]} → {values[1]}")
    for shift in chapter.changed.shifts:
        moved = f"{signed(shift.before)} → {signed(shift.after)}"
        yield Text(f"    {shift_name(book, shift, lang)}: {moved}")


def _same(one: Decision, other: Decision) -> bool:
    return one.grade == other.grade and one.ledger == other.ledger


def _causes(why: Causes, lang: str) -> Iterator[str]:
    """Yield what each of the three did alone, and what only shows when they come together."""
    for name in ALONE:
        alone: Decision = getattr(why, name)
        told = say("answers.history-unmoved", lang)
        moved = (alone.grade, alone.score) != (why.before.grade, why.before.score)
        if moved:
            same = alone.grade == why.before.grade
            grades = alone.grade if same else f"{why.before.grade} → {alone.grade}"
            points = signed(alone.score - why.before.score)
            yield say(f"answers.history-{name}", lang, grade=grades, points=points)
        else:
            yield say(f"answers.history-{name}-unmoved", lang, told=told)
    if why.together:
        yield say("answers.history-together", lang, points=signed(why.together))


def _result(decision: Decision) -> dict[str, str]:
    return {"grade": decision.grade, "score": points_text(decision.score)}


def history_json(lead: str, chapters: Sequence[Chapter]) -> dict[str, Any]:
    """Return the history as plain values."""
    return {"lead": lead, "decisions": [_plain(each) for each in chapters]}


def _plain(chapter: Chapter) -> dict[str, Any]:
    book = chapter.moment.book
    found: dict[str, Any] = {
        "run": chapter.run,
        "as_of": chapter.moment.as_of.isoformat(),
        "book": {"id": book.id, "sha256": book.sha256},
        **decision_json(chapter.decision),
        "overrides": [brief_override(each) for each in chapter.by_hand],
    }
    if chapter.changed is not None and chapter.why is not None:
        why = chapter.why
        found["changed"] = {
            name: value
            for name, value in difference_json(chapter.changed).items()
            if name in ("facts", "points")
        }
        found["alone"] = {
            name: {
                "grade": getattr(why, name).grade,
                "points": number(getattr(why, name).score - why.before.score),
            }
            for name in ALONE
        }
        found["together"] = number(why.together)
    return found
