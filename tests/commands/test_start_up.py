"""A command imports what it needs and no more: a person waits for every library."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

IMPORTED_BY = """
import json, sys
before = set(sys.modules)
from leadgrade.cli import cli
try:
    cli(sys.argv[1:])
finally:
    print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""
NO_LIBRARY = {"leadgrade", "cython_runtime"} | sys.stdlib_module_names
"""The second one is what a compiled PyYAML leaves behind."""


def imported(*command: str) -> set[str]:
    """Return the modules that a command imports."""
    code = [sys.executable, "-c", IMPORTED_BY, *command]
    done = subprocess.run(code, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout
    return set(json.loads(done.stderr))


def libraries(modules: set[str]) -> set[str]:
    tops = {name.partition(".")[0] for name in modules}
    return {top for top in tops - NO_LIBRARY if not top.startswith("_")}


def test_help_waits_for_no_library_but_click(folder: Path) -> None:
    modules = imported("--help")
    assert libraries(modules) == {"click"}
    assert not {name for name in modules if name.startswith("leadgrade.rules")}


@pytest.mark.parametrize("arguments", [[], ["--lang", "zh"]])
def test_explain_waits_for_no_library_but_those_it_reads_and_writes_with(
    decided: Path, arguments: list[str]
) -> None:
    """SQLAlchemy alone would double the time; asyncio and ssl come with it."""
    modules = imported("explain", "L-1", *arguments)
    assert libraries(modules) == {"click", "rich", "yaml"}
    assert not modules & {"asyncio", "ssl", "multiprocessing", "leadgrade.storage.tables"}


def test_an_explanation_as_json_needs_no_rich_text(decided: Path) -> None:
    assert libraries(imported("explain", "L-1", "--json")) == {"click", "yaml"}


def test_a_small_list_waits_for_no_engine_of_big_ones(decided: Path) -> None:
    modules = imported("qualify", "leads.csv", "--as-of", "2026-01-22", "--workers", "1")
    assert "sqlalchemy" in libraries(modules)
    assert not libraries(modules) & {"duckdb", "sqlglot", "pyspark"}
