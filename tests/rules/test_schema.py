"""The schema that editors use says of a book what the loader says."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book, read_book
from leadgrade.rules.schema import schema_of

from .test_findings import BOOK


class PlainLoader(yaml.SafeLoader):
    """Leaves dates as the texts that an editor sees."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(text: str) -> object:
    return yaml.load(text, Loader=PlainLoader)  # noqa: S506 - a safe loader


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema_of())
    jsonschema.Draft7Validator.check_schema(schema_of(read_book(BOOK)))


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_shipped_books_fit_the_schema(name: str) -> None:
    book = load_book(shipped_books()[name])
    for schema in (schema_of(), schema_of(book)):
        errors = list(jsonschema.Draft7Validator(schema).iter_errors(plain(book.text)))
        assert errors == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    range: [0, 30]\n", "    rnage: [0, 30]\n"),
        ("type: percent", "type: percents"),
        ("when: revenue > 500万", "when: {some: [refused]}"),
        ("points: 5\n", "points: many\n"),
    ],
)
def test_what_the_loader_refuses_does_not_fit(old: str, new: str) -> None:
    assert old in BOOK
    errors = jsonschema.Draft7Validator(schema_of()).iter_errors(plain(BOOK.replace(old, new)))
    assert next(errors, None) is not None


def test_with_a_book_its_names_can_be_completed() -> None:
    schema = schema_of(read_book(BOOK))
    fact = schema["$defs"]["rule"]["properties"]["fact"]["anyOf"][0]["enum"]
    assert fact == [
        "revenue",
        "late",
        "since",
        "wait",
        "size",
        "branch",
        "refused",
        "industry",
        "ratio",
    ]
    assert "revenue " in schema["$defs"]["condition"]["anyOf"][0]["examples"]
