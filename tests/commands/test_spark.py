"""`qualify --engine spark`: the same run as by the others; and a message for all that may lack."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from leadgrade.engine.backends import spark_session
from leadgrade.engine.backends.base import why_unavailable

from ..engine.spark_cluster import QUICK_START  # noqa: TID252 - as in the tests of the engine
from ..made_up import messy_list  # noqa: TID252 - the list of all tests
from .conftest import AS_OF

REASON = why_unavailable("spark")


def needs_spark(test: Callable[..., None]) -> Callable[..., None]:
    skip = pytest.mark.skipif(REASON is not None, reason=str(REASON))
    return pytest.mark.spark(skip(test))


QUALIFY = ("qualify", "leads.csv", "--as-of", AS_OF)
NO_PYSPARK = (
    "error: pyspark is not installed: `pip install 'leadgrade[spark]'`. Or leave out --engine"
    " spark: a list that fits on this machine is decided without it.\n"
)


def test_without_pyspark(leadgrade, folder, monkeypatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: None)
    seen = leadgrade(*QUALIFY, "--engine", "spark")
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", NO_PYSPARK)
    seen = leadgrade("test", "book.yaml", "--engine", "spark")
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", NO_PYSPARK)
    seen = leadgrade(*QUALIFY, "--engine", "spark", "--lang", "zh")
    assert "未安装 pyspark：`pip install 'leadgrade[spark]'`" in seen.stderr


@pytest.mark.parametrize("home", [None, "nowhere"])
def test_without_java(leadgrade, folder, monkeypatch, home) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: object())
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("JAVA_HOME", home)
    seen = leadgrade(*QUALIFY, "--engine", "spark")
    assert (seen.code, seen.stdout) == (2, "")
    where = "PATH" if home is None else "JAVA_HOME=nowhere"
    assert seen.stderr == (
        f"error: Spark needs Java 17 or later, and there is none ({where}). Install one, or let"
        " JAVA_HOME name the folder of one.\n"
    )


@pytest.mark.parametrize(
    "master", ["localhost", "spark://", "spark://host", "local[0]", "spark://h:1/x", "http://h:1"]
)
def test_what_is_no_master(leadgrade, folder, monkeypatch, master) -> None:
    monkeypatch.setattr(spark_session, "missing", lambda: None)
    monkeypatch.setattr("leadgrade.qualifying.spark_missing", lambda: None)
    seen = leadgrade(*QUALIFY, "--engine", "spark", "--master", master)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith(f"error: `{master}` is no master of Spark. Write --master local")


@pytest.mark.parametrize("engine", ["auto", "columnar"])
def test_a_master_for_another_engine(leadgrade, folder, engine) -> None:
    seen = leadgrade(*QUALIFY, "--engine", engine, "--master", "local[2]")
    assert (seen.code, seen.stdout) == (2, "")
    assert "Error: --master goes with --engine spark.\n" in seen.stderr


@needs_spark
def test_a_run_is_the_same_as_by_the_columnar_engine(shell, folder) -> None:
    messy_list(folder / "leads.csv", 400)
    one = decide(shell, "columnar")
    other = decide(shell, "spark", "--master", "local[2]")
    assert other["answer"]["rejected"] == one["answer"]["rejected"] > 0
    assert other["answer"]["notes"][0]["code"] == "cross-checked"
    assert one["leads"] == other["leads"]
    assert len(other["leads"]) == other["answer"]["decided"] > 300
    proved = shell("verify", "--db", "spark.db")
    assert (proved.code, proved.stderr) == (0, "")
    assert "decisions by spark, made again by" in proved.stdout


@needs_spark
def test_nobody_listens(shell, folder) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{deaf.getsockname()[1]}"
        seen = shell(*QUALIFY, "--engine", "spark", "--master", master, **QUICK_START)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith(f"error: No Spark master answers at {master}: ")
    assert seen.stderr.endswith(". Check the address, and whether the cluster runs.\n")


@needs_spark
def test_java_that_does_not_start(shell, folder) -> None:
    seen = shell(*QUALIFY, "--engine", "spark", JDK_JAVA_OPTIONS="-XX:NoSuchOption")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("error: Spark did not start with the master local[*]: ")
    assert "NoSuchOption" in seen.stderr
    assert seen.stderr.count("\n") == 1


def decide(shell, engine: str, *more: str) -> dict[str, Any]:
    """Decide the list by an engine, and return its answer with all decisions in full."""
    db = ("--db", f"{engine}.db")
    seen = shell(*QUALIFY, "--json", "--engine", engine, *db, *more, **QUICK_START)
    assert (seen.code, seen.stderr) == (0, "")
    assert seen.json["engine"] == engine
    leads = [
        json.loads(line)
        for line in shell("export", "--format", "jsonl", *db).stdout.split("\n")[:-1]
    ]
    for lead in leads:
        del lead["engine"]
    return {"answer": seen.json, "leads": leads}
