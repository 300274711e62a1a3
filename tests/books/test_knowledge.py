"""The table of the selection knowledge: no entry is missing, each has an end."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT.parent / "shared" / "selection-knowledge.md"
SIZES = {"C": 41, "K": 46, "T": 37, "R": 24, "O": 10}
ALL = [f"{letter}-{place:02}" for letter, size in SIZES.items() for place in range(1, size + 1)]


def entries() -> dict[str, dict[str, str]]:
    return yaml.safe_load((ROOT / "docs" / "knowledge.yaml").read_text(encoding="utf-8"))


def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_entry_is_missing() -> None:
    assert len(ALL) == 158
    assert list(entries()) == ALL
    page = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([CKTRO]-\d\d) \|", page, re.MULTILINE) == ALL


def test_every_entry_has_an_end() -> None:
    collected = build().sources_of_books()
    assert set(collected) <= set(ALL)
    for name, entry in entries().items():
        assert entry["en"], name
        assert entry["zh"], name
        if name in collected:
            assert "ends" not in entry, f"{name}: a book has it"
        else:
            ends = ("out of scope",) if name[0] == "O" else ("feature", "not encoded")
            assert entry["ends"] in ends, name
            assert len(entry["why"]) > 10, name


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
    assert written == build().PAGES["knowledge.md"](), "run `make docs`"


def test_the_catalogue_has_no_more() -> None:
    if not CATALOGUE.exists():
        pytest.skip("the catalogue of the source documents is not part of this repository")
    text = CATALOGUE.read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"^### ([A-Z]-\d\d) ", text, re.MULTILINE))) == sorted(ALL)
