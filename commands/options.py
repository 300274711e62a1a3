"""The options that commands share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def default_language() -> str:
    """Return Chinese where the system speaks it, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    said = (spoken or _spoken_by_windows()).lower()
    return "zh" if said.startswith(("zh", "chinese")) else "en"


def _spoken_by_windows() -> str:
    """Return the language of a system that sets no variables: ``zh_CN``, ``Chinese (…)_China``."""
    import locale  # noqa: PLC0415 - only where it is asked

    try:
        return locale.getlocale()[0] or ""
    except ValueError:  # a language that Python has no name for
        return ""


def _remember_language(ctx: click.Context, _: click.Parameter, value: str) -> str:
    ctx.find_root().obj = value
    return value


LANG = click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    default=default_language,
    envvar="LEADGRADE_LANG",
    callback=_remember_language,
    is_eager=True,
    help="Language of what is printed; LEADGRADE_LANG, else that of your system.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
BOOK = click.option(
    "--book",
    metavar="NAME|FILE",
    envvar="LEADGRADE_BOOK",
    help="The rule book; else book.yaml in this folder, else b2b-leads.",
)


def _named_values(
    _ctx: click.Context, _param: click.Parameter, said: tuple[str, ...]
) -> dict[str, str]:
    pairs = [each.partition("=") for each in said]
    wrong = [name for name, equals, value in pairs if not (name.strip() and equals and value)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r}: write NAME=VALUE, such as terms_days='60 days'")
    return {name.strip(): value.strip() for name, _, value in pairs}


SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_named_values,
    help="Another value for a parameter of the book, in this call; may be repeated.",
)
DB = click.option(
    "--db",
    metavar="FILE|URL",
    envvar="LEADGRADE_DB",
    default="leadgrade.db",
    show_default=True,
    help="The database that keeps the record; or LEADGRADE_DB.",
)
RUN = click.option("--run", type=int, metavar="N", help="The run; else the latest.")
ENGINE = click.option(
    "--engine",
    type=click.Choice(["auto", "rete", "explainer", "columnar", "spark"]),
    default="auto",
    show_default=True,
    help="What decides: durable_rules (rete), plain Python (explainer), or one query on DuckDB"
    " (columnar) or on a cluster (spark); auto takes columnar for large lists.",
)


_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B", re.IGNORECASE)
_MOST_BYTES = 1 << 63
"""DuckDB counts no further."""


def _memory(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    found = _SIZE.fullmatch(value.strip())
    if not found or float(found[1]) * 1024 ** " KMGT".index(found[2].upper()) >= _MOST_BYTES:
        raise click.BadParameter(f"{value!r}: write a size such as 512MB or 1GB.")
    return value


MASTER = click.option(
    "--master",
    metavar="URL",
    help="Where Spark runs, with --engine spark: spark://HOST:7077; else here, on all cores.",
)
MEMORY = click.option(
    "--memory",
    metavar="SIZE",
    callback=_memory,
    help="What the query of the columnar engine may use, else 600MB; what is beyond that goes"
    " to temporary files.",
)


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date:
    if value is None:
        return date.today()
    if not 1900 <= value.year < 3000:  # far from the ends of the calendar: due dates are reckoned
        raise click.BadParameter("the day must be between 1900-01-01 and 2999-12-31.")
    return value.date()


AS_OF = click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    callback=_day,
    help="Decide as of this day, 2026-01-31; else today.",
)


def options(*wanted: Callable[[F], F]) -> Callable[[F], F]:
    """Give a command several options, shown in this order."""

    def decorate(command: F) -> F:
        for option in reversed(wanted):
            command = option(command)
        return command

    return decorate


FROM_SQL = click.option(
    "--from-sql",
    type=(str, str),
    multiple=True,
    metavar="URL QUERY",
    help="Read the rows of a query on a database as a list, too.",
)


def _joins(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        name, sign, path = value.partition("=")
        if not (name and sign and path):
            raise click.BadParameter(f"`{value}` is not NAME=FILE.")
        found.append((name, path))
    return tuple(found)


JOIN = click.option(
    "--join",
    "joined",
    multiple=True,
    metavar="NAME=FILE",
    callback=_joins,
    help="Gather facts from a file that the book has under `sources:`; may be repeated.",
)
SOURCE = click.option(
    "--source",
    metavar="NAME",
    help="LIST is a file to be joined: read it as the book's `sources:` say of NAME.",
)
READING = options(
    click.option(
        "--map",
        "map_file",
        metavar="FILE",
        help="A mapping file, as `leadgrade map` writes it: which column is which fact.",
    ),
    click.option("--id", "id_column", metavar="COLUMN", help="The column that names the lead."),
    click.option(
        "--on-duplicate",
        type=click.Choice(["reject", "last", "error", "merge"]),
        default="reject",
        show_default=True,
        help="A lead that comes twice: reject the later row, let the last win, stop, or merge.",
    ),
    click.option("--encoding", help="Encoding of the list; else detected."),
    click.option("--delimiter", help="Delimiter of a CSV list, `tab` for tabs; else detected."),
    click.option("--sheet", help="Sheet of a spreadsheet; else the only one that is a list."),
    click.option(
        "--header-row",
        type=click.IntRange(1),
        metavar="N",
        help="Row of the header; else the first with names that the book knows.",
    ),
    click.option(
        "--percent",
        "bare_percent",
        type=click.Choice(["share", "percent"]),
        help="How a bare 35 in a percent column reads: 3500 % (share) or 35 % (percent).",
    ),
    click.option(
        "--dates", "date_order", type=click.Choice(["dmy", "mdy"]), help="How 03/04/2026 reads."
    ),
    click.option("--decimal-comma", is_flag=True, help="Read 1.234,5 as one thousand and more."),
)
"""How a list is read where detection is not enough."""
