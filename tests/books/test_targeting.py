"""The three figures of targeting, with the case of the source; the best list under a capacity."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli

BOOK = """
book: reps
lead_id: [id]
facts:
  rep: {type: text, label: {en: Rep, zh: 销售}}
  need: {type: choice, values: [none_seen, some, much], ordered: true}
  sales: {type: money}
  size: {type: number}
criteria:
  worth:
    range: [0, 100]
    rules:
      - {id: need, fact: need, values: {none_seen: 0, some: 50, much: 90}}
grades: {A: {from: 90}, B: {from: 50}, C: {}}
qualified: grade >= B
classes:
  kind: {first_match: [{when: need = much, class: key}], otherwise: other}
next_steps:
  - {id: visit, when: grade = A, do: Visit, owner: {en: Key account, zh: 大客户经理}}
  - {id: call, when: grade = B, do: Call, owner: {en: Inside sales, zh: 电话销售}}
"""
CASE = {"Chen Yuan": (200, 60, 6, 230_000), "Zhang Jie": (100, 80, 20, 390_000)}
"""Contacts, valuable customers, key customers, sales in CNY, as the source tells it."""

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Decide the two reps' contacts; then run commands on the record."""
    monkeypatch.chdir(tmp_path)
    lines = ["id,rep,need,sales"]
    for rep, (contacts, valuable, key, sales) in CASE.items():
        for place in range(contacts):
            need = "much" if place < key else "some" if place < valuable else "none_seen"
            won = sales / valuable if place < valuable else 0
            lines.append(f"{rep[0]}-{place:03},{rep},{need},{won}")
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    Path("list.csv").write_text("\n".join(lines), encoding="utf-8")

    def invoke(*words: str) -> str:
        found = CliRunner().invoke(cli, [*words, "--lang", "en"])
        assert found.exit_code == 0, found.output
        return found.output

    invoke("qualify", "list.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    return invoke


def test_the_case_of_the_source(run: Run) -> None:
    asked = ("targeting", "--by", "rep", "--result", "sales", "--target", "360000", "--json")
    found = json.loads(run(*asked))
    better, worse = found["groups"]
    assert (better["group"], worse["group"]) == ("Zhang Jie", "Chen Yuan")
    assert (worse["contacts"], worse["valuable"], worse["key"]) == (200, 60, 6)
    assert (better["contacts"], better["valuable"], better["key"]) == (100, 80, 20)
    assert (worse["valuable_share"], better["valuable_share"]) == (0.3, 0.8)
    assert (worse["key_share"], better["key_share"]) == (0.03, 0.2)
    assert worse["per_contact"] == pytest.approx(1150)
    assert better["per_contact"] == pytest.approx(3900)
    assert worse["per_valuable"] == pytest.approx(3833, abs=1)
    assert better["per_valuable"] == pytest.approx(4875)
    assert worse["of_target"] == pytest.approx(0.639, abs=0.001)
    assert better["of_target"] == pytest.approx(1.083, abs=0.001)
    assert found["all"]["contacts"] == 300


def test_the_figures_as_a_table(run: Run) -> None:
    text = run("targeting", "--by", "rep", "--result", "sales", "--target", "360000")
    assert "20 (20.0%)" in text
    assert "1,150" in text
    assert "108.3%" in text
    assert "Valuable: qualified. Key: grade A." in text
    assert "300" in run("targeting")


@pytest.mark.parametrize("by", ["kind", "owner", "need"])
def test_groups_by_class_owner_and_fact(run: Run, by: str) -> None:
    found = json.loads(run("targeting", "--by", by, "--json"))
    assert sum(each["contacts"] for each in found["groups"]) == 300


@pytest.mark.parametrize("wrong", [("--by", "nothing"), ("--result", "size"), ("--result", "x")])
def test_what_the_book_does_not_have_is_refused(run: Run, wrong: tuple[str, str]) -> None:
    found = CliRunner().invoke(cli, ["targeting", *wrong, "--lang", "en"])
    assert found.exit_code == 2
    assert wrong[1] in found.output


@pytest.mark.parametrize(
    ("more", "taken", "reserve"),
    [((), 40, 100), (("--per", "owner"), 66, 74), (("--per", "rep"), 80, 60)],
)
def test_the_best_list_under_a_capacity(run: Run, more, taken: int, reserve: int) -> None:
    found = json.loads(run("top", "--capacity", "40", *more, "--json"))
    assert (found["taken"], found["reserve"], len(found["leads"])) == (taken, reserve, taken)
    assert all(each["qualified"] for each in found["leads"])
    grades = [each["grade"] for each in found["leads"]]
    assert grades == sorted(grades)
    assert f"{taken} taken, {reserve} qualified leads in reserve" in run(
        "top", "--capacity", "40", *more
    )


def test_a_capacity_above_the_list_leaves_no_reserve(run: Run) -> None:
    found = json.loads(run("top", "--capacity", "1000", "--json"))
    assert (found["taken"], found["reserve"]) == (140, 0)
