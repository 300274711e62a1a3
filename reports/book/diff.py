"""What a new rule book would change: who moves, which rule moves them, who has more to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.comparing import fitted, movers
from leadgrade.engine.decision import Decision, points_text
from leadgrade.engine.ranks import rankings_of, with_ranks
from leadgrade.leads import Options, read_lists
from leadgrade.reports.explanation.data import number
from leadgrade.reports.record.recall import stored_book, stored_lead
from leadgrade.reports.values import label_of
from leadgrade.reports.wording import say
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, KnockOut, Limit, Rule
from leadgrade.storage.store import open_store

MOST_LEADS = 20


class Move(NamedTuple):
    """A lead whose grade changes, and what moves it: rules, caps, or nothing but the grades."""

    lead: str
    name: str
    before: Decision
    after: Decision
    by: tuple[str, ...]


@dataclass
class BookDiff:
    """Two rule books on the same leads."""

    old: Book
    new: Book
    as_of: date
    leads: int = 0
    unread: int = 0
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: list[Move] = field(default_factory=list)
    rescored: int = 0
    owners: dict[str, list[int]] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of the leads whose grade changes."""
        return len(self.moves) / self.leads if self.leads else 0.0

    def rises(self, move: Move) -> bool:
        """Whether a lead rises: by its place on the ladder of the new book, else by score."""
        ladder = self.new.grade_ids
        if move.before.grade in ladder:
            return ladder.index(move.after.grade) < ladder.index(move.before.grade)
        return move.after.score > move.before.score


def books_differ(old: Book, new: Book, target: str, db: str, as_of: date) -> BookDiff:
    """Return what differs on a stored run (its number) or on a list (its file).

    Raises:
        ListError: the list cannot be read.
        StoreError: no such run, or the record cannot be read.
    """
    if target.isdecimal():
        as_of, before, after = _stored(old, new, int(target), db)
    else:
        before, after = (_read(target, book) for book in (old, new))
    found = BookDiff(old, new, as_of)
    both = [name for name in before if name in after]
    found.unread = len(before.keys() ^ after.keys())
    sides = []
    for book, leads in ((old, before), (new, after)):
        some = [leads[name] for name in both]
        ranked = with_ranks(book, some, as_of) if rankings_of(book) else some
        decide = Explainer(book, as_of).decide
        sides.append([decide(lead) for lead in ranked])
    for name, one, other in zip(both, *sides, strict=True):
        _count(found, before[name], one, other)
    return found


def _stored(
    old: Book, new: Book, run: int, db: str
) -> tuple[date, dict[str, Lead], dict[str, Lead]]:
    with open_store(db, create=False) as store:
        found = store.run(run)
        book = stored_book(store, found)
        leads = [stored_lead(book, each) for each in store.decisions(run, best_first=False)]
    sides = ({lead.id: fitted(lead, each) for lead in leads} for each in (old, new))
    return found.as_of, *sides  # type: ignore[return-value]


def _read(path: str, book: Book) -> dict[str, Lead]:
    with closing(read_lists([path], book, Options())) as reading:
        return {item.id: item for item in reading if isinstance(item, Lead)}


def _count(found: BookDiff, lead: Lead, before: Decision, after: Decision) -> None:
    found.leads += 1
    found.matrix[before.grade, after.grade] += 1
    for place, (book, decision) in enumerate(((found.old, before), (found.new, after))):
        for step in book.next_steps:
            if step.id in decision.next_steps:
                owner = "" if step.owner is None else step.owner.say("en")
                found.owners.setdefault(owner, [0, 0])[place] += 1
    if before.grade == after.grade:
        found.rescored += before.score != after.score
        return
    name = str(lead.facts.get(found.old.lead_name or "", ""))
    by = movers(found.new, before, after) if before.grade in found.new.grade_ids else ()
    found.moves.append(Move(lead.id, name, before, after, by))


def diff_text(found: BookDiff, limit: float | None, lang: str) -> RenderableType:
    """Return matrix, movers and workload."""
    up = sum(found.rises(each) for each in found.moves)
    head = say(
        "answers.diff-head",
        lang,
        old=f"{found.old.id} {found.old.sha256[:12]}",
        new=f"{found.new.id} {found.new.sha256[:12]}",
        leads=f"{found.leads:,}",
        day=found.as_of.isoformat(),
    )
    moved = say(
        "answers.diff-moved",
        lang,
        moved=f"{len(found.moves):,}",
        leads=f"{found.leads:,}",
        share=f"{found.share:.1%}",
        up=f"{up:,}",
        down=f"{len(found.moves) - up:,}",
    )
    parts: list[RenderableType] = [Text(head, style="bold"), Text(moved)]
    if found.rescored:
        parts.append(Text(say("answers.diff-score-only", lang, count=f"{found.rescored:,}")))
    if found.unread:
        parts.append(Text(say("answers.diff-unread", lang, count=f"{found.unread:,}")))
    parts += [*_titled("diff-matrix", _matrix(found), lang)]
    if found.moves:
        parts += [*_titled("diff-leads", _moves(found, lang), lang)]
        parts += [*_titled("diff-rules", _reasons(found, lang), lang)]
    parts += [*_titled("diff-owners", _owners(found, lang), lang)]
    if limit is not None and found.share > limit:
        parts += [Text(), Text(say("answers.diff-over", lang, limit=f"{limit:.1%}"), style="bold")]
    return Group(*parts)


def _titled(name: str, table: Table, lang: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text(say(f"answers.{name}", lang), style="bold")
    yield table


def _matrix(found: BookDiff) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for grade in found.new.grade_ids:
        table.add_column(grade, justify="right")
    for grade in found.old.grade_ids:
        counts = (found.matrix[grade, other] for other in found.new.grade_ids)
        table.add_row(grade, *(f"{count:,}" if count else "·" for count in counts))
    return table


def _moves(found: BookDiff, lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("screens.column-lead", "screens.column-name"):
        table.add_column(say(name, lang), overflow="fold")
    for name in ("answers.column-old", "answers.column-new"):
        table.add_column(say(name, lang))
    table.add_column(say("answers.column-why", lang), overflow="fold")
    for move in found.moves[:MOST_LEADS]:
        grades = (f"{each.grade} {points_text(each.score)}" for each in (move.before, move.after))
        why = ", ".join(mover_name(found, each, lang) for each in move.by or ("",))
        table.add_row(*(Text(cell) for cell in (move.lead, move.name, *grades, why)))
    if len(found.moves) > MOST_LEADS:
        table.add_row(say("screens.more", lang, count=f"{len(found.moves) - MOST_LEADS:,}"))
    return table


def _reasons(found: BookDiff, lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("answers.column-why", lang), overflow="fold")
    table.add_column(say("answers.column-count", lang), justify="right")
    for name, count in counted_movers(found).most_common():
        table.add_row(Text(mover_name(found, name, lang)), f"{count:,}")
    return table


def counted_movers(found: BookDiff) -> Counter[str]:
    """Return how many leads each rule moves most; an empty name is for the grades themselves."""
    return Counter(move.by[0] if move.by else "" for move in found.moves)


def mover_name(found: BookDiff, name: str, lang: str) -> str:
    """Return what people call what moved a lead: a rule, a cap, a line without a rule."""
    for book in (found.new, found.old):
        parts: list[Rule | KnockOut | Limit] = [*book.rules.values(), *book.knock_outs]
        for part in [*parts, *book.limits]:
            if part.id == name and part.label is not None:
                return part.label.say(lang)
        criterion, colon, kind = name.partition(":")
        if colon and criterion in book.criteria:
            return f"{label_of(book, criterion, lang)}: {say(f'answers.{kind}', lang)}"
    return name or say("answers.diff-ladder", lang)


def _owners(found: BookDiff, lang: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("answers.column-owner", lang), overflow="fold")
    for name in ("old", "new"):
        table.add_column(say(f"answers.column-{name}", lang), justify="right")
    called = owners_called(found, lang)
    for owner, (before, after) in found.owners.items():
        table.add_row(Text(called.get(owner, owner)), f"{before:,}", f"{after:,}")
    return table


def owners_called(found: BookDiff, lang: str) -> dict[str, str]:
    """Return what the owners are called in a language, by their English names."""
    steps = (*found.old.next_steps, *found.new.next_steps)
    named = {step.owner.say("en"): step.owner.say(lang) for step in steps if step.owner}
    return {"": say("answers.nobody", lang), **named}


def diff_json(found: BookDiff, lang: str) -> dict[str, Any]:
    """Return the comparison as plain values."""
    called = owners_called(found, lang)
    return {
        "old": {"id": found.old.id, "sha256": found.old.sha256},
        "new": {"id": found.new.id, "sha256": found.new.sha256},
        "as_of": found.as_of.isoformat(),
        "leads": found.leads,
        "moved": len(found.moves),
        "share": round(found.share, 6),
        "rescored": found.rescored,
        "unread": found.unread,
        "matrix": {
            one: {other: found.matrix[one, other] for other in found.new.grade_ids}
            for one in found.old.grade_ids
        },
        "moves": [
            {
                "lead": move.lead,
                "before": {"grade": move.before.grade, "score": number(move.before.score)},
                "after": {"grade": move.after.grade, "score": number(move.after.score)},
                "by": list(move.by),
            }
            for move in found.moves
        ],
        "movers": dict(counted_movers(found).most_common()),
        "owners": {
            called.get(owner, owner): {"before": both[0], "after": both[1]}
            for owner, both in found.owners.items()
        },
    }
