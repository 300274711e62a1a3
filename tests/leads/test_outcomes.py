"""Lists of outcomes: what words mean, which columns they are in, what becomes of each row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leadgrade.leads import ListError, Options, Rejected, read_lists
from leadgrade.leads.outcomes import Became, Titles, Words, became, check_columns, outcome_book
from leadgrade.rules.loader import load_book

BOOK = """
book: small
lead_id: [Lead, 编号]
facts:
  size: {type: number}
  outcome: {type: text}
  phone: {type: text}
criteria: {worth: {range: [0, 1], rules: [{id: big, when: size > 1, points: 1}]}}
grades: {A: {}}
"""


def read(
    tmp_path: Path, text: str, titles: Titles | None = None, book: str = BOOK
) -> list[Became | Rejected]:
    (tmp_path / "book.yaml").write_text(book, encoding="utf-8")
    (tmp_path / "became.csv").write_text(text, encoding="utf-8")
    titles = titles or Titles()
    wanted = outcome_book(load_book(tmp_path / "book.yaml"), titles)
    with read_lists([str(tmp_path / "became.csv")], wanted, Options()) as reading:
        check_columns(reading, titles)
        return list(became(reading, Words(), "became.csv"))


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Won", True),
        ("closed-won", True),
        ("Closed Won", True),
        ("已成交", True),
        ("是", True),
        ("1.0", True),
        ("TRUE", True),
        ("Lost", False),
        ("ｌｏｓｔ", False),
        ("Closed_Lost", False),
        ("未成交", False),
        ("0", False),
        ("in progress", None),
        ("进行中", None),
    ],
)
def test_what_words_mean(word: str, meaning: bool | None) -> None:
    assert Words().meaning(word) is meaning


def test_words_that_a_person_says() -> None:
    paid = Words(won=["Paid"])
    assert paid.meaning("paid") is True
    assert paid.meaning("anything else") is False
    assert paid.meaning("open") is None
    assert Words(lost=["Default"]).meaning("whatever") is True
    both = Words(won=["Paid"], lost=["Default"])
    with pytest.raises(ValueError, match="Won"):
        both.meaning("Won")
    assert Words(won=["open"]).meaning("open") is True
    with pytest.raises(ValueError, match="maybe"):
        Words().meaning("maybe")


def test_day_and_worth_beside_the_outcome(tmp_path: Path) -> None:
    text = "Lead,Result,Close Date,Deal Value\nE1,Won,2026-02-03,5万\nE2,Lost,,\nE3,open,,\nE4,,,\n"
    assert read(tmp_path, text) == [
        Became("E1", 2, True, date(2026, 2, 3), 50_000.0),
        Became("E2", 3, False, None, None),
        Became("E3", 4, None, None, None),
        Became("E4", 5, None, None, None),
    ]


def test_chinese_titles(tmp_path: Path) -> None:
    text = "编号,成交结果,成交日期,成交金额\n甲,赢单,2026年2月3日,1.2万\n乙,输单,,\n"
    assert read(tmp_path, text) == [
        Became("甲", 2, True, date(2026, 2, 3), 12_000.0),
        Became("乙", 3, False, None, None),
    ]


def test_columns_that_a_person_names(tmp_path: Path) -> None:
    text = "Lead,Status,Converted,Paid on\nE1,Lost,1,2026-03-01\n"
    titles = Titles("Converted", "Paid on")
    assert read(tmp_path, text, titles) == [Became("E1", 2, True, date(2026, 3, 1), None)]
    with pytest.raises(ListError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "headers-collide"


@pytest.mark.parametrize(
    ("text", "titles", "code"),
    [
        ("Lead,Close Date\nE1,2026-01-01\n", Titles(), "no-outcome-column"),
        ("Lead,Result\nE1,Won\n", Titles(day="When"), "no-such-column"),
        ("Lead,Result\nE1,Won\n", Titles("Stage"), "nothing-mapped"),
        ("Who,Result\nE1,Won\n", Titles(), "no-lead-id"),
    ],
)
def test_a_list_that_says_nothing(tmp_path: Path, text: str, titles: Titles, code: str) -> None:
    with pytest.raises(ListError) as caught:
        read(tmp_path, text, titles)
    assert caught.value.code == code


def test_rows_that_say_nothing_are_rejected_with_their_reason(tmp_path: Path) -> None:
    text = "Lead,Result\nE1,maybe\n,Won\nE2,Won\nE2,Lost\n"
    found = read(tmp_path, text)
    codes = [each.code if isinstance(each, Rejected) else each.lead for each in found]
    assert codes == ["outcome-word", "empty-id", "E2", "duplicate-id"]
    assert found[0].args == {"text": "maybe"}
    assert found[0].line == 2


def test_leads_are_named_by_the_keys_of_the_book(tmp_path: Path) -> None:
    book = BOOK.replace("lead_id: [Lead, 编号]", "identity: [phone]")
    (found,) = read(tmp_path, "phone,Result\n+86 138 0013 8000,Won\n", book=book)
    assert isinstance(found, Became)
    assert found.won is True
    assert "13800138000" in found.lead
