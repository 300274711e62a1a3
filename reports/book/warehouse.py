"""A rule book as one SQL statement, for people who keep their leads in a warehouse."""

from __future__ import annotations

import re
from datetime import date
from functools import partial

from leadgrade.engine.sql.dialects import DIALECTS, SqlError
from leadgrade.engine.sql.layout import AsOf
from leadgrade.engine.sql.readable import Source, readable_statement
from leadgrade.reports.wording import say
from leadgrade.rules.model import Book

_NAME = re.compile(r"[^'\"`\\\s]+")


def book_sql(book: Book, dialect: str, day: date, source: Source, lang: str) -> str:
    """Return the book as one statement, as of a day.

    Raises:
        SqlError: the dialect cannot say the book, or ``table-name``.
    """
    table_parts(source)
    words = partial(say_sql, lang)
    found = readable_statement(book, AsOf(day), DIALECTS[dialect], source, words, lang)
    return f"{header(book, dialect, source, str(day), lang)}{found.text};\n"


def say_sql(lang: str, code: str, **values: object) -> str:
    """Return a text about SQL."""
    return say(f"sql.{code}", lang, **values)


def table_parts(source: Source) -> list[str]:
    """Return the parts of the name of a table, each of which can be quoted.

    Raises:
        SqlError: ``table-name``.
    """
    parts = source.table.split(".")
    if not all(map(_NAME.fullmatch, parts)):
        raise SqlError("table-name", name=source.table)
    return parts


def header(book: Book, dialect: str, source: Source, day: str, lang: str) -> str:
    """Return comments that say which book it is, what is read and given, and what to mind."""
    spoken = DIALECTS[dialect]
    lines = [f"{book.id}{say_sql(lang, 'colon')}{book.title.say(lang)}"]
    lines.append(say_sql(lang, "header-book", sha256=book.sha256, day=day))
    if book.overrides:
        said = ", ".join(f"{name} = {value}" for name, value in book.overrides.items())
        lines.append(say_sql(lang, "header-set", said=said))
    lines.append(say_sql(lang, "header-by", dialect=spoken.title))
    lines.append(say_sql(lang, "header-reads", table=source.table, lead=source.lead))
    lines.append(say_sql(lang, "header-gives"))
    if spoken.note:
        lines.append(say_sql(lang, spoken.note, dialect=spoken.title))
    return "".join(f"-- {' '.join(line.split())}\n" for line in lines)
