"""``leadgrade init``: a folder to start from."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from leadgrade.reports.book.schema_file import SCHEMA_FILE, schema_text
from leadgrade.reports.wording import say
from leadgrade.rules.library import FOLDER_BOOK, SAMPLES, NoSuchBookError, shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.problem import Problem


class StartError(Problem):
    """The folder cannot be written."""

    texts: ClassVar[str] = "screens"


def start_folder(folder: Path, book: str, lang: str) -> str:
    """Write a rule book, a sample list and a README into a folder; return what to do next.

    Raises:
        NoSuchBookError: no shipped book has that name.
        StartError: one of the files is there already, or the folder cannot be written. What was
            there stays as it was.
    """
    if book not in shipped_books():
        raise NoSuchBookError(book)
    sample = sample_of(book).read_text(encoding="utf-8")
    texts = {
        FOLDER_BOOK: shipped_books()[book].read_text(encoding="utf-8"),
        SCHEMA_FILE: schema_text(load_book(shipped_books()[book])),
        "leads.csv": sample,
        "README.md": say("starting.readme", lang).replace("L-007", lead_to_explain(sample)),
    }
    written: list[Path] = []
    try:
        for name in texts:
            if (folder / name).exists():
                raise StartError("init-exists", path=folder / name)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            written.append(folder / name)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        reason = error.strerror or type(error).__name__
        raise StartError("cannot-write", file=folder, reason=reason) from error
    command = "leadgrade qualify leads.csv"
    if folder != Path():
        command = f"cd {shlex.quote(str(folder))} && {command}"
    return say("screens.init-done", lang, files=", ".join(texts), folder=folder, next=command)


def sample_of(book: str) -> Path:
    """Return the sample list of a shipped book: its own, or the list of leads."""
    own = SAMPLES / f"{book}.csv"
    return own if own.is_file() else SAMPLES / "leads.csv"


def lead_to_explain(sample: str) -> str:
    """Return the seventh lead of a sample list, as the README names one to look at."""
    return sample.splitlines()[7].split(",")[0]
