"""What commands print with, and the book that they use."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from leadgrade.rules.model import Book

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


def show(answer: RenderableType) -> None:
    """Print an answer for a person."""
    from leadgrade.reports.console import print_answer

    print_answer(answer)


def show_lines(text: str) -> None:
    """Print lines that were laid out already."""
    from leadgrade.reports.answering import answering
    from leadgrade.reports.wording import printable

    with answering():
        sys.stdout.write(f"{printable(text)}\n")


def show_json(answer: object) -> None:
    """Print an answer for a program; what stdout has no characters for is escaped."""
    from leadgrade.reports.answering import answering

    with answering():
        text = json.dumps(answer, ensure_ascii=False, indent=2)
        try:
            text.encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(answer, indent=2)
        sys.stdout.write(f"{text}\n")


def load(name: str | None, settings: Mapping[str, str] | None = None) -> Book:
    """Return the book of that name or file, by default that of the folder.

    ``settings`` are literals for its parameters, by name.

    Raises:
        NoSuchBookError, BookError: it cannot be used.
    """
    from leadgrade.rules.library import find_book
    from leadgrade.rules.loader import load_book

    return load_book(find_book(name), settings or {})
