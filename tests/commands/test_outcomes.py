"""``outcomes`` and ``measure``: from a list of what became of leads to a plain verdict."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from leadgrade.cli import cli
from leadgrade.storage.store import open_store

BOOK = """
book: deals
lead_id: [id]
facts:
  size: {type: number, label: {en: Size, zh: 规模}}
  tall: {type: flag}
  colour: {type: choice, values: {red: {en: Red, zh: 红}, blue: {en: Blue, zh: 蓝}}}
criteria:
  worth:
    range: [0, 100]
    rules:
      - id: size
        label: {en: Size, zh: 规模}
        fact: size
        bands: [{from: 20, points: 60}, {from: 10, points: 30}]
      - {id: tall, when: tall, points: 20}
      - {id: red, when: colour = red, points: 10}
      - {id: never, when: size > 1000, points: 5}
grades: {A: {from: 60}, B: {from: 30}, C: {}}
qualified: grade = A
next_steps: [{id: go, when: grade = A, do: Go, owner: Rep}]
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("book.yaml").write_text(BOOK, encoding="utf-8")

    def invoke(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, [*words, "--lang", lang], env={"COLUMNS": "150"})

    return invoke


def decide(run: Run, rows: list[tuple[str, int, str, str]]) -> None:
    lines = [f"{lead},{size},{tall},{colour}" for lead, size, tall, colour in rows]
    Path("list.csv").write_text("\n".join(["id,size,tall,colour", *lines]), encoding="utf-8")
    found = run("qualify", "list.csv", "--as-of", "2026-01-22", "--engine", "explainer")
    assert found.exit_code == 0, found.output


def became(run: Run, lines: list[str], *more: str) -> Result:
    Path("became.csv").write_text("\n".join(["id,Result,Date,Value", *lines]), encoding="utf-8")
    return run("outcomes", "became.csv", *more)


@pytest.fixture
def measured(run: Run) -> Run:
    """Sixty leads: A wins 16 of 20, B 14 of 20, C 4 of 20; colour and outcome have no link."""
    rows, lines = [], []
    for grade, (size, wins) in {"A": (20, 16), "B": (10, 14), "C": (1, 4)}.items():
        for place in range(20):
            colour = "red" if place % 2 else "blue"
            rows.append((f"{grade}{place:02}", size, "" if grade == "C" else "no", colour))
            word = "Won" if place < wins else "Lost"
            lines.append(
                f"{grade}{place:02},{word},2026-02-0{1 + place % 9},{100 if place else ''}"
            )
    decide(run, rows)
    assert became(run, lines).exit_code == 0
    return run


def test_every_row_is_accounted_for(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red"), ("E2", 10, "no", "blue"), ("E3", 1, "", "")])
    found = became(
        run, ["E1,Won,2026-02-01,500", "E2,lost,,", "E3,pending,,", "X9,Won,,", "E3,maybe,,"]
    )
    assert found.exit_code == 0
    text = " ".join(found.output.split())
    assert "became.csv: 5 rows = 1 won + 1 lost + 1 still open + 1 of unknown leads + 1" in text
    assert "Columns used: Result, Date, Value" in text
    assert "The record does not have: X9" in text
    assert "became.csv:6:" in text
    lists = json.loads(run("outcomes", "--json").output)
    counts = {"won": 1, "lost": 1, "open": 1, "unknown": 1, "rejected": 1}
    assert lists[0] | counts | {"list": 1, "rows": 5, "file": "became.csv"} == lists[0]
    assert "became.csv" in run("outcomes", lang="zh").output


def test_the_answer_as_json(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red")])
    found = json.loads(became(run, ["E1,Won,2026-02-01,500", "E1,hm,,"], "--json").output)
    assert found["mapping"]["facts"] == {
        "Result": "outcome of the lead",
        "Date": "day of the outcome",
        "Value": "value of the outcome",
    }
    (rejected,) = found["rejected"]
    assert (rejected["line"], rejected["code"]) in [(3, "outcome-word"), (3, "duplicate-id")]
    assert (found["list"], found["won"], found["lost"], found["open"]) == (1, 1, 0, 0)
    assert len(found["head"]) == 64
    assert run("verify", "--all", "--head", found["head"]).exit_code == 0


def test_nothing_is_stored_of_a_list_that_says_nothing(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red")])
    found = became(run, ["E1,open,,", "X2,Won,,"])
    assert found.exit_code == 1
    assert "Nothing was stored" in found.output
    assert json.loads(run("outcomes", "--json").output) == []
    assert "No list of outcomes" in run("outcomes").output


def test_words_and_columns_that_a_person_says(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red"), ("E2", 10, "no", "blue")])
    Path("paid.csv").write_text("id,Record,Result\nE1,on time,x\nE2,late,x\n", encoding="utf-8")
    found = json.loads(
        run("outcomes", "paid.csv", "--outcome", "Record", "--won", "On time", "--json").output
    )
    assert (found["won"], found["lost"], found["rejected"]) == (1, 1, [])


def test_no_record_and_no_runs(run: Run) -> None:
    Path("became.csv").write_text("id,Result\nE1,Won\n", encoding="utf-8")
    assert run("outcomes", "became.csv").exit_code == 2
    assert run("measure").exit_code == 2


def test_nothing_to_measure_yet(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red")])
    found = run("measure")
    assert found.exit_code == 2
    assert "leadgrade outcomes FILE" in found.output


def test_what_was_known_before_the_decision_proves_nothing(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red"), ("E2", 10, "no", "blue"), ("E3", 1, "", "")])
    became(run, ["E1,Won,2026-01-21,", "E2,Lost,2026-01-22,", "E3,Lost,,"])
    found = json.loads(run("measure", "--json").output)
    assert (found["known"], found["won"], found["earlier"]) == (2, 0, 1)
    assert "1 outcomes are from before 2026-01-22 and left out" in run("measure").output
    found = json.loads(run("measure", "--earlier", "--json").output)
    assert (found["known"], found["won"], found["earlier"]) == (3, 1, 0)
    became(run, ["E1,Won,2026-01-21,", "E2,Lost,2025-01-22,", "E3,Lost,2020-01-01,"])
    found = run("measure")
    assert found.exit_code == 2
    assert "all 3 outcomes of run 1 are from before 2026-01-22" in " ".join(found.output.split())


def test_the_list_that_was_read_last_counts(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red"), ("E2", 10, "no", "blue")])
    became(run, ["E1,Won,,", "E2,Won,,"])
    became(run, ["E1,Lost,,"])
    found = json.loads(run("measure", "--json").output)
    assert (found["known"], found["won"], found["lost"]) == (2, 1, 1)


def test_rates_lifts_and_verdicts(measured: Run) -> None:
    found = json.loads(measured("measure", "--json").output)
    assert (found["known"], found["won"], found["lost"], found["rate"]) == (60, 34, 26, 0.5667)
    assert (found["verdict"], found["ordered"]) == ("separates", True)
    # Pairs: won above lost by grade and by the ten points for red, worked out by hand below.
    assert found["area"]["area"] == pytest.approx(hand_made_area(), abs=0.0001)
    grades = {each["name"]: each for each in found["grades"]}
    assert [grades[name]["rate"] for name in "ABC"] == [0.8, 0.7, 0.2]
    assert [grades[name]["lift"] for name in "ABC"] == [1.4118, 1.2353, 0.3529]
    assert [grades[name]["of_won"] for name in "ABC"] == [0.4706, 0.4118, 0.1176]
    assert grades["A"]["value"] == 1500  # of 16 won leads one has no value
    assert found["unsure"] == [["A", "B"]]
    rules = {each["rule"]: each for each in found["rules"]}
    assert (rules["size"]["fired"], rules["size"]["fired_rate"]) == (40, 0.75)
    assert (rules["size"]["not_fired"], rules["size"]["not_fired_rate"]) == (20, 0.2)
    assert rules["size"]["levels"][0] == {"points": 60, "won": 16, "of": 20, "rate": 0.8}
    assert rules["size"]["verdict"] == "separates"
    assert rules["red"]["verdict"] == "no-separation"
    assert (rules["tall"]["open"], rules["tall"]["verdict"]) == (20, "too-few")
    assert rules["never"]["verdict"] == "too-few"


def hand_made_area() -> float:
    """Count all pairs of a won and a lost lead, straight from how the list was made."""
    scored = []
    for size, wins in ((60, 16), (30, 14), (0, 4)):
        scored += [(size + 10 * (place % 2), place < wins) for place in range(20)]
    won = [score for score, is_won in scored if is_won]
    lost = [score for score, is_won in scored if not is_won]
    return sum((a > b) + (a == b) / 2 for a in won for b in lost) / (len(won) * len(lost))


def test_parts_of_the_list_from_the_best(measured: Run) -> None:
    bands = json.loads(measured("measure", "--json").output)["bands"]
    assert [each["of"] for each in bands] == [10] * 6
    assert [each["scores"] for each in bands] == [[s, s] for s in (70, 60, 40, 30, 10, 0)]
    assert sum(each["of_won"] for each in bands) == pytest.approx(1, abs=0.001)
    assert sum(each["won"] for each in bands) == 34


def test_groups(measured: Run) -> None:
    found = json.loads(measured("measure", "--by", "colour", "--json").output)
    assert {each["name"]: each["won"] for each in found["groups"]} == {"red": 17, "blue": 17}
    text = measured("measure", "--by", "colour", lang="zh").output
    assert "红" in text
    assert "按colour" in text
    wrong = measured("measure", "--by", "shape")
    assert wrong.exit_code == 2
    assert "no `shape` to group by" in wrong.output


def test_the_whole_answer_in_words(measured: Run) -> None:
    lines = [" ".join(each.split()) for each in measured("measure").output.splitlines()]
    assert lines[:11] == [
        "Run 1 against 60 outcomes (deals, as of 2026-01-22)",
        "Won 34 of 60 (56.7%), lost 26. 0 of 60 leads have no outcome.",
        f"The score tells winners from losers: {lines[2].partition(': ')[2]}",
        "The grades are in order: each wins more often than the next.",
        "A and B may differ by chance alone.",
        "",
        "By grade",
        "Grade Leads Won Win rate Lift Of all won Value won",
        "A 20 16 80.0% (58.4% to 91.9%) 1.41 47.1% 1,500",
        "B 20 14 70.0% (48.1% to 85.5%) 1.24 41.2% 1,300",
        "C 20 4 20.0% (8.1% to 41.6%) 0.35 11.8% 300",
    ]
    (size,) = (each for each in lines if each.startswith("Size "))
    assert size.startswith("Size 75.0% of 40 20.0% of 20 0 1.32 0.")
    assert size.endswith(" as its points say")
    assert "red 56.7% of 30 56.7% of 30 0 1.00 0.500 no separation" in lines
    assert lines[-1].startswith("Lift: win rate over that of all.")
    chinese = measured("measure", lang="zh").output
    assert "总分能区分成交与失败" in chinese
    assert "等级有序" in chinese
    assert "无区分" in chinese


def test_no_separation_where_lots_decide(run: Run) -> None:
    chance = random.Random(7)  # noqa: S311 - a test
    rows = [(f"L{n:03}", chance.choice((1, 10, 20)), "no", "red") for n in range(300)]
    decide(run, rows)
    became(run, [f"{lead},{chance.choice(('Won', 'Lost'))},," for lead, *_ in rows])
    found = json.loads(run("measure", "--json").output)
    assert found["verdict"] == "no-separation"
    assert found["area"]["low"] < 0.5 < found["area"]["high"]
    assert "No separation: area under the curve" in run("measure").output
    assert "无区分" in run("measure", lang="zh").output


def test_the_wrong_way_round_is_said(run: Run) -> None:
    rows = [(f"L{n:02}", 20 if n < 15 else 1, "no", "red") for n in range(30)]
    decide(run, rows)
    became(run, [f"L{n:02},{'Lost' if n < 12 or n > 27 else 'Won'},," for n in range(30)])
    text = run("measure").output
    assert "the wrong way round" in text
    assert "The grades are not in order: A wins no more often than C." in text
    assert "against its points" in text


def test_too_few_to_say_anything(run: Run) -> None:
    decide(run, [("E1", 20, "yes", "red"), ("E2", 10, "no", "blue")])
    became(run, ["E1,Won,,", "E2,Lost,,"])
    text = run("measure").output
    assert "Too few outcomes to say anything: it takes at least 10 won and 10 lost." in text
    assert "in order" not in text
    found = json.loads(run("measure", "--json").output)
    assert (found["verdict"], found["bands"]) == ("too-few", [])
    became(run, ["E2,Won,,"])
    assert json.loads(run("measure", "--json").output)["area"] is None


def test_outcomes_are_chained_and_forgotten_with_their_lead(measured: Run) -> None:
    assert measured("verify", "--all").exit_code == 0
    found = json.loads(measured("forget", "A00", "--reason", "asked to", "--yes", "--json").output)
    assert found["outcomes"] == 1
    assert measured("verify", "--all").exit_code == 0
    left = json.loads(measured("measure", "--json").output)
    assert (left["known"], left["won"]) == (59, 33)
    with closing(sqlite3.connect("leadgrade.db")) as connection:
        kept = connection.execute("SELECT * FROM outcome WHERE sealed IS NOT NULL").fetchall()
        assert [row[2:8] for row in kept] == [(None, 1, None, None, None, None)]
        connection.execute("UPDATE outcome SET won = 0 WHERE number = 2")
        connection.commit()
    found = measured("verify", "--all")
    assert found.exit_code == 1
    assert "list of outcomes 1" in found.output


def test_old_outcomes_are_forgotten_with_old_runs(measured: Run) -> None:
    with open_store("leadgrade.db", create=False) as store:
        found = store.forget_before(date(2999, 1, 1), by="Lin", reason="old")
        assert found is not None
        assert (found.outcomes, found.decisions) == (60, 60)
        assert store.forget_before(date(2999, 1, 1), by="Lin", reason="old") is None
    assert measured("verify", "--all").exit_code == 0
    assert json.loads(measured("outcomes", "--json").output)[0]["won"] == 34
    assert measured("measure").exit_code == 2
