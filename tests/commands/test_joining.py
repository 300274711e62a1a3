"""Joined files, merged rows, rejects that come back, dry runs: from the command line."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

BOOK = """\
book: shop
title: Shop
identity: [id, email]
merge: {precedence: last}
lead_name: company
sources:
  orders:
    key: Customer
    dated_by: ordered_on
    columns:
      total: {type: money}
      ordered_on: {type: date, headers: [Date]}
facts:
  company: {type: text}
  email: {type: text}
  size: {type: number, if_unknown: reject}
  order_count: {type: number, from: orders, count: all, window: 12 months}
  spent: {type: money, from: orders, sum: total}
  last_order: {type: date, from: orders, last: ordered_on}
criteria:
  loyalty:
    range: [0, 10]
    rules: [{id: often, when: order_count > 1, points: 10}]
grades: {A: {from: 10}, B: {}}
"""
LEADS = """\
Lead ID,Company,Email,Size
1,Acme,info@acme.com,5
2,Beta,b@beta.cn,
1,Acme Ltd,,6
,ACME,Info@Acme.com,7
4,Delta,d@delta.cn,8,9
"""
ORDERS = """\
Customer,Total,Date
1,0.10,2026-01-01
1,0.20,2026-01-02
1,5,2026-02-01
9,1,2026-01-03
,1,2026-01-03
4,x,2026-01-03
"""
QUALIFY = ["qualify", "leads.csv", "--as-of", "2026-02-01", "--engine", "explainer"]
JOIN = ["--join", "orders=orders.csv"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("book.yaml", BOOK), ("leads.csv", LEADS), ("orders.csv", ORDERS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("shop")
def test_a_joined_file_makes_facts_and_is_told(leadgrade: Run) -> None:
    said = leadgrade(*QUALIFY, *JOIN, "--on-duplicate", "merge")
    assert said.code == 0, said
    for line in (
        "orders.csv, joined as orders: 6 rows (CSV utf-8), 2 columns are facts",
        "1 × total unknown, since it is no number: first `x` at orders.csv:7",
        "1 × a row was not read: no lead id in the column Customer, first at orders.csv:6",
        "1 row do not count: not known before 2026-02-01",
        "2 rows belong to no row of the lists",
        "5 rows read = 1 decided + 2 rejected + 2 merged, in",
        "rows merged into another of their lead: 2; leads made of several rows: 1",
    ):
        assert line in said.stdout, line
    facts = leadgrade("explain", "1", "--json").json["facts"]
    assert facts == {
        "company": "ACME",
        "email": "Info@Acme.com",
        "size": 7,
        "order_count": 2,
        "spent": 0.3,
        "last_order": "2026-01-02",
    }
    run = leadgrade("show", "--json").json
    assert (run["leads"], run["decided"], run["rejected"], run["merged"]) == (5, 1, 2, 2)
    leads, orders = run["files"]
    assert leads["mapping"]["merged"][0]["facts"]["size"] == ["leads.csv", 5]
    assert leads["mapping"]["identity"] == ["id", "email"]
    assert (orders["file"], len(orders["sha256"])) == ("orders.csv", 64)
    assert (orders["mapping"]["joins"], orders["mapping"]["unmatched"]) == ("orders", 2)


@pytest.mark.usefixtures("shop")
def test_a_source_that_is_not_joined_is_told(leadgrade: Run) -> None:
    said = leadgrade(*QUALIFY, "--json")
    assert {"code": "not-joined", "source": "orders"} in said.json["notes"]
    assert said.json["merged"] == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (["--join", "orders"], "is not NAME=FILE"),
        (["--join", "=orders.csv"], "is not NAME=FILE"),
        (["--join", "order=orders.csv"], "Did you mean orders?"),
        (["--join", "orders=nowhere.csv"], "There is no file nowhere.csv"),
        (["--join", "orders=leads.csv"], "columns that are not there: total, ordered_on."),
        (["--join", "orders=other.csv"], "the book wants Customer for `orders`"),
    ],
)
def test_what_cannot_be_joined_is_said(
    leadgrade: Run, shop: Path, said: list[str], reason: str
) -> None:
    (shop / "other.csv").write_text("Client,Total,Date\n1,2,2026-01-01\n", encoding="utf-8")
    outcome = leadgrade(*QUALIFY, *said)
    assert (outcome.code, outcome.stdout) == (2, "")
    assert reason in outcome.stderr
    assert not (shop / "leadgrade.db").exists()


def test_a_dry_run_shows_everything_and_stores_nothing(leadgrade: Run, shop: Path) -> None:
    dry = leadgrade(*QUALIFY, *JOIN, "--dry-run")
    assert not (shop / "leadgrade.db").exists()
    real = leadgrade(*QUALIFY, *JOIN)
    first, *rest = dry.seen.splitlines()
    assert first.startswith("Dry run, nothing stored · Shop")
    assert rest == real.seen.splitlines()[1:]
    assert leadgrade(*QUALIFY, *JOIN, "--dry-run", "--json").json["run"] is None
    assert [run["run"] for run in leadgrade("runs", "--json").json] == [1]


@pytest.mark.parametrize(
    ("leads", "more", "code"),
    [
        ("Lead ID,Company,Size\n1,A,5\n", [], 0),
        ("Lead ID,Company,Size\n1,A,\n", [], 1),  # a row is rejected
        ("Lead ID,Company,Size,Spent\n1,A,5,much\n", [], 1),  # a cell is not read
        ("Lead ID,Company,Size\n1,A,5\n", JOIN, 1),  # nor is one of the joined file
    ],
)
def test_strict_minds_rows_and_cells(
    leadgrade: Run, shop: Path, leads: str, more: list[str], code: int
) -> None:
    (shop / "leads.csv").write_text(leads, encoding="utf-8")
    assert leadgrade(*QUALIFY, *more, "--strict").code == code
    assert leadgrade(*QUALIFY, *more).code == 0


def test_rejected_rows_are_mended_and_qualified(leadgrade: Run, shop: Path) -> None:
    said = leadgrade(*QUALIFY, "--rejects", "rejects.csv", "--on-duplicate", "merge")
    assert "2 rejected rows written to rejects.csv" in said.stderr
    assert leadgrade("rejects", "--out", "again.csv").code == 0
    written = (shop / "rejects.csv").read_bytes()
    assert (shop / "again.csv").read_bytes() == written
    with (shop / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [(row["leadgrade_code"], row["leadgrade_broken"], row["leadgrade_raw"]) for row in rows]
    assert told == [
        ("missing-fact", "", "2,Beta,b@beta.cn,"),
        ("too-many-fields", "too-many-fields", "4,Delta,d@delta.cn,8,9"),
    ]

    unmended = leadgrade("qualify", "rejects.csv", "--db", "other.db", "--engine", "explainer")
    assert "2 rows read = 0 decided + 2 rejected" in unmended.stdout

    for row in rows:
        row["Size"] = row["Size"] or "3"
        row["leadgrade_broken"] = ""
    with (shop / "mended.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    mended = leadgrade("qualify", "mended.csv", "--engine", "explainer", "--json").json
    assert (mended["decided"], mended["rejected"]) == (2, 0)
    assert leadgrade("explain", "2", "--json").json["facts"]["size"] == 3


@pytest.mark.usefixtures("shop")
def test_duplicates_are_shown_with_the_reason(leadgrade: Run) -> None:
    found = leadgrade("duplicates", "leads.csv", "--json")
    assert found.code == 1
    (same,) = found.json["same"]
    assert same["shared"] == [
        {"key": "id", "value": "1"},
        {"key": "email", "value": "info@acme.com"},
    ]
    assert [row["line"] for row in same["rows"]] == [2, 4, 5]
    text = leadgrade("duplicates", "leads.csv").stdout
    assert "The same lead: id 1, email info@acme.com" in text
    assert "  leads.csv:5  info@acme.com  ACME" in text


def test_a_lead_of_the_record_is_known_under_another_name(leadgrade: Run, shop: Path) -> None:
    leadgrade(*QUALIFY)
    (shop / "new.csv").write_text("Company,Email\nAcme,info@acme.com\n", encoding="utf-8")
    alone = leadgrade("duplicates", "new.csv")
    assert alone.code == 0
    found = leadgrade("duplicates", "new.csv", "--db", "leadgrade.db", "--json")
    (same,) = found.json["same"]
    assert [(row["lead"], row["run"], row["line"]) for row in same["rows"]] == [
        ("info@acme.com", None, 2),
        ("1", 1, None),
        ("info@acme.com", 1, None),
    ]


def test_names_that_look_alike_are_shown_on_request_alone(leadgrade: Run, shop: Path) -> None:
    pytest.importorskip("rapidfuzz")
    names = "Lead ID,Company\n1,Northwind Traders\n2,Northwind Trader Ltd\n3,Contoso\n"
    (shop / "names.csv").write_text(names, encoding="utf-8")
    assert leadgrade("duplicates", "names.csv").code == 0
    found = leadgrade("duplicates", "names.csv", "--fuzzy", "--json")
    assert found.code == 1
    assert [[row["lead"] for row in each["rows"]] for each in found.json["alike"]] == [["1", "2"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_run_says_what_was_recognised_and_how_columns_were_read(
    leadgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.chdir(tmp_path)
    book = (
        "{book: b, facts: {company: {type: text}, employees: {type: number}, made: {type: date,"
        " headers: [Create Date]}, share: {type: percent}, gap: {type: percent}}, criteria: {},"
        " grades: {A: {}}}"
    )
    (tmp_path / "book.yaml").write_text(book, "utf-8")
    (tmp_path / "leads.csv").write_text(
        "All companies\n"
        "Record ID;Company name;Company owner;Create Date;Number of Employees;share;gap\n"
        + "".join(f"{n};Firm {n};Ann;{n}/02/2026;1.234,5;{n};0,5%\n" for n in range(11, 15)),
        "utf-8",
    )
    done = leadgrade("qualify", "leads.csv", "--lang", lang, "--engine", "explainer")
    assert done.code == 0
    lines = [line.strip() for line in done.stdout.splitlines()]
    at = next(at for at, line in enumerate(lines) if "leads.csv" in line)
    want = {
        "en": [
            "The header is row 2; titles or notes above it: 1",
            "Recognised: HubSpot companies",
            "read with decimal_comma: true, as the list shows: Number of Employees, share, gap",
            "read with dates: dmy, as the list shows: Create Date",
            "read with percent: percent, as the list shows: share",
        ],
        "zh": [
            "表头在第 2 行；其上的标题或说明：1 行",
            "已识别：HubSpot companies",
            "根据名单内容判断，按 decimal_comma: true 读取：Number of Employees, share, gap",
            "根据名单内容判断，按 dates: dmy 读取：Create Date",
            "根据名单内容判断，按 percent: percent 读取：share",
        ],
    }
    assert lines[at + 1 : at + 6] == want[lang]
    shown = leadgrade("show", "--lang", lang).stdout.splitlines()
    assert [line.strip() for line in shown][at + 1 : at + 6] == want[lang]
    said = leadgrade("qualify", "leads.csv", "--lang", lang, "--dates", "dmy", "--dry-run")
    declared = {"en": "read with dates: dmy: Create Date", "zh": "按 dates: dmy 读取：Create Date"}
    assert declared[lang] in said.stdout
