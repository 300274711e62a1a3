"""What a run was asked to read -> the lists one by one: a folder stands for all files in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leadgrade.leads.formats.source import Source
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NOT_MEANT = (".", "~$")
"""Hidden files, and the traces of a workbook that is open: names that begin so are no lists."""


def lists_of(paths: Sequence[str | Path | Source]) -> Iterator[str | Path | Source]:
    """Yield the paths of the lists; those of a folder by name, in the order of Unicode.

    One that is open already is yielded as it is.

    Raises:
        ListError: ``empty-folder``, ``folder-in-folder`` or ``unreadable-file``.
    """
    for path in paths:
        if isinstance(path, Source):
            yield path
        elif "\0" not in str(path) and Path(path).is_dir():
            yield from _inside(Path(path))
        else:
            yield path


def _inside(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError as error:
        reason = error.strerror or error
        raise ListError("unreadable-file", file=folder, reason=reason) from error
    meant = [folder / name for name in names if not name.startswith(_NOT_MEANT)]
    if not meant:
        raise ListError("empty-folder", file=folder)
    for path in meant:
        if path.is_dir():  # neither read nor passed over in silence
            raise ListError("folder-in-folder", file=folder, folder=path.name)
    yield from meant
