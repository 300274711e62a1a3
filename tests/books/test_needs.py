"""Which shipped books a list can feed."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from leadgrade.cli import cli
from leadgrade.reports.book.needs import needed
from leadgrade.rules.library import SAMPLES, shipped_books
from leadgrade.rules.loader import load_book


def ask(path: Path, *more: str) -> str:
    found = CliRunner().invoke(cli, ["books", "--needs", str(path), "--lang", "en", *more])
    assert found.exit_code == 0, found.output
    return found.output


def test_each_sample_list_feeds_its_own_book_best() -> None:
    for name in sorted(set(shipped_books()) - {"b2b-leads", "starter"}):
        found = json.loads(ask(SAMPLES / f"{name}.csv", "--json"))
        assert found[0]["book"] == name
        assert found[0]["blind"] == []
        assert found[0]["share"] > 0.6


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("Lead ID,Payment Record,Credit Record\n1,Late,Good\n", encoding="utf-8")
    found = {each["book"]: each for each in json.loads(ask(path, "--json"))}
    assert found["credit"]["found"] == ["credit_record", "payment_record"]
    assert found["credit"]["blind"] == ["figures"]
    assert "net_profit" in found["credit"]["missing"]
    assert found["starter"]["blind"] == ["value", "need", "loyalty"]
    text = ask(path)
    assert "Balance sheet" in text
    assert "more" in text


def test_a_book_needs_what_points_and_knock_outs_hang_on() -> None:
    book = load_book(shipped_books()["starter"])
    assert set(book.facts) - set(needed(book)) == {"company"}
    consumer = load_book(shipped_books()["consumer"])
    assert not any(consumer.facts[each].personal for each in needed(consumer))
