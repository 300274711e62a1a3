"""DuckDB as we open it: within bounds, and shut off from what a file may say."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


MEMORY = "600MB"
"""What DuckDB may use unless more is given; what does not fit goes to files of its own."""


def connect(memory: str = MEMORY, threads: int | None = None) -> DuckDBPyConnection:
    """Open an empty database. Nothing is loaded or fetched because of what a file says.

    What does not fit in ``memory``, written as ``1GB``, goes to temporary files, which DuckDB takes
    away when the connection is closed. ``threads`` None is all cores.

    Raises:
        duckdb.Error: the memory is no size that DuckDB knows.
    """
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory,
        "temp_directory": str(Path(tempfile.gettempdir(), f"leadgrade-{secrets.token_hex(8)}")),
    }
    if threads is not None:
        settings["threads"] = threads
    return duckdb.connect(":memory:", config=settings)


def quoted(text: object) -> str:
    """Return a text, or a path, as SQL."""
    return "'" + str(text).replace("'", "''") + "'"
