"""The command for people who keep their leads in a warehouse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from leadgrade.commands.options import AS_OF, LANG, SET, options
from leadgrade.commands.printing import load, show_lines
from leadgrade.commands.writing import Output, Writing

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

_DIALECTS = ("duckdb", "postgres", "spark", "snowflake", "bigquery", "trino")


@click.command("sql", cls=Writing)
@click.argument("book", required=False)
@click.option(
    "--dialect",
    type=click.Choice(_DIALECTS),
    default="duckdb",
    show_default=True,
    help="The SQL to write.",
)
@click.option("--dbt", is_flag=True, help="Write a dbt model; its as-of date is the var as_of.")
@click.option(
    "--table",
    metavar="NAME",
    default="leads",
    show_default=True,
    help="The table of the leads, with a column for each fact; with --dbt a model (leads), or a"
    " source and its table (raw.leads).",
)
@click.option(
    "--id",
    "lead",
    metavar="COLUMN",
    default="lead",
    show_default=True,
    help="The column that names the lead.",
)
@options(AS_OF, SET, LANG)
@click.option(
    "--out",
    type=Output("sql"),
    help="The file; else stdout. With --dbt a folder or a file .sql; a .yml that describes and"
    " tests the columns is written beside it.",
)
@click.pass_context
def as_sql(  # noqa: PLR0913, PLR0917 - what can be said about a statement
    ctx: click.Context,
    book: str | None,
    dialect: str,
    table: str,
    lead: str,
    as_of: date,
    settings: dict[str, str],
    lang: str,
    out: Path | None,
    *,
    dbt: bool,
) -> None:
    """Write BOOK as one SQL statement over a table whose columns are its facts.

    The statement decides every lead of the table as `leadgrade qualify` would, and says which
    rules fired, what is open, and what is still possible. Comments name where each part comes
    from. What a dialect cannot do is refused.
    """
    from leadgrade.engine.sql.readable import Source
    from leadgrade.reports.book.dbt import dbt_model
    from leadgrade.reports.book.warehouse import book_sql
    from leadgrade.reports.files import write_text

    found, source = load(book, settings), Source(table, lead)
    if dbt:
        said = ctx.get_parameter_source("as_of") is click.core.ParameterSource.COMMANDLINE
        model = dbt_model(found, dialect, as_of if said else None, source, lang)
        if out is not None:
            model.write(out)
            return
        text = model.sql
    else:
        text = book_sql(found, dialect, as_of, source, lang)
    if out is None:
        show_lines(text.removesuffix("\n"))
    else:
        write_text(out, text)
