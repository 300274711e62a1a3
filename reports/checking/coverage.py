"""How far the examples of a book reach, which are missing, and how its properties did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from leadgrade.engine.coverage import Coverage, TestCover, coverage
from leadgrade.engine.properties import PropertyTester
from leadgrade.engine.suggesting import suggestions
from leadgrade.reports.checking.example_yaml import examples_yaml, frozen
from leadgrade.reports.checking.properties import property_json, property_text
from leadgrade.reports.record.recall import stored_book
from leadgrade.reports.report import Report
from leadgrade.reports.wording import say
from leadgrade.rules.library import find_book
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book
from leadgrade.rules.problem import Problem
from leadgrade.rules.properties import read_property
from leadgrade.storage.store import open_store


class PropertyError(Problem):
    """A property that there is not, or that cannot be tried."""

    texts: ClassVar[str] = "coverage"


def covered_books(names: Iterable[str | None], lang: str) -> Report:
    """Return what the examples of each book reach. It is good where nothing is missing.

    Raises:
        NoSuchBookError, BookError: a book cannot be used.
    """
    books = [load_book(find_book(name)) for name in names]
    found = [(book, coverage(book)) for book in books]
    text = "\n".join(line for book, each in found for line in _coverage_text(book, each, lang))
    return Report(text, [_coverage_json(book, each) for book, each in found], good=True)


def _coverage_text(book: Book, found: Coverage, lang: str) -> Iterator[str]:
    for name, count in found.fired.items():
        if not count:
            yield say("coverage.not-fired", lang, name=name)
    for each in found.tests:
        missing = [key for key in ("true", "false") if not getattr(each, f"seen_{key}")]
        for key in missing:
            yield say(f"coverage.never-{key}", lang, name=each.part.id, test=_test_text(each))
    fired = sum(bool(count) for count in found.fired.values())
    yield say(
        "coverage.total",
        lang,
        book=book.path,
        fired=fired,
        rules=len(found.fired),
        true=sum(each.seen_true for each in found.tests),
        false=sum(each.seen_false for each in found.tests),
        tests=len(found.tests),
        share=f"{100 * found.share:.0f}",
    )


def _test_text(each: TestCover) -> str:
    return f"{each.test.subject} {each.test.test}"


def _coverage_json(book: Book, found: Coverage) -> dict[str, Any]:
    return {
        "book": book.path,
        "share": round(found.share, 4),
        "fired": found.fired,
        "tests": [
            {
                "of": each.part.id,
                "kind": each.part.kind,
                "test": _test_text(each),
                "seen_true": each.seen_true,
                "seen_false": each.seen_false,
            }
            for each in found.tests
        ],
    }


def suggested_examples(names: Iterable[str | None]) -> str:
    """Return the examples that each book lacks, as YAML to add under ``examples:``.

    Raises:
        NoSuchBookError, BookError: a book cannot be used.
    """
    books = [load_book(find_book(name)) for name in names]
    return "\n".join(examples_yaml(book, suggestions(book)) for book in books)


def tried_properties(names: Iterable[str | None], wanted: Iterable[str], lang: str) -> Report:
    """Return how properties did on generated leads.

    Raises:
        NoSuchBookError, BookError: a book cannot be used.
        PropertyError: there is no such property.
    """
    results = []
    for book in [load_book(find_book(name)) for name in names]:
        tester = PropertyTester(book)
        for text in wanted:
            try:
                results.append((book, tester.run(read_property(text))))
            except ValueError:
                raise PropertyError("no-such-property", text=text) from None
    text = "\n".join(property_text(book, each, lang) for book, each in results)
    found = [property_json(book, each) for book, each in results]
    return Report(text, found, all(each["holds"] for each in found))


def frozen_decision(db: str, run: int | None, lead: str) -> str:
    """Return a stored decision as an example for its book.

    Raises:
        StoreError: no such run or lead, or the record cannot be read.
        RecallError: the stored book cannot be read by this version.
    """
    with open_store(db, create=False) as store:
        stored = store.decision(run, lead)
        found = store.run(stored.run)
        book = stored_book(store, found)
        facts = stored.known(book)
        return frozen(book, lead, facts, stored.decision, found.as_of)
