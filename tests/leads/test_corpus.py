"""Small lists that once went wrong, or nearly. A new bug adds its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.listing import open_list
from leadgrade.leads.terms import ListError, Rejected

if TYPE_CHECKING:
    from leadgrade.rules.model import Book

CORPUS = Path(__file__).parent / "corpus"

OUTCOMES: dict[str, str | list[str]] = {
    "cut-in-the-middle.xlsx": "not-a-spreadsheet",
    "deep.json": "bad-json-file",
    "far-cell.xlsx": "sheet-too-large",
    "half-a-character.jsonl": ["bad-json", "B"],
    "nul-byte.csv": ["nul-byte", "B"],
    "old-format.xls": ["A", "B"],
    "one-bad-byte.csv": ["invalid-bytes", "B"],
    "one-row.xlsx": "no-rows",
    "quote-in-the-middle.csv": ["bad-quote", "B"],
    "repeated-rows.ods": "sheet-too-large",
    "tail-behind-gzip.csv.gz": "damaged-archive",
    "title-above-semicolons.csv": ["A", "B"],
}
"""The code of the refusal, or for each row the lead's id or the code of its rejection."""


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_what_once_went_wrong(book: Book, name: str) -> None:
    try:
        with open_list(CORPUS / name, book) as listing:
            found: object = [
                each.code if isinstance(each, Rejected) else each.id for each in listing
            ]
    except ListError as error:
        found = error.code
    assert found == OUTCOMES[name]


def test_every_list_of_the_corpus_has_an_outcome() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(OUTCOMES)
