"""What every command prints, whole, in both languages, as text and as JSON."""

from __future__ import annotations

import shutil
import sys

import pytest

QUALIFY = "qualify leads.csv --as-of 2026-01-22 --engine explainer"


def said(command: str, *more: str) -> list[str]:
    return [*command.split(), *more]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("qualify", QUALIFY),
        ("qualify-json", f"{QUALIFY} --json"),
        ("check", "check"),
        ("check-json", "check --json"),
        ("test", "test --engine explainer"),
        ("test-json", "test --engine explainer --json"),
        ("init", "init new"),
    ],
)
def test_commands_on_a_fresh_folder(leadgrade, folder, golden, name, command, lang) -> None:
    golden(f"{name}-{lang}", leadgrade(*said(command, "--lang", lang)).seen)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("top", "top"),
        ("top-json", "top --json"),
        ("top-grade", "top --grade D --limit 1"),
        ("explain-best", "explain L-1"),
        ("explain-open", "explain L-2"),
        ("explain-knocked-out", "explain L-3"),
        ("explain-near-miss", "explain L-4"),
        ("explain-unread", "explain L-5"),
        ("explain-knocked-out-json", "explain L-3 --json"),
        ("explain-near-miss-json", "explain L-4 --json"),
        ("runs", "runs"),
        ("runs-json", "runs --json"),
        ("show", "show"),
        ("show-json", "show 1 --json"),
        ("export", "export"),
        ("export-jsonl", "export --format jsonl"),
    ],
)
def test_commands_on_a_record(leadgrade, decided, golden, name, command, lang) -> None:
    golden(f"{name}-{lang}", leadgrade(*said(command, "--lang", lang)).seen)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_book_with_errors_and_an_example_that_fails(
    leadgrade, folder, golden, lang, form
) -> None:
    book = folder / "book.yaml"
    text = book.read_text(encoding="utf-8")
    more = ["--lang", lang, *(["--json"] if form == "json" else [])]
    book.write_text(text.replace("score: 25", "score: 24"), encoding="utf-8")
    failed = leadgrade("test", "--engine", "explainer", *more)
    golden(f"test-failed-{form}-{lang}", failed.seen)
    book.write_text(text.replace("overdue > 20%", "overdu > 20"), encoding="utf-8")
    golden(f"check-errors-{form}-{lang}", leadgrade("check", *more).seen)
    assert leadgrade("check").code == 1
    assert leadgrade("test").code == 2  # it could not be run
    assert leadgrade("qualify", "leads.csv").code == 2


@pytest.mark.parametrize(
    "command", ["top", "explain L-3", "runs", "show", "export", "books", "check"]
)
def test_a_process_of_its_own_prints_the_same(leadgrade, shell, decided, command) -> None:
    assert shell(*said(command)) == leadgrade(*said(command))


def test_both_engines_say_the_same_but_for_their_name(leadgrade, folder) -> None:
    if sys.version_info >= (3, 13):
        pytest.skip("durable_rules runs on Python 3.11 and 3.12")
    seen = []
    for engine in ("rete", "explainer"):
        db = ("--db", f"{engine}.db")
        run = leadgrade(*said(QUALIFY)[:-1], engine, *db)
        answers = [leadgrade(*said(each), *db) for each in ("top", "explain L-3", "export")]
        seen.append([each.seen.replace(engine, "…") for each in (run, *answers)])
    assert seen[0] == seen[1]
    assert leadgrade("test").stdout == (
        "book.yaml: 2 of 2 examples hold (engine rete)\n"
        "book.yaml: 2 of 2 examples hold (engine explainer)\n"
    )


def test_one_of_each_is_not_called_many(leadgrade, folder) -> None:
    (folder / "one.csv").write_text("Lead,Days to pay\nL-1,1\n", encoding="utf-8")
    lines = leadgrade(*said(QUALIFY.replace("leads.csv", "one.csv"))).stdout.splitlines()
    assert lines[1] == "one.csv: 1 row (CSV utf-8), 1 column is a fact"
    assert lines[2].startswith("1 row read = 1 decided + 0 rejected + 0 merged, in ")
    assert "Days to pay is 1 day " not in lines


def test_books_lists_what_ships(leadgrade) -> None:
    english, chinese = leadgrade("books"), leadgrade("books", "--lang", "zh")
    columns = ["Book", "Title", "Rules", "Examples", "For", "Needs"]
    assert english.stdout.splitlines()[0].split() == columns
    columns = ["规则书", "名称", "规则数", "样例数", "用途", "需要的事实"]
    assert chinese.stdout.splitlines()[0].split() == columns
    found = {each["name"]: each for each in leadgrade("books", "--json").json}
    book = found["b2b-leads"]
    assert list(book) == [
        *("name", "title", "about", "path", "sha256", "rules", "examples", "facts", "needs"),
    ]
    assert book["examples"] >= 20
    assert (english.code, english.stderr, chinese.code) == (0, "", 0)


def test_init_writes_a_folder_that_works(leadgrade, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert leadgrade("init").stdout == (
        "Wrote book.yaml, book.schema.json, leads.csv, README.md to .. "
        "Next: leadgrade qualify leads.csv\n"
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *("README.md", "book.schema.json", "book.yaml", "leads.csv"),
    ]
    assert leadgrade("check").code == 0
    again = leadgrade("init")
    assert (again.code, again.stdout) == (2, "")
    assert again.stderr == (
        "error: book.yaml is there already; nothing was written. "
        "Name another folder, or move it away.\n"
    )
    assert "cd 'a b' && leadgrade" in leadgrade("init", "a b").stdout


def test_the_list_may_come_from_stdin(leadgrade, folder) -> None:
    from_file = leadgrade(*said(QUALIFY))
    content = (folder / "leads.csv").read_bytes()
    piped = leadgrade(*said(QUALIFY.replace("leads.csv", "-")), stdin=content)
    assert piped.seen == from_file.seen.replace("leads.csv", "standard input").replace(
        "Run 1", "Run 2"
    )


def test_strict_says_no_where_rows_were_rejected_or_cells_not_read(leadgrade, folder) -> None:
    assert leadgrade(*said(QUALIFY), "--strict").code == 1
    rows = (folder / "leads.csv").read_text(encoding="utf-8").splitlines()
    for name, kept, code in (("unread", rows[:7], 1), ("good", rows[:5], 0)):
        (folder / f"{name}.csv").write_text("\n".join(kept), encoding="utf-8")
        answer = leadgrade(*said(QUALIFY.replace("leads", name)), "--strict")
        assert (answer.code, "unknown, since" in answer.stdout) == (code, bool(code))


def test_language_by_option_environment_and_system(leadgrade, decided, monkeypatch) -> None:
    chinese = leadgrade("runs", "--lang", "zh").stdout
    assert chinese.startswith("运行")
    monkeypatch.setenv("LEADGRADE_LANG", "zh")
    assert leadgrade("runs").stdout == chinese
    assert leadgrade("runs", "--lang", "en").stdout.startswith("Run")
    assert leadgrade("explain", "x").stderr.startswith("错误：")
    monkeypatch.delenv("LEADGRADE_LANG")
    assert leadgrade("runs").stdout.startswith("Run")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert leadgrade("runs").stdout == chinese


def test_database_and_book_by_environment(leadgrade, folder, monkeypatch) -> None:
    shutil.move("book.yaml", "other.yaml")
    monkeypatch.setenv("LEADGRADE_BOOK", "other.yaml")
    monkeypatch.setenv("LEADGRADE_DB", "other.db")
    assert leadgrade(*said(QUALIFY)).code == 0
    assert (folder / "other.db").exists()
    assert not (folder / "leadgrade.db").exists()
    assert leadgrade("runs", "--json").json[0]["book"]["id"] == "tiny"


def test_runs_are_kept_and_chosen_by_number(leadgrade, decided) -> None:
    (decided / "second.csv").write_text("Lead,Has refused us\nL-1,yes\n", encoding="utf-8")
    second = leadgrade("qualify", "second.csv", "--as-of", "2026-02-01", "--engine", "explainer")
    assert second.stdout.startswith("Run 2 ·")
    assert [each["run"] for each in leadgrade("runs", "--json").json] == [2, 1]
    assert leadgrade("explain", "L-1", "--json").json["grade"] == "D"
    assert leadgrade("explain", "L-1", "--run", "1", "--json").json["grade"] == "A"
    assert leadgrade("show", "1", "--json").json["decided"] == 6
    assert len(leadgrade("top", "--run", "1", "--json").json["leads"]) == 6
    gone = leadgrade("explain", "L-2")
    assert gone.code == 2
    assert gone.stderr == (
        "error: The lead `L-2` is not in run 2; the last run that has it is 1: add --run 1.\n"
    )
