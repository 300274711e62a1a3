"""How the examples of a book did: expected against got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from leadgrade.engine.backends.base import ENGINES, why_unavailable
from leadgrade.engine.examples import ExampleResult, run_examples
from leadgrade.reports.checking.properties import tried_of_book
from leadgrade.reports.report import Report
from leadgrade.reports.wording import say
from leadgrade.rules.library import find_book
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book


def examples_json(book: Book, engine: str, results: Sequence[ExampleResult]) -> dict[str, Any]:
    """Return the results of one book on one engine as plain JSON values."""
    return {
        "book": {"id": book.id, "sha256": book.sha256, "path": book.path},
        "engine": engine,
        "examples": len(results),
        "failed": sum(bool(each.differences) for each in results),
        "results": [
            {
                "name": each.example.name,
                "line": each.example.span.line,
                "passed": not each.differences,
                "differences": [
                    {"what": part.what, "expected": part.expected, "got": part.got}
                    for part in each.differences
                ],
            }
            for each in results
        ],
    }


def examples_text(
    book: Book, engine: str, results: Sequence[ExampleResult], lang: str
) -> Iterator[str]:
    """Yield the lines that tell what failed, and one that counts."""
    failed = [each for each in results if each.differences]
    for each in failed:
        span = each.example.span
        yield say(
            "screens.example-failed",
            lang,
            place=f"{span.file}:{span.line}",
            name=each.example.name,
            engine=engine,
        )
        for part in each.differences:
            words = {"what": part.what, "expected": part.expected, "got": part.got}
            yield "  " + say("screens.example-difference", lang, **words)
    counts = {"passed": len(results) - len(failed), "count": len(results)}
    yield say("screens.examples", lang, book=book.path, engine=engine, **counts)


def tested_books(names: Iterable[str | None], engine: str, lang: str) -> Report:
    """Run the examples of each book on an engine, or on every one that runs here (``auto``).

    Raises:
        NoSuchBookError, BookError: a book cannot be used.
        EngineUnavailableError: the engine that was asked for cannot run here.
    """
    wanted = (
        [each for each in ENGINES if not why_unavailable(each)] if engine == "auto" else [engine]
    )
    lines: list[str] = []
    found: list[dict[str, Any]] = []
    good = True
    for book in [load_book(find_book(name)) for name in names]:
        tried, holds = tried_of_book(book, lang)
        lines.extend(line for line, _ in tried)
        found.extend(each for _, each in tried)
        good = good and holds
        if not book.examples:
            lines.append(say("screens.no-examples", lang, book=book.path))
        for name in wanted if book.examples else ():
            results = run_examples(book, name)
            lines.extend(examples_text(book, name, results, lang))
            found.append(examples_json(book, name, results))
            good = good and not any(each.differences for each in results)
    return Report("\n".join(lines), found, good)
