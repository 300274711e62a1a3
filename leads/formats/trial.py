"""Whether an old workbook (XLS) can be opened at all: tried in a process that may die of it.

The format is full of counts and offsets that its reader believes. A damaged or hostile file can
make it ask for all memory, and a process that cannot have it ends on the spot.
"""

from __future__ import annotations

import subprocess
import sys

from leadgrade.leads.terms import ListError

MAGIC = b"\xd0\xcf\x11\xe0"

PATIENCE = 120.0
"""Seconds that opening may take."""

MEMORY = 3 << 30
"""Bytes of memory that opening may take, where the system can limit it."""

_OPEN = f"""
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineWorkbook
try:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name)
except Exception:
    pass  # an error like any other, which the reader meets again
"""


def check_old_workbook(data: bytes, name: str) -> None:
    """Refuse an old workbook that kills its reader; any other file passes.

    Raises:
        ListError: ``not-a-spreadsheet``.
    """
    if not data.startswith(MAGIC):
        return
    command = [sys.executable, "-I", "-c", _OPEN]
    try:
        done = subprocess.run(  # noqa: S603 - our own code
            command, input=data, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ListError("not-a-spreadsheet", file=name) from error
    if done.returncode != 0:
        raise ListError("not-a-spreadsheet", file=name)
