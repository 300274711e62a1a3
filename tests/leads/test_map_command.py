"""`leadgrade map` and `leadgrade profile`, as they are called."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIST = "编号,年营收(万元),Employees\nA,120,51-200\nB,300,60\n"


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mapping_is_shown_and_written(
    write: Callable[..., Path], tmp_path: Path, lang: str
) -> None:
    out = tmp_path / "map.yaml"
    code, text = run("map", write(LIST), "--out", out, "--lang", lang)
    assert code == 1
    assert "employee_count" in text
    assert "`年营收(万元)`" in text
    assert "annual_revenue (unit: 万元)" in text.replace("\n", " ")
    assert '"Employees": employee_count' in out.read_text(encoding="utf-8")
    assert run("map", write(LIST), "--map", out, "--lang", lang)[0] == 0


def test_a_mapping_as_json(write: Callable[..., Path]) -> None:
    code, text = run("map", write(LIST), "--json")
    found = json.loads(text)
    assert (code, found["id"], found["settled"]) == (1, "编号", False)
    assert found["columns"][1] == {
        "header": "年营收(万元)",
        "fact": None,
        "candidates": ["annual_revenue"],
        "rivals": [],
        "why": "unit",
        "sure": "doubtful",
        "policy": {"unit": "万元"},
        "known": 1.0,
        "readable": 1.0,
        "samples": ["120", "300"],
    }


def test_what_has_to_be_settled_ends_with_1(write: Callable[..., Path]) -> None:
    code, text = run("map", write("Employees,员工人数\n1,2\n"), "--lang", "en")
    assert code == 1
    assert "Several columns are employee_count: Employees, 员工人数" in text
    assert "No column names the lead" in text


@pytest.mark.parametrize(("lang", "unused"), [("en", "not used: 备注"), ("zh", "未使用的列：备注")])
def test_a_run_tells_proposed_columns_from_unused_ones(
    write: Callable[..., Path], tmp_path: Path, lang: str, unused: str
) -> None:
    path = write("编号,年营收(万元),Employees,备注\nA,120,51,x\n")
    code, text = run("qualify", path, "--db", tmp_path / "a.db", "--lang", lang)
    assert code == 0
    assert [line.strip().endswith(unused) for line in text.splitlines()].count(True) == 1
    assert "年营收(万元) (annual_revenue?)" in text
    assert "--out map.yaml" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_profile_is_shown(write: Callable[..., Path], lang: str) -> None:
    code, text = run("profile", write(LIST), "--lang", lang)
    assert code == 0
    assert "51-200" in text
    code, text = run("profile", write(LIST), "--json")
    assert (code, json.loads(text)["rows"]) == (0, 2)


def test_a_list_may_come_from_a_database_only(tmp_path: Path) -> None:
    assert run("qualify", "--db", tmp_path / "a.db")[0] == 2
    code, text = run(
        *("qualify", "--from-sql", "sqlite:///nowhere.db", "select 1"),
        *("--db", tmp_path / "a.db", "--lang", "en"),
    )
    assert (code, "nowhere.db" in text) == (2, True)


def test_a_file_to_be_joined_is_shown_as_it_would_be_read(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    book = tmp_path / "book.yaml"
    book.write_text(
        "{book: b, facts: {late: {type: number, from: orders, count: days > 0}}, criteria: {},"
        " grades: {A: {}}, sources: {orders: {key: Customer, dated_by: day, dates: mdy, columns:"
        " {day: {type: date}, days: {type: days, headers: [Days late]}}}}}",
        "utf-8",
    )
    path = write("Customer,Day,Days late\nC1,01/02/2026,3\nC1,01/03/2026,x\n")
    code, text = run("map", path, "--book", book, "--source", "orders", "--json")
    found = json.loads(text)
    assert (code, found["id"]) == (0, "Customer")
    assert [each["fact"] for each in found["columns"]] == [None, "day", "days"]
    assert found["columns"][1]["policy"] == {"dates": "mdy"}
    code, text = run("profile", path, "--book", book, "--source", "orders", "--json")
    doubtful = json.loads(text)["columns"][2]["doubtful"]
    assert [each["code"] for each in doubtful] == ["not-a-number"]
    code, text = run("map", path, "--book", book, "--source", "ordrs", "--lang", "en")
    assert code == 2
    assert "orders" in text
