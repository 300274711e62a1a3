"""A book that does not say which leads are qualified: then all of them are."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import All


def run(context: Context) -> Iterator[Hit]:
    """Yield a finding at the ladder where ``qualified`` is not said."""
    book = context.book
    if book.qualified == All(()):
        yield Hit(book.grades[0].span, {"best": book.grades[0].id})


CHECK = Check(
    "no-qualified",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
qualified:  # nothing
""",
    good="""\
qualified: grade = A
""",
)
