"""`leadgrade sql`: what it prints and writes, whole."""

from __future__ import annotations

import pytest

DAY = ("--as-of", "2026-01-22")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("sql", ()),
        ("sql-snowflake", ("--dialect", "snowflake", "--table", "crm.leads", "--id", "lead_id")),
        ("sql-dbt", ("--dbt", "--table", "raw.leads")),
    ],
)
def test_a_book_as_sql(leadgrade, folder, golden, name, more, lang) -> None:
    golden(f"{name}-{lang}", leadgrade("sql", *DAY, *more, "--lang", lang).seen)


def test_a_statement_in_a_file(leadgrade, folder) -> None:
    printed = leadgrade("sql", *DAY)
    written = leadgrade("sql", *DAY, "--out", "grades.sql")
    assert (written.code, written.stdout, written.stderr) == (0, "", "")
    assert (folder / "grades.sql").read_text(encoding="utf-8") == printed.stdout


def test_a_model_and_its_columns_in_files(leadgrade, folder, golden) -> None:
    printed = leadgrade("sql", "--dbt")
    (folder / "models").mkdir()
    written = leadgrade("sql", "--dbt", "--out", "models")
    assert (written.code, written.stdout, written.stderr) == (0, "", "")
    model, columns = sorted((folder / "models").iterdir())
    assert model.read_text(encoding="utf-8") == printed.stdout
    golden("sql-dbt-columns", columns.read_text(encoding="utf-8"))


NO_TABLE = (
    "error: `my leads` is no name of a table. Write it without quotes or blanks, with a dot"
    " between its parts: schema.table.\n"
)
NO_MODEL = (
    "error: dbt finds `a.b.c` in no way: write the name of a model (leads), or of a source"
    " and its table (raw.leads).\n"
)
NO_FOLDER = "error: Cannot write missing/grades.sql: No such file or directory.\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--table", "my leads"], NO_TABLE),
        (["--dbt", "--table", "a.b.c"], NO_MODEL),
        (["--out", "missing/grades.sql"], NO_FOLDER),
    ],
)
def test_what_cannot_be_written(leadgrade, folder, more, message) -> None:
    seen = leadgrade("sql", *DAY, *more, "--lang", "en")
    assert (seen.code, seen.stdout, seen.stderr) == (2, "", message)


def test_a_dialect_that_is_not_known(leadgrade, folder) -> None:
    seen = leadgrade("sql", "--dialect", "oracle", "--lang", "en")
    assert (seen.code, seen.stdout) == (2, "")
    assert "'oracle' is not one of 'duckdb', 'postgres', 'spark'," in seen.stderr


def test_a_share_that_is_too_fine_is_refused_by_its_place(leadgrade, folder) -> None:
    (folder / "fine.yaml").write_text(
        "book: fine\nfacts: {size: {type: number}}\ngrades: {A: {}}\n"
        f"criteria: {{}}\nclasses:\n  tier: {{rank: size, top: {{33.{'3' * 20}%: a}}, rest: b}}\n",
        encoding="utf-8",
    )
    seen = leadgrade("sql", "fine.yaml", "--lang", "en")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: fine.yaml:6:3: a share of the classification `tier` has too many digits for SQL."
        " Round it.\n"
    )
