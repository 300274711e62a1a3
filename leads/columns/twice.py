"""Leads that come twice in the tables: one row of each is kept, as a ``Reading`` would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leadgrade.leads.columns.batches import number_of, place_of
from leadgrade.leads.columns.portions import portions_of
from leadgrade.leads.terms import ListError, OnDuplicate, Rejected, clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leadgrade.leads.columns.batches import Batch
    from leadgrade.leads.columns.table import Tables
    from leadgrade.leads.listing import Listing


class Loaded(NamedTuple):
    """A list whose rows are in the tables."""

    listing: Listing
    source: int
    base: int
    """The number of the row before its first place."""
    by_columns: bool
    """Whether many of its rows were read at once."""


def refuse_twice(tables: Tables, lists: Sequence[Loaded], on_duplicate: OnDuplicate) -> None:
    """Move the rows of leads that come twice, all but one of each, to the rejected ones.

    Raises:
        ListError: ``duplicate-id`` where duplicates are errors, or ``changed-while-read``.
    """
    last = on_duplicate is OnDuplicate.LAST
    if not _find(tables, "max" if last else "min"):
        return
    if on_duplicate is OnDuplicate.ERROR:
        raise _error(tables, lists)
    for each in lists:
        _move(tables, each, lists, last=last)
    tables.flush()
    tables.connection.execute(
        f"DELETE FROM {tables.leads_table} WHERE n IN (SELECT n FROM list_twice)"
    )


def _find(tables: Tables, choose: str) -> int:
    """Make the table ``list_twice`` of the rows that are not the one for their lead; count them.

    Leads are compared by their hashes first, which need far less memory.
    """
    leads = tables.leads_table
    tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE list_twice AS"
        f' WITH alike AS (SELECT hash(lead) AS "its hash" FROM {leads} GROUP BY 1'
        "  HAVING count(*) > 1),"
        f" close AS (SELECT n, lead, source, line FROM {leads} SEMI JOIN alike"
        '  ON hash(lead) = "its hash"),'
        f" chosen AS (SELECT lead, {choose}(n) AS chosen FROM close GROUP BY lead"
        "  HAVING count(*) > 1)"
        " SELECT close.n, close.source, close.line, lead, other.source AS other_source,"
        "  other.line AS other_line"
        " FROM close JOIN chosen USING (lead) JOIN close AS other ON other.n = chosen"
        " WHERE close.n <> chosen"
    )
    (found,) = tables.connection.execute("SELECT count(*) FROM list_twice").fetchall()
    return int(found[0])


def _error(tables: Tables, lists: Sequence[Loaded]) -> ListError:
    """Return the error of the first row that comes again."""
    query = "SELECT source, line, lead, other_source, other_line FROM list_twice ORDER BY n LIMIT 1"
    (found,) = tables.connection.execute(query).fetchall()
    source, line, lead, other_source, other_line = found
    words = {"first_file": lists[other_source].listing.file, "first_line": str(other_line)}
    return ListError("duplicate-id", file=lists[source].listing.file, line=line, id=lead, **words)


def _move(tables: Tables, each: Loaded, lists: Sequence[Loaded], *, last: bool) -> None:
    """Add the rejections of one list; the raw texts of the rows are read from it again."""
    query = "SELECT count(*) FROM list_twice WHERE source = ?"
    (left,) = tables.connection.execute(query, [each.source]).fetchone() or (0,)
    if not left:
        return
    code, named = ("replaced-by-later", "later") if last else ("duplicate-id", "first")
    table = each.listing.table
    with portions_of(tables.connection, table, None, by_columns=each.by_columns) as portions:
        for portion in portions:
            for n, raw, line, lead, other_source, other_line in _refused(
                tables, each, portion.batch
            ):
                file = lists[other_source].listing.file
                args = {"id": lead, f"{named}_file": file, f"{named}_line": str(other_line)}
                item = Rejected(each.listing.file, line, code, args, clip(raw))
                tables.add(n, item, each.source)
                each.listing.leads -= 1
                each.listing.rejected += 1


def _refused(
    tables: Tables, each: Loaded, batch: Batch | None
) -> Iterator[tuple[int, str, int, str, int, int]]:
    """Yield the rows of a batch that are refused: ``(n, raw, line, lead, other row)``."""
    if batch is None or not batch.count:
        return
    bounds = [each.base + place_of(batch, number) for number in (0, batch.count - 1)]
    found = tables.connection.execute(
        "SELECT n, line, lead, other_source, other_line FROM list_twice"
        " WHERE n BETWEEN ? AND ? ORDER BY n",
        bounds,
    ).fetchall()
    places = [(number_of(batch, row[0] - each.base), row) for row in found]
    numbered = [(number, row) for number, row in places if number is not None]
    rows = batch.rows([number for number, _ in numbered])
    for (_, (n, line, lead, *other)), row in zip(numbered, rows, strict=True):
        yield n, row.raw, line, lead, *other
