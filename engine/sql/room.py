"""What a statement for people has no room for in a dialect. It is refused, never left out."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.engine.sql.dialects import Dialect, SqlError
from leadgrade.rules.checks.parts import cases_of, parts_of, scoring_parts
from leadgrade.rules.conditions import Compare, Condition, Contains, OneOf, tests_of
from leadgrade.rules.model import Book, FirstMatch
from leadgrade.rules.source import Span

NUL = "\0"
"""No text of a file with SQL can hold it, and PostgreSQL's own texts cannot either."""


def check_texts(book: Book) -> None:
    """Check that everything that the book compares with can be written as a text of SQL.

    Raises:
        SqlError: ``no-nul``, with the place.
    """
    for name, span, values in _compared(book):
        if any(isinstance(each, str) and NUL in each for each in values):
            raise SqlError("no-nul", place=where_is(span), name=name)


def check_room(dialect: Dialect, book: Book, columns: int) -> None:
    """Check that a dialect takes that many columns.

    Raises:
        SqlError: ``too-wide``.
    """
    most = dialect.most_columns
    if most is not None and columns > most:
        raise SqlError(
            "too-wide", dialect=dialect.title, book=book.path, columns=columns, most=most
        )


def check_length(dialect: Dialect, book: Book, statement: str) -> None:
    """Check that a dialect takes a statement of that length.

    Raises:
        SqlError: ``too-long``.
    """
    size, most = len(statement), dialect.longest
    if most is not None and size > most:
        raise SqlError("too-long", dialect=dialect.title, book=book.path, size=size, most=most)


def where_is(span: Span) -> str:
    """Return where a part of a book stands, as findings write it."""
    return f"{span.file}:{span.line}:{span.column}"


def _compared(book: Book) -> Iterator[tuple[str, Span, list[object]]]:
    """Yield the values that each part of a book compares with; some parts more than once."""
    for fact in book.facts.values():
        yield fact.id, fact.span, [fact.if_unknown, *(each.id for each in fact.choices)]
    for part in (*parts_of(book), *scoring_parts(book)):
        yield part.id, part.span, list(_values(part.when))
    for each in book.classes.values():
        if isinstance(each, FirstMatch):
            for _, when, _ in cases_of(each):
                yield each.id, each.span, list(_values(when))


def _values(condition: Condition) -> Iterator[object]:
    for test in tests_of(condition):
        match test:
            case Compare(_, _, value):
                yield value
            case Contains(_, needle):
                yield needle
            case OneOf(_, values):
                yield from values
