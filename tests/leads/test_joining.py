"""Files that are joined to lists: keys, what cannot be read, what belongs to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leadgrade.leads import ListError, OnDuplicate, Options, Rejected, read_lists
from leadgrade.leads.listing import DEFAULTS
from leadgrade.qualifying import join
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

AS_OF = date(2026, 4, 1)
BOOK = """\
book: payers
identity: [id, tax_id]
sources:
  invoices:
    key: [Customer, 客户]
    known_by: paid_on
    dates: mdy
    columns:
      amount: {type: money}
      paid_on: {type: date, headers: [Paid]}
      size: {type: choice, values: [small, large], ordered: true}
  orders:
    key: 税号
    lead: tax_id
    columns:
      total: {type: money, on_unreadable: reject}
facts:
  company: {type: text}
  tax_id: {type: text}
  invoices_paid: {type: number, from: invoices, count: all, if_unknown: reject}
  large: {type: number, from: invoices, count: size > small}
  paid: {type: money, from: invoices, sum: amount}
  ordered: {type: money, from: orders, sum: total}
criteria:
  c: {range: [0, 9], rules: [{id: r, when: paid > 5, points: 5}]}
grades: {A: {from: 5}, B: {}}
"""
LEADS = "Lead ID,company,tax_id\nL1,Acme,91330106MA2ABCDE1A\nL2,Beta,\nL3,Gamma,\n"
INVOICES = """\
Customer,Amount,Paid,Size
L1,1.10,03/04/2026,small
L1,2.20,3/31/2026,large
L1,100,04/01/2026,large
L1,200,,large
L2,broken,3/1/2026,huge
L9,7,3/1/2026,small
,8,3/1/2026,small
"""
ORDERS = "税号,total\n9133-0106-MA2A-BCDE1A,5\n91330106ma2abcde1a,6\n000,7\n91330106MA2ABCDE1A,x\n"

Write = Callable[..., Path]


@pytest.fixture
def book() -> Book:
    return read_book(BOOK)


def leads_of(
    book: Book, lists: list[Path], *files: tuple[str, Path], options: Options = DEFAULTS
) -> dict[str, dict[str, object]]:
    joins = join(book, AS_OF, [(name, str(path)) for name, path in files], options)
    with read_lists(lists, book, options, joins) as reading:
        return {each.id: dict(each.facts) for each in reading if isinstance(each, Lead)}


def test_rows_become_facts_of_their_lead(book: Book, write: Write) -> None:
    invoices, orders = write(INVOICES, "invoices.csv"), write(ORDERS, "orders.csv")
    found = leads_of(book, [write(LEADS)], ("invoices", invoices), ("orders", orders))
    assert found["L1"] == {
        "company": "Acme",
        "tax_id": "91330106MA2ABCDE1A",
        "invoices_paid": 2.0,
        "large": 1.0,
        "paid": 3.3,
        "ordered": 11.0,
    }
    # L2: one invoice whose amount and size nobody can read; its tax id is unknown, so its orders.
    assert found["L2"] == {"company": "Beta", "invoices_paid": 1.0, "large": 0.0}
    assert found["L3"] == {"company": "Gamma", "invoices_paid": 0.0, "large": 0.0, "paid": 0.0}


def test_what_does_not_count_is_counted(book: Book, write: Write) -> None:
    files = [("invoices", str(write(INVOICES, "i.csv"))), ("orders", str(write(ORDERS, "o.csv")))]
    joins = join(book, AS_OF, files, DEFAULTS)
    assert joins is not None
    with read_lists([write(LEADS)], book, DEFAULTS, joins) as reading:
        list(reading)
    invoices, orders = joins.files
    assert (invoices.listing.rows, invoices.too_late, invoices.unmatched) == (7, 2, 1)
    assert {code: (n, each.line) for code, (n, each) in invoices.rejected.items()} == {
        "empty-id": (1, 8)
    }
    assert [(each.fact, each.line) for each in invoices.listing.unread] == [
        ("amount", 6),
        ("size", 6),
    ]
    assert (orders.listing.rows, orders.too_late, orders.unmatched) == (4, 0, 1)
    assert {code: (n, each.line) for code, (n, each) in orders.rejected.items()} == {
        "unreadable-cell": (1, 5)
    }


def test_the_order_of_the_rows_does_not_matter(book: Book, write: Write) -> None:
    head, *rows = INVOICES.splitlines()
    turned = "\n".join([head, *reversed(rows)])
    lists = [write(LEADS)]
    one = leads_of(book, lists, ("invoices", write(INVOICES, "a.csv")))
    assert leads_of(book, lists, ("invoices", write(turned, "b.csv"))) == one
    parts = [write("\n".join([head, *rows[at::2]]), f"{at}.csv") for at in (0, 1)]
    assert leads_of(book, lists, *(("invoices", part) for part in parts)) == one


def test_a_fact_that_is_wanted_may_be_gathered(book: Book, write: Write) -> None:
    with read_lists([write(LEADS)], book) as reading:  # nothing is joined
        found = list(reading)
    assert [each.code for each in found if isinstance(each, Rejected)] == ["missing-fact"] * 3


def test_a_lead_of_several_rows_has_what_belongs_to_any_of_them(book: Book, write: Write) -> None:
    lists = [write("Lead ID,tax_id\nL1,91330106MA2ABCDE1A\n,91330106MA2ABCDE1A\nL2,\nL1,\n")]
    options = Options(on_duplicate=OnDuplicate.MERGE)
    invoices, orders = write(INVOICES, "invoices.csv"), write(ORDERS, "orders.csv")
    found = leads_of(book, lists, ("invoices", invoices), ("orders", orders), options=options)
    assert found.keys() == {"L1", "L2"}
    assert (found["L1"]["paid"], found["L1"]["ordered"]) == (3.3, 11.0)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("invoice", INVOICES, "no-such-source"),
        ("invoices", "Number,Amount,Paid,Size\nL1,1,2026-01-01,small\n", "no-key-column"),
        ("invoices", "ID,Amount,Paid,Size\nL1,1,2026-01-01,small\n", "no-key-column"),
        ("invoices", "Customer,Amount,Size\nL1,1,small\n", "lacks-columns"),
        ("invoices", "Customer,Paid,Size\nL1,2026-01-01,small\n", "lacks-columns"),
        ("invoices", "Customer,Amount,Paid,Size\n", "no-rows"),
        ("invoices", "", "empty-file"),
    ],
)
def test_a_file_that_cannot_be_joined_is_refused(
    book: Book, write: Write, name: str, content: str, code: str
) -> None:
    with pytest.raises(ListError, match=code):
        leads_of(book, [write(LEADS)], (name, write(content, "joined.csv")))


def test_a_fact_comes_from_one_place(book: Book, write: Write) -> None:
    lists = [write("Lead ID,paid\nL1,5\n")]
    assert leads_of(book, [write("Lead ID,paid,invoices_paid\nL1,5,1\n")])["L1"]["paid"] == 5.0
    with pytest.raises(ListError, match="joined-and-listed"):
        leads_of(book, lists, ("invoices", write(INVOICES, "invoices.csv")))
