"""Commands on a run whose decisions are in Parquet files print what they print of any other run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .conftest import AS_OF, Outcome
from .test_spark import QUICK_START, needs_spark

QUALIFY = f"qualify leads.csv --as-of {AS_OF} --engine columnar --no-check --lang en".split()


@pytest.fixture
def both(leadgrade, folder):
    """The current folder with the same list decided twice: run 1 in the database, 2 in files."""
    outcomes = [leadgrade(*QUALIFY), leadgrade(*QUALIFY, "--out", "kept.parquet")]
    assert [each.code for each in outcomes] == [0, 0]
    return outcomes


def alike(outcome: Outcome, run: int) -> str:
    """Return what a command printed of a run, but for what tells one run from another."""
    text = re.sub(rf'\b([Rr]uns?"?:? ){run}\b', r"\1N", outcome.seen)
    text = re.sub(r"第 \d 次", "第 N 次", text)
    text = re.sub(r'"[0-9a-f]{64}"', "…", text)
    return re.sub(r'("seconds": )\d[\d.]*', r"\1…", text)


def test_qualify_prints_the_same_and_where_the_decisions_are(both) -> None:
    one, other = (alike(each, run) for run, each in enumerate(both, start=1))
    assert other.replace("Decisions in kept.parquet\n", "") == one
    assert "Decisions in kept.parquet\n" in other


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "command",
    [
        "top",
        "top --json",
        "top --grade B",
        "top --capacity 1 --per owner",
        "explain L-1",
        "explain L-3 --json",
        "ask",
        "ask L-2",
        "improve L-4",
        "whatif L-4 revenue=1200万",
        "compare L-1 L-4",
        "targeting",
        "export --format csv",
        "export --format jsonl",
    ],
)
def test_an_answer_is_the_same(leadgrade, both, command, lang) -> None:
    seen = [
        alike(leadgrade(*command.split(), "--run", str(run), "--lang", lang), run) for run in (1, 2)
    ]
    assert seen[0] == seen[1]
    assert len(seen[0].splitlines()) > 1


@pytest.mark.parametrize(
    "command",
    [
        "diff book.yaml new.yaml --on {}",
        "diff book.yaml new.yaml --on {} --json",
        "verify {}",
        "verify {} --json",
        "rejects {}",
    ],
)
def test_what_is_said_of_a_run_is_the_same(leadgrade, both, folder, command) -> None:
    text = (folder / "book.yaml").read_text(encoding="utf-8")
    (folder / "new.yaml").write_text(text.replace("points: 10}", "points: 6}"), encoding="utf-8")
    found = [leadgrade(*command.format(run).split(), "--lang", "en") for run in (1, 2)]
    assert [each.code for each in found] == [0, 0]
    assert alike(found[0], 1) == alike(found[1], 2)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["show", "show --json", "runs"])
def test_what_the_record_shows_of_it(leadgrade, both, golden, command, lang) -> None:
    name = f"files-{command.replace(' --', '-')}-{lang}"
    golden(name, leadgrade(*command.split(), "--lang", lang).seen)


def test_what_was_changed_is_named(leadgrade, both) -> None:
    path = Path("kept.parquet", "part-00001.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    found = leadgrade("verify", "--lang", "en")
    assert found.code == 1
    said = f"The file {path.resolve()} of run 2 cannot be read: "
    assert " ".join(found.stdout.split()).startswith(said)
    asked = leadgrade("explain", "L-1", "--lang", "en")
    assert asked.code == 2
    assert asked.stderr.startswith(f"error: The file {path.resolve()}, which has decisions of")
    path.unlink()
    assert leadgrade("top", "--lang", "en").stderr == (
        f"error: The file {path.resolve()}, which has decisions of the run, is not there. If its"
        " folder was moved, put it back or leave a link to it there; else restore it from a"
        " backup.\n"
    )
    path.write_bytes(whole)
    assert leadgrade("verify").code == 0


def test_a_moved_folder_may_leave_a_link(leadgrade, both, tmp_path_factory) -> None:
    there = tmp_path_factory.mktemp("elsewhere") / "kept"
    shutil.move("kept.parquet", there)
    assert leadgrade("top").code == 2
    Path("kept.parquet").symlink_to(there)
    assert leadgrade("top").code == 0
    assert leadgrade("verify", "--all").code == 0


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("--out kept.parquet", "error: kept.parquet has the decisions of run 2. Name another"),
        ("--out full", "error: full is there already, and no run of this record has its decisions"),
        ("--out full", "name another folder with --out, such as full-2."),
        ("--out leads", "error: leads is there already, and no run of this record has its"),
        (
            "--out leads.csv",
            "and then: leadgrade export --out leads.csv. For a folder name it leads",
        ),
        ("--out new.XLSX", "folder of Parquet files, and new.XLSX is the name of a file."),
        (
            "--out new.db",
            "and then: leadgrade export --out new.xlsx. For a folder name it new.parquet.",
        ),
        ("--out no/where", "does not exist. Make it first, or name another place with --out."),
        ("--out new --dry-run", "--dry-run stores nothing: leave out --out."),
        ("--out new --engine rete", "--engine rete writes no files: say columnar or spark, or"),
    ],
)
def test_what_cannot_be_written_is_said_in_words(leadgrade, both, said, says) -> None:
    shutil.copy("leads.csv", "leads")
    Path("full").mkdir()
    Path("full", "my own").touch()
    before = sorted(Path().rglob("*"))
    found = leadgrade("qualify", "leads.csv", "--lang", "en", *said.split())
    assert found.code == 2
    assert says in found.stderr
    assert sorted(Path().rglob("*")) == before
    assert len(leadgrade("runs", "--json").json) == 2


def test_an_empty_folder_may_be_used(leadgrade, both) -> None:
    Path("empty").mkdir()
    assert leadgrade(*QUALIFY, "--out", "empty").code == 0
    assert [each.name for each in Path("empty").iterdir()] == ["part-00001.parquet"]
    assert leadgrade("verify", "--all").code == 0


def test_an_override_says_where_it_can_be_made(leadgrade, both) -> None:
    saying = ["--grade", "B", "--reason", "met them", "--until", "2099-01-01", "--lang", "en"]
    found = leadgrade("override", "L-1", *saying)
    assert found.code == 2
    assert found.stderr.startswith("error: The decisions of run 2 are kept in kept.parquet, and")
    assert leadgrade("override", "L-1", "--run", "1", *saying).code == 0
    assert "by hand B" in leadgrade("top", "--run", "2", "--lang", "en").stdout


def test_forgetting_and_what_is_left(leadgrade, both) -> None:
    said = ["forget", "L-1", "--reason", "asked", "--lang", "en"]
    before = {path: path.read_bytes() for path in Path("kept.parquet").iterdir()}
    assert leadgrade(*said, "--dry-run").stdout.endswith("Decisions of the runs 1, 2.\n")
    assert {path: path.read_bytes() for path in Path("kept.parquet").iterdir()} == before
    assert leadgrade(*said, "--yes").stdout.startswith("Forgotten: 1 leads, 2 decisions, ")
    for path in Path("kept.parquet").iterdir():
        assert b"L-1" not in path.read_bytes()
    seen = [alike(leadgrade("top", "--run", str(run), "--lang", "en"), run) for run in (1, 2)]
    assert seen[0] == seen[1]
    assert leadgrade("verify", "--all").code == 0


@needs_spark
def test_spark_keeps_its_decisions_in_files(shell, leadgrade, both) -> None:
    spark = shell("qualify", "leads.csv", "--as-of", AS_OF, "--engine", "spark", "--out", "new",
                  "--lang", "en", **QUICK_START)  # fmt: skip
    assert (spark.code, spark.stderr) == (0, "")
    seen = [
        re.sub("spark|columnar", "…", alike(leadgrade("export", "--run", run), int(run)))
        for run in ("1", "3")
    ]
    assert seen[0] == seen[1]
    assert leadgrade("verify", "3").code == 0


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_a_name_that_is_taken_makes_no_database(leadgrade, folder, kind) -> None:
    taken = folder / "taken"
    match kind:
        case "folder":
            taken.mkdir()
            (taken / "note.txt").touch()
        case "file":
            taken.touch()
        case "link":
            taken.symlink_to("nowhere")
    seen = leadgrade(*QUALIFY, "--out", "taken")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("error: ")
    assert "taken" in seen.stderr
    assert sorted(each.name for each in folder.iterdir()) == ["book.yaml", "leads.csv", "taken"]
