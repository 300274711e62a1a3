"""The documented JSON, key by key: shapes on which programs of others rely."""

from __future__ import annotations

import json
from typing import Any

NUMBER = int | float
BOOK = {"id": str, "sha256": str}
RUN = {
    "run": int,
    "book": BOOK,
    "engine": str,
    "as_of": str,
    "leads": int,
    "decided": int,
    "rejected": int,
    "merged": int,
    "grades": {"A": int, "B": int, "D": int},
    "qualified": int,
    "seconds": NUMBER,
    "notes": [],
    "head": str,
}
EXPLANATION = [
    *("lead", "run", "as_of", "book", "engine", "facts", "unknown", "qualified", "grade"),
    *("earned", "override", "score", "possible", "criteria", "ledger", "knock_outs", "limits"),
    *("reasons", "classes", "classes_because", "open", "open_because", "amended", "near_misses"),
    *("next_steps", "ask"),
]


def check(value: Any, shape: Any) -> None:
    """Check that a value has just the keys of a shape, in their order, with values of its types."""
    if isinstance(shape, dict):
        assert list(value) == list(shape)
        for key, inner in shape.items():
            check(value[key], inner)
    elif isinstance(shape, list):
        assert isinstance(value, list)
        for each in value:
            check(each, shape[0])
    else:
        assert isinstance(value, shape)
        assert not (isinstance(value, bool) and shape in (int, NUMBER))


def test_qualify_runs_and_show(leadgrade, decided) -> None:
    runs = leadgrade("runs", "--json").json
    check(runs, [RUN])
    shown = leadgrade("show", "--json").json
    more = {
        "folder": type(None),
        "started_at": str,
        "finished_at": str,
        "by": str,
        "versions": {"leadgrade": str, "engine": str, "python": str},
        "files": list,
        "rejected_rows": [{"file": str, "line": int, "code": str, "reason": str, "raw": str}],
    }
    check(shown, {**RUN, **more})
    assert {key: shown[key] for key in RUN} == runs[0]
    assert shown["leads"] == shown["decided"] + shown["rejected"] + shown["merged"]
    assert sum(shown["grades"].values()) == shown["decided"]
    assert shown["by"] != ""


def test_top(leadgrade, decided) -> None:
    answer = leadgrade("top", "--json").json
    named = ("owner", "channel", "product", "due", "basis")
    step = {"id": str, "do": str, **dict.fromkeys(named, str | None)}
    lead = {
        "lead": str,
        "name": str,
        "grade": str,
        "score": NUMBER,
        "qualified": bool,
        "override": dict | None,
        "possible": {"score": [NUMBER], "grade": [str]},
        "next_steps": [step],
    }
    check(answer, {"run": int, "as_of": str, "book": BOOK, "leads": [lead]})
    order = [("ABD".index(each["grade"]), -each["score"]) for each in answer["leads"]]
    assert order == sorted(order)


def test_top_names_owners_in_the_language_that_was_asked_for(leadgrade, decided) -> None:
    first = leadgrade("top", "--json", "--lang", "zh").json["leads"][0]["next_steps"][0]
    assert first == {
        "id": "sign",
        "do": "约定日期",
        "owner": "大客户部",
        "channel": "电话",
        "product": None,
        "due": "2026-01-23",
        "basis": None,
    }


def test_explain(leadgrade, decided) -> None:
    for lead in ("L-1", "L-2", "L-3", "L-4", "L-5", "=6+6"):
        answer = leadgrade("explain", "--json", "--", lead).json
        assert list(answer) == EXPLANATION
        check(answer["book"], BOOK)
        check(answer["possible"], {"score": [NUMBER], "grade": [str]})
        low, high = answer["possible"]["score"]
        assert low <= answer["score"] <= high
        assert not set(answer["facts"]) & set(answer["unknown"])
        check(answer["criteria"], {"power": NUMBER, "risk": NUMBER, "need": NUMBER})
        assert sum(answer["criteria"].values()) == answer["score"]
        for line in answer["ledger"]:
            kind = next(each for each in ("rule", "start", "clamp") if each in line)
            points = {"criterion": str, kind: str if kind == "rule" else bool, "points": NUMBER}
            check(line, {**points, "because": list} if kind == "rule" else points)
        # The ledger law, as a reader of the JSON can check it.
        for criterion, total in answer["criteria"].items():
            lines = [each for each in answer["ledger"] if each["criterion"] == criterion]
            assert sum(each["points"] for each in lines) == total
        for test in [
            each
            for part in ("ledger", "knock_outs", "near_misses")
            for line in answer[part]
            for each in line.get("because", [])
        ]:
            assert list(test)[:4] == ["fact", "value", "test", "holds"]
            assert set(list(test)[4:]) <= {"short_by", "source", "derived_from"}
        for question in answer["ask"]:
            assert {"fact", "could_reach"} <= set(question)


def without_sources(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line without where its facts came from, which the design leaves open."""
    tests = [{k: v for k, v in each.items() if k != "source"} for each in line["because"]]
    return {**line, "because": tests}


def test_explain_says_what_the_design_promises(leadgrade, decided) -> None:
    answer = leadgrade("explain", "L-2", "--json").json
    assert without_sources(answer["ledger"][0]) == {
        "criterion": "power",
        "rule": "size",
        "points": 10,
        "because": [
            {"fact": "revenue", "value": 12000000, "test": ">= large (1000万)", "holds": True}
        ],
    }
    assert answer["ledger"][1] == {"criterion": "risk", "start": True, "points": 10}
    assert answer["unknown"] == ["overdue"]
    assert answer["open"] == ["pays-late"]
    assert answer["possible"] == {"score": [14.5, 22], "grade": ["B", "A"]}
    assert answer["classes"] == {"cell": "L1", "tier": "iron"}
    (question,) = answer["ask"]
    expected = {
        "fact": "overdue",
        "how": "Ask finance",
        "could_reach": "A",
        "could_fall_to": "B",
        "score": [14.5, 22],
    }
    assert {key: question[key] for key in expected} == expected
    steps = [{key: each.get(key) for key in ("id", "due")} for each in answer["next_steps"]]
    assert steps == [
        {"id": "sign", "due": "2026-01-23"},
        {"id": "ask-finance", "due": "2026-01-25"},
    ]
    clamped = leadgrade("explain", "L-3", "--json").json
    assert clamped["ledger"][-1] == {"criterion": "need", "clamp": True, "points": -3}
    assert (clamped["grade"], clamped["earned"]) == ("D", "A")
    assert [without_sources(each) for each in clamped["knock_outs"]] == [
        {
            "id": "refused-us",
            "because": [{"fact": "refused", "value": True, "test": "= true", "holds": True}],
        }
    ]
    near = leadgrade("explain", "L-4", "--json").json["near_misses"]
    assert [without_sources(each) for each in near] == [
        {
            "rule": "size",
            "points": 6,
            "because": [
                {
                    "fact": "revenue",
                    "value": 9000000,
                    "test": ">= large (1000万)",
                    "holds": False,
                    "short_by": 1000000,
                }
            ],
        }
    ]


def test_json_lines_are_what_explain_says(leadgrade, decided) -> None:
    lines = leadgrade("export", "--format", "jsonl").stdout.splitlines()
    assert len(lines) == 6
    for line in map(json.loads, lines):
        assert line == leadgrade("explain", "--json", "--", line["lead"]).json


def test_check_and_test(leadgrade, folder) -> None:
    (folder / "book.yaml").write_text("book: x\nfacts: {a: {type: munny}}\n", encoding="utf-8")
    finding = {
        "code": str,
        "severity": str,
        "message": str,
        "file": str,
        "line": int,
        "column": int,
        "end_line": int,
        "end_column": int,
        "suggestion": str | None,
        "help": str,
        "example": dict | None,
        "days": list,
    }
    answer = leadgrade("check", "--json")
    assert answer.code == 1
    check(answer.json, [{"book": str, "findings": [finding]}])
    assert len(answer.json[0]["findings"]) > 1
