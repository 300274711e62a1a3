"""Measuring: processes of their own, medians, targets, the page and its charts."""

from __future__ import annotations

import json
import math
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench import measure, page, plot, targets

BUSY = "data = bytearray(150_000_000); import time; time.sleep(0.4)"


def test_a_task_runs_in_a_process_of_its_own_and_says_what_it_took() -> None:
    found = measure.run("reading:make", kind="csv", path="/dev/null", rows=10)
    assert found["rows"] == 10
    assert found["total_wall"] > 0
    assert found["total_cpu"] > 0


def test_a_task_that_fails_is_told_with_its_reason() -> None:
    with pytest.raises(measure.TaskError, match="KeyError: 'abacus'"):
        measure.run("deciding:one_by_one", engine="abacus", rules=10, share=0.25, seconds=0.1)


def test_the_memory_of_all_processes_of_a_command_counts() -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    alone = measure.observe([sys.executable, "-c", BUSY])
    both = measure.observe([sys.executable, "-c", f"data = bytearray(150_000_000); {child}"])
    assert 140 < alone.peak_mb < 200
    assert 280 < both.peak_mb < 400


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(measure, "LONGEST", 1.5)
    late = tmp_path / "late"
    child = f"import time, pathlib; time.sleep(4); pathlib.Path({str(late)!r}).touch()"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(measure.TaskError, match=r"not done in 1\.5 s"):
        measure.observe([sys.executable, "-c", start])
    time.sleep(4)
    assert not late.exists()


def test_tasks_run_by_turns_and_give_medians() -> None:
    turns: list[str] = []
    figures = {"a": iter([1.0, 9.0, 2.0]), "b": iter([5.0, 4.0, 6.0])}

    def task(name: str) -> dict[str, object]:
        turns.append(name)
        return {"wall": next(figures[name]), "kind": name}

    found = measure.alternately({"a": lambda: task("a"), "b": lambda: task("b")}, 3)
    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert found == {
        "a": {"rounds": 3, "wall": 2.0, "kind": "a"},
        "b": {"rounds": 3, "wall": 5.0, "kind": "b"},
    }


def test_a_task_that_fails_does_not_end_the_others() -> None:
    def fails() -> measure.Result:
        raise measure.TaskError("out of paper")

    said: list[str] = []
    found = measure.alternately({"a": fails, "b": lambda: {"wall": 1.0}}, 2, said.append)
    assert found == {"a": {"error": "out of paper"}, "b": {"rounds": 2, "wall": 1.0}}
    assert said == ["  out of paper"]


def some_results() -> dict:
    deciding = {"rete": 5000.0, "clips": 6000.0, "rule-engine": 900.0, "business-rules": 1000.0}
    machine = {"processor": "abacus", "cores": "2"}
    return {
        "machine": machine,
        "deciding": [
            {"engine": name, "rate": rate, "rules": 40, "share": 0.25}
            for name, rate in deciding.items()
        ],
        "by_rules": [
            {"engine": "rete", "rules": rules, "rate": 20000 / rules} for rules in (10, 100)
        ],
        "whole_runs": [
            {
                "engine": "columnar",
                "workers": 2,
                "from": "parquet",
                "to": "Parquet",
                "leads": 10_000_000,
                "wall": 50.0,
                "cpu": 90.0,
                "rate_wall": 200_000.0,
                "peak_mb": 1200.0,
                "bytes_a_lead": 30.0,
            },
            {"engine": "rete", "workers": 1, "to": "SQLite", "leads": 10**7, "left_out": 1800.0},
        ],
        "start_up": [
            {"command": "leadgrade --help", "wall": 0.2, "cpu": 0.1, "peak_mb": 20.0},
        ],
    }


def test_targets_are_reached_or_missed_or_not_measured() -> None:
    found = {each.id: each for each in targets.targets(some_results())}
    assert found["rete-by-rule-engine"].measured == "5.00 times the faster"
    assert {name: each.reached for name, each in found.items()} == {
        "columnar-by-hand": None,
        "columnar-by-zen": None,
        "whole-by-bare": None,
        "million": None,
        "ten-million": True,
        "memory": False,
        "rete-by-rule-engine": True,
        "rete-by-clips": False,
        "help": True,
        "explain": None,
    }


def test_the_page_has_a_table_for_every_section() -> None:
    text = page.page(some_results())
    assert "<!--" not in text
    assert "| rete | 5,000 | 1.00 | leadgrade on durable_rules" in text
    assert (
        "| columnar, Parquet to Parquet | 10,000,000 | 50.0 | 90.0 | 200,000 | 1,200 | 30 |" in text
    )
    assert "| rete, one process, CSV to SQLite | 10,000,000 | not run: some 30 minutes |" in text
    assert (
        "| peak memory of a whole run of ten million leads | 1,000 MB | 1,200 MB | **missed** |"
        in text
    )


def test_a_chart_is_svg_with_the_points_where_they_belong() -> None:
    lines = {"rising": [(1.0, 1.0), (10.0, 10.0), (100.0, 100.0)], "flat & low": [(1.0, 2.0)]}
    root = ET.fromstring(plot.chart("A < B", "x", "y", lines))  # noqa: S314 - our own text
    spots = [
        (float(each.attrib["cx"]), float(each.attrib["cy"]))
        for each in root.iter("{http://www.w3.org/2000/svg}circle")
    ]
    (x1, y1), (x2, y2), (x3, y3) = spots[:3]
    assert math.isclose(x2 - x1, x3 - x2, abs_tol=0.2)
    assert math.isclose(y1 - y2, y2 - y3, abs_tol=0.2)
    assert y1 > y3
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A < B", "rising", "flat & low", "10"} <= set(texts)


def test_results_survive_as_json() -> None:
    assert page.page(json.loads(json.dumps(some_results()))) == page.page(some_results())
