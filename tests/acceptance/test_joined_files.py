"""Facts that are gathered from public invoice lists, beside a plain recomputation of them."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from leadgrade.leads.listing import DEFAULTS
from leadgrade.leads.reading import Reading, read_lists
from leadgrade.qualifying import Job, join, qualify
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import load_book
from leadgrade.storage.store import open_store

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"
RECEIVABLES = DATA / "ibm_accounts_receivable" / "WA_Fn-UseC_-Accounts-Receivable.csv"
FIRMS = [
    DATA / "cumcm2020_sme" / f"{name}_enterprise_information.csv"
    for name in ("credit_history", "no_credit_history")
]
SALES, PURCHASES = (
    DATA / "cumcm2020_sme" / f"{name}_invoices.csv.gz" for name in ("output", "input")
)
VALID = "有效发票"
Rows = dict[str, list[dict[str, str]]]


def leads_of(reading: Reading) -> dict[str, dict[str, Any]]:
    return {each.id: dict(each.facts) for each in reading if isinstance(each, Lead)}


def by_key(path: Path, key: str) -> Rows:
    found: Rows = defaultdict(list)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[row[key]].append(row)
    return found


def share(rows: list[bool]) -> float | None:
    return float(Fraction(sum(rows), len(rows))) if rows else None


def total(rows: list[dict[str, str]], column: str) -> float:
    return float(sum(Fraction(row[column]) for row in rows))


def day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


@pytest.mark.skipif(not RECEIVABLES.exists(), reason="the public list is not here")
@pytest.mark.parametrize("as_of", [date(2012, 7, 1), date(2013, 6, 1), date(2014, 1, 1)])
def test_payment_behaviour_is_what_was_settled_before_the_day(as_of: date, tmp_path: Path) -> None:
    book = load_book(HERE / "invoice-payers.yaml")
    invoices = by_key(RECEIVABLES, "customerID")
    customers = tmp_path / "customers.csv"
    lines = [f"{name},{rows[0]['countryCode']}" for name, rows in invoices.items()]
    customers.write_text("\n".join(["Customer ID,countryCode", *lines]), encoding="utf-8")
    joins = join(book, as_of, [("invoices", str(RECEIVABLES))], DEFAULTS)
    assert joins is not None
    with read_lists([customers], book, DEFAULTS, joins) as reading:
        found = leads_of(reading)
    assert len(found) == 100
    late = sum(day(row["SettledDate"]) >= as_of for rows in invoices.values() for row in rows)
    assert (joins.files[0].listing.rows, joins.files[0].too_late) == (2466, late)
    assert joins.files[0].unmatched == 0
    year = date(as_of.year - 1, as_of.month, as_of.day)
    for name, every in invoices.items():
        rows = [row for row in every if day(row["SettledDate"]) < as_of]
        lately = [row for row in rows if year <= day(row["InvoiceDate"]) < as_of]
        delays = [float(row["DaysLate"]) for row in rows]
        want = {
            "country": every[0]["countryCode"],
            "invoices_settled": float(len(rows)),
            "late_share": share([delay > 0 for delay in delays]),
            "late_share_lately": share([float(row["DaysLate"]) > 0 for row in lately]),
            "worst_delay": max(delays, default=None),
            "mean_delay": sum(delays) / len(delays) if delays else None,
            "disputed_share": share([row["Disputed"] == "Yes" for row in rows]),
            "volume": total(rows, "InvoiceAmount"),
            "first_invoice": min((day(row["InvoiceDate"]) for row in rows), default=None),
            "last_invoice": max((day(row["InvoiceDate"]) for row in rows), default=None),
        }
        assert found[name] == {fact: value for fact, value in want.items() if value is not None}


@pytest.mark.skipif(not SALES.exists(), reason="the public list is not here")
def test_firms_are_decided_by_all_of_their_invoices(tmp_path: Path) -> None:
    as_of = date(2020, 1, 1)
    book = load_book(HERE / "invoiced-firms.yaml")
    files = [("销项", str(SALES)), ("进项", str(PURCHASES))]
    joins = join(book, as_of, files, DEFAULTS)
    assert joins is not None
    with (
        read_lists(FIRMS, book, DEFAULTS, joins) as reading,
        open_store(str(tmp_path / "a.db"), create=True) as store,
    ):
        number = qualify(Job(book, as_of, "test", "explainer", 1), reading, store, lambda _: None)
        run, sources = store.run(number), store.sources(number)
        found = leads_of(reading)
    assert (run.rows_read, run.decided, run.rejected) == (425, 425, 0)
    assert [each.rows_read for each in sources] == [123, 302, 162_484, 210_947]
    unmatched = {each.file: each.mapping["unmatched"] for each in sources[2:]}
    assert unmatched == {str(SALES): 0, str(PURCHASES): 0}
    sales, purchases = by_key(SALES, "企业代号"), by_key(PURCHASES, "企业代号")
    for name, facts in found.items():
        if name not in sales:
            assert facts["有效张数"] == facts["销售额"] == 0.0
            assert "作废占比" not in facts
            continue
        rows = [row for row in sales[name] if before(row, as_of)]
        valid = [row for row in rows if row["发票状态"].strip() == VALID]
        assert facts["有效张数"] == len(valid)
        assert facts["销售额"] == total(valid, "金额")
        lately = [row for row in valid if not before(row, date(2019, 1, 1))]
        assert facts["近一年销售额"] == total(lately, "金额")
        bought = [row for row in purchases[name] if before(row, as_of)]
        assert facts["采购额"] == total(
            [r for r in bought if r["发票状态"].strip() == VALID], "金额"
        )
        void = [
            row["发票状态"].strip() == "作废发票" for row in rows
        ]  # 47 times with a blank before
        assert facts.get("作废占比") == share(void)


def before(row: dict[str, str], as_of: date) -> bool:
    year, month, of_month = map(int, row["开票日期"].split(" ")[0].split("/"))
    return date(year, month, of_month) < as_of
