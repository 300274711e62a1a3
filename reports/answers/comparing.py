"""Two decisions side by side: of one lead before and after a change, or of two leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadgrade.engine.comparing import Difference, Shift
from leadgrade.engine.decision import Decision, LineKind, points_text
from leadgrade.reports.explanation.data import number
from leadgrade.reports.values import label_of, show_class, show_fact, signed
from leadgrade.reports.wording import say
from leadgrade.rules.lead import plain
from leadgrade.rules.model import Book


def difference_text(
    book: Book, found: Difference, title: str, names: tuple[str, str], lang: str
) -> RenderableType:
    """Return what differs, under a title; ``names`` stand above the two columns."""
    parts: list[RenderableType] = [Text(title, style="bold")]
    if found.is_nothing:
        return Group(*parts, Text(say("answers.no-difference", lang)))
    for heading, rows in (
        ("difference-rest", list(_results(book, found, lang))),
        ("difference-points", list(_points(book, found, lang))),
        ("difference-facts", list(_facts(book, found, lang))),
    ):
        if rows:
            parts += [Text(), Text(say(f"answers.{heading}", lang), style="bold")]
            parts.append(Padding(_table(rows, names, lang), (0, 0, 0, 2)))
    return Group(*parts)


def _table(rows: list[tuple[str, ...]], names: tuple[str, str], lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(overflow="fold")
    for name in names:
        table.add_column(name, overflow="fold")
    if len(rows[0]) > 3:
        table.add_column(say("answers.change", lang), justify="right")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _results(book: Book, found: Difference, lang: str) -> Iterator[tuple[str, ...]]:
    """Yield grade and score, and what else differs."""
    one, other = found.before, found.after
    yield say("answers.grade", lang), one.grade, other.grade
    yield say("screens.score", lang), points_text(one.score), points_text(other.score)
    if one.qualified != other.qualified:
        answers = (
            say(f"screens.{'yes' if each.qualified else 'no'}", lang) for each in (one, other)
        )
        yield say("answers.is-qualified", lang), *answers
    for name in book.classes:
        if one.classes.get(name) != other.classes.get(name):
            labels = (
                show_class(book, name, each.classes.get(name, ""), lang) for each in (one, other)
            )
            yield label_of(book, name, lang), *labels
    for name, field in (
        ("knock-outs", "knock_outs"),
        ("limits", "limits"),
        ("next-steps", "next_steps"),
    ):
        if getattr(one, field) != getattr(other, field):
            shown = (_names(book, getattr(each, field), lang) for each in (one, other))
            yield say(f"answers.{name}", lang), *shown


def _names(book: Book, ids: tuple[str, ...], lang: str) -> str:
    called = {each.id: each.label for each in (*book.knock_outs,)}
    called |= {each.id: each.label for each in book.limits}
    called |= {each.id: each.do for each in book.next_steps}
    labels = ((each, called.get(each)) for each in ids)
    return "; ".join(label.say(lang) if label else each for each, label in labels) or say(
        "answers.none", lang
    )


def _points(book: Book, found: Difference, lang: str) -> Iterator[tuple[str, ...]]:
    for shift in found.shifts:
        yield (
            shift_name(book, shift, lang),
            signed(shift.before),
            signed(shift.after),
            signed(shift.after - shift.before),
        )


def shift_name(book: Book, shift: Shift, lang: str) -> str:
    """Return what people call a line of the ledger: its rule, or criterion and kind of line."""
    rule = book.rules.get(shift.rule or "")
    if rule is not None:
        return rule.label.say(lang) if rule.label else rule.id
    criterion = label_of(book, shift.criterion, lang)
    if shift.kind is LineKind.RULE:
        return f"{criterion}: {shift.rule}"
    return f"{criterion}: {say(f'answers.{shift.kind.value}', lang)}"


def _facts(book: Book, found: Difference, lang: str) -> Iterator[tuple[str, ...]]:
    for each in found.facts:
        fact = book.facts.get(each.fact)
        if fact is None:
            yield each.fact, *("" if value is None else str(value) for value in each[1:])
        else:
            shown = (show_fact(fact, value, lang) for value in each[1:])
            yield fact.label.say(lang), *shown


def difference_json(found: Difference) -> dict[str, Any]:
    """Return what differs as plain values."""
    return {
        "before": decision_json(found.before),
        "after": decision_json(found.after),
        "facts": [
            {
                "fact": each.fact,
                "before": None if each.before is None else plain(each.before),
                "after": None if each.after is None else plain(each.after),
            }
            for each in found.facts
        ],
        "points": [
            {
                "criterion": each.criterion,
                **({"rule": each.rule} if each.rule else {each.kind.value: True}),
                "before": number(each.before),
                "after": number(each.after),
            }
            for each in found.shifts
        ],
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """Return what a decision came to, without its ledger."""
    return {
        "grade": decision.grade,
        "earned": decision.earned,
        "score": number(decision.score),
        "qualified": decision.qualified,
        "knock_outs": list(decision.knock_outs),
        "limits": list(decision.limits),
        "classes": decision.classes,
        "next_steps": list(decision.next_steps),
    }
