"""Mapping files, presets, proposals and profiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.listing import open_list
from leadgrade.leads.mapping.headers import map_headers, proposed
from leadgrade.leads.mapping.map_file import read_map_file
from leadgrade.leads.mapping.matching import Sure, Why
from leadgrade.leads.mapping.presets import PRESETS, recognised
from leadgrade.leads.mapping.profile import profile_list
from leadgrade.leads.mapping.proposal import propose
from leadgrade.leads.terms import BarePercent, ListError, Options
from leadgrade.reports.lists.mapping import mapping_json, mapping_yaml
from leadgrade.reports.lists.profile import profile_json
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book, FactType
from leadgrade.rules.source import BookError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def crm(make_book: Callable[..., Book], fact: Callable[..., object]) -> Book:
    return make_book(
        fact("company", FactType.TEXT, "Company"),
        fact("job_title", FactType.TEXT, "Job title"),
        fact("deal_size", FactType.MONEY, "Deal size"),
        fact("owner", FactType.TEXT, "Owner"),
        fact("probability", FactType.PERCENT, "Probability"),
        fact("lead_status", FactType.TEXT, "Lead status"),
    )


@pytest.mark.parametrize(
    ("headers", "preset", "want"),
    [
        (
            ["External ID", "Opportunity", "Company", "Title", "Company Name", "Salesperson",
             "Sales Team", "Expected Revenue", "Probability"],
            "odoo-leads",
            {"Company Name": "company", "Salesperson": "owner", "Expected Revenue": "deal_size",
             "Probability": "probability"},
        ),
        (
            ["Id", "Name", "StageName", "CloseDate", "Amount", "AccountId", "IsWon", "OwnerId"],
            "salesforce-opportunities",
            {"Amount": "deal_size", "OwnerId": "owner"},
        ),
        (
            ["Lead ID", "FirstName", "LastName", "Company", "LeadSource", "Status", "Title"],
            "salesforce-leads",
            {"Company": "company", "Status": "lead_status", "Title": "job_title"},
        ),
        (
            ["Lead - ID", "Lead - Title", "Organization - Name", "Lead - Value", "Lead - Owner"],
            "pipedrive",
            {"Organization - Name": "company", "Lead - Value": "deal_size", "Lead - Owner": "owner"},  # noqa: E501
        ),
        (
            ["ID", "Account Name", "Office Phone", "Opportunity Amount", "Do Not Call", "Status",
             "Primary Address City", "Assigned to"],
            "suitecrm-leads",
            {"Account Name": "company", "Opportunity Amount": "deal_size",
             "Status": "lead_status", "Assigned to": "owner"},
        ),
        (
            ["Record Id", "Lead Name", "Lead Owner", "Lead Source", "Lead Status", "Title"],
            "zoho-leads",
            {"Lead Owner": "owner", "Lead Status": "lead_status", "Title": "job_title"},
        ),
        (
            ["编号", "线索名称", "客户名称", "预计成交金额", "归属人", "线索状态"],
            "chinese-crm",
            {"客户名称": "company", "预计成交金额": "deal_size", "归属人": "owner",
             "线索状态": "lead_status"},
        ),
        (["ID", "Company", "Title"], None, {"Company": "company"}),
    ],
)  # fmt: skip
def test_an_export_is_recognised_and_read_in_its_own_words(
    crm: Book, headers: list[str], preset: str | None, want: dict[str, str]
) -> None:
    found = map_headers(headers, crm, "a.csv")
    assert (found.preset.id if found.preset else None) == preset
    assert found.mapped == want


def test_presets_do_not_take_each_other_for_themselves() -> None:
    for preset in PRESETS.values():
        assert recognised(sorted(preset.signs)) is preset


def test_percents_of_a_preset_are_percents(crm: Book, write: Callable[..., Path]) -> None:
    path = write("External ID,Opportunity,Sales Team,Expected Revenue,Probability\nA,x,y,5,1\n")
    with open_list(path, crm) as listing:
        assert [dict(each.facts) for each in listing if isinstance(each, Lead)] == [
            {"deal_size": 5.0, "probability": 0.01}
        ]


MAP = """\
id: Nr
delimiter: ";"
columns:
  Umsatz: {fact: annual_revenue, unit: k, decimal_comma: true}
  Mitarbeiter: {fact: employees, ranges: lower}
  Bestellt: {fact: last_order, dates: excel}
  Anteil: {fact: overdue_share, percent: percent}
  Stand: {fact: intent, several: last}
  Notiz: remark
  Intern:
"""
LIST = """\
Nr;Umsatz;Mitarbeiter;Bestellt;Anteil;Stand;Notiz;Intern;Neu
A;1.250,5;51-200;46027;0,5;Comparing; Ready to sign;x;1;
B;3 k;100+;2026-01-05;35;ready;y;;
""".replace("Comparing; Ready", "Comparing | Ready")


def facts(path: Path, book: Book, **options: object) -> dict[str, dict[str, object]]:
    with open_list(path, book, Options(**options)) as listing:  # type: ignore[arg-type]
        return {each.id: dict(each.facts) for each in listing if isinstance(each, Lead)}


def test_a_mapping_file_settles_everything(write: Callable[..., Path], book: Book) -> None:
    found = facts(write(LIST), book, map_file=str(write(MAP, "map.yaml")))
    day = __import__("datetime").date(2026, 1, 5)
    assert found == {
        "A": {"annual_revenue": 1250500.0, "employees": 51.0, "last_order": day,
              "overdue_share": 0.005, "intent": "ready", "remark": "x"},
        "B": {"annual_revenue": 3000.0, "employees": 100.0, "last_order": day,
              "overdue_share": 0.35, "intent": "ready", "remark": "y"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("columns: {Umsatz: anual_revenue}", "want-one-of"),
        ("columns: {Umsatz: {fact: annual_revenue, unitt: k}}", "unknown-key"),
        ("columns: {Umsatz: {fact: overdue_share, percent: prozent}}", "want-one-of"),
        ("columns: {Umsatz: {fact: overdue_share, percent: column}}", "want-one-of"),
        ("columns: {Umsatz: {unit: k}}", "missing-key"),
        ("columns: [Umsatz]", "want-names"),
        ("header_row: x\ncolumns: {Umsatz: annual_revenue}", "want-one-of"),
        ("id: a", "missing-key"),
        ("columns: {a: b", "yaml"),
        ("columns: {a: *b}", "unknown-alias"),
        ("", "want-keys"),
    ],
)
def test_what_is_wrong_with_a_mapping_file_is_told_with_its_place(
    write: Callable[..., Path], book: Book, content: str, code: str
) -> None:
    with pytest.raises(BookError) as caught:
        read_map_file(write(content, "map.yaml"), book)
    assert any(code in each.code or code == "want-keys" for each in caught.value.findings)
    assert all(each.span.file.endswith("map.yaml") for each in caught.value.findings)


def test_a_misspelt_fact_is_suggested(write: Callable[..., Path], book: Book) -> None:
    with pytest.raises(BookError) as caught:
        read_map_file(write("columns:\n  Umsatz: anual_revenue\n", "map.yaml"), book)
    (finding,) = caught.value.findings
    assert (finding.suggestion, finding.span.line) == ("annual_revenue", 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("columns: {Umsatz: remark, Notiz: remark}", "mapped-twice"),
        ("columns: {Umsatz: {fact: annual_revenue, unit: '%'}}", "bad-unit"),
        ("columns: {Umsatz: {fact: annual_revenue, unit: USD}}", "bad-unit"),
        ("columns: {Umsatz: {fact: annual_revenue, unit: '10'}}", "bad-unit"),
        ("columns: {Notiz: {fact: remark, unit: k}}", "policy-unfit"),
        ("columns: {Umsaetze: annual_revenue}", "mapped-column-missing"),
        ("columns:\n  Umsatz:\n", "nothing-mapped"),
        (b"\xff\xfe\xff", "map-not-text"),
    ],
)
def test_mapping_files_that_do_not_fit(
    write: Callable[..., Path], book: Book, content: str | bytes, code: str
) -> None:
    with pytest.raises(ListError) as caught:
        facts(write(LIST), book, map_file=str(write(content, "map.yaml")), id_column="Nr")
    assert caught.value.code == code


def test_a_mapping_file_that_is_not_there(write: Callable[..., Path], book: Book) -> None:
    with pytest.raises(ListError, match="no-such-file"):
        facts(write(LIST), book, map_file="nowhere.yaml")


def test_a_proposal_says_what_why_and_how_sure(write: Callable[..., Path], book: Book) -> None:
    path = write(
        "id,employees,Annual turnover,Payment dayz,年营收(万元),Notes,Umsatz\n"
        "A,5,100,30,1,x,\nB,n/a,many,45,2,y,\n"
    )
    found = propose(path, book)
    assert found.id_column == "id"
    assert not found.settled  # Payment dayz may be a fact
    told = {
        each.header: (each.fact, each.match.facts, each.match.why, each.sure)
        for each in found.columns
    }
    assert told == {
        "id": (None, (), Why.NOTHING, Sure.CERTAIN),
        "employees": ("employees", ("employees",), Why.ID, Sure.CERTAIN),
        "Annual turnover": ("annual_revenue", ("annual_revenue",), Why.ALIAS, Sure.LIKELY),
        "Payment dayz": (None, ("payment_days",), Why.SIMILAR, Sure.DOUBTFUL),
        "年营收(万元)": (None, (), Why.NOTHING, Sure.CERTAIN),  # the fact has a column already
        "Notes": ("remark", ("remark",), Why.ALIAS, Sure.LIKELY),
        "Umsatz": (None, (), Why.NOTHING, Sure.CERTAIN),
    }
    shares = {each.header: (each.known, each.readable) for each in found.columns}
    assert shares["employees"] == (0.5, 1.0)
    assert shares["Annual turnover"] == (1.0, 0.5)


def test_what_has_to_be_settled_is_shown_not_guessed(
    write: Callable[..., Path], book: Book
) -> None:
    found = propose(write("Employees,员工人数,remark\n1,2,x\n"), book)
    assert not found.settled
    assert found.id_column is None
    assert [each.doubt for each in found.columns] == [True, True, False]
    assert found.columns[0].rivals == ("员工人数",)
    text = mapping_yaml(found, "en")
    assert '  "Employees":  # employees' in text


def test_a_unit_in_a_title_is_proposed_and_written(write: Callable[..., Path], book: Book) -> None:
    path = write("id,年营收(万元)\nA,120\n")
    found = propose(path, book)
    assert found.columns[1].match.facts == ("annual_revenue",)
    assert found.columns[1].readable == 1.0
    written = mapping_yaml(found, "en")
    assert '"年营收(万元)":  # {fact: annual_revenue, unit: "万元"}' in written
    settled = written.replace(":  # {fact", ": {fact")
    assert facts(path, book, map_file=str(write(settled, "map.yaml"))) == {
        "A": {"annual_revenue": 1200000.0}
    }


def test_columns_that_may_be_facts_are_told_from_those_that_are_not_used(
    write: Callable[..., Path], book: Book
) -> None:
    path = write("id,employees,年营收(万元),Payment dayz,Colour\nA,5,120,30,red\n")
    with open_list(path, book) as listing:
        want = {"年营收(万元)": ["annual_revenue"], "Payment dayz": ["payment_days"]}
        assert proposed(listing.headers, book) == want
    file = write(mapping_yaml(propose(path, book), "en"), "map.yaml")
    with open_list(path, book, Options(map_file=str(file))) as listing:
        assert proposed(listing.headers, book) == {}


def test_a_written_mapping_reads_the_list_as_it_was(write: Callable[..., Path], book: Book) -> None:
    path = write(
        "Title\n\nid;Employees;Annual Revenue;a: b #c;逾期占比\n"
        'A;5;1.250,5;x;35\nB;6;12,5;y;20\nC;7;1.000,5;"z";50\n'
    )
    want = facts(path, book)
    assert want["A"] == {"employees": 5.0, "annual_revenue": 1250.5, "overdue_share": 0.35}
    file = write(mapping_yaml(propose(path, book), "en"), "map.yaml")
    assert facts(path, book, map_file=str(file)) == want
    again = propose(path, book, Options(map_file=str(file)))
    assert again.settled
    assert {each.match.why for each in again.columns if each.fact} == {Why.MAPPING}
    assert mapping_json(again)["settled"] is True


def test_a_list_tells_how_it_is_read(write: Callable[..., Path], book: Book) -> None:
    path = write("Title\nid,last_order,overdue_share\nA,25/04/2026,35\nB,03/04/2026,20\nC,,50\n")
    with open_list(path, book, Options(bare_percent=BarePercent.PERCENT)) as listing:
        assert listing.how == {
            "preset": None,
            "header_row": 2,
            "above": 1,
            "policies": {
                "last_order": {"date_order": "dmy"},
                "overdue_share": {"bare_percent": "percent"},
            },
            "detected": {"last_order": {"date_order": "dmy"}},
        }


def test_a_profile_counts_every_column(write: Callable[..., Path], book: Book) -> None:
    path = write(
        "id,employees,last_order,refused,mail,tel,size,sum\n"
        "A,5,2026-01-05,yes,a@b.com,13800138000,51-200,¥1.2万\n"
        "B,many,n/a,no,c@d.com,010-62345678,100+,¥3万\nC,7\n"
    )
    found = profile_json(profile_list(path, book))
    assert (found["rows"], found["leads"], found["rejected"]) == (3, 2, {"too-few-fields": 1})
    kinds = {each["header"]: each["kind"] for each in found["columns"]}
    assert kinds == {
        "id": "text", "employees": "text", "last_order": "date", "refused": "flag",
        "mail": "email", "tel": "phone", "size": "range", "sum": "money",
    }  # fmt: skip
    by_name = {each["header"]: each for each in found["columns"]}
    assert by_name["last_order"]["known"] == 0.5
    assert by_name["employees"]["distinct"] == 2
    assert by_name["employees"]["doubtful"][0]["code"] == "not-a-number"
