"""Where an answer goes: pipes, full disks, narrow and simple terminals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = str(Path(sys.executable).with_name("leadgrade"))
ANSWERS = [
    ["top"],
    ["show", "--json"],
    ["export"],
    ["export", "--format", "xlsx"],
    ["check"],
]


def piped(*command: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([SCRIPT, *command], check=False, stderr=subprocess.PIPE, **more)  # type: ignore[call-overload]


@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_a_reader_who_has_seen_enough_ends_it_quietly(decided, command) -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as gone:  # noqa: PTH123 - a file descriptor
        done = piped(*command, stdout=gone)
    assert (done.returncode, done.stderr) == (0, b"")


def test_qualify_stores_the_run_though_nobody_reads_its_summary(leadgrade, folder) -> None:
    done = subprocess.run(  # noqa: S602 - a real pipe
        f"{SCRIPT} qualify leads.csv --as-of 2026-01-22 --engine explainer | head -1",
        shell=True,
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.startswith(b"Run 1 ")
    assert done.stdout.count(b"\n") == 1
    assert leadgrade("runs", "--json").json[0]["decided"] == 6


def test_a_long_export_ends_where_its_reader_ends(leadgrade, folder) -> None:
    rows = "".join(f"L-{number},{'x' * 500}\n" for number in range(1500))
    (folder / "long.csv").write_text(f"Lead,Company\n{rows}", encoding="utf-8")
    assert leadgrade("qualify", "long.csv", "--engine", "explainer", "--workers", "1").code == 0
    process = subprocess.Popen(
        [SCRIPT, "export", "--format", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        assert json.loads(process.stdout.readline())["lead"] == "L-0"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_an_answer_that_cannot_be_written_is_told(decided, command) -> None:
    with Path("/dev/full").open("wb") as full:
        done = piped(*command, stdout=full)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "error: The answer could not be written: No space left on device. "
        "What was stored before stays stored.\n"
    )


def test_stdout_that_is_closed(decided) -> None:
    for command in ("top", "export"):
        done = subprocess.run(  # noqa: S602 - only a shell closes it
            f"{SCRIPT} {command} >&-",
            shell=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(b"error: The answer could not be written: stdout is closed.")


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_terminal_with_few_characters_shows_what_it_can(leadgrade, decided, encoding) -> None:
    """Before, the summary of a stored run ended in an error that said that nothing was stored."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for command in (["explain", "L-2", "--lang", "zh"], ["show"]):
        done = piped(*command, stdout=subprocess.PIPE, env=environment)
        assert (done.returncode, done.stderr) == (0, b"")
        whole = leadgrade(*command).stdout
        assert done.stdout.decode(encoding) == whole.encode(encoding, "replace").decode(encoding)
    done = piped("top", "--json", stdout=subprocess.PIPE, env=environment)
    assert json.loads(done.stdout.decode(encoding)) == leadgrade("top", "--json").json
    # Files and lines for programs are UTF-8 everywhere.
    lines = piped("export", "--format", "jsonl", stdout=subprocess.PIPE, env=environment).stdout
    assert lines.decode() == leadgrade("export", "--format", "jsonl").stdout


def test_an_error_reaches_a_terminal_with_few_characters(decided) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LEADGRADE_LANG": "zh"}
    done = piped("explain", "没有", stdout=subprocess.PIPE, env=environment)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("columns", [20, 40, 60, 200])
def test_a_narrow_screen_loses_no_character(leadgrade, decided, monkeypatch, columns) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in (["top"], ["runs"], ["explain", "L-3"], ["books"]):
        seen = leadgrade(*command)
        assert seen.code == 0
        assert "…" not in seen.stdout.replace("… and", "")


def test_a_long_id_is_never_cut(leadgrade, folder, monkeypatch) -> None:
    name = "a-very-long-id-" * 6
    (folder / "a.csv").write_text(f"Lead,Revenue\n{name},5\n", encoding="utf-8")
    leadgrade("qualify", "a.csv", "--engine", "explainer")
    for columns in ("60", "120", "300"):
        monkeypatch.setenv("COLUMNS", columns)
        lines = leadgrade("top").stdout.splitlines()[2:]
        assert "".join(line[3:].split("  ")[0].strip() for line in lines) == name


def test_piped_lines_end_where_their_text_ends(leadgrade, decided) -> None:
    for command in (["top"], ["explain", "L-3"], ["runs"], ["show"]):
        for line in leadgrade(*command).stdout.splitlines():
            assert line == line.rstrip()
            assert "\x1b" not in line


@pytest.mark.skipif(shutil.which("script") is None, reason="needs a terminal to pretend")
@pytest.mark.skipif(sys.platform != "linux", reason="`script` differs elsewhere")
def test_a_terminal_gets_colour_and_the_same_words(leadgrade, decided) -> None:
    import re  # noqa: PLC0415 - here alone

    done = subprocess.run(
        ["script", "-qec", f"{SCRIPT} explain L-3", "/dev/null"],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode()
    assert "\x1b[1m" in text
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()]
    assert plain == leadgrade("explain", "L-3").stdout.splitlines()
