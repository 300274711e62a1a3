"""What all tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _neutral_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the developer's shell says out of the tests."""
    for name in (
        "LEADGRADE_DB",
        "LEADGRADE_BOOK",
        "LEADGRADE_DEBUG",
        "COLUMNS",
        "LC_ALL",
        "LC_MESSAGES",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LEADGRADE_LANG", "en")
