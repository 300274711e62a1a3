"""Exported files: what is in them, harmless in a spreadsheet, there whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from python_calamine import load_workbook

from leadgrade.reports import sheets
from leadgrade.reports.answering import OutputError
from leadgrade.reports.runs import export as exporting
from leadgrade.reports.sheets import DANGEROUS, harmless

from .conftest import QUALIFY

HEADERS = [
    *("Lead", "Company", "Grade", "By hand", "Score", "Qualified", "Possible", "Reasons"),
    *("Knock-outs", "To find out", "Next step", "Step by", "Due", "Further steps"),
    *("Purchasing power", "Payment risk", "Need", "Value cell", "Tier", "Revenue"),
    *("Share overdue", "Days to pay", "Intent", "Reach", "Has refused us", "Last order"),
    "Days of silence",
]


def files_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("leadgrade"))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def test_csv_has_a_mark_for_spreadsheets_and_a_row_a_lead(leadgrade, decided) -> None:
    done = leadgrade("export", "--out", "out.csv")
    assert (done.code, done.stdout, done.stderr) == (0, "", "6 leads written to out.csv\n")
    content = (decided / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfLead,Company,Grade")
    assert content.count(b"\r\n") == 7
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == HEADERS
    assert rows[1][:14] == [
        *("L-1", "Acme & Söhne", "A", "", "25", "yes", ""),
        "revenue of 20,000,000 (+10); Intent is Ready to buy (+5); Reach is High (+3)",
        *("", "", "Agree a date (Phone)", "Key account", "2026-01-23", ""),
    ]
    assert {len(row) for row in rows} == {len(HEADERS)}


def test_values_are_in_words_of_the_language(leadgrade, decided) -> None:
    done = leadgrade("export", "--lang", "zh", "--out", "out.csv")
    assert done.stderr == "已将 6 条线索写入 out.csv\n"
    found = {row["线索"]: row for row in table((decided / "out.csv").read_text(encoding="utf-8"))}
    one = found["L-3"]
    assert (one["意向"], one["已明确拒绝"], one["逾期占比"]) == ("准备签约", "是", "5%")
    assert one["否决项"].startswith("已拒绝：最高 D")
    assert found["L-5"]["待查事实"] == "营收、最近下单、意向、已明确拒绝"
    assert found["L-5"]["可能等级"] == "B…D"


def test_a_sheet_holds_the_same_as_numbers_shares_and_dates(leadgrade, decided) -> None:
    assert leadgrade("export", "--out", "out.xlsx").code == 0
    sheet = load_workbook(decided / "out.xlsx").get_sheet_by_index(0).to_python()
    rows = list(csv.reader(io.StringIO(leadgrade("export").stdout.lstrip("\ufeff"))))
    assert sheet[0] == rows[0] == HEADERS
    for row, line in zip(sheet[1:], rows[1:], strict=True):
        for cell, text in zip(row, line, strict=True):
            if isinstance(cell, float):
                shown = f"{cell * 100:g}%" if text.endswith("%") else f"{cell:g}"
                assert shown == (text if text.endswith("%") else f"{float(text):g}")
            else:
                assert str(cell) == text
    knocked_out = dict(zip(sheet[0], sheet[4], strict=True))
    assert knocked_out["Lead"] == "L-3"
    assert knocked_out["Has refused us"] == "yes"
    assert knocked_out["Revenue"] == 30_000_000
    assert knocked_out["Share overdue"] == 0.05
    assert knocked_out["Last order"] == date(2025, 6, 1)


def test_a_sheet_is_laid_out_for_reading(leadgrade, decided) -> None:
    assert leadgrade("export", "--out", "out.xlsx").code == 0
    with zipfile.ZipFile(decided / "out.xlsx") as file:
        page = file.read("xl/worksheets/sheet1.xml").decode()
        styles = file.read("xl/styles.xml").decode()
    assert '<pane xSplit="2" ySplit="1" topLeftCell="C2"' in page
    assert '<autoFilter ref="A1:AA7"/>' in page
    assert page.count("<col ") > 1
    hidden = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* hidden="1"', page)
    assert hidden == [("4", "4")]  # no grade by hand; all facts are known of somebody
    assert 'formatCode="yyyy\\-mm\\-dd"' in styles or 'formatCode="yyyy-mm-dd"' in styles


def test_ids_are_for_programs_and_the_same_in_every_language(leadgrade, decided) -> None:
    english, chinese = (leadgrade("export", "--ids", "--lang", each) for each in ("en", "zh"))
    assert english == chinese
    one = {row["lead"]: row for row in table(english.stdout)}["L-3"]
    assert list(one)[:9] == [
        *("lead", "grade", "by_hand", "qualified", "score", "best", "worst", "power", "risk"),
    ]
    assert one["rules"] == "10 size; -4 silent; 5 wants; 3 knows-us"
    assert (one["intent"], one["overdue"], one["refused"]) == ("ready", "0.05", "True")
    assert (one["knock_outs"], one["last_order"]) == ("refused-us", "2025-06-01")


def test_what_floats_have_beyond_a_number_is_not_shown(leadgrade, folder) -> None:
    text = "Lead,Share overdue,Revenue\nL-1,74%,0.3\nL-2,12.345%,1234.5\n"
    (folder / "shares.csv").write_text(text, encoding="utf-8")
    assert leadgrade("qualify", "shares.csv", "--engine", "explainer").code == 0
    shares = [row["Share overdue"] for row in table(leadgrade("export").stdout)]
    assert sorted(shares) == ["12.345%", "74%"]
    assert leadgrade("export", "--out", "out.xlsx").code == 0
    with zipfile.ZipFile(folder / "out.xlsx") as file:
        assert '"0.0#%"' in file.read("xl/styles.xml").decode()
        assert "<v>0.12345</v>" in file.read("xl/worksheets/sheet1.xml").decode()


def test_an_export_can_be_read_as_a_list(leadgrade, decided) -> None:
    before = leadgrade("top", "--json").json["leads"]
    assert leadgrade("export", "--out", "again.csv").code == 0
    assert leadgrade("qualify", "again.csv", *QUALIFY[2:]).code == 0
    after = leadgrade("top", "--json").json["leads"]
    assert [each["score"] for each in after] == [each["score"] for each in before]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_a_list_becomes_a_formula_and_each_can_be_had_back(
    leadgrade, folder, kind
) -> None:
    texts = ["=1+1", "+1", "-x", "@sum", "＝1", "'quoted", "plain", "''", "a=b", "L;1"]
    with (folder / "evil.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Lead", "Company", "Revenue"])
        writer.writerows([[f"{number}", text, -5] for number, text in enumerate(texts)])
    assert leadgrade("qualify", "evil.csv", "--engine", "explainer").code == 0
    assert leadgrade("export", "--out", f"out.{kind}").code == 0
    if kind == "csv":
        text = (folder / "out.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
    else:
        rows = load_workbook(folder / "out.xlsx").get_sheet_by_index(0).to_python()
    company = rows[0].index("Company")
    found = {int(row[0]): row[company] for row in rows[1:]}
    assert not any(text.startswith(DANGEROUS) for text in found.values())
    assert [found[number].removeprefix("'") for number in range(len(texts))] == texts


def test_taking_one_quote_away_gives_every_text_back() -> None:
    for text in (*DANGEROUS, "=1", "'=1", "''", "'", "", "a", "\n=1", "－5"):
        made = harmless(text)
        assert not made.startswith(DANGEROUS)
        assert made.removeprefix("'") == text


def test_format_by_name_or_by_option(leadgrade, decided) -> None:
    for name, options in (("a.jsonl", ()), ("a.JSONL", ()), ("a.txt", ("--format", "jsonl"))):
        assert leadgrade("export", "--out", name, *options).code == 0
        lines = (decided / name).read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["lead"] for line in lines][:2] == ["L-1", "L-2"]
    seen = leadgrade("export", "--out", "a.data")
    assert (seen.code, seen.stdout) == (2, "")
    assert "a.data" in seen.stderr
    assert not (decided / "a.data").exists()
    assert leadgrade("export", "--out", "-").stdout == leadgrade("export").stdout
    assert not (decided / "-").exists()


def test_only_one_grade_best_first(leadgrade, decided) -> None:
    lines = leadgrade("export", "--grade", "D", "--format", "jsonl").stdout.splitlines()
    found = list(map(json.loads, lines))
    assert [each["lead"] for each in found] == ["L-3", "L-4", "L-5"]
    assert all(a["score"] >= b["score"] for a, b in pairwise(found))


@pytest.mark.parametrize("command", ["export", "top"])
def test_a_grade_that_the_book_has_not_is_no_empty_list(leadgrade, decided, command) -> None:
    seen = leadgrade(command, "--grade", "a")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == "error: There is no grade `a`; the grades of this run are A, B, D.\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", "Is a directory"),
        ("nowhere/x.csv", "No such file or directory"),
        ("leads.csv/x.csv", "Not a directory"),
        (f"{'x' * 300}.csv", "File name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(leadgrade, decided, name, reason) -> None:
    before = files_in(decided)
    seen = leadgrade("export", "--out", name)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == f"error: Cannot write {name}: {reason}.\n"
    assert files_in(decided) == before


@pytest.mark.parametrize(
    ("command", "name", "reason"),
    [
        ("export --audit", ".", "Is a directory"),
        ("export --audit", "/", "Is a directory"),
        ("map leads.csv", "/nowhere/x.yaml", "No such file or directory"),
        ("map leads.csv", ".", "Is a directory"),
    ],
)
def test_other_files_that_cannot_be_written_are_named(
    leadgrade, decided, command, name, reason
) -> None:
    seen = leadgrade(*command.split(), "--out", name)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == f"error: Cannot write {name}: {reason}.\n"


def test_a_failed_export_leaves_the_old_file(leadgrade, decided, monkeypatch) -> None:
    old = decided / "out.csv"
    old.write_text("\ufeffLead,old", encoding="utf-8")
    before = files_in(decided)

    def fail(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setitem(exporting.EXPORTERS, "csv", fail)
    seen = leadgrade("export", "--out", "out.csv")
    assert seen.stderr == "error: Cannot write out.csv: No space left on device.\n"
    assert old.read_text(encoding="utf-8") == "\ufeffLead,old"
    assert files_in(decided) == before


def test_a_link_stays_a_link(leadgrade, decided) -> None:
    (decided / "real.csv").write_text("\ufeffLead,old", encoding="utf-8")
    (decided / "link.csv").symlink_to("real.csv")
    assert leadgrade("export", "--out", "link.csv").code == 0
    assert (decided / "link.csv").is_symlink()
    assert (decided / "real.csv").read_bytes().startswith(b"\xef\xbb\xbfLead")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_full_disk_is_told_in_one_line(shell, decided, kind) -> None:
    seen = shell("export", "--out", "/dev/full", "--format", kind)
    assert seen.code == 2
    assert seen.stderr == "error: Cannot write /dev/full: No space left on device.\n"
    assert Path("/dev/full").is_char_device()


def test_more_leads_than_a_sheet_holds_are_not_dropped(leadgrade, decided, monkeypatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 5)
    seen = leadgrade("export", "--out", "out.xlsx")
    assert seen.code == 2
    assert seen.stderr.startswith("error: A spreadsheet has room for 5 leads")
    assert not (decided / "out.xlsx").exists()
    assert issubclass(OutputError, Exception)


def test_a_record_that_was_changed_by_hand_is_not_exported(leadgrade, decided) -> None:
    import sqlite3  # noqa: PLC0415 - here alone

    with sqlite3.connect(decided / "leadgrade.db") as connection:
        connection.execute("UPDATE snapshot SET facts = replace(facts, '30000000', '30')")
    connection.close()
    for command in (["export", "--out", "out.csv"], ["explain", "L-3"]):
        seen = leadgrade(*command)
        assert seen.code == 2
        assert seen.stderr.startswith("error: The stored decision about L-3 in run 1 differs")
    assert not (decided / "out.csv").exists()
