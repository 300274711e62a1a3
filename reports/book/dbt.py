"""A rule book as a dbt model: its statement, and what dbt is to know and test of its columns."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from leadgrade.engine.sql.dialects import DIALECTS, SqlError
from leadgrade.engine.sql.layout import AsOf
from leadgrade.engine.sql.readable import Given, Source, readable_statement
from leadgrade.reports.book.warehouse import header, say_sql, table_parts
from leadgrade.reports.files import write_text
from leadgrade.reports.replacing import refuse_other
from leadgrade.rules.model import Book

_JINJA = re.compile(r"[{}%#]{2,}")
_WIDE = 1_000_000


@dataclass(frozen=True)
class DbtModel:
    """A model. ``name`` is made of its book's id."""

    name: str
    sql: str
    about: str
    columns: tuple[Given, ...]

    def properties(self, name: str) -> str:
        """Return the YAML that describes the model under a name: its columns, and tests on them."""
        columns = [_described(each) for each in self.columns]
        model = {"name": name, "description": _plain(self.about), "columns": columns}
        found: str = yaml.safe_dump(
            {"version": 2, "models": [model]}, allow_unicode=True, sort_keys=False, width=_WIDE
        )
        return found

    def write(self, out: Path) -> None:
        """Write the model and its properties side by side, into a folder or as a file ``.sql``.

        Raises:
            OutputError: a file cannot be written, or is there and is something else.
        """
        path = out if out.suffix == ".sql" else out / f"{self.name}.sql"
        beside = path.with_suffix(".yml")
        refuse_other(path, ["sql"])
        refuse_other(beside, ["dbt"])
        write_text(path, self.sql)
        write_text(beside, self.properties(path.stem))


def dbt_model(book: Book, dialect: str, day: date | None, source: Source, lang: str) -> DbtModel:
    """Return the book as a model of a table: ``leads`` is a model, ``raw.leads`` of a source.

    The as-of date is the var ``as_of``; where nobody sets it ``day``, and where that is None the
    day on which dbt runs.

    Raises:
        SqlError: the dialect cannot say the book, ``table-name``, or ``dbt-table``.
    """
    table = _reference(source)
    day_slot, table_slot = secrets.token_hex(16), f"t{secrets.token_hex(16)}"  # till Jinja is out
    inner, words = Source(table_slot, source.lead), partial(say_sql, lang)
    found = readable_statement(book, AsOf(None, day_slot), DIALECTS[dialect], inner, words, lang)
    head = header(book, dialect, source, say_sql(lang, "day-of-dbt"), lang)
    text = re.sub(rf'["`]{table_slot}["`]', table, _plain(head + found.text), flags=re.IGNORECASE)
    default = "run_started_at.strftime('%Y-%m-%d')" if day is None else f"'{day}'"
    text = text.replace(day_slot, f"{{{{ var('as_of', {default}) }}}}")
    return DbtModel(
        re.sub(r"\W", "_", book.id),
        f"{{{{ config(materialized='table') }}}}\n{text}\n",
        say_sql(lang, "dbt-about", title=book.title.say(lang)),
        found.columns,
    )


def _reference(source: Source) -> str:
    """Return the table as dbt refers to it."""
    match table_parts(source):
        case [model]:
            return f"{{{{ ref('{model}') }}}}"
        case [name, table]:
            return f"{{{{ source('{name}', '{table}') }}}}"
    raise SqlError("dbt-table", name=source.table)


def _described(column: Given) -> dict[str, Any]:
    tests: list[Any] = ["not_null"]
    if column.name.lower() == "lead":
        tests.append("unique")
    if column.values:
        values = [_plain(each) for each in column.values]
        tests.append({"accepted_values": {"arguments": {"values": values}}})
    described = {"name": column.name, "quote": True, "description": _plain(column.about)}
    return {**described, "data_tests": tests}


def _plain(text: str) -> str:
    """Return a text in which dbt finds nothing to fill in."""
    return _JINJA.sub(lambda found: f"{{{{ '{found[0]}' }}}}", text)
