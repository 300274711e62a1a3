"""No command writes over what it reads, or over a file that is something else; again is fine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click
import pytest

from leadgrade.cli import COMMANDS, cli
from leadgrade.commands.writing import Output, Writing
from leadgrade.storage.sqlite import BESIDE

LINES = {
    ("qualify", "rejects"): "qualify leads.csv --engine explainer --rejects {}",
    ("rejects", "out"): "rejects --out {}",
    ("export", "out"): "export --format csv --out {}",
    ("map", "out"): "map leads.csv --out {}",
    ("schema", "out"): "schema book.yaml --out {}",
    ("sql", "out"): "sql book.yaml --out {}",
    ("show", "html"): "show book.yaml --html {}",
    ("top", "out"): "top --out {}",
    ("explain", "html"): "explain L-1 --html {}",
}
"""A command line for each option by which a file is written."""

OTHERS = {
    "export --format xlsx --out {}",
    "export --format jsonl --out {}",
    "export --ids --format csv --out {}",
    "export --audit --out {}",
    "sql book.yaml --dbt --out {}.sql",
}
"""Other kinds of file that these options write."""

NOT_REPLACED = {("verify", "bundle"), ("verify", "case"), ("qualify", "out"), ("init", "folder")}
"""Paths that are only read, or a new folder."""

ALL = [*LINES.values(), *sorted(OTHERS)]
SPARED = ("leads.csv", "book.yaml", "leadgrade.db", "leadgrade.db-wal", "note.txt", "logo.png")


def parameters() -> list[tuple[str, click.Command, click.Parameter]]:
    context = click.Context(cli)
    found = [(name, cli.get_command(context, name)) for name in COMMANDS]
    return [(name, each, option) for name, each in found if each for option in each.params]


def test_every_option_that_writes_a_file_is_looked_after() -> None:
    outputs = set()
    for name, command, option in parameters():
        place = (name, option.name or "")
        if isinstance(option.type, Output):
            assert isinstance(command, Writing), place
            outputs.add(place)
        elif isinstance(option.type, click.Path | click.File):
            assert place in NOT_REPLACED, f"{place}: a file that is written is an Output"
        else:
            assert option.name not in {"out", "html"}, f"{place} is to be an Output"
    assert outputs == set(LINES)


@pytest.fixture
def spared(leadgrade, decided):
    """The current folder with files that must stay as they are."""
    (decided / "leadgrade.db-wal").write_bytes(b"")
    (decided / "note.txt").write_text("my own\n", encoding="utf-8")
    (decided / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return {name: (decided / name).read_bytes() for name in SPARED}


def refused(seen) -> bool:
    said = ("is read by this command", "is there already")
    return seen.code == 2 and seen.stdout == "" and any(map(seen.stderr.__contains__, said))


@pytest.mark.parametrize("name", SPARED)
@pytest.mark.parametrize("line", LINES.values())
def test_what_is_not_its_own_output_stays(leadgrade, spared, line, name) -> None:
    seen = leadgrade(*line.format(name).split())
    # Of an empty file nothing can be lost, unless it is one of the record.
    assert refused(seen) or (name.endswith("-wal") and line.startswith(("map", "schema", "sql")))
    if refused(seen):
        assert Path(name).read_bytes() == spared[name]
        assert name in seen.stderr


@pytest.mark.parametrize("line", sorted(OTHERS))
def test_other_formats_spare_the_same(leadgrade, spared, line) -> None:
    shutil.copy("book.yaml", "book.yml")
    for name in ("leadgrade.db", "leads.csv", "note.txt") if ".sql" not in line else ("book",):
        assert refused(leadgrade(*line.format(name).split()))
    assert {name: Path(name).read_bytes() for name in SPARED} == spared
    assert Path("book.yml").read_bytes() == spared["book.yaml"]


@pytest.mark.parametrize("line", ALL)
def test_a_command_may_be_run_again_in_any_language(leadgrade, decided, line) -> None:
    said = line.format("made").split()
    assert leadgrade(*said).code in {0, 1}
    again = leadgrade(*said, "--lang", "zh", *(["--force"] if said[0] == "map" else []))
    assert again.code in {0, 1}, again.stderr
    assert leadgrade(*said, *(["--force"] if said[0] == "map" else [])).code in {0, 1}


@pytest.mark.parametrize("line", LINES.values())
def test_an_empty_file_or_a_device_may_be_named(leadgrade, decided, line) -> None:
    Path("made").touch()
    for name in ("made", os.devnull):
        assert leadgrade(*line.format(name).split()).code in {0, 1}


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_an_input_is_known_by_any_name(leadgrade, decided, link) -> None:
    assert leadgrade("rejects", "--out", "mended.csv").code == 0
    shutil.copy("mended.csv", "before.csv")
    link("mended.csv", "linked.csv")
    Path("lists").mkdir()
    link(Path("mended.csv").resolve(), "lists/one.csv")
    for files, out in (
        ("mended.csv", "./mended.csv"),
        ("mended.csv", "linked.csv"),
        ("linked.csv", "mended.csv"),
        ("lists", "lists/one.csv"),
        ("lists", "mended.csv"),
    ):
        seen = leadgrade("qualify", files, "--engine", "explainer", "--rejects", out)
        assert "is read by this command" in seen.stderr
        assert Path("mended.csv").read_bytes() == Path("before.csv").read_bytes()


@pytest.mark.parametrize("end", BESIDE)
@pytest.mark.parametrize("db", ["new.db", "sqlite:///new.db"])
def test_nothing_takes_the_place_of_a_record_that_is_to_be_made(leadgrade, folder, db, end) -> None:
    out = f"new.db{end}"
    seen = leadgrade("qualify", "leads.csv", "--db", db, "--rejects", out)
    assert refused(seen)
    assert not Path("new.db").exists()


@pytest.mark.parametrize("line", ["export --format csv --out csv", "export --grade A --out A"])
def test_a_word_of_the_command_line_is_no_input(leadgrade, decided, line) -> None:
    assert leadgrade(*line.split()).code == 0


def test_what_no_file_can_be_called_is_no_input(leadgrade, decided) -> None:
    seen = leadgrade("explain", "x" * 5000, "--html", "made.html")
    assert seen.code == 2
    assert "Something went wrong inside" not in seen.stderr


def test_a_mapping_that_is_read_is_not_written(leadgrade, folder) -> None:
    assert leadgrade("map", "leads.csv", "--out", "m.yaml").code == 0
    seen = leadgrade("map", "leads.csv", "--map", "m.yaml", "--out", "m.yaml", "--force")
    assert refused(seen)


def test_a_mapping_that_was_edited_stays_unless_force_is_said(leadgrade, folder) -> None:
    file = folder / "m.yaml"
    for _ in range(2):
        assert leadgrade("map", "leads.csv", "--out", "m.yaml").code == 0
    written = file.read_text(encoding="utf-8")
    edited = written.replace("Company", "Firma")
    file.write_text(edited, encoding="utf-8")
    for lang, says in (("en", "say --force to replace it"), ("zh", "用 --force 替换")):
        seen = leadgrade("map", "leads.csv", "--out", "m.yaml", "--lang", lang)
        assert (seen.code, seen.stdout) == (2, "")
        assert says in seen.stderr
        assert file.read_text(encoding="utf-8") == edited
    assert leadgrade("map", "leads.csv", "--out", "m.yaml", "--force").code == 0
    assert file.read_text(encoding="utf-8") == written


def test_force_replaces_no_book(leadgrade, folder) -> None:
    before = (folder / "book.yaml").read_bytes()
    assert refused(leadgrade("map", "leads.csv", "--out", "book.yaml", "--force"))
    assert (folder / "book.yaml").read_bytes() == before
