"""Forgetting, seen from outside: no byte of what a file said of the lead is left in the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

BOOK = """\
book: b
title: b
currency: CNY
lead_id: [Lead]
identity: [id, email]
sources:
  orders:
    key: [Customer]
    columns:
      total: {type: money, on_unreadable: reject}
      paid: {type: number}
facts:
  email: {type: text}
  debt: {type: number}
  total: {type: money, from: orders, sum: total}
  paid: {type: number, from: orders, sum: paid}
criteria: {c: {range: [0, 10], rules: [{id: r, when: debt > 1, points: 5}]}}
grades: {A: {from: 1}, B: {}}
"""
LEADS = "Lead,email,debt\nL1,a@b.cn,5\nL2,c@d.cn,0\n"


@pytest.fixture
def forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leadgrade: Run) -> Run:
    """Decide lists (their texts by file name) as said, forget L1, and look for its secrets.

    They are looked for before, too: they have to be there.
    """
    monkeypatch.chdir(tmp_path)

    def forget(files: dict[str, str], *said: str, secrets: tuple[str, ...]) -> None:
        (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        done = leadgrade("qualify", *said, "--engine", "explainer")
        assert done.code == 0, done
        before = record(tmp_path)
        assert [each for each in secrets if each.encode() not in before] == []
        done = leadgrade("forget", "L1", "--reason", "asked to", "--yes")
        assert done.code == 0, done
        after = record(tmp_path)
        assert [each for each in secrets if each.encode() in after] == []
        shown = leadgrade("show", "--json")
        assert shown.code == leadgrade("show").code == 0
        assert not any(each in shown.stdout for each in secrets)
        assert leadgrade("verify", "--all").code == 0

    return forget


def record(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("leadgrade.db*")))


def test_what_a_joined_file_says(forgotten: Run) -> None:
    orders = "Customer,total,paid\nL1,L1 owes Wang 12,1\nL1,1,twelve from Li\nL2,5,1\n"
    files = {"leads.csv": LEADS, "orders.csv": orders}
    secrets = ("L1 owes Wang 12", "twelve from Li")
    forgotten(files, "leads.csv", "--join", "orders=orders.csv", secrets=secrets)


@pytest.mark.parametrize("second", ["leads.csv", "./leads.csv"])
@pytest.mark.parametrize("twice", ["reject", "last", "merge"])
def test_what_a_file_says_that_was_given_twice(forgotten: Run, twice: str, second: str) -> None:
    files = {"leads.csv": LEADS.replace("5", "Wang owes five")}
    said = ("leads.csv", second, "--on-duplicate", twice)
    forgotten(files, *said, secrets=("Wang owes five",))


def test_what_the_rows_say_that_were_merged(forgotten: Run) -> None:
    files = {"leads.csv": f"{LEADS},a@b.cn,Wang owes five\n"}
    secrets = ("Wang owes five",)
    forgotten(files, "leads.csv", "--on-duplicate", "merge", secrets=secrets)


def test_what_other_rows_say_stays(tmp_path: Path, forgotten: Run) -> None:
    files = {"leads.csv": LEADS.replace("0", "Li owes none")}
    forgotten(files, "leads.csv", secrets=("L1", "a@b.cn"))
    assert b"Li owes none" in record(tmp_path)
