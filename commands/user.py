"""Who runs the command."""

from __future__ import annotations

import getpass
import os


def user_name() -> str:
    """Return the name of the user; in a container that knows no names, the number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
