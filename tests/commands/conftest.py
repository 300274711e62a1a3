"""A tiny book and list, the commands run on them, and whole outputs that are compared.

Long outputs are in ``golden/``. To renew them after a change that is meant, run with
``LEADGRADE_GOLDEN=renew`` (the tests fail, and say what they wrote), read the diff, run again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from leadgrade.cli import cli

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SCRIPT = Path(sys.executable).with_name("leadgrade")
AS_OF = "2026-01-22"
QUALIFY = ["qualify", "leads.csv", "--as-of", AS_OF, "--engine", "explainer"]


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def seen(self) -> str:
        """All of it as one text, without what varies from run to run."""
        text = re.sub(r"(in |用时 )\d+\.\d( s| 秒)", r"\1…\2", self.stdout)
        text = re.sub(r'("seconds": )\d[\d.e-]*', r"\1…", text)
        text = re.sub(r'("(?:started_at|finished_at|by|leadgrade|python)": )".*?"', r'\1"…"', text)
        # The head of the hash chain is another one every time.
        text = re.sub(r"(?m)^(Head|链首) [0-9a-f]{64}\n", "", text)
        text = re.sub(r',\s+"head": "[0-9a-f]{64}"', "", text)
        text = re.sub(r"(?m)  +(Head|链首|[0-9a-f]{12})$", "", text)
        # With explainer as the engine, its version is that of leadgrade.
        text = re.sub(r'("leadgrade": "…",\s+"engine": )".*?"', r'\1"…"', text)
        error = f"--- stderr\n{self.stderr}" if self.stderr else ""
        return f"{text}{error}--- exit code {self.code}\n"


Run = Callable[..., Outcome]


def invoke(*args: str | Path, stdin: bytes | None = None) -> Outcome:
    result = CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)
    return Outcome(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def leadgrade() -> Run:
    """Run a command in this process, in the current folder."""
    return invoke


@pytest.fixture
def shell() -> Run:
    """Run a command in a process of its own, in the current folder, with nothing to read."""

    def run(*args: str | Path, stdin: bytes | None = None, **environment: str) -> Outcome:
        done = subprocess.run(
            [SCRIPT, *map(str, args)],
            input=stdin or b"",
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
            check=False,
        )
        stdout, stderr = (
            each.decode().replace("\r\n", "\n") for each in (done.stdout, done.stderr)
        )
        return Outcome(done.returncode, stdout, stderr)

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the book and the list in it."""
    for name in ("book.yaml", "leads.csv"):
        shutil.copy(HERE / "data" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def _decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("decided")
    for name in ("book.yaml", "leads.csv"):
        shutil.copy(HERE / "data" / name, made)
    with contextlib.chdir(made):
        outcome = invoke(*QUALIFY)
    assert outcome.code == 0, outcome
    return made / "leadgrade.db"


@pytest.fixture
def decided(folder: Path, _decided: Path) -> Path:
    """The current folder, with a record of one run in it."""
    shutil.copy(_decided, folder)
    return folder


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name."""

    def compare(name: str, seen: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("LEADGRADE_GOLDEN") == "renew":
            before = path.read_text(encoding="utf-8") if path.exists() else None
            if before != seen:
                path.write_text(seen, encoding="utf-8", newline="\n")
                pytest.fail(f"wrote {path}: read the diff, then run without LEADGRADE_GOLDEN")
        assert seen == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def runs_of(leadgrade: Run) -> Callable[[], list[dict[str, Any]]]:
    """Return what the record of the current folder says of its runs."""
    return lambda: leadgrade("runs", "--json").json
