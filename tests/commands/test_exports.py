"""Exported files: what is in them, harmless in a spreadsheet, there whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from python_calamine import load_workbook

from leadgrade.reports.answering import OutputError
from leadgrade.reports.runs import export as exporting
from leadgrade.reports.runs.export import DANGEROUS, harmless

HEADERS = [
    *("Lead", "Grade", "By hand", "Qualified", "Score", "Could be", "Could fall to"),
    *(
        "Purchasing power",
        "Payment risk",
        "Need",
        "Value cell",
        "Tier",
        "Reasons",
        "Knock-outs",
        "Next step",
        "Due",
    ),
    *("Open rules", "Company", "Revenue", "Share overdue", "Days to pay", "Intent", "Reach"),
    *("Has refused us", "Last order", "Days of silence"),
]


def files_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("leadgrade"))


def test_csv_has_a_mark_for_spreadsheets_and_a_row_a_lead(leadgrade, decided) -> None:
    done = leadgrade("export", "--out", "out.csv")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")
    content = (decided / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfLead,Grade")
    assert content.count(b"\r\n") == 7
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == HEADERS
    assert rows[1][:13] == [
        *("L-1", "A", "", "yes", "25", "A", "A", "10", "10", "5", "H2", "gold"),
        "10 size; 5 wants; 3 knows-us",
    ]
    assert {len(row) for row in rows} == {len(HEADERS)}


def test_a_sheet_holds_the_same_as_numbers_texts_and_flags(leadgrade, decided) -> None:
    assert leadgrade("export", "--out", "out.xlsx").code == 0
    sheet = load_workbook(decided / "out.xlsx").get_sheet_by_index(0).to_python()
    rows = list(csv.reader(io.StringIO(leadgrade("export").stdout.lstrip("\ufeff"))))
    assert sheet[0] == rows[0]
    for row, line in zip(sheet[1:], rows[1:], strict=True):
        for cell, text in zip(row, line, strict=True):
            assert cell == (float(text) if isinstance(cell, float) else type(cell)(text)) or (
                isinstance(cell, bool) and str(cell) == text
            )
    knocked_out = dict(zip(sheet[0], sheet[4], strict=True))
    assert knocked_out["Lead"] == "L-3"
    assert knocked_out["Has refused us"] is True
    assert knocked_out["Revenue"] == 30_000_000
    assert knocked_out["Share overdue"] == 0.05


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
    monkeypatch.setattr(exporting, "MOST_ROWS", 5)
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
