"""The work list as a file to hand out: short, in the order to work, in each format."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from python_calamine import load_workbook

HEADERS = {
    "en": ["Place", "Lead", "Company", "Grade", "Score", "Next step", "Step by", "Due"],
    "zh": ["名次", "线索", "公司", "等级", "总分", "下一步", "步骤负责人", "截止日"],
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_csv_has_what_a_rep_needs(leadgrade, decided, lang) -> None:
    seen = leadgrade("top", "--limit", "3", "--out", "work.csv", "--lang", lang)
    told = {"en": "3 leads written to work.csv\n", "zh": "已将 3 条线索写入 work.csv\n"}
    assert (seen.code, seen.stdout, seen.stderr) == (0, "", told[lang])
    with (decided / "work.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == HEADERS[lang]
    assert [row[:2] for row in rows[1:]] == [["1", "L-1"], ["2", "L-2"], ["3", "'=6+6"]]
    step = {"en": ["Agree a date (Phone)", "Key account"], "zh": ["约定日期 (电话)", "大客户部"]}
    assert rows[1][2:] == ["Acme & Söhne", "A", "25", *step[lang], "2026-01-23"]


def test_a_sheet_has_days_and_the_leads_that_were_asked_for(leadgrade, decided) -> None:
    assert leadgrade("top", "--capacity", "1", "--per", "owner", "--out", "work.xlsx").code == 0
    rows = load_workbook(decided / "work.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0] == HEADERS["en"]
    assert rows[1][-1] == date(2026, 1, 23)
    taken = leadgrade("top", "--capacity", "1", "--per", "owner", "--json").json["leads"]
    assert [row[1].removeprefix("'") for row in rows[1:]] == [each["lead"] for each in taken]


def test_a_page_is_in_both_languages_and_texts_stay_texts(leadgrade, decided) -> None:
    company = "<b>x</b>"
    (decided / "more.csv").write_text(f"Lead,Company\nL-9,{company}\n", encoding="utf-8")
    assert leadgrade("qualify", "more.csv", "--engine", "explainer").code == 0
    assert leadgrade("top", "--out", "work.html").code == 0
    page = (decided / "work.html").read_text(encoding="utf-8")
    assert company not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert all(f'<th scope="col">{each}</th>' in page for each in (*HEADERS["en"], *HEADERS["zh"]))


def test_a_grade_by_hand_is_in_it(leadgrade, decided) -> None:
    said = ["--grade", "A", "--reason", "met them", "--until", "2099-01-01"]
    assert leadgrade("override", "L-4", *said).code == 0
    assert leadgrade("top", "--out", "work.csv").code == 0
    assert "by hand A" in (decided / "work.csv").read_text(encoding="utf-8")


def test_another_ending_is_refused(leadgrade, decided) -> None:
    seen = leadgrade("top", "--out", "work.docx")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: work.docx: the name does not say which format; end it in one of csv, xlsx, html.\n"
    )


def test_the_columns_of_a_list_that_no_rule_reads_come_with_it(leadgrade, folder) -> None:
    """As docs/lists.md shows it."""
    page = (Path(__file__).parents[2] / "docs" / "lists.md").read_text(encoding="utf-8")
    (book,) = re.findall(r"```yaml\n(book: our-leads\n.*?)```", page, re.DOTALL)
    (folder / "book.yaml").write_text(book, encoding="utf-8")
    text = "Lead ID,Company,负责人,Phone,E-mail\nL-1,Acme,Wang Fang,0571-88,w@a.cn\nL-2,Beta,,,\n"
    (folder / "leads.csv").write_text(text, encoding="utf-8")
    checked = leadgrade("check")
    assert (checked.code, "warning" in checked.seen) == (0, False)
    assert leadgrade("qualify", "leads.csv", "--engine", "explainer").code == 0
    for command in ("top", "export"):
        assert leadgrade(command, "--out", "made.csv").code == 0
        with (folder / "made.csv").open(encoding="utf-8-sig", newline="") as file:
            found = {row["Lead"]: row for row in csv.DictReader(file)}
        told = [found["L-1"][name] for name in ("Salesperson", "Phone", "E-mail")]
        assert told == ["Wang Fang", "0571-88", "w@a.cn"]
        assert found["L-2"]["Phone"] == ""
    assert "each Salesperson" in leadgrade("top", "--capacity", "5", "--per", "salesperson").stdout
