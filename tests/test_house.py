"""The house as a whole: what ships, what is said, what the docs promise."""

from __future__ import annotations

import ast
import importlib.util
import string
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
TEXTS = sorted((ROOT / "reports" / "texts").glob("*.yaml"))
CODE = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if path.relative_to(ROOT).parts[0]
    in {
        "rules",
        "leads",
        "engine",
        "storage",
        "reports",
        "commands",
        "cli.py",
        "qualifying.py",
        "bulk.py",
        "fetching.py",
        "recording.py",
    }
]
ALLOWED = {
    "rules": set(),
    "leads": {"rules"},
    "engine": {"rules"},
    "storage": {"rules", "engine"},
    "reports": {"rules", "engine", "storage", "leads"},
}


def settings() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_of_the_tree_ships_and_no_other() -> None:
    listed = {name.replace(".", "/") for name in settings()["tool"]["setuptools"]["packages"]}
    found = {f"leadgrade/{path.parent.relative_to(ROOT)}" for path in CODE if path.parent != ROOT}
    assert listed == found | {"leadgrade"}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_rooms_import_only_what_lies_below_them(room: str) -> None:
    """Data flows one way: leads -> engine -> storage -> reports."""
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("leadgrade."):
                other = str(node.module).split(".")[1]
                assert other in ALLOWED[room] | {room}, f"{path} imports {node.module}"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_text_has_both_languages_with_the_same_placeholders(path: Path) -> None:
    for name, wordings in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        assert set(wordings) == {"en", "zh"}, name
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(wordings[lang]) if field}
            for lang in ("en", "zh")
        ]
        assert fields[0] == fields[1], name


@pytest.mark.parametrize("page", ["language.md", "cli.md", "checks.md"])
def test_generated_pages_are_current(page: str) -> None:
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert written == build.PAGES[page](), "run `make docs`"


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = settings()
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for each in wanted:
        name = each.split(">")[0].split("=")[0].split(";")[0].split("[")[0].strip()
        assert name in page, name


def test_lock_files_have_hashes_and_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-build.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "http" not in text
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
        assert len(pins) > 2
        assert text.count("--hash=sha256:") >= len(pins)
