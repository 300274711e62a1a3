"""The small books of the language reference: every example holds, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadgrade.engine.backends.base import BACKENDS, why_unavailable
from leadgrade.engine.examples import run_examples
from leadgrade.rules.loader import load_book

BOOKS = sorted((Path(__file__).parent.parent / "docs" / "constructs").glob("[0-9]*.yaml"))


@pytest.mark.parametrize("engine", [each for each in BACKENDS if each != "spark"])
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_each_construct_does_what_its_book_says(path: Path, engine: str) -> None:
    reason = why_unavailable(engine)
    if reason is not None:
        pytest.skip(reason)
    results = run_examples(load_book(path), engine)
    assert results
    assert [(each.example.name, each.differences) for each in results if each.differences] == []
