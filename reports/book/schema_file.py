"""The schema file beside a rule book: its first line points there, and editors complete from it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

from leadgrade.reports.answering import OutputError
from leadgrade.reports.files import write_text
from leadgrade.rules.documents.schema import TITLE, schema_of
from leadgrade.rules.model import Book

SCHEMA_FILE = "book.schema.json"
_POINTER = re.compile(r"#\s*yaml-language-server:\s*\$schema=(\S+)")


def schema_text(book: Book | None = None) -> str:
    """Return the schema of rule books, or of one book, as the text of its file."""
    return json.dumps(schema_of(book), ensure_ascii=False, indent=1) + "\n"


def renew_schema(book: Book) -> None:
    """Write the schema of a book anew, where its first line points to one that we wrote.

    A file that cannot be read or written is left alone: the book is right without it.
    """
    pointer = _POINTER.match(book.text)
    file = Path(book.path).parent / pointer[1] if pointer is not None else None
    with suppress(OSError, ValueError, OutputError):
        if file is not None and _is_ours(file) and file.read_text("utf-8") != schema_text(book):
            write_text(file, schema_text(book))


def _is_ours(file: Path) -> bool:
    """Whether a file is a schema with the names of a book, written by us."""
    found = json.loads(file.read_text("utf-8")) if file.is_file() else None
    return isinstance(found, dict) and str(found.get("title", "")).startswith(f"{TITLE} ")
