"""Lists that cannot be used: one clear message, exit code 2, no database made or touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HEADER = "Lead,Company,Revenue\n"
AS_OF = ("--as-of", "2026-01-22", "--engine", "explainer")
BAD = {
    "missing": ("no.csv", None, "There is no file no.csv."),
    "missing with a NUL": ("no\0.csv", None, "There is no file no�.csv."),
    "a folder": ("sub", "folder", "There is no list in the folder sub."),
    "empty": ("a.csv", b"", "a.csv is empty."),
    "header only": ("a.csv", HEADER.encode(), "a.csv has a header and no rows below it."),
    "only blank lines": (
        "a.csv",
        HEADER.encode() + b"\n,,\n",
        "a.csv has a header and no rows below it.",
    ),
    "no sheet": (
        "a.xlsx",
        b"not a workbook",
        "a.xlsx is not a spreadsheet that can be opened; save it as .xlsx or .csv.",
    ),
    "a broken sheet": (
        "a.xlsx",
        b"PK\x03\x04 and then nothing",
        "a.xlsx is not a spreadsheet that can be opened; save it as .xlsx or .csv.",
    ),
    "a PDF": (
        "a.csv",
        b"%PDF-1.7 x",
        "a.csv is a PDF file, which is not read. Save it as CSV, XLSX or JSON lines.",
    ),
    "no id": (
        "a.csv",
        b"Company,Revenue\nx,1\n",
        (
            "a.csv: no column names the lead. Say which with --id COLUMN, or --id row for the line "
            "number. Columns: Company, Revenue."
        ),
    ),
    "two columns of one fact": (
        "a.csv",
        "Lead,Revenue,营收\nL-1,1,2\n".encode(),
        (
            "a.csv: several columns are the fact revenue: Revenue, 营收. Rename all but one, or "
            "shorten `headers:`."
        ),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_list_that_cannot_be_used(leadgrade, folder, case) -> None:
    name, content, message = BAD[case]
    if content == "folder":
        (folder / name).mkdir()
    elif content is not None:
        (folder / name).write_bytes(content)
    before = sorted(folder.iterdir())
    seen = leadgrade("qualify", name, *AS_OF)
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", f"error: {message}\n")
    assert sorted(folder.iterdir()) == before  # no database was made


def test_a_sheet_is_refused_where_there_are_none(leadgrade, folder) -> None:
    seen = leadgrade("qualify", "leads.csv", "--sheet", "Leads", *AS_OF)
    message = (
        "error: leads.csv is no spreadsheet: it has no sheet `Leads`. Leave out --sheet (in a "
        "mapping file or source: `sheet:`), or name the spreadsheet.\n"
    )
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("lang", "message"),
    [("en", "error: standard input is empty.\n"), ("zh", "标准输入 是空文件")],
)
def test_what_comes_in_by_a_pipe_is_called_so(leadgrade, folder, lang, message) -> None:
    seen = leadgrade("qualify", "-", "--lang", lang, *AS_OF, stdin=b"")
    assert seen.code == 2
    assert message in seen.stderr
    rows = HEADER.encode() + b"L-1,one,5\n,nobody,5\n"
    seen = leadgrade("qualify", "-", "--lang", lang, *AS_OF, stdin=rows)
    name = "standard input" if lang == "en" else "标准输入"
    assert f"{name}:3: " in seen.stdout
    assert "-:" not in seen.stdout


def test_one_bad_list_among_good_ones_stops_before_anything_is_stored(leadgrade, decided) -> None:
    before = (decided / "leadgrade.db").read_bytes()
    seen = leadgrade("qualify", "leads.csv", "no.csv", *AS_OF)
    assert seen.stderr == "error: There is no file no.csv.\n"
    assert (decided / "leadgrade.db").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_list_that_may_not_be_read(leadgrade, folder) -> None:
    (folder / "leads.csv").chmod(0)
    seen = leadgrade("qualify", "leads.csv", *AS_OF)
    message = "error: leads.csv may not be read: the system denies access.\n"
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", message)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "x"), "leads.csv may not be read: the system denies access."),
        (OSError(5, "Input/output error"), "leads.csv cannot be read: Input/output error."),
    ],
)
def test_what_the_system_says_of_a_list(leadgrade, folder, monkeypatch, error, message) -> None:
    really = Path.open

    def refuse(path: Path, *args: object, **more: object) -> object:
        if path.name == "leads.csv":
            raise error
        return really(path, *args, **more)

    monkeypatch.setattr(Path, "open", refuse)
    seen = leadgrade("qualify", "leads.csv", *AS_OF)
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", f"error: {message}\n")


def test_rows_that_cannot_be_read_are_set_aside_and_the_others_decided(
    leadgrade, folder, runs_of
) -> None:
    big = "x" * (10 << 20)
    rows = [
        HEADER.encode(),
        b"L-1,one,5\n",
        f"L-2,{big},5\n".encode(),
        b"L-3,a\0b,5\n",
        b'L-4,"never closed,5\n',
        b"L-5,\xff\xfe\x80,5\n",
        b",nobody,5\n",
        b"L-7,seven,5\n",
    ]
    (folder / "a.csv").write_bytes(b"".join(rows))
    seen = leadgrade("qualify", "a.csv", "--encoding", "utf-8", *AS_OF)
    assert (seen.code, seen.stderr) == (0, "")
    assert "7 rows read = 2 decided + 5 rejected" in seen.stdout
    assert seen.stdout.splitlines()[-6:] == [
        "Rejected rows: 5",
        "  a.csv:3: a cell of more than 1048576 characters",
        "  a.csv:4: the row has a NUL byte",
        "  a.csv:5: a quote is opened and never closed",
        "  a.csv:6: the row has bytes that the encoding does not know",
        "  a.csv:7: no lead id in the column Lead",
    ]
    assert [each["decided"] for each in runs_of()] == [2]
    raw = [each["raw"] for each in leadgrade("show", "--json").json["rejected_rows"]]
    assert max(map(len, raw)) < 11_000
    assert raw[1:3] == ["L-3,a␀b,5", 'L-4,"never closed,5']


def test_a_list_without_a_good_row_is_a_run_that_decides_nothing(leadgrade, folder) -> None:
    (folder / "a.csv").write_text(f"{HEADER},a,1\n,b,2\n", encoding="utf-8")
    seen = leadgrade("qualify", "a.csv", *AS_OF)
    assert seen.code == 0
    assert "2 rows read = 0 decided + 2 rejected" in seen.stdout
    assert "Qualified: 0 of 0" in seen.stdout
    assert leadgrade("top").code == 0
    assert leadgrade("export", "--format", "jsonl").stdout == ""
    assert leadgrade("export", "--out", "a.xlsx").code == 0


def test_a_lead_that_comes_twice(leadgrade, folder) -> None:
    (folder / "a.csv").write_text(f"{HEADER}L-1,a,1\nL-1,b,2\n", encoding="utf-8")
    (folder / "b.csv").write_text(f"{HEADER}L-1,c,3\n", encoding="utf-8")
    both = ("qualify", "a.csv", "b.csv", *AS_OF, "--on-duplicate")
    stopped = leadgrade(*both, "error")
    assert (stopped.code, stopped.stderr) == (
        2,
        "error: a.csv:3: the lead `L-1` was there already, at a.csv:2. Nothing was stored.\n",
    )
    assert leadgrade("runs", "--json").json == []
    for choice, company in (("reject", "a"), ("last", "c")):
        assert "3 rows read = 1 decided + 2 rejected" in leadgrade(*both, choice).stdout
        assert leadgrade("explain", "L-1", "--json").json["facts"]["company"] == company


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "--id=Nr",
            (
                "leads.csv has no column `Nr`. Its columns: Lead, Company, Revenue, Share overdue, "
                "Days to pay, Intent, Reach, Has refused us, Last order, Notes."
            ),
        ),
        (
            "--encoding=klingon",
            (
                "There is no encoding `klingon` (for leads.csv). Usual ones: utf-8, gb18030, "
                "utf-16, cp1252."
            ),
        ),
        (
            "--delimiter=xyz",
            "`xyz` cannot divide the columns of leads.csv; give one character, or `tab`.",
        ),
    ],
)
def test_wrong_words_about_a_list(leadgrade, folder, option, message) -> None:
    seen = leadgrade("qualify", "leads.csv", option, *AS_OF)
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", f"error: {message}\n")


def test_what_a_list_says_does_nothing_to_a_terminal(leadgrade, folder) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    content = f"Lead,Company,Revenue,{evil}\nL-1,{evil}x,{evil}5\nL-1,again,5,\n"
    (folder / "a.csv").write_text(content, encoding="utf-8")
    answers = [leadgrade("qualify", "a.csv", *AS_OF), leadgrade("top"), leadgrade("explain", "L-1")]
    answers += [leadgrade("qualify", "a.csv", "--id", "no"), leadgrade("explain", evil)]
    for seen in answers:
        text = seen.stdout + seen.stderr
        assert text
        assert not [each for each in text if each in "\x1b\x07\u202e"]


def test_what_is_said_about_numbers_and_dates_is_heard(leadgrade, folder) -> None:
    header = "Lead;Share overdue;Last order;Revenue\n"
    (folder / "a.csv").write_text(f"{header}L-1;35;03/04/2026;1.234,5\n", encoding="utf-8")

    def facts(*options: str) -> dict[str, object]:
        assert leadgrade("qualify", "a.csv", *AS_OF, *options).code == 0
        return leadgrade("explain", "L-1", "--json").json["facts"]

    assert "overdue" not in facts()
    said = ("--percent", "percent", "--dates", "dmy", "--decimal-comma")
    assert facts(*said) == {
        "overdue": 0.35,
        "last_order": "2026-04-03",
        "revenue": 1234.5,
        "silence": -71,
    }
    said = ("--percent", "share", "--dates", "mdy")
    assert facts(*said)["overdue"] == 35
    assert facts(*said)["last_order"] == "2026-03-04"
