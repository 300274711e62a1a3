"""The docs show commands with what they print: here they are run, and must print that.

A page is followed from top to bottom, in a folder of its own. Its blocks mean:

- ``console``: a line with ``$ `` before it is run, the lines below it are what it prints. A line
  that is only ``…`` stands for any lines, ``…`` within a line for any text.
- ``diff FILE``: what to change in a file. The lines that stay or go must be there exactly once.
- ``csv FILE``: a file to write.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from leadgrade.cli import cli
from leadgrade.engine.backends.base import why_unavailable
from leadgrade.leads import BarePercent, DateOrder, Options
from leadgrade.leads.values.cells import cell_reader
from leadgrade.reports.wording import say
from leadgrade.rules.conditions import Value
from leadgrade.rules.loader import read_book
from leadgrade.rules.values import ValueReadError

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
WIDTH = "96"
"""Columns of the screen that the pages were written on."""

BLOCK = re.compile(r"^```(?P<kind>\w+) ?(?P<about>[^\n]*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)


class Command(NamedTuple):
    """A command of a page, and what the page says that it prints."""

    words: list[str]
    expected: str


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        yield Command(shlex.split(line), expected)


def run(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what a command prints to both streams."""
    monkeypatch.setenv("COLUMNS", WIDTH)
    program = str(BIN / words[0]) if words[0] == "leadgrade" else words[0]
    return subprocess.run(
        [program, *words[1:]],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=120,
    ).stdout


def shows(expected: str, printed: str) -> bool:
    """Whether a page shows what was printed."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in tidy(expected).splitlines()
    )
    return re.fullmatch(pattern, tidy(printed)) is not None


def tidy(text: str) -> str:
    """Return a text without blank lines around it and blanks at the ends of its lines."""
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def change(file: Path, diff: str) -> None:
    """Apply a change that a page shows: its old lines become its new ones."""
    lines = diff.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] in (" ", "-", ""))
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] in (" ", "+", ""))
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has these lines {text.count(old)} times:\n{old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def follow(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Do what a page says; return how many commands were run."""
    count = 0
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        match block["kind"]:
            case "console":
                for command in commands(block["text"]):
                    count += 1
                    if command.words[0] == "cd":
                        folder = folder / command.words[1]
                        continue
                    printed = run(command.words, folder, monkeypatch)
                    said = shlex.join(command.words)
                    assert shows(command.expected, printed), f"$ {said}\n{tidy(printed)}"
            case "diff":
                change(folder / block["about"], block["text"])
            case "csv":
                (folder / block["about"]).write_text(block["text"], encoding="utf-8")
    return count


needs_rete = pytest.mark.skipif(
    why_unavailable("rete") is not None, reason="the pages show runs of the rule engine"
)


@needs_rete
@pytest.mark.parametrize("page", ["tutorial.md", "zh.md"])
def test_what_a_page_shows_is_what_happens(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert follow(ROOT / "docs" / page, tmp_path, monkeypatch) >= 10


@needs_rete
@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("docs/zh.md", "zh")])
def test_explanation_on_a_first_page_is_real(
    page: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    (shown,) = (each["text"] for each in BLOCK.finditer(text) if each["kind"] == "text")
    for words in (
        ["init"],
        ["qualify", "leads.csv", "--as-of", "2026-01-22"],
    ):
        run(["leadgrade", *words], tmp_path, monkeypatch)
    printed = run(["leadgrade", "explain", "L-013", "--lang", lang], tmp_path, monkeypatch)
    assert shows(shown, printed), tidy(printed)


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nd   \n\n", True),
        ("a … c\n", "a b c\n", True),
        ("a … c\n", "a b\nc\n", False),
        ("a\n", "a\nb\n", False),
        ("", "a\n", False),
    ],
)
def test_ellipsis(expected: str, printed: str, same: bool) -> None:
    assert shows(expected, printed) is same


TYPES = """
book: cells
facts:
  money: {type: money}
  number: {type: number}
  percent: {type: percent}
  days: {type: days}
  date: {type: date}
  choice: {type: choice, values: {on_time: {en: On time, zh: 按时}, late: {en: Late, zh: 拖延}}}
  flag: {type: flag}
  text: {type: text}
criteria: {c: {range: [0, 1], rules: [{id: r, when: flag, points: 1}]}}
grades: {A: {}}
"""
SAID = {
    "": Options(),
    "--decimal-comma": Options(decimal_comma=True),
    "--percent percent": Options(bare_percent=BarePercent.PERCENT),
    "--percent share": Options(bare_percent=BarePercent.SHARE),
    "--dates dmy": Options(date_order=DateOrder.DAY_FIRST),
    "--dates mdy": Options(date_order=DateOrder.MONTH_FIRST),
}
ROW = re.compile(
    r"^\| (?P<type>\w+) \| `(?P<cell>[^`]*)` \| ?`?(?P<option>[^|`]*)`? \| (?P<reads>.*) \|$"
)


def test_cells_read_as_the_page_on_lists_says() -> None:
    book = read_book(TYPES)
    page = (ROOT / "docs" / "lists.md").read_text(encoding="utf-8")
    rows = [found for line in page.splitlines() if (found := ROW.match(line))]
    assert len(rows) > 60
    for row in rows:
        fact, options = book.facts[row["type"]], SAID[row["option"]]
        assert row["reads"] == reads(cell_reader(fact, book, options), row["cell"]), row[0]


def reads(read: Callable[[str], Value | None], cell: str) -> str:
    """Return what the page says of a cell."""
    try:
        value = read(cell)
    except ValueReadError as error:
        return f"refused: {say(f'lists.unread-{error.code}', 'en')}"
    match value:
        case None:
            return "unknown"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:,.12g}"
    return str(value)


NAMED = re.compile(r"`leadgrade ([a-z]\w*)((?: [^`]*)?)`")
"""A command in a sentence, with what stands behind it."""


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_commands_and_options_that_a_page_names_are_there(page: Path) -> None:
    context = click.Context(cli)
    for name, rest in NAMED.findall(page.read_text(encoding="utf-8")):
        command = cli.get_command(context, name)
        assert command is not None, f"leadgrade {name}"
        options = {"--help"} | {each for param in command.params for each in param.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= options, f"leadgrade {name}{rest}"
