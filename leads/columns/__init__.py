"""Big lists -> a table of typed facts in DuckDB, which is what iterating a ``Reading`` gives.

``fill(connection, reading, book)`` reads the open lists of a run into two tables, leads and
rejected rows, and returns what they are called:

    with read_lists(["leads.csv"], book) as reading, duckdb.connect() as connection:
        filled = fill(connection, reading, book)
        connection.sql("SELECT count(*) FROM leads WHERE f0 > 1000000")

The meaning of a list is that of the ordinary reader: the texts of a CSV, Parquet or any other file
are the same, plain cells are read by SQL, all others, each text once, by the reader of cells, and
a row that may have to be rejected goes the ordinary way. ``why_not(reading)`` says what keeps the
rows from being typed by columns at all; they are then typed one by one, into the same tables.
"""

from leadgrade.leads.columns.filling import Filled, fill, why_not
from leadgrade.leads.columns.table import Names, by_position

__all__ = ["Filled", "Names", "by_position", "fill", "why_not"]
