"""What all tests share."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# The same generated cases in every run, so that a failure is one of the change under test.
# `LEADGRADE_RANDOM=1` (and `make soak`) tries new ones.
settings.register_profile(
    "same cases",
    derandomize="LEADGRADE_RANDOM" not in os.environ,
    database=None,
    deadline=None,
)
settings.load_profile("same cases")


# Who runs the tests may not listen to these, such as `nohup`; what the tests start has to.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


LEFT_OUT = ("soak", "browser", "postgresql", "spark")
"""What takes long or needs more than Python: left to `make test-all`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long or needs a browser or a server, unless ``-m`` says what to run."""
    if config.getoption("markexpr", ""):
        return
    out = [item for item in items if any(map(item.get_closest_marker, LEFT_OUT))]
    config.hook.pytest_deselected(items=out)
    left = set(out)
    items[:] = [item for item in items if item not in left]


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
