"""Do the grades tell good from bad on real lists? Measured against what became of the leads.

The books were written by hand with the outcomes of these lists in view, and nothing was kept aside:
the figures say that the language can express what separates, not how well a book foresees. On the
fictitious pipeline, whose outcomes were drawn by lot, no book may claim anything.

The lists are not part of this repository; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from leadgrade.engine.backends.base import make_backend
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.rules.loader import load_book

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"
DAY = date(2026, 1, 1)
LOG = logging.getLogger(__name__)
"""Says what was measured: ``pytest tests/acceptance --log-cli-level=INFO``."""

CLAIM = 0.55
"""Below this area nothing may be claimed."""


@dataclass(frozen=True)
class Measured:
    """The area under the ROC curve, and the share of good outcomes by grade, best grade first."""

    area: float
    shares: dict[str, float]
    sizes: dict[str, int]

    @property
    def separates(self) -> bool:
        return self.area >= CLAIM

    def __str__(self) -> str:
        by_grade = ", ".join(
            f"{each} {self.shares[each]:.1%} of {self.sizes[each]}" for each in self.shares
        )
        claim = (
            "" if self.separates else "no separation: the grades say nothing about the outcome; "
        )
        return f"area {self.area:.3f}; {claim}{by_grade}"


def area_under_curve(scored: Iterable[tuple[float, bool]]) -> float:
    """Return how often a good one stands above a bad one; ties count half."""
    groups: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for score, good in scored:
        groups[score][good] += 1
    below = wins = 0.0
    for _, (bad, good) in sorted(groups.items()):
        wins += good * (below + bad / 2)
        below += bad
    return wins / (below * sum(good for _, good in groups.values()))


def measure(
    book_file: str, lists: Path, outcomes: dict[str, bool], *, row_ids: bool = False
) -> Measured:
    """Decide a list and hold it against what became of the leads."""
    book = load_book(HERE / book_file)
    engine = make_backend("explainer", book, DAY)
    scored: list[tuple[float, bool]] = []
    by_grade: dict[str, list[bool]] = {each.id: [] for each in book.grades}
    with read_lists([str(lists)], book, Options()) as reading:
        for each in reading:
            assert not isinstance(each, Rejected), each
            if each.id in outcomes:
                decision = engine.decide(each)
                scored.append((decision.score, outcomes[each.id]))
                by_grade[decision.grade].append(outcomes[each.id])
    assert len(scored) == len(outcomes)
    shares = {grade: sum(found) / len(found) for grade, found in by_grade.items() if found}
    return Measured(
        area_under_curve(scored), shares, {g: len(found) for g, found in by_grade.items()}
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def needs(folder: str) -> Path:
    path = DATA / folder
    if not path.is_dir():
        pytest.skip(f"the public list {folder} is not part of this repository")
    return path


def ordered(measured: Measured) -> bool:
    """Whether each grade does better than the one below it."""
    shares = list(measured.shares.values())
    return shares == sorted(shares, reverse=True) and len(set(shares)) == len(shares)


@pytest.mark.parametrize(
    ("scored", "area"),
    [
        ([(1, False), (2, True)], 1.0),
        ([(2, False), (1, True)], 0.0),
        ([(1, False), (1, True)], 0.5),
        ([(1, False), (2, True), (3, False), (4, True)], 0.75),
    ],
)
def test_the_measure_itself(scored: list[tuple[float, bool]], area: float) -> None:
    assert area_under_curve(scored) == area


def test_software_deals() -> None:
    path = needs("b2b_salvirt") / "B2B_dataset.csv"
    outcomes = {
        str(line): row["Status"] == "Won" for line, row in enumerate(rows_of(path), start=2)
    }
    found = measure("software-deals.yaml", path, outcomes)
    LOG.info("software deals: %s", found)
    assert found.area >= 0.78, found
    assert ordered(found), found


def test_education_leads() -> None:
    path = needs("xeducation") / "Lead Scoring.csv"
    outcomes = {row["Prospect ID"]: row["Converted"] == "1" for row in rows_of(path)}
    found = measure("education-leads.yaml", path, outcomes)
    LOG.info("education leads: %s", found)
    assert found.area >= 0.80, found
    assert ordered(found), found


def test_education_leads_read_nothing_filled_in_later() -> None:
    book = load_book(HERE / "education-leads.yaml")
    titles = {
        name
        for fact in book.facts.values()
        for name in (fact.id, *fact.label.wordings, *fact.headers)
    }
    for title in titles:
        assert not title.startswith(
            ("Tags", "Lead Quality", "Lead Profile", "Asymmetrique", "Last")
        )


def test_chinese_firms() -> None:
    path = needs("cumcm2020_sme") / "credit_history_enterprise_information.csv"
    outcomes = {row["企业代号"]: row["是否违约"] == "否" for row in rows_of(path)}
    found = measure("chinese-firms.yaml", path, outcomes)
    LOG.info("Chinese firms: %s", found)
    assert found.area >= 0.80, found
    assert ordered(found), found


def day_of(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def with_history(rows: list[dict[str, str]]) -> Iterator[dict[str, object]]:
    """Give each invoice what was known of its customer on the day it was written."""
    by_customer = defaultdict(list)
    for row in rows:
        by_customer[row["customerID"]].append(row)
    for row in rows:
        today = day_of(row["InvoiceDate"])
        others = [each for each in by_customer[row["customerID"]] if each is not row]
        before = [each for each in others if day_of(each["SettledDate"]) < today]
        late = [int(each["DaysLate"]) for each in before]
        last = max(
            before,
            key=lambda each: (day_of(each["SettledDate"]), each["invoiceNumber"]),
            default=None,
        )
        overdue = [
            each
            for each in others
            if day_of(each["InvoiceDate"]) < today
            and day_of(each["DueDate"]) < today <= day_of(each["SettledDate"])
        ]
        yield {
            "invoiceNumber": row["invoiceNumber"],
            "InvoiceAmount": row["InvoiceAmount"],
            "settled": len(before),
            "late": sum(days > 0 for days in late),
            "disputed": sum(each["Disputed"] == "Yes" for each in before),
            "average_days_late": round(sum(late) / len(late), 2) if late else "",
            "last_was_late": "" if last is None else "yes" if int(last["DaysLate"]) > 0 else "no",
            "open_overdue": len(overdue),
        }


def test_late_payment_from_history(tmp_path: Path) -> None:
    rows = rows_of(needs("ibm_accounts_receivable") / "WA_Fn-UseC_-Accounts-Receivable.csv")
    history = list(with_history(rows))
    path = tmp_path / "invoices.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    found = measure(
        "late-payment.yaml", path, {row["invoiceNumber"]: row["DaysLate"] == "0" for row in rows}
    )
    LOG.info("late payment: %s", found)
    assert found.area >= 0.83, found
    assert ordered(found), found


def test_history_knows_nothing_of_the_future() -> None:
    """A settlement on the day of the invoice or later, and a later invoice, change nothing."""
    row = {"customerID": "c", "InvoiceAmount": "1", "Disputed": "Yes", "DueDate": "2/1/2013"}
    now = {
        **row,
        "invoiceNumber": "1",
        "InvoiceDate": "1/10/2013",
        "SettledDate": "1/20/2013",
        "DaysLate": "9",
    }
    same_day = {
        **row,
        "invoiceNumber": "2",
        "InvoiceDate": "1/1/2013",
        "SettledDate": "1/10/2013",
        "DaysLate": "9",
    }
    later = {
        **row,
        "invoiceNumber": "3",
        "InvoiceDate": "1/11/2013",
        "SettledDate": "1/12/2013",
        "DaysLate": "9",
    }
    found = next(with_history([now, same_day, later]))
    assert (found["settled"], found["late"], found["open_overdue"]) == (0, 0, 0)


def test_nothing_is_claimed_where_outcomes_were_drawn_by_lot(tmp_path: Path) -> None:
    folder = needs("maven_crm")
    accounts = {row["account"]: row for row in rows_of(folder / "accounts.csv")}
    prices = {
        row["product"].replace(" ", ""): row["sales_price"]
        for row in rows_of(folder / "products.csv")
    }
    closed = [
        row
        for row in rows_of(folder / "sales_pipeline.csv")
        if row["deal_stage"] in ("Won", "Lost")
    ]
    path = tmp_path / "pipeline.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["opportunity_id", "revenue", "employees", "sector", "year_established", "sales_price"]
        )
        for row in closed:
            account = accounts[row["account"]]
            known = [account[key] for key in ("revenue", "employees", "sector", "year_established")]
            writer.writerow(
                [row["opportunity_id"], *known, prices[row["product"].replace(" ", "")]]
            )
    outcomes = {row["opportunity_id"]: row["deal_stage"] == "Won" for row in closed}
    found = measure("pipeline.yaml", path, outcomes)
    LOG.info("fictitious pipeline: %s", found)
    assert 0.45 < found.area < CLAIM, found
    assert not found.separates
    assert "no separation" in str(found)
