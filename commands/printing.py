"""What commands print with, and the book that they use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from leadgrade.rules.model import Book

# ruff: noqa: PLC0415 - a command imports what it needs when it runs


def show(answer: RenderableType) -> None:
    """Print an answer for a person."""
    from leadgrade.reports.console import print_answer

    print_answer(answer)


def show_json(answer: object) -> None:
    """Print an answer for a program."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def load(name: str | None) -> Book:
    """Return the book of that name or file, by default that of the folder.

    Raises:
        NoSuchBookError, BookError: it cannot be used.
    """
    from leadgrade.rules.library import find_book
    from leadgrade.rules.loader import load_book

    return load_book(find_book(name))
