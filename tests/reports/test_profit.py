"""Profit and loss by class and owner: sums by hand, unknown figures left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from leadgrade.cli import cli
from leadgrade.reports.runs.profit import Account

BOOK = """
book: accounts
lead_id: [id]
facts:
  size: {type: number}
  earned: {type: money, label: {en: Earned, zh: 收益}}
  served: {type: money, label: {en: Cost to serve, zh: 服务成本}}
  region: {type: choice, values: {n: {en: North, zh: 北方}, s: {en: South, zh: 南方}}}
derived:
  after: {formula: earned - served, type: money}
criteria:
  worth: {range: [0, 100], rules: [{id: size, fact: size, bands: [{from: 10, points: 90}]}]}
grades: {A: {from: 90, label: {en: Large, zh: 大}}, B: {}}
classes:
  tier:
    fact: size
    bands: [{from: 10, class: big}, {to: 10, class: small}]
    treatments:
      big: {do: Visit, owner: {en: Key account, zh: 大客户经理}}
      small: {do: Call, owner: {en: Inside sales, zh: 电话销售}}
next_steps:
  - {id: plan, when: grade = A, do: Plan, owner: {en: Sales manager, zh: 销售经理}}
"""
LEADS = """id,size,earned,served,region
B1,10,100,20,n
B2,10,300,20,n
B3,10,200,20,s
B4,10,200,20,s
S1,1,10,30,n
S2,1,10,30,s
S3,1,10,30,s
S4,1,190,10,
S5,1,50,,n
U1,,,5,n
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    Path("list.csv").write_text(LEADS, encoding="utf-8")

    def invoke(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, [*words, "--lang", lang], env={"COLUMNS": "140"})

    found = invoke("qualify", "list.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    assert found.exit_code == 0, found.output
    return invoke


ASKED = ("profit", "--revenue", "earned", "--cost", "served")


def test_sums_by_class_with_who_answers_for_it(run: Run) -> None:
    found = json.loads(run(*ASKED, "--by", "tier", "--json").output)
    assert (found["run"], found["as_of"], found["by"]) == (1, "2026-01-22", "tier")
    big, small, unknown = found["groups"]
    assert (big["group"], big["owner"], big["leads"], big["counted"]) == (
        "big",
        "Key account",
        4,
        4,
    )
    assert (big["revenue"], big["cost"], big["profit"], big["margin"]) == (800, 80, 720, 0.9)
    assert (big["lower_quartile"], big["median"], big["upper_quartile"]) == (155, 180, 205)
    assert big["breaks_even"] is True
    # S5 has no cost: left out, and its 50 with it.
    assert (small["group"], small["owner"], small["leads"], small["counted"]) == (
        "small",
        "Inside sales",
        5,
        4,
    )
    assert (small["revenue"], small["cost"], small["profit"]) == (220, 100, 120)
    assert (small["lower_quartile"], small["median"], small["upper_quartile"]) == (-20, -20, 30)
    assert (unknown["group"], unknown["owner"], unknown["counted"]) == ("unknown", None, 0)
    assert (unknown["breaks_even"], unknown["margin"]) == (None, None)
    total = found["all"]
    assert (total["leads"], total["counted"], total["profit"]) == (10, 8, 840)
    assert found["alike"] == []


def test_a_class_that_does_not_pay_for_itself(run: Run) -> None:
    swapped = ("profit", "--revenue", "served", "--cost", "earned", "--by", "tier")
    found = json.loads(run(*swapped, "--json").output)
    assert [each["profit"] for each in found["groups"]] == [-120, -720, 0]
    assert [each["breaks_even"] for each in found["groups"]] == [False, False, None]
    assert " no " in run(*swapped).output


def test_what_earns_exactly_what_it_costs_breaks_even(run: Run) -> None:
    found = json.loads(run(*ASKED, "--cost", "after", "--by", "tier", "--json").output)
    assert [each["profit"] for each in found["groups"]] == [0, 0, 0]
    assert [each["breaks_even"] for each in found["groups"]] == [True, True, None]


def test_the_table(run: Run) -> None:
    lines = run(*ASKED, "--by", "tier").output.splitlines()
    assert [" ".join(each.split()) for each in lines] == [
        "Profit and loss of run 1 by tier, as of 2026-01-22",
        "Group Owner Leads Revenue Cost Profit Margin Breaks even A lead (middle half)",
        "big Key account 4 800 80 720 90.0% yes 180 (155 to 205)",
        "small Inside sales 4 of 5 220 100 120 54.5% yes -20 (-20 to 30)",
        "facts are missing 0 of 1",
        "all 8 of 10 1,020 180 840 82.4% yes 130 (-20 to 180)",
        "",
        "Revenue: Earned. Cost: Cost to serve.",
        "2 leads lack one of these figures and are left out: unknown is not zero.",
    ]


def test_in_chinese_and_by_grade(run: Run) -> None:
    text = run(*ASKED, "--by", "grade", lang="zh").output
    assert "第 1 次运行的盈亏（按等级）" in text
    assert "销售经理" in text
    assert "收入：收益。成本：服务成本。" in text
    assert "北方" in run(*ASKED, "--by", "region", lang="zh").output


def test_classes_that_tell_little_about_profit_are_named(run: Run) -> None:
    mixed = LEADS.replace("S1,1,10,30", "S1,1,300,30").replace("S2,1,10,30", "S2,1,300,30")
    Path("list.csv").write_text(mixed, encoding="utf-8")
    run("qualify", "list.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    found = json.loads(run(*ASKED, "--by", "tier", "--json").output)
    assert found["alike"] == [["small", "big"]]
    assert "small and big overlap" in run(*ASKED, "--by", "tier").output
    assert json.loads(run(*ASKED, "--by", "region", "--json").output)["alike"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("profit", "--revenue", "size"), "`size` is not a money fact of the book `accounts`"),
        ((*ASKED, "--by", "colour"), "no `colour` to group by"),
        (("profit",), "--revenue"),
    ],
)
def test_what_is_not_there_is_named(run: Run, words: tuple[str, ...], said: str) -> None:
    found = run(*words)
    assert found.exit_code == 2
    assert said in found.output


def test_nothing_to_add_up(run: Run) -> None:
    Path("list.csv").write_text("id,size\nX,1\n", encoding="utf-8")
    run("qualify", "list.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    found = run(*ASKED)
    assert found.exit_code == 2
    assert "no lead of run 2 has all of these figures (earned, served)" in found.output


def test_no_margin_on_no_revenue() -> None:
    account = Account("x")
    account.add(0.0, 5.0)
    assert (account.margin, account.profit, account.breaks_even) == (None, -5.0, False)
    assert account.quartiles is None
