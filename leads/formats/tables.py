"""An open source of any format -> a table of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadgrade.leads.formats.objects import json_array_table, json_lines_table
from leadgrade.leads.formats.parquet import parquet_table
from leadgrade.leads.formats.records import csv_table
from leadgrade.leads.formats.sheets import sheet_table
from leadgrade.leads.formats.source import Kind, Source, kind_of
from leadgrade.leads.formats.sql import query_table
from leadgrade.leads.mapping.names import Names
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from leadgrade.leads.mapping.map_file import MapFile
    from leadgrade.leads.terms import Options, Table
    from leadgrade.rules.model import Book


def table_of(source: Source, book: Book, options: Options, said: MapFile | None) -> Table:
    """Return an open source as a table, whatever its format.

    Raises:
        ListError: it cannot be read as a whole; ``no-sheets`` where one was said of what has none.
    """
    kind = kind_of(source)
    if options.sheet is not None and kind is not Kind.SHEET:
        raise ListError("no-sheets", file=source.name, sheet=options.sheet)
    names = Names.of_book(book, (column.header for column in said.columns) if said else ())
    match kind:
        case Kind.SHEET:
            return sheet_table(source, options, names)
        case Kind.JSON_LINES:
            return json_lines_table(source, options, names)
        case Kind.JSON_ARRAY:
            return json_array_table(source, options, names)
        case Kind.CSV:
            return csv_table(source, options, names)
        case Kind.PARQUET:
            return parquet_table(source)
        case Kind.QUERY:
            return query_table(source)
