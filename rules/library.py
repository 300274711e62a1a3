"""Which rule book is meant: a file, the book of the current folder, or one that we ship."""

from __future__ import annotations

from pathlib import Path

SHIPPED = Path(__file__).with_name("books")
SAMPLES = SHIPPED / "samples"
DEFAULT_BOOK = "b2b-leads"
FOLDER_BOOK = "book.yaml"
"""The book of a folder: what ``init`` writes, and what is used where nothing else is said."""


class NoSuchBookError(Exception):
    """Neither a file nor a shipped book has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(shipped_books())


def shipped_books() -> dict[str, Path]:
    """Return the books that we ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def find_book(name: str | None) -> Path:
    """Return the file of a book: a path, or a shipped name.

    Without a name it is ``book.yaml`` of the current folder, and where there is none, the book
    ``b2b-leads`` that we ship.

    Raises:
        NoSuchBookError: nothing has that name.
    """
    if name is None:
        own = Path(FOLDER_BOOK)
        return own if own.is_file() else shipped_books()[DEFAULT_BOOK]
    if Path(name).suffix.lower() in (".yaml", ".yml") or Path(name).is_file():
        return Path(name)
    if name in shipped_books():
        return shipped_books()[name]
    raise NoSuchBookError(name)
