"""Do the grades tell good from bad on real lists? Measured against what became of the leads.

The books were written by hand with the outcomes of these lists in view, and nothing was kept aside:
the figures say that the language can express what separates, not how well a book foresees. Both
halves of each list are measured apart as well (of invoices the earlier and the later ones), to show
that the figure does not hang on a few leads; neither half was held back. On the fictitious
pipeline, whose outcomes were drawn by lot, no book may claim anything. What was measured stands in
docs/outcomes.md.

The lists are not part of this repository; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli
from leadgrade.engine.backends.base import make_backend
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.reports.runs.measuring import Verdict, verdict
from leadgrade.reports.runs.rates import Area, area_under_curve
from leadgrade.rules.loader import load_book

HERE = Path(__file__).parent
DATA = HERE.parent.parent.parent / "shared" / "data"
DAY = date(2026, 1, 1)
LOG = logging.getLogger(__name__)
"""Says what was measured: ``pytest tests/acceptance --log-cli-level=INFO``."""


@dataclass(frozen=True)
class Measured:
    """What the scores separate, also in each half, and the good outcomes by grade, best first."""

    area: Area
    halves: tuple[Area, Area]
    """Of the leads in odd and in even rows; by time of the earlier and of the later ones."""
    shares: dict[str, float]
    sizes: dict[str, int]

    def __str__(self) -> str:
        by_grade = ", ".join(
            f"{each} {self.shares[each]:.1%} of {self.sizes[each]}" for each in self.shares
        )
        (low, high), (odd, even) = self.area.interval, (each.area for each in self.halves)
        halves = f"halves {odd:.3f} and {even:.3f}"
        return f"area {self.area.area:.3f} ({low:.3f} to {high:.3f}), {halves}; {by_grade}"


def measure(
    book_file: str, lists: Path, outcomes: dict[str, bool], *, by_time: bool = False
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
    sizes = {grade: len(found) for grade, found in by_grade.items()}
    middle = len(scored) // 2
    halves = (scored[:middle], scored[middle:]) if by_time else (scored[::2], scored[1::2])
    return Measured(area_of(scored), (area_of(halves[0]), area_of(halves[1])), shares, sizes)


def area_of(scored: list[tuple[float, bool]]) -> Area:
    area = area_under_curve(scored)
    assert area is not None
    return area


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


def measured_by_command(lists: Path, book: Path, outcomes: Path) -> str:
    """Return what a person sees who decides a list, reads its outcomes and measures the run."""

    def run(*words: str) -> str:
        at = ("--db", str(outcomes.with_suffix(".db")), "--lang", "en")
        found = CliRunner().invoke(cli, [*words, *at])
        assert found.exit_code == 0, found.output
        return found.output

    run("qualify", str(lists), "--book", str(book), "--as-of", DAY.isoformat())
    run("outcomes", str(outcomes))
    return run("measure")


def test_software_deals() -> None:
    path = needs("b2b_salvirt") / "B2B_dataset.csv"
    outcomes = {
        str(line): row["Status"] == "Won" for line, row in enumerate(rows_of(path), start=2)
    }
    found = measure("software-deals.yaml", path, outcomes)
    LOG.info("software deals: %s", found)
    assert found.area.area >= 0.78, found
    assert ordered(found), found


def test_education_leads() -> None:
    path = needs("xeducation") / "Lead Scoring.csv"
    outcomes = {row["Prospect ID"]: row["Converted"] == "1" for row in rows_of(path)}
    found = measure("education-leads.yaml", path, outcomes)
    LOG.info("education leads: %s", found)
    assert found.area.area >= 0.80, found
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
    assert found.area.area >= 0.80, found
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
    rows.sort(key=lambda row: day_of(row["InvoiceDate"]))
    history = list(with_history(rows))
    path = tmp_path / "invoices.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    paid = {row["invoiceNumber"]: row["DaysLate"] == "0" for row in rows}
    found = measure("late-payment.yaml", path, paid, by_time=True)
    LOG.info("late payment: %s", found)
    assert found.area.area >= 0.83, found
    assert found.halves[1].area >= 0.83, found
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
    assert verdict(found.area) is Verdict.NONE, found
    words = {True: "Won", False: "Lost"}
    became = [
        ("opportunity_id", "Outcome"),
        *((lead, words[won]) for lead, won in outcomes.items()),
    ]
    with (tmp_path / "became.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(became)
    said = measured_by_command(path, HERE / "pipeline.yaml", tmp_path / "became.csv")
    assert "No separation: area under the curve" in said
