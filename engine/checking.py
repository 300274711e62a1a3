"""All checks of a book. What hangs on the day is proved for each stretch of days by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from leadgrade.engine.in_force import day_in, in_force, stretches
from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks import in_order, run_checks
from leadgrade.rules.checks.base import Group, Level
from leadgrade.rules.checks.context import Context, Seen
from leadgrade.rules.checks.places import Places
from leadgrade.rules.model import Book, Validity
from leadgrade.rules.source import Days, Finding, Severity


@dataclass(slots=True)
class _Standing:
    """A finding, and the stretches of days on which it was made."""

    finding: Finding
    on: list[Validity]


def findings_of(
    book: Book,
    levels: Mapping[str, Level] | None = None,
    sample: Sequence[Seen] = (),
    places: Places | None = None,
) -> list[Finding]:
    """Return what the checks find in a book, in the order of the file.

    ``levels`` are by code, ``sample`` are the leads of a list for the checks with data. A finding
    that is not made on every day names its days. It is a warning at most where no level is said:
    the days may be long past.
    """
    whole = Context(book, Oracle(book), sample, places)
    days = stretches(book)
    if len(days) == 1:
        return in_order(run_checks(whole, levels))
    others = run_checks(whole, levels, {Group.HYGIENE, Group.DATA})
    return in_order([*others, *_proved(whole, days, levels)])


def _proved(
    whole: Context, days: Sequence[Validity], levels: Mapping[str, Level] | None
) -> Iterator[Finding]:
    """Yield what is found about the logic of what is in force on some days."""
    found: dict[tuple[object, ...], _Standing] = {}
    for stretch in days:
        day = day_in(stretch)
        book = in_force(whole.book, day)
        context = Context(book, Oracle(book, day), whole.sample, whole.places)
        for each in run_checks(context, levels, {Group.LOGIC}):
            key = (each.code, each.span, *sorted(each.args.items()), each.suggestion)
            found.setdefault(key, _Standing(each, [])).on.append(stretch)
    for standing in found.values():
        finding = standing.finding
        if len(standing.on) < len(days):
            finding = replace(finding, days=tuple(_joined(standing.on)))
            if finding.severity is Severity.ERROR and finding.code not in (levels or {}):
                finding = replace(finding, severity=Severity.WARNING)
        yield finding


def _joined(days: Sequence[Validity]) -> Iterator[Days]:
    """Yield stretches of days, those that follow each other as one."""
    first = days[0].first
    for one, following in zip(days, [*days[1:], None], strict=True):
        if following is None or one.last is None or following.first != one.last + timedelta(1):
            yield first, one.last
            first = None if following is None else following.first
